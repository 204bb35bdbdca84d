#include "poller/model/incident.h"

static const struct field evidence_fields[] = {
    {FIELD(struct evidence, fact, FIELD_TEXT)},
    {FIELD(struct evidence, source, FIELD_TEXT)},
    {FIELD(struct evidence, at, FIELD_WALL)},
};
static const struct record evidence_record = RECORD(evidence, evidence_fields);

static const struct field argument_fields[] = {
    {FIELD(struct cause_argument, name, FIELD_TEXT)},
    {FIELD(struct cause_argument, value, FIELD_TEXT)},
};
static const struct record argument_record = RECORD(cause_argument, argument_fields);

static const struct field cause_fields[] = {
    {FIELD(struct cause, kind, FIELD_ENUM), .words = cause_kind_words},
    {FIELD(struct cause, confidence, FIELD_ENUM), .words = confidence_words},
    {FIELD(struct cause, node, FIELD_TEXT)},
    {FIELD(struct cause, port, FIELD_TEXT)},
    {FIELD(struct cause, link, FIELD_TEXT)},
    {FIELD(struct cause, network, FIELD_TEXT)},
    {FIELD(struct cause, site, FIELD_TEXT)},
    {FIELD_MANY(struct cause, arguments, FIELD_RECORD), .record = &argument_record},
    {FIELD(struct cause, sentence, FIELD_TEXT)},
    {FIELD(struct cause, check_first, FIELD_TEXT)},
};
const struct record cause_record = RECORD(cause, cause_fields);

static const struct field other_fields[] = {
    {FIELD(struct other_cause, kind, FIELD_ENUM), .words = cause_kind_words},
    {FIELD(struct other_cause, sentence, FIELD_TEXT)},
};
static const struct record other_record = RECORD(other_cause, other_fields);

static const struct field timeline_fields[] = {
    {FIELD(struct timeline_entry, at, FIELD_WALL)},
    {FIELD(struct timeline_entry, text, FIELD_TEXT)},
};
static const struct record timeline_record = RECORD(timeline_entry, timeline_fields);

static const struct field incident_fields[] = {
    {FIELD(struct incident, id, FIELD_TEXT)},
    {FIELD(struct incident, opened, FIELD_WALL)},
    {FIELD(struct incident, resolved, FIELD_WALL)},
    {FIELD(struct incident, acknowledged, FIELD_WALL)},
    {FIELD(struct incident, acknowledged_by, FIELD_TEXT)},
    {FIELD(struct incident, severity, FIELD_ENUM), .words = severity_words},
    {FIELD(struct incident, cause, FIELD_RECORD), .record = &cause_record},
    {FIELD_MANY(struct incident, also_possible, FIELD_RECORD), .record = &other_record},
    {FIELD_MANY(struct incident, affected, FIELD_TEXT)},
    {FIELD_MANY(struct incident, evidence, FIELD_RECORD), .record = &evidence_record},
    {FIELD_MANY(struct incident, timeline, FIELD_RECORD), .record = &timeline_record},
    {FIELD(struct incident, revision, FIELD_U32)},
};
const struct record incident_record = RECORD(incident, incident_fields);
