#include "graphs/archive.h"

#include <errno.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/archive_internal.h"
#include "graphs/number.h"
#include "graphs/rrd_header.h"
#include "poller/base/clock.h"

#define ROWS_PER_CALL 64

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
        archive_fail_errno(out, "cannot be updated");
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
        archive_fail(out, busy ? ARCHIVE_BUSY : archive_result_of(error), "cannot be updated", why);
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
        archive_fail(out, archive_result_of(errno), path, why);
    if (state == RRD_HEADER_BAD)
        archive_fail(out, ARCHIVE_DAMAGED, path, why);
    const char *other = state == RRD_HEADER_GOOD ? archive_difference(h, s) : NULL;
    if (other)
        archive_reshape(path, s, latest_s, other, out);
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
        archive_make(path, shape, h.last_s, latest_s, out);
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
