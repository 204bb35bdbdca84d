#include "graphs/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs/number.h"
#include "graphs/rrd_header.h"
#include "poller/base/clock.h"

#define ROWS_PER_CALL 64
#define ARGUMENT_MAX 80

static enum archive_result result_of_errno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EFBIG:
        return ARCHIVE_NO_ROOM;
    case EROFS:
        return ARCHIVE_READ_ONLY;
    default:
        return ARCHIVE_FAILED;
    }
}

static void fail(struct archive_outcome *out, enum archive_result result, const char *what,
                 const char *why)
{
    out->result = result;
    snprintf(out->why, sizeof out->why, "%s: %s", what, why);
}

static void fail_errno(struct archive_outcome *out, const char *what)
{
    int error = errno;
    fail(out, result_of_errno(error), what, strerror(error));
}

/* --- making a file --- */

static size_t source_argument(const struct archive_shape *s, size_t i, char out[ARGUMENT_MAX])
{
    struct layout_bounds b = layout_source_bounds(s->layout, s->sources[i]);
    char min[NUMBER_TEXT_MAX], max[NUMBER_TEXT_MAX];
    number_text(b.min, min);
    number_text(b.max, max);
    return (size_t)snprintf(out, ARGUMENT_MAX, "DS:%s:GAUGE:%" PRId64 ":%s:%s", s->sources[i],
                            layout_heartbeat_s(s->step_s), min, max);
}

static bool make(const char *path, const struct archive_shape *s, int64_t start_s)
{
    struct layout_archive archives[LAYOUT_ARCHIVES_MAX];
    size_t archive_count =
        layout_archives(s->layout, s->step_s, s->spans, s->span_count, archives);
    char text[LAYOUT_SOURCES_MAX + LAYOUT_ARCHIVES_MAX][ARGUMENT_MAX];
    const char *arguments[LAYOUT_SOURCES_MAX + LAYOUT_ARCHIVES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < s->source_count; i++)
        source_argument(s, i, text[n++]);
    for (size_t i = 0; i < archive_count; i++)
        snprintf(text[n++], ARGUMENT_MAX, "RRA:%s:0.5:%" PRIu32 ":%" PRIu32, archives[i].function,
                 archives[i].steps, archives[i].rows);
    for (size_t i = 0; i < n; i++)
        arguments[i] = text[i];
    rrd_clear_error();
    return rrd_create_r2(path, (unsigned long)s->step_s, (time_t)start_s, 1, NULL, NULL, (int)n,
                         arguments) == 0;
}

/* librrd answers success on a full disk, and writes by mapping: blocks that are not there would end the
 * process later. So they are asked for now, and the file is looked at. */
static bool claim_blocks(const char *path)
{
    struct stat st;
    int error = 0, fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) != 0)
        error = errno;
    else if ((error = posix_fallocate(fd, 0, st.st_size)) == EOPNOTSUPP)
        error = 0;
    close(fd);
    errno = error;
    return error == 0;
}

static bool make_folders(const char *path)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        return false;
    for (char *p = part + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(part, 0750) != 0 && errno != EEXIST)
            return false;
        *p = '/';
    }
    return true;
}

static void create(const char *path, const struct archive_shape *s, int64_t start_s, int64_t latest_s,
                   struct archive_outcome *out)
{
    struct rrd_header header;
    char why[RRD_HEADER_WHY_MAX];
    errno = 0;
    if (!make_folders(path)) {
        fail_errno(out, "cannot make its folder");
        return;
    }
    errno = 0;
    bool made = make(path, s, start_s);
    int error = errno;
    if (made && claim_blocks(path) &&
        rrd_header_read(path, latest_s, &header, why) == RRD_HEADER_GOOD)
        return;
    if (made)
        error = errno ? errno : ENOSPC; /* success without a whole file is how a full disk looks */
    unlink(path);
    fail(out, result_of_errno(error), "cannot be made", made || error ? strerror(error) : rrd_get_error());
}

/* --- writing into it --- */

/* Says what differs between the file and what its object should have; NULL: nothing. */
static const char *difference(const struct rrd_header *h, const struct archive_shape *s)
{
    if (h->step_s != s->step_s)
        return "it has another step";
    if (h->source_count != s->source_count)
        return "it has another number of data sources";
    for (size_t i = 0; i < s->source_count; i++)
        if (strcmp(h->sources[i], s->sources[i]) != 0)
            return "it has other data sources";
    return NULL;
}

/* librrd cuts microseconds out of a double, so what was written as .123 may read back as .122999. */
static int64_t last_ms(const struct rrd_header *h)
{
    return h->last_s * 1000 + (h->last_us + 500) / 1000;
}

/* "1700000000.250:12:U:7.5"; milliseconds keep the sum of rate x time right. */
static void row_text(const struct archive_row *row, size_t count, char *out)
{
    int64_t ms = row->at_ns / NS_PER_MS;
    char *p = number_integer((uint64_t)(ms / 1000), out);
    *p++ = '.';
    *p++ = (char)('0' + ms / 100 % 10);
    *p++ = (char)('0' + ms / 10 % 10);
    *p++ = (char)('0' + ms % 10);
    for (size_t i = 0; i < count; i++) {
        *p++ = ':';
        p = number_text(row->values[i], p);
    }
}

static void update(const char *path, const struct archive_shape *s,
                   const struct archive_row *const *rows, size_t count, struct archive_outcome *out)
{
    size_t room = 32 + s->source_count * (NUMBER_TEXT_MAX + 1);
    char *text = malloc(count * room);
    const char *arguments[ROWS_PER_CALL];
    if (!text) {
        errno = ENOMEM;
        fail_errno(out, "cannot be updated");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        row_text(rows[i], s->source_count, text + i * room);
        arguments[i] = text + i * room;
    }
    rrd_clear_error();
    errno = 0;
    if (rrd_update_r(path, NULL, (int)count, arguments) == 0) {
        out->written += count;
    } else {
        int error = errno;
        const char *why = rrd_get_error();
        bool busy = strstr(why, "lock") != NULL;
        fail(out, busy ? ARCHIVE_BUSY : result_of_errno(error), "cannot be updated", why);
    }
    free(text);
}

static bool look(const char *path, const struct archive_shape *s, int64_t latest_s, bool *absent,
                 struct rrd_header *h, struct archive_outcome *out)
{
    char why[RRD_HEADER_WHY_MAX];
    enum rrd_header_state state = rrd_header_read(path, latest_s, h, why);
    *absent = state == RRD_HEADER_ABSENT;
    if (state == RRD_HEADER_UNREADABLE)
        fail(out, result_of_errno(errno), path, why);
    if (state == RRD_HEADER_BAD)
        fail(out, ARCHIVE_DAMAGED, path, why);
    const char *other = state == RRD_HEADER_GOOD ? difference(h, s) : NULL;
    if (other)
        fail(out, ARCHIVE_DAMAGED, path, other);
    return out->result == ARCHIVE_OK;
}

void archive_write(const char *path, const struct archive_shape *shape, const struct archive_row *rows,
                   size_t row_count, int64_t latest_s, struct archive_outcome *out)
{
    struct rrd_header h = {0};
    bool absent;
    *out = (struct archive_outcome){.result = ARCHIVE_OK};
    if (row_count == 0 || !look(path, shape, latest_s, &absent, &h, out))
        return;
    if (absent) {
        h.last_s = rows[0].at_ns / NS_PER_S - shape->step_s;
        create(path, shape, h.last_s, latest_s, out);
    }
    int64_t newest_ms = last_ms(&h);
    const struct archive_row *chosen[ROWS_PER_CALL];
    for (size_t i = 0, n = 0; i < row_count && out->result == ARCHIVE_OK; i++) {
        bool later = rows[i].at_ns / NS_PER_MS > newest_ms;
        if (later) {
            newest_ms = rows[i].at_ns / NS_PER_MS;
            chosen[n++] = &rows[i];
        }
        out->skipped += !later;
        if (n == ROWS_PER_CALL || (n && i + 1 == row_count)) {
            update(path, shape, chosen, n, out);
            n = 0;
        }
    }
}
