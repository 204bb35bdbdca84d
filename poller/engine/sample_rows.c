/* Chunks of one record's size in a queue; the last one is being filled. A row's stamp stands at a
 * known place in it, so stamping is done in the chunk itself. */
#include "poller/engine/sample_rows.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "poller/base/log.h"

#define YOUNG_S 60
#define ROW_HEAD_BYTES 14 /* u32 object, u64 stamp, u16 count */
#define STEPS_APART 2     /* of rows of one value: within the heartbeat of a file, see graphs/layout.h */

struct chunk {
    struct chunk *next;
    size_t len, taken; /* bytes; those that left already */
    size_t values;     /* not taken yet */
    uint8_t bytes[SAMPLE_ROWS_TAKE_BYTES];
};

struct sample_rows {
    struct chunk *first, *last;
    size_t bytes, ceiling_bytes; /* bytes: of rows, not of the room taken for them */
    uint64_t dropped;
};

struct sample_rows *sample_rows_create(size_t ceiling_bytes)
{
    struct sample_rows *r = calloc(1, sizeof *r);
    if (!r)
        fatal("no memory for samples");
    r->ceiling_bytes = ceiling_bytes;
    return r;
}

static void drop_first(struct sample_rows *r)
{
    struct chunk *c = r->first;
    r->first = c->next;
    if (!r->first)
        r->last = NULL;
    r->bytes -= c->len - c->taken;
    free(c);
}

void sample_rows_destroy(struct sample_rows *r)
{
    if (!r)
        return;
    while (r->first)
        drop_first(r);
    free(r);
}

static struct chunk *add_chunk(struct sample_rows *r)
{
    struct chunk *c = malloc(sizeof *c);
    if (!c)
        fatal("no memory for samples");
    c->next = NULL;
    c->len = c->taken = c->values = 0;
    if (r->last)
        r->last->next = c;
    else
        r->first = c;
    r->last = c;
    return c;
}

static void add(struct sample_rows *r, const struct object *o, struct mono at)
{
    size_t len = ROW_HEAD_BYTES + 8 * o->source_count;
    if (len > SAMPLE_ROWS_TAKE_BYTES) { /* store takes no such object either */
        r->dropped += o->source_count;
        return;
    }
    struct chunk *c =
        r->last && r->last->len + len <= SAMPLE_ROWS_TAKE_BYTES ? r->last : add_chunk(r);
    struct writer w = writer_over(c->bytes + c->len, SAMPLE_ROWS_TAKE_BYTES - c->len);
    wr_u32(&w, o->id);
    wr_u64(&w, (uint64_t)at.ns);
    wr_u16(&w, (uint16_t)o->source_count);
    for (size_t i = 0; i < o->source_count; i++) {
        uint64_t bits;
        memcpy(&bits, &o->values[i], sizeof bits);
        wr_u64(&w, bits);
    }
    c->len += len;
    c->values += o->source_count;
    r->bytes += len;
    while (r->bytes > r->ceiling_bytes && r->first != r->last) {
        r->dropped += r->first->values;
        drop_first(r);
    }
}

void sample_rows_add(struct sample_rows *r, const struct object *o)
{
    int64_t apart_ns = STEPS_APART * o->step_ns;
    struct mono at = o->from;
    while (at.ns && apart_ns > 0 && mono_since(o->at, at) > apart_ns) {
        at = mono_after(at, apart_ns);
        add(r, o, at);
    }
    add(r, o, o->at);
}

static bool has_room(struct sample_slice *slice, uint32_t object)
{
    uint16_t *rows = &slice->rows[object % (sizeof slice->rows / sizeof *slice->rows)];
    slice->full = *rows == SAMPLE_SLICE_ROWS;
    *rows += !slice->full;
    return !slice->full;
}

/* The row at c->taken gets its stamp; returns its length. 0: the slice holds no more of its object. */
static size_t stamp_row(struct chunk *c, struct instant now, struct sample_slice *slice)
{
    struct reader r = reader_over(c->bytes + c->taken, c->len - c->taken);
    struct writer w = writer_over(c->bytes + c->taken + 4, 8);
    uint32_t object;
    uint64_t moment;
    uint16_t count;
    if (!rd_u32(&r, &object) || !rd_u64(&r, &moment) || !rd_u16(&r, &count))
        return 0;
    struct mono at = {(int64_t)moment};
    if (mono_since(now.mono, at) > SECONDS(YOUNG_S) && !has_room(slice, object))
        return 0;
    wr_u64(&w, (uint64_t)wall_at(now, at).ns);
    c->values -= count;
    return ROW_HEAD_BYTES + 8 * (size_t)count;
}

bool sample_rows_take(struct sample_rows *r, struct instant now, struct sample_slice *slice,
                      struct buf *out)
{
    struct chunk *c = r->first;
    if (!c || slice->full)
        return false;
    size_t from = c->taken, len;
    while (c->taken < c->len && (len = stamp_row(c, now, slice)) > 0)
        c->taken += len;
    buf_put(out, c->bytes + from, c->taken - from);
    r->bytes -= c->taken - from;
    bool any = c->taken > from;
    if (c->taken == c->len)
        drop_first(r);
    return any;
}

bool sample_rows_are_full(const struct sample_rows *r)
{
    return r->first && r->first != r->last;
}

size_t sample_rows_bytes(const struct sample_rows *r)
{
    return r->bytes;
}

uint64_t sample_rows_dropped(const struct sample_rows *r)
{
    return r->dropped;
}
