#include "poller/store/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/journal_reader.h"

/* Which sample is next. */
struct sample_place {
    struct journal_place record;
    size_t row;     /* of the record there */
    struct wall at; /* its stamp; ns 0: there is none, or nobody has looked yet */
};

struct backlog {
    const struct journal *journal;
    const struct series *series;
    struct journal_reader reader;
    struct sample_place next;  /* the oldest sample that is not acknowledged */
    struct sample_place after; /* ... once the last put is */
    struct vantage_lost lost;  /* until ns 0: nothing */
    uint32_t *known;           /* by series: number of the put that has its object */
    size_t known_count;
    uint32_t put;
};

/* What one put gathers: the objects, then all rows in one piece. */
struct gathering {
    struct buf objects, rows;
    size_t room;
    struct wall first; /* stamp of the first row; ns 0: none */
    bool full;
};

struct backlog *backlog_create(const struct journal *j, const struct series *s, struct journal_position from)
{
    struct backlog *b = calloc(1, sizeof *b);
    if (!b)
        fatalx("no memory for what waits for the upstream");
    *b = (struct backlog){.journal = j, .series = s, .next.record.at = from, .after.record.at = from};
    return b;
}

void backlog_destroy(struct backlog *b)
{
    if (!b)
        return;
    journal_reader_fini(&b->reader);
    free(b->known);
    free(b);
}

static bool is_known(struct backlog *b, uint32_t id)
{
    if (id >= b->known_count) {
        size_t count = (size_t)id + 256;
        b->known = realloc(b->known, count * sizeof *b->known);
        if (!b->known)
            fatalx("no memory for a report");
        memset(b->known + b->known_count, 0, (count - b->known_count) * sizeof *b->known);
        b->known_count = count;
    }
    return b->known[id] == b->put;
}

static bool describe(const struct backlog *b, uint32_t id, struct vantage_object *out)
{
    struct es_object o;
    if (!series_describe(b->series, id, &o) || !o.sources_count)
        return false; /* its name was lost: so are its rows */
    *out = (struct vantage_object){id, o.node, o.name, (char *)(uintptr_t)layout_words[o.layout], o.step_ns,
                                   o.sources, o.sources_count};
    return true;
}

/* False: it does not fit any more. */
static bool put_row(struct backlog *b, struct gathering *g, const struct sample_row *row)
{
    struct vantage_object o;
    uint8_t bytes[SAMPLE_ROW_BYTES(LAYOUT_SOURCES_MAX)];
    struct writer w = writer_over(bytes, sizeof bytes);
    if (!describe(b, row->object, &o) || row->count != o.sources_count || !sample_row_write(&w, row))
        return true;
    bool known = is_known(b, row->object);
    size_t size = wr_len(&w) + (known ? 0 : vantage_size(VANTAGE_OBJECT, &o));
    if (g->objects.len + g->rows.len + size + VANTAGE_PIECE_HEAD_BYTES > g->room)
        return false;
    if (!known)
        vantage_put(&g->objects, VANTAGE_OBJECT, &o);
    b->known[row->object] = b->put;
    buf_put(&g->rows, bytes, wr_len(&w));
    return true;
}

/* The rows of one record, but for the first `skip`. */
static void put_record(struct backlog *b, struct gathering *g, const struct journal_record *r, size_t skip)
{
    struct reader in = reader_over(r->payload, r->len);
    struct sample_row row;
    if (!rd_skip(&in, JOURNAL_STAMP_BYTES))
        return;
    for (size_t i = 0; !g->full && rd_left(&in) && sample_row_read(&in, &row); i++) {
        g->full = i >= skip && !put_row(b, g, &row);
        if (g->full)
            b->after = (struct sample_place){b->reader.last, i, {row.at_ns}};
        else if (i >= skip && !g->first.ns)
            g->first.ns = row.at_ns;
    }
}

/* What is read first begins where a gap ends. */
static void notice_loss(struct backlog *b, const struct gathering *g)
{
    if (!b->reader.skipped || !g->first.ns)
        return;
    if (!b->lost.until.ns) {
        log_warnx("upstream", "measurements the house has not got were dropped for want of room");
        b->lost.from = b->next.at;
    }
    b->lost.until = g->first;
}

static void gather(struct backlog *b, struct gathering *g)
{
    struct journal_record r;
    size_t skip = b->next.row;
    journal_reader_begin(&b->reader, b->next.record);
    while (!g->full && journal_read(b->journal, &b->reader, &r)) {
        if (r.type == JOURNAL_SAMPLES)
            put_record(b, g, &r, b->reader.skipped ? 0 : skip);
        skip = 0;
    }
    if (!g->full)
        b->after = (struct sample_place){.record = b->reader.place};
    notice_loss(b, g);
    if (g->first.ns)
        b->next.at = g->first;
}

void backlog_put(struct backlog *b, struct buf *out, size_t most_bytes)
{
    struct gathering g = {.room = most_bytes};
    b->put++;
    gather(b, &g);
    buf_put(out, g.objects.data, g.objects.len);
    if (g.rows.len)
        vantage_put_packed(out, VANTAGE_ROWS, g.rows.data, g.rows.len);
    out->failed = out->failed || g.objects.failed || g.rows.failed;
    buf_fini(&g.objects);
    buf_fini(&g.rows);
}

struct wall backlog_behind(const struct backlog *b)
{
    return b->after.at;
}

const struct vantage_lost *backlog_lost(const struct backlog *b)
{
    return b->lost.until.ns ? &b->lost : NULL;
}

void backlog_told(struct backlog *b)
{
    b->next = b->after;
    b->lost = (struct vantage_lost){0};
}

struct journal_position backlog_position(const struct backlog *b)
{
    return b->next.record.at;
}
