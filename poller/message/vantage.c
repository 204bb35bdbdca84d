#include "poller/message/vantage.h"

#include <string.h>

#include "poller/message/engine_store.h"

#define OBJECTS_MAX 4096 /* of one report: each takes more bytes than that leaves */

static const char mark[4] = {'H', 'L', 'V', '1'};

const char *const vantage_taken_words[] = {"taken", "malformed", "unknown", "busy", "clock", NULL};

#define T struct vantage_head
static const struct field head_fields[] = {
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, sent, FIELD_WALL)},
    {FIELD(T, clock_set, FIELD_BOOL)},
    {FIELD(T, whole, FIELD_BOOL)},
    {FIELD(T, behind, FIELD_WALL)},
    {FIELD(T, every_ns, FIELD_INT)},
};
#undef T
static const struct record head_record = RECORD(vantage_head, head_fields);

#define T struct vantage_node
static const struct field node_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, state, FIELD_TEXT)},
    {FIELD(T, since, FIELD_WALL)},
    {FIELD(T, reason, FIELD_TEXT)},
};
#undef T
static const struct record node_record = RECORD(vantage_node, node_fields);

#define T struct vantage_view
static const struct field view_fields[] = {
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, started, FIELD_WALL)},
    {FIELD(T, machine_started, FIELD_WALL)},
    {FIELD_MANY(T, nodes, FIELD_RECORD), .record = &node_record},
};
#undef T
const struct record vantage_view_record = RECORD(vantage_view, view_fields);

#define T struct vantage_run
static const struct field run_fields[] = {
    {FIELD(T, boot, FIELD_TEXT)},
    {FIELD(T, silent, FIELD_WALL)},
    {FIELD(T, started, FIELD_WALL)},
    {FIELD(T, machine_started, FIELD_WALL)},
};
#undef T
const struct record vantage_run_record = RECORD(vantage_run, run_fields);

#define T struct vantage_change
static const struct field change_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, from, FIELD_TEXT)},
    {FIELD(T, to, FIELD_TEXT)},
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, behind, FIELD_TEXT)},
};
#undef T
const struct record vantage_change_record = RECORD(vantage_change, change_fields);

#define T struct vantage_event
static const struct field event_fields[] = {
    {FIELD(T, kind, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, text, FIELD_TEXT)},
    {FIELD(T, at, FIELD_WALL)},
};
#undef T
static const struct record event_record = RECORD(vantage_event, event_fields);

#define T struct vantage_incident
static const struct field incident_fields[] = {
    {FIELD(T, id, FIELD_TEXT)},
    {FIELD(T, revision, FIELD_U32)},
    {FIELD(T, opened, FIELD_WALL)},
    {FIELD(T, resolved, FIELD_WALL)},
    {FIELD(T, severity, FIELD_TEXT)},
    {FIELD(T, cause, FIELD_TEXT)},
    {FIELD(T, sentence, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, site, FIELD_TEXT)},
};
#undef T
static const struct record incident_brief_record = RECORD(vantage_incident, incident_fields);

#define T struct vantage_decided
static const struct field decided_fields[] = {
    {FIELD(T, boot, FIELD_TEXT)},
    {FIELD(T, sequence, FIELD_U64)},
    {FIELD(T, place, FIELD_U32)},
    {FIELD(T, guessed_from, FIELD_WALL)},
    {FIELD(T, guessed_until, FIELD_WALL)},
    {FIELD(T, shift_ns, FIELD_INT)},
    {FIELD_MANY(T, changes, FIELD_RECORD), .record = &vantage_change_record},
    {FIELD_MANY(T, events, FIELD_RECORD), .record = &event_record},
    {FIELD_MANY(T, incidents, FIELD_RECORD), .record = &incident_brief_record},
};
#undef T
const struct record vantage_decided_record = RECORD(vantage_decided, decided_fields);

#define T struct vantage_lost
static const struct field lost_fields[] = {
    {FIELD(T, from, FIELD_WALL)},
    {FIELD(T, until, FIELD_WALL)},
};
#undef T
const struct record vantage_lost_record = RECORD(vantage_lost, lost_fields);

#define T struct vantage_object
static const struct field object_fields[] = {
    {FIELD(T, object, FIELD_U32)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, layout, FIELD_TEXT)},
    {FIELD(T, step_ns, FIELD_INT)},
    {FIELD_MANY(T, sources, FIELD_TEXT)},
};
#undef T
static const struct record object_record = RECORD(vantage_object, object_fields);

static const struct record *const records[] = {
    [VANTAGE_HEAD] = &head_record,
    [VANTAGE_VIEW] = &vantage_view_record,
    [VANTAGE_RUN] = &vantage_run_record,
    [VANTAGE_DECIDED] = &vantage_decided_record,
    [VANTAGE_LOST] = &vantage_lost_record,
    [VANTAGE_OBJECT] = &object_record,
};

/* --- writing --- */

static void put_head(struct buf *out, enum vantage_piece kind, size_t len)
{
    uint8_t head[VANTAGE_PIECE_HEAD_BYTES];
    struct writer w = writer_over(head, sizeof head);
    wr_u16(&w, (uint16_t)kind);
    wr_u32(&w, (uint32_t)len);
    buf_put(out, head, sizeof head);
}

void vantage_put_packed(struct buf *out, enum vantage_piece kind, const void *bytes, size_t len)
{
    put_head(out, kind, len);
    buf_put(out, bytes, len);
}

void vantage_put(struct buf *out, enum vantage_piece kind, const void *value)
{
    struct buf packed = {0};
    field_pack(records[kind], value, NULL, &packed);
    vantage_put_packed(out, kind, buf_string(&packed), packed.len);
    out->failed = out->failed || packed.failed;
    buf_fini(&packed);
}

void vantage_begin(struct buf *out, const struct vantage_head *head)
{
    buf_put(out, mark, sizeof mark);
    vantage_put(out, VANTAGE_HEAD, head);
}

size_t vantage_size(enum vantage_piece kind, const void *value)
{
    struct buf packed = {0};
    field_pack(records[kind], value, NULL, &packed);
    size_t len = packed.len;
    buf_fini(&packed);
    return VANTAGE_PIECE_HEAD_BYTES + len;
}

/* --- reading --- */

struct piece {
    uint16_t kind;
    struct reader bytes;
};

static bool next_piece(struct reader *in, struct piece *out)
{
    uint32_t len;
    const uint8_t *bytes;
    if (!rd_u16(in, &out->kind) || !rd_u32(in, &len) || !rd_bytes(in, &bytes, len))
        return false;
    out->bytes = reader_over(bytes, len);
    return true;
}

/* How many there are of each kind. False: the pieces do not fill the bytes. */
static bool count_pieces(struct reader in, size_t counts[static VANTAGE_ROWS + 1])
{
    struct piece p;
    while (rd_left(&in)) {
        if (!next_piece(&in, &p))
            return false;
        if (p.kind <= VANTAGE_ROWS)
            counts[p.kind]++;
    }
    return true;
}

static bool is_name(const char *text)
{
    size_t len = text ? strnlen(text, VANTAGE_NAME_MAX + 1) : 0;
    return len > 0 && len <= VANTAGE_NAME_MAX;
}

static const struct vantage_object *find_object(const struct vantage_report *r, uint32_t number)
{
    for (size_t i = r->objects_count; i > 0; i--) /* mostly the newest */
        if (r->objects[i - 1].object == number)
            return &r->objects[i - 1];
    return NULL;
}

static bool is_sound_object(const struct vantage_report *r, const struct vantage_object *o)
{
    if (!is_name(o->node) || !is_name(o->name) || !o->layout || !o->sources_count || find_object(r, o->object))
        return false;
    for (size_t i = 0; i < o->sources_count; i++)
        if (!is_name(o->sources[i]))
            return false;
    return true;
}

static bool is_sound_view(const struct vantage_view *v)
{
    for (size_t i = 0; i < v->nodes_count; i++)
        if (!is_name(v->nodes[i].node) || !v->nodes[i].state)
            return false;
    return true;
}

static bool is_sound_decided(const struct vantage_decided *d)
{
    for (size_t i = 0; i < d->changes_count; i++)
        if (!is_name(d->changes[i].node) || !d->changes[i].from || !d->changes[i].to)
            return false;
    for (size_t i = 0; i < d->events_count; i++)
        if (!is_name(d->events[i].kind))
            return false;
    for (size_t i = 0; i < d->incidents_count; i++)
        if (!is_name(d->incidents[i].id) || !d->incidents[i].cause || !d->incidents[i].severity ||
            !d->incidents[i].sentence)
            return false;
    return is_name(d->boot);
}

static bool take_rows(struct vantage_report *r, const struct piece *p)
{
    struct reader in = p->bytes;
    struct sample_row row;
    while (rd_left(&in)) {
        const struct vantage_object *o = sample_row_read(&in, &row) ? find_object(r, row.object) : NULL;
        if (!o || row.count != o->sources_count)
            return false;
        r->sample_count++;
    }
    r->rows[r->rows_count++] = (struct bytes){(uint8_t *)(uintptr_t)p->bytes.at, rd_left(&p->bytes)};
    return true;
}

/* Bytes behind the last member are of a younger vantage. */
static bool take_piece(struct vantage_report *r, struct piece *p, struct arena *arena)
{
    struct reader *in = &p->bytes;
    switch (p->kind) {
    case VANTAGE_VIEW:
        r->view = arena_take(arena, sizeof *r->view);
        return r->view && field_unpack(records[p->kind], in, NULL, arena, r->view) && is_sound_view(r->view);
    case VANTAGE_RUN:
        return field_unpack(records[p->kind], in, NULL, arena, &r->runs[r->runs_count]) &&
               is_name(r->runs[r->runs_count++].boot);
    case VANTAGE_DECIDED:
        return field_unpack(records[p->kind], in, NULL, arena, &r->decided[r->decided_count]) &&
               is_sound_decided(&r->decided[r->decided_count++]);
    case VANTAGE_LOST:
        return field_unpack(records[p->kind], in, NULL, arena, &r->lost[r->lost_count++]);
    case VANTAGE_OBJECT:
        return field_unpack(records[p->kind], in, NULL, arena, &r->objects[r->objects_count]) &&
               is_sound_object(r, &r->objects[r->objects_count]) && ++r->objects_count;
    case VANTAGE_ROWS:
        return take_rows(r, p);
    default:
        return p->kind != VANTAGE_HEAD && p->kind != 0;
    }
}

static bool make_lists(struct vantage_report *r, const size_t counts[static VANTAGE_ROWS + 1], struct arena *arena)
{
    if (counts[VANTAGE_HEAD] != 1 || counts[VANTAGE_VIEW] > 1 || counts[VANTAGE_OBJECT] > OBJECTS_MAX)
        return false;
    r->runs = arena_take(arena, counts[VANTAGE_RUN] * sizeof *r->runs);
    r->decided = arena_take(arena, counts[VANTAGE_DECIDED] * sizeof *r->decided);
    r->lost = arena_take(arena, counts[VANTAGE_LOST] * sizeof *r->lost);
    r->objects = arena_take(arena, counts[VANTAGE_OBJECT] * sizeof *r->objects);
    r->rows = arena_take(arena, counts[VANTAGE_ROWS] * sizeof *r->rows);
    return r->runs && r->decided && r->lost && r->objects && r->rows;
}

bool vantage_read(const void *bytes, size_t len, struct arena *arena, struct vantage_report *out)
{
    struct reader in = reader_over(bytes, len);
    size_t counts[VANTAGE_ROWS + 1] = {0};
    const uint8_t *begins;
    struct piece p;
    *out = (struct vantage_report){0};
    if (!rd_bytes(&in, &begins, sizeof mark) || memcmp(begins, mark, sizeof mark) != 0 ||
        !count_pieces(in, counts) || !make_lists(out, counts, arena))
        return false;
    if (!next_piece(&in, &p) || p.kind != VANTAGE_HEAD ||
        !field_unpack(&head_record, &p.bytes, NULL, arena, &out->head) || !is_name(out->head.vantage))
        return false;
    while (rd_left(&in))
        if (!next_piece(&in, &p) || !take_piece(out, &p, arena))
            return false;
    return true;
}
