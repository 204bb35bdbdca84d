#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <rrd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graphs/archive_internal.h"
#include "graphs/number.h"
#include "poller/base/atomic_file.h"

#define ARGUMENT_MAX 80
#define FILE_MODE    0640 /* librrd makes them readable for all */

enum archive_result archive_result_of(int error)
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

void archive_fail(struct archive_outcome *out, enum archive_result result, const char *what,
                  const char *why)
{
    out->result = result;
    snprintf(out->why, sizeof out->why, "%s: %s", what, why);
}

void archive_fail_errno(struct archive_outcome *out, const char *what)
{
    int error = errno;
    archive_fail(out, archive_result_of(error), what, strerror(error));
}

static size_t source_argument(const struct archive_shape *s, size_t i, char out[ARGUMENT_MAX])
{
    struct layout_bounds b = layout_source_bounds(s->layout, s->sources[i]);
    char min[NUMBER_TEXT_MAX], max[NUMBER_TEXT_MAX];
    number_text(b.min, min);
    number_text(b.max, max);
    return (size_t)snprintf(out, ARGUMENT_MAX, "DS:%s:GAUGE:%" PRId64 ":%s:%s", s->sources[i],
                            layout_heartbeat_s(s->step_s), min, max);
}

/* sources: files whose rows the new one starts with; NULL: none. */
static bool make(const char *path, const struct archive_shape *s, int64_t start_s, const char **sources)
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
    return rrd_create_r2(path, (unsigned long)s->step_s, (time_t)start_s, 1, sources, NULL, (int)n,
                         arguments) == 0;
}

/* librrd answers success on a full disk, and writes by mapping: blocks that are not there would end the
 * process later. So they are asked for now, and the file is looked at. */
static int claim_blocks(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || fchmod(fd, FILE_MODE) != 0)
        return errno;
    int error = posix_fallocate(fd, 0, st.st_size);
    return error == EOPNOTSUPP ? 0 : error;
}

/* A file that was written in one go lies in the page cache in large folios, and a mapped write of eight
 * bytes then writes a whole folio to disk: 660 KiB an update where single pages make it 55 (ext4 of Linux
 * 6.16 and later). So a new file goes to disk and out of memory; librrd maps it for random access, which
 * brings it back page by page. It also makes the file whole before it takes another one's place. */
static int settle_on_disk(int fd)
{
    if (fdatasync(fd) != 0)
        return errno;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return 0;
}

static bool settle(const char *path)
{
    int error, fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    error = claim_blocks(fd);
    if (!error)
        error = settle_on_disk(fd);
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
                   const char **sources, struct archive_outcome *out)
{
    struct rrd_header header;
    char why[RRD_HEADER_WHY_MAX];
    errno = 0;
    if (!make_folders(path)) {
        archive_fail_errno(out, "cannot make its folder");
        return;
    }
    errno = 0;
    bool made = make(path, s, start_s, sources);
    int error = errno;
    if (made && settle(path) &&
        rrd_header_read(path, latest_s, &header, why) == RRD_HEADER_GOOD)
        return;
    if (made)
        error = errno && errno != ENOENT ? errno : ENOSPC; /* success without a file: a full disk */
    unlink(path);
    archive_fail(out, archive_result_of(error), "cannot be made",
                 made || error ? strerror(error) : rrd_get_error());
}

void archive_make(const char *path, const struct archive_shape *s, int64_t start_s, int64_t latest_s,
                  struct archive_outcome *out)
{
    create(path, s, start_s, latest_s, NULL, out);
}

static const char *archives_difference(const struct rrd_header *h, const struct archive_shape *s)
{
    struct layout_archive wanted[LAYOUT_ARCHIVES_MAX];
    size_t n = layout_archives(s->layout, s->step_s, s->spans, s->span_count, wanted);
    if (h->archive_count != n)
        return "it has another number of archives";
    for (size_t i = 0; i < n; i++)
        if (strcmp(h->archives[i].function, wanted[i].function) != 0 ||
            h->archives[i].steps != wanted[i].steps || h->archives[i].rows != wanted[i].rows)
            return "it has other archives";
    return NULL;
}

const char *archive_difference(const struct rrd_header *h, const struct archive_shape *s)
{
    if (h->step_s != s->step_s)
        return "it has another step";
    if (h->source_count != s->source_count)
        return "it has another number of data sources";
    for (size_t i = 0; i < s->source_count; i++)
        if (strcmp(h->sources[i], s->sources[i]) != 0)
            return "it has other data sources";
    return archives_difference(h, s);
}

/* The new file is made beside the old one, filled from it by librrd (data sources by their names), and
 * takes its place whole and durable; a kill or a power cut in between leaves the old one. */
void archive_reshape(const char *path, const struct archive_shape *s, int64_t latest_s, const char *why,
                     struct archive_outcome *out)
{
    char beside[PATH_MAX];
    const char *sources[] = {path, NULL};
    struct rrd_header old;
    char ignored[RRD_HEADER_WHY_MAX];
    if (!archive_beside(path, beside) ||
        rrd_header_read(path, latest_s, &old, ignored) != RRD_HEADER_GOOD) {
        archive_fail(out, ARCHIVE_DAMAGED, path, why);
        return;
    }
    unlink(beside);
    create(beside, s, old.last_s, latest_s, sources, out);
    if (out->result == ARCHIVE_OK && !atomic_file_publish(beside, path))
        archive_fail_errno(out, "cannot take the place of the old file");
    if (out->result == ARCHIVE_FAILED) /* librrd cannot carry this one over: it is kept under another name */
        archive_fail(out, ARCHIVE_DAMAGED, path, why);
    if (out->result != ARCHIVE_OK)
        unlink(beside);
}
