#include "poller/message/engine_store.h"

#include <string.h>

#define T struct es_hello
static const struct field hello_fields[] = {
    {FIELD(T, boot_id, FIELD_TEXT)},
    {FIELD(T, sequence, FIELD_U64)},
};
#undef T
const struct record es_hello_record = RECORD(es_hello, hello_fields);

#define T struct es_object
static const struct field object_fields[] = {
    {FIELD(T, object, FIELD_U32)},
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, name, FIELD_TEXT)},
    {FIELD(T, layout, FIELD_ENUM), .words = layout_words},
    {FIELD(T, step_ns, FIELD_INT)},
    {FIELD_MANY(T, sources, FIELD_TEXT)},
    {FIELD_MANY(T, units, FIELD_TEXT)},
};
#undef T
const struct record es_object_record = RECORD(es_object, object_fields);

#define T struct es_samples
static const struct field samples_fields[] = {
    {FIELD(T, sequence, FIELD_U64)},
    {FIELD(T, rows, FIELD_BYTES)},
};
#undef T
const struct record es_samples_record = RECORD(es_samples, samples_fields);

bool sample_row_read(struct reader *in, struct sample_row *out)
{
    uint64_t at;
    if (!rd_u32(in, &out->object) || !rd_u64(in, &at) || !rd_u16(in, &out->count) ||
        !rd_bytes(in, &out->values, (size_t)out->count * 8))
        return false;
    out->at_ns = (int64_t)at;
    return true;
}

double sample_row_value(const struct sample_row *r, size_t i)
{
    uint64_t bits = be64_at(r->values + i * 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool sample_row_write(struct writer *out, const struct sample_row *r)
{
    if ((size_t)(out->end - out->at) < SAMPLE_ROW_BYTES(r->count))
        return false;
    wr_u32(out, r->object);
    wr_u64(out, (uint64_t)r->at_ns);
    wr_u16(out, r->count);
    return wr_bytes(out, r->values, (size_t)r->count * 8);
}

#define T struct node_transition
static const struct field transition_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, from, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, to, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, behind, FIELD_TEXT)},
    {FIELD(T, incident, FIELD_TEXT)},
};
#undef T
static const struct record transition_record = RECORD(node_transition, transition_fields);

#define T struct plain_event
static const struct field event_fields[] = {
    {FIELD(T, kind, FIELD_TEXT)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, text, FIELD_TEXT)},
    {FIELD(T, at, FIELD_WALL)},
};
#undef T
static const struct record event_record = RECORD(plain_event, event_fields);

#define T struct outbox_entry
static const struct field outbox_fields[] = {
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, incident, FIELD_TEXT)},
    {FIELD(T, receiver, FIELD_TEXT)},
    {FIELD(T, kind, FIELD_ENUM), .words = message_kind_words},
    {FIELD(T, created, FIELD_WALL)},
    {FIELD(T, text, FIELD_TEXT)},
};
#undef T
static const struct record outbox_record = RECORD(outbox_entry, outbox_fields);

#define T struct restamp
static const struct field restamp_fields[] = {
    {FIELD(T, from, FIELD_WALL)},
    {FIELD(T, until, FIELD_WALL)},
    {FIELD(T, shift_ns, FIELD_INT)},
};
#undef T
static const struct record restamp_record = RECORD(restamp, restamp_fields);

#define T struct es_commit
static const struct field commit_fields[] = {
    {FIELD(T, sequence, FIELD_U64)},
    {FIELD(T, at, FIELD_WALL)},
    {FIELD(T, restamp, FIELD_RECORD), .record = &restamp_record},
    {FIELD_MANY(T, transitions, FIELD_RECORD), .record = &transition_record},
    {FIELD_MANY(T, incidents, FIELD_RECORD), .record = &incident_record},
    {FIELD_MANY(T, events, FIELD_RECORD), .record = &event_record},
    {FIELD_MANY(T, outbox, FIELD_RECORD), .record = &outbox_record},
    {FIELD_MANY(T, withdrawn, FIELD_TEXT)},
};
#undef T
const struct record es_commit_record = RECORD(es_commit, commit_fields);

#define T struct es_clock
static const struct field clock_fields[] = {
    {FIELD(T, set, FIELD_BOOL)},
    {FIELD(T, mono, FIELD_MONO)},
    {FIELD(T, wall, FIELD_WALL)},
};
#undef T
const struct record es_clock_record = RECORD(es_clock, clock_fields);

#define T struct kept_item
static const struct field kept_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, value, FIELD_TEXT)},
};
#undef T
static const struct record kept_record = RECORD(kept_item, kept_fields);

#define T struct es_keep
static const struct field keep_fields[] = {
    {FIELD(T, sequence, FIELD_U64)},
    {FIELD_MANY(T, items, FIELD_RECORD), .record = &kept_record},
};
#undef T
const struct record es_keep_record = RECORD(es_keep, keep_fields);

#define T struct restored_node
static const struct field node_fields[] = {
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, state, FIELD_ENUM), .words = node_state_words},
    {FIELD(T, since, FIELD_WALL)},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, behind, FIELD_TEXT)},
};
#undef T
static const struct record node_record = RECORD(restored_node, node_fields);

#define T struct se_restored
static const struct field restored_fields[] = {
    {FIELD(T, last, FIELD_BOOL)},
    {FIELD_MANY(T, nodes, FIELD_RECORD), .record = &node_record},
    {FIELD_MANY(T, open, FIELD_RECORD), .record = &incident_record},
    {FIELD_MANY(T, sent, FIELD_RECORD), .record = &outbox_record},
    {FIELD_MANY(T, kept, FIELD_RECORD), .record = &kept_record},
    {FIELD(T, newest, FIELD_WALL)},
    {FIELD(T, written, FIELD_WALL)},
};
#undef T
const struct record se_restored_record = RECORD(se_restored, restored_fields);

static const struct field durable_fields[] = {
    {FIELD(struct se_durable, sequence, FIELD_U64)},
    {FIELD(struct se_durable, skipped, FIELD_U64)},
};
const struct record se_durable_record = RECORD(se_durable, durable_fields);

#define T struct se_delivery
static const struct field delivery_fields[] = {
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, receiver, FIELD_TEXT)},
    {FIELD(T, sent, FIELD_BOOL)},
    {FIELD(T, attempts, FIELD_U32)},
    {FIELD(T, retry_at, FIELD_WALL)},
    {FIELD(T, error, FIELD_TEXT)},
};
#undef T
const struct record se_delivery_record = RECORD(se_delivery, delivery_fields);

#define T struct se_trouble
static const struct field trouble_fields[] = {
    {FIELD(T, what, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, over, FIELD_BOOL)},
};
#undef T
const struct record se_trouble_record = RECORD(se_trouble, trouble_fields);

#define T struct se_vantage
static const struct field se_vantage_fields[] = {
    {FIELD(T, vantage, FIELD_TEXT)},
    {FIELD(T, anew, FIELD_BOOL)},
    {FIELD(T, reported, FIELD_BOOL)},
    {FIELD(T, heard, FIELD_WALL)},
    {FIELD(T, skew_ns, FIELD_INT)},
    {FIELD(T, clock_set, FIELD_BOOL)},
    {FIELD(T, whole, FIELD_BOOL)},
    {FIELD(T, behind, FIELD_WALL)},
    {FIELD(T, every_ns, FIELD_INT)},
    {FIELD_MANY(T, view, FIELD_RECORD), .record = &vantage_view_record},
    {FIELD_MANY(T, runs, FIELD_RECORD), .record = &vantage_run_record},
    {FIELD_MANY(T, changes, FIELD_RECORD), .record = &vantage_change_record},
    {FIELD_MANY(T, lost, FIELD_RECORD), .record = &vantage_lost_record},
};
#undef T
const struct record se_vantage_record = RECORD(se_vantage, se_vantage_fields);
