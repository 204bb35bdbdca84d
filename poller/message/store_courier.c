#include "poller/message/store_courier.h"

const char *const delivery_outcome_words[] = {"sent", "retry", "refused", NULL};

#define T struct sc_deliver
static const struct field deliver_fields[] = {
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, receiver, FIELD_TEXT)},
    {FIELD(T, kind, FIELD_ENUM), .words = message_kind_words},
    {FIELD(T, created, FIELD_WALL)},
    {FIELD(T, attempt, FIELD_U32)},
    {FIELD(T, document, FIELD_TEXT)},
};
#undef T
const struct record sc_deliver_record = RECORD(sc_deliver, deliver_fields);

#define T struct cs_outcome
static const struct field outcome_fields[] = {
    {FIELD(T, key, FIELD_TEXT)},
    {FIELD(T, receiver, FIELD_TEXT)},
    {FIELD(T, outcome, FIELD_ENUM), .words = delivery_outcome_words},
    {FIELD(T, retry_after_ns, FIELD_INT)},
    {FIELD(T, error, FIELD_TEXT)},
};
#undef T
const struct record cs_outcome_record = RECORD(cs_outcome, outcome_fields);

#define T struct sc_report
static const struct field report_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, body, FIELD_BYTES)},
};
#undef T
const struct record sc_report_record = RECORD(sc_report, report_fields);

#define T struct cs_reported
static const struct field reported_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, status, FIELD_INT)},
    {FIELD(T, retry_after_ns, FIELD_INT)},
    {FIELD(T, error, FIELD_TEXT)},
};
#undef T
const struct record cs_reported_record = RECORD(cs_reported, reported_fields);

#define T struct ec_fetch
static const struct field fetch_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, url, FIELD_TEXT)},
    {FIELD_MANY(T, headers, FIELD_TEXT)},
    {FIELD(T, timeout_ns, FIELD_INT)},
    {FIELD(T, body_max_bytes, FIELD_INT)},
    {FIELD(T, verify_tls, FIELD_BOOL)},
};
#undef T
const struct record ec_fetch_record = RECORD(ec_fetch, fetch_fields);

#define T struct ce_fetched
static const struct field fetched_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, error, FIELD_TEXT)},
    {FIELD(T, error_detail, FIELD_TEXT)},
    {FIELD(T, status, FIELD_INT)},
    {FIELD(T, body, FIELD_BYTES)},
    {FIELD(T, name_lookup_ns, FIELD_INT)},
    {FIELD(T, connect_ns, FIELD_INT)},
    {FIELD(T, first_byte_ns, FIELD_INT)},
    {FIELD(T, total_ns, FIELD_INT)},
    {FIELD(T, certificate_expires, FIELD_WALL)},
    {FIELD(T, certificate_subject, FIELD_TEXT)},
};
#undef T
const struct record ce_fetched_record = RECORD(ce_fetched, fetched_fields);

#define T struct ec_consult
static const struct field consult_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, url, FIELD_TEXT)},
    {FIELD(T, user, FIELD_TEXT)},
    {FIELD(T, password, FIELD_SECRET)},
    {FIELD(T, timeout_ns, FIELD_INT)},
    {FIELD(T, verify_tls, FIELD_BOOL)},
    {FIELD(T, pin, FIELD_TEXT)},
    {FIELD(T, profile, FIELD_RECORD), .record = &http_profile_record},
    {FIELD_MANY(T, meanings, FIELD_RECORD), .record = &meaning_record},
};
#undef T
const struct record ec_consult_record = RECORD(ec_consult, consult_fields);

#define T struct reading
static const struct field reading_fields[] = {
    {FIELD(T, meaning, FIELD_TEXT)},
    {FIELD(T, class_, FIELD_TEXT)},
    {FIELD(T, label, FIELD_TEXT)},
    {FIELD(T, index, FIELD_TEXT)},
    {FIELD(T, oid, FIELD_TEXT)},
    {FIELD(T, unit, FIELD_TEXT)},
    {FIELD(T, value, FIELD_REAL)},
    {FIELD(T, state, FIELD_TEXT)},
    {FIELD(T, level, FIELD_ENUM), .words = reading_level_words},
    {FIELD(T, limits.warn_low, FIELD_REAL)},
    {FIELD(T, limits.bad_low, FIELD_REAL)},
    {FIELD(T, limits.warn_high, FIELD_REAL)},
    {FIELD(T, limits.bad_high, FIELD_REAL)},
    {FIELD(T, limits.slack, FIELD_REAL)},
    {FIELD(T, object, FIELD_TEXT)},
    {FIELD(T, source, FIELD_TEXT)},
    {FIELD(T, mac, FIELD_TEXT)},
};
#undef T
static const struct record reading_record = RECORD(reading, reading_fields);

#define T struct ce_consulted
static const struct field consulted_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, end, FIELD_ENUM), .words = consultation_end_words},
    {FIELD(T, reason, FIELD_TEXT)},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD_MANY(T, readings, FIELD_RECORD), .record = &reading_record},
    {FIELD(T, model, FIELD_TEXT)},
    {FIELD(T, version, FIELD_TEXT)},
    {FIELD(T, serial, FIELD_TEXT)},
    {FIELD(T, total_ns, FIELD_INT)},
    {FIELD(T, certificate_expires, FIELD_WALL)},
};
#undef T
const struct record ce_consulted_record = RECORD(ce_consulted, consulted_fields);

#define T struct ec_ups
static const struct field ask_ups_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, host, FIELD_TEXT)},
    {FIELD(T, ups, FIELD_TEXT)},
    {FIELD(T, port, FIELD_U32)},
    {FIELD(T, timeout_ns, FIELD_INT)},
};
#undef T
const struct record ec_ups_record = RECORD(ec_ups, ask_ups_fields);

#define T struct ce_ups
static const struct field ups_fields[] = {
    {FIELD(T, id, FIELD_U32)},
    {FIELD(T, error, FIELD_TEXT)},
    {FIELD(T, error_detail, FIELD_TEXT)},
    {FIELD_MANY(T, names, FIELD_TEXT)},
    {FIELD_MANY(T, values, FIELD_TEXT)},
    {FIELD(T, total_ns, FIELD_INT)},
};
#undef T
const struct record ce_ups_record = RECORD(ce_ups, ups_fields);
