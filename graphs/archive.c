#include "graphs/archive.h"

#include <errno.h>
#include <math.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs/archive_edges.h"
#include "graphs/archive_internal.h"
#include "graphs/archive_union.h"
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

/* Rows on their way into one call of librrd, as it reads them. */
struct batch {
    const char *path;
    const struct archive_shape *shape;
    struct archive_outcome *out;
    char *text;                 /* ROWS_PER_CALL lines of room bytes */
    size_t room, count;
    size_t rows;                /* of the caller's, among them */
    double *last, *unknown;     /* a value for each source */
    struct archive_edge edge;
};

static bool batch_begin(struct batch *b, int64_t newest_ms)
{
    size_t sources = b->shape->source_count;
    b->room = 32 + sources * (NUMBER_TEXT_MAX + 1);
    b->text = malloc(ROWS_PER_CALL * b->room);
    b->last = calloc(2 * sources + 1, sizeof *b->last);
    b->unknown = b->last ? b->last + sources : NULL;
    for (size_t i = 0; b->last && i < sources; i++)
        b->unknown[i] = NAN;
    b->edge = (struct archive_edge){newest_ms, NULL};
    if (b->text && b->last)
        return true;
    errno = ENOMEM;
    archive_fail_errno(b->out, "cannot be updated");
    return false;
}

static void batch_end(struct batch *b)
{
    free(b->text);
    free(b->last);
}

static void flush(struct batch *b)
{
    const char *arguments[ROWS_PER_CALL];
    for (size_t i = 0; i < b->count; i++)
        arguments[i] = b->text + i * b->room;
    rrd_clear_error();
    errno = 0;
    if (b->count == 0 || rrd_update_r(b->path, NULL, (int)b->count, arguments) == 0) {
        b->out->written += b->rows;
    } else {
        int error = errno;
        const char *why = rrd_get_error();
        bool busy = strstr(why, "lock") != NULL;
        archive_fail(b->out, busy ? ARCHIVE_BUSY : archive_result_of(error), "cannot be updated", why);
    }
    b->count = b->rows = 0;
}

/* The values of the file's last update, which librrd keeps as texts. */
static void read_last(struct batch *b)
{
    char **names = NULL, **texts = NULL;
    unsigned long count = 0;
    time_t at;
    if (rrd_lastupdate_r(b->path, &at, &count, &names, &texts) != 0)
        return;
    for (unsigned long i = 0; i < count; i++) {
        char *end;
        double v = strtod(texts[i], &end);
        if (i < b->shape->source_count)
            b->last[i] = end != texts[i] && *end == '\0' ? v : NAN;
        rrd_freemem(names[i]);
        rrd_freemem(texts[i]);
    }
    rrd_freemem(names);
    rrd_freemem(texts);
    if (count == b->shape->source_count)
        b->edge.values = b->last;
}

static void add_row(struct batch *b, const struct archive_row *row, bool fresh)
{
    struct archive_row rows[ARCHIVE_EDGES_MAX];
    if (!b->edge.values && !fresh && archive_edge_needs_last(b->shape, b->edge.at_ms, row))
        read_last(b);
    size_t n = archive_edge_rows(b->shape, &b->edge, row, b->unknown, rows);
    if (b->count + n > ROWS_PER_CALL)
        flush(b);
    for (size_t i = 0; i < n; i++)
        row_text(&rows[i], b->shape->source_count, b->text + b->count++ * b->room);
    b->rows++;
    b->edge = (struct archive_edge){rows[n - 1].at_ns / NS_PER_MS, row->values};
}

static bool look(const char *path, int64_t latest_s, bool *absent, struct rrd_header *h, struct archive_outcome *out)
{
    char why[RRD_HEADER_WHY_MAX];
    enum rrd_header_state state = rrd_header_read(path, latest_s, h, why);
    *absent = state == RRD_HEADER_ABSENT;
    if (state == RRD_HEADER_UNREADABLE)
        archive_fail(out, archive_result_of(errno), path, why);
    if (state == RRD_HEADER_BAD)
        archive_fail(out, ARCHIVE_DAMAGED, path, why);
    return out->result == ARCHIVE_OK;
}

static void write_rows(const char *path, const struct archive_shape *shape, const struct archive_row *rows,
                       size_t row_count, int64_t newest_ms, bool fresh, struct archive_outcome *out)
{
    struct batch b = {.path = path, .shape = shape, .out = out};
    bool begun = batch_begin(&b, newest_ms);
    for (size_t i = 0; begun && i < row_count && out->result == ARCHIVE_OK; i++) {
        bool later = archive_edge_ms(shape, &rows[i]) > b.edge.at_ms;
        if (later)
            add_row(&b, &rows[i], fresh);
        out->skipped += !later;
    }
    if (begun && out->result == ARCHIVE_OK)
        flush(&b);
    batch_end(&b);
}

static void write_more(const char *path, const struct rrd_header *h, const struct archive_shape *shape,
                       const struct archive_row *rows, size_t row_count, int64_t latest_s, struct archive_outcome *out)
{
    const char *other = archive_difference(h, shape);
    if (other)
        archive_reshape(path, shape, latest_s, other, out);
    if (out->result == ARCHIVE_OK)
        write_rows(path, shape, rows, row_count, last_ms(h), false, out);
}

static void write_first(const char *path, const struct archive_shape *shape, const struct archive_row *rows,
                        size_t row_count, int64_t latest_s, struct archive_outcome *out)
{
    int64_t start_s = rows[0].at_ns / NS_PER_S - shape->step_s;
    archive_make(path, shape, start_s, latest_s, out);
    if (out->result == ARCHIVE_OK)
        write_rows(path, shape, rows, row_count, start_s * 1000, true, out);
}

void archive_write(const char *path, const struct archive_shape *shape, const struct archive_row *rows,
                   size_t row_count, int64_t latest_s, struct archive_outcome *out)
{
    struct rrd_header h = {0};
    struct archive_union u;
    bool absent;
    *out = (struct archive_outcome){.result = ARCHIVE_OK};
    if (row_count == 0 || !look(path, latest_s, &absent, &h, out))
        return;
    if (absent) {
        write_first(path, shape, rows, row_count, latest_s, out);
    } else if (archive_union_begin(&u, &h, shape, rows, row_count)) {
        write_more(path, &h, &u.shape, u.rows, row_count, latest_s, out);
        archive_union_end(&u);
    } else {
        write_more(path, &h, shape, rows, row_count, latest_s, out);
    }
}
