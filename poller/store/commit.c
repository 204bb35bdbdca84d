#include "poller/store/commit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/restamp.h"
#include "poller/store/spool.h"

#define EVENT_ID_MAX 80

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* --- the mark --- */

void commit_mark_read(struct database *d, struct commit_mark *out)
{
    char sequence[32];
    *out = (struct commit_mark){0};
    database_meta_get(d, "boot_id", out->boot_id, sizeof out->boot_id);
    if (database_meta_get(d, "sequence", sequence, sizeof sequence))
        out->sequence = strtoull(sequence, NULL, 10);
}

static void mark_write(struct database *d, const char *boot_id, uint64_t sequence)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, sequence);
    database_meta_set(d, "boot_id", boot_id);
    database_meta_set(d, "sequence", text);
}

/* --- transitions and events --- */

/* Sorts by time, is the same when a record comes twice. */
static void event_id(char out[EVENT_ID_MAX], const char *boot_id, const struct es_commit *c,
                     struct wall at, size_t index)
{
    snprintf(out, EVENT_ID_MAX, "%016" PRIx64 "-%.16s-%" PRIx64 "-%zx", (uint64_t)at.ns, boot_id,
             c->sequence, index);
}

static void put_state(struct database *d, const struct node_transition *t)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR REPLACE INTO node (name, state, since, reason, behind) VALUES (?1, ?2, ?3, ?4, ?5)");
    bind_text(s, 1, or_empty(t->node));
    bind_text(s, 2, node_state_words[t->to]);
    sqlite3_bind_int64(s, 3, t->at.ns);
    bind_text(s, 4, t->reason);
    bind_text(s, 5, t->behind);
    database_run(d, s);
}

static const char event_sql[] =
    "INSERT OR IGNORE INTO event (id, at, kind, node, from_state, to_state, reason, behind, incident, text)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

static void put_transition(struct database *d, const char *id, const struct node_transition *t)
{
    sqlite3_stmt *s = database_statement(d, event_sql);
    bind_text(s, 1, id);
    sqlite3_bind_int64(s, 2, t->at.ns);
    bind_text(s, 3, "state");
    bind_text(s, 4, or_empty(t->node));
    bind_text(s, 5, node_state_words[t->from]);
    bind_text(s, 6, node_state_words[t->to]);
    bind_text(s, 7, t->reason);
    bind_text(s, 8, t->behind);
    bind_text(s, 9, t->incident);
    database_run(d, s);
}

static void put_event(struct database *d, const char *id, const struct plain_event *e)
{
    sqlite3_stmt *s = database_statement(d, event_sql);
    bind_text(s, 1, id);
    sqlite3_bind_int64(s, 2, e->at.ns);
    bind_text(s, 3, or_empty(e->kind));
    bind_text(s, 4, e->node);
    bind_text(s, 10, e->text);
    database_run(d, s);
}

static void put_events(struct database *d, const char *boot_id, const struct es_commit *c)
{
    char id[EVENT_ID_MAX];
    for (size_t i = 0; i < c->transitions_count; i++) {
        event_id(id, boot_id, c, c->transitions[i].at, i);
        put_transition(d, id, &c->transitions[i]);
        put_state(d, &c->transitions[i]);
    }
    for (size_t i = 0; i < c->events_count; i++) {
        event_id(id, boot_id, c, c->events[i].at, c->transitions_count + i);
        put_event(d, id, &c->events[i]);
    }
}

/* --- incidents --- */

static void put_incident_row(struct database *d, const struct incident *in)
{
    struct buf packed = {0};
    field_pack(&incident_record, in, NULL, &packed);
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR REPLACE INTO incident (id, revision, opened, resolved, acknowledged,"
           " acknowledged_by, severity, cause, confidence, sentence, check_first, node, port, link,"
           " network, site, packed)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)");
    const struct cause *c = &in->cause;
    bind_text(s, 1, in->id);
    sqlite3_bind_int64(s, 2, in->revision);
    sqlite3_bind_int64(s, 3, in->opened.ns);
    bind_wall(s, 4, in->resolved);
    bind_wall(s, 5, in->acknowledged);
    bind_text(s, 6, in->acknowledged_by);
    bind_text(s, 7, severity_words[in->severity]);
    bind_text(s, 8, cause_kind_words[c->kind]);
    bind_text(s, 9, confidence_words[c->confidence]);
    bind_text(s, 10, or_empty(c->sentence));
    bind_text(s, 11, or_empty(c->check_first));
    bind_text(s, 12, c->node);
    bind_text(s, 13, c->port);
    bind_text(s, 14, c->link);
    bind_text(s, 15, c->network);
    bind_text(s, 16, c->site);
    sqlite3_bind_blob64(s, 17, packed.data, packed.len, SQLITE_STATIC);
    database_run(d, s);
    buf_fini(&packed);
}

static void clear_details(struct database *d, const char *id)
{
    static const char *const clearing[] = {
        "DELETE FROM incident_argument WHERE incident = ?1",
        "DELETE FROM incident_affected WHERE incident = ?1",
        "DELETE FROM incident_evidence WHERE incident = ?1",
        "DELETE FROM incident_timeline WHERE incident = ?1",
        "DELETE FROM incident_other WHERE incident = ?1",
    };
    for (size_t i = 0; i < sizeof clearing / sizeof clearing[0]; i++) {
        sqlite3_stmt *s = database_statement(d, clearing[i]);
        bind_text(s, 1, id);
        database_run(d, s);
    }
}

static void put_arguments(struct database *d, const struct incident *in)
{
    for (size_t i = 0; i < in->cause.arguments_count; i++) {
        sqlite3_stmt *s = database_statement(
            d, "INSERT OR REPLACE INTO incident_argument (incident, name, value) VALUES (?1, ?2, ?3)");
        bind_text(s, 1, in->id);
        bind_text(s, 2, or_empty(in->cause.arguments[i].name));
        bind_text(s, 3, in->cause.arguments[i].value);
        database_run(d, s);
    }
}

static void put_affected(struct database *d, const struct incident *in)
{
    for (size_t i = 0; i < in->affected_count; i++) {
        sqlite3_stmt *s = database_statement(
            d, "INSERT OR IGNORE INTO incident_affected (incident, node) VALUES (?1, ?2)");
        bind_text(s, 1, in->id);
        bind_text(s, 2, or_empty(in->affected[i]));
        database_run(d, s);
    }
}

static void put_evidence(struct database *d, const struct incident *in)
{
    for (size_t i = 0; i < in->evidence_count; i++) {
        const struct evidence *e = &in->evidence[i];
        sqlite3_stmt *s = database_statement(
            d, "INSERT INTO incident_evidence (incident, position, fact, source, at)"
               " VALUES (?1, ?2, ?3, ?4, ?5)");
        bind_text(s, 1, in->id);
        sqlite3_bind_int64(s, 2, (int64_t)i);
        bind_text(s, 3, or_empty(e->fact));
        bind_text(s, 4, e->source);
        sqlite3_bind_int64(s, 5, e->at.ns);
        database_run(d, s);
    }
}

static void put_timeline(struct database *d, const struct incident *in)
{
    for (size_t i = 0; i < in->timeline_count; i++) {
        sqlite3_stmt *s = database_statement(
            d, "INSERT INTO incident_timeline (incident, position, at, text) VALUES (?1, ?2, ?3, ?4)");
        bind_text(s, 1, in->id);
        sqlite3_bind_int64(s, 2, (int64_t)i);
        sqlite3_bind_int64(s, 3, in->timeline[i].at.ns);
        bind_text(s, 4, or_empty(in->timeline[i].text));
        database_run(d, s);
    }
}

static void put_others(struct database *d, const struct incident *in)
{
    for (size_t i = 0; i < in->also_possible_count; i++) {
        sqlite3_stmt *s = database_statement(
            d, "INSERT INTO incident_other (incident, position, cause, sentence) VALUES (?1, ?2, ?3, ?4)");
        bind_text(s, 1, in->id);
        sqlite3_bind_int64(s, 2, (int64_t)i);
        bind_text(s, 3, cause_kind_words[in->also_possible[i].kind]);
        bind_text(s, 4, or_empty(in->also_possible[i].sentence));
        database_run(d, s);
    }
}

static void put_incident(struct database *d, const struct incident *in)
{
    put_incident_row(d, in);
    clear_details(d, in->id);
    put_arguments(d, in);
    put_affected(d, in);
    put_evidence(d, in);
    put_timeline(d, in);
    put_others(d, in);
}

/* --- outbox --- */

static void put_outbox(struct database *d, const struct outbox_entry *e)
{
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR IGNORE INTO outbox (key, incident, receiver, kind, created, text)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    bind_text(s, 1, e->key);
    bind_text(s, 2, e->incident);
    bind_text(s, 3, or_empty(e->receiver));
    bind_text(s, 4, message_kind_words[e->kind]);
    sqlite3_bind_int64(s, 5, e->created.ns);
    bind_text(s, 6, e->text);
    database_run(d, s);
}

static void withdraw(struct database *d, const char *key)
{
    sqlite3_stmt *s = database_statement(
        d, "UPDATE outbox SET state = 'withdrawn' WHERE key = ?1 AND state = 'waiting'");
    bind_text(s, 1, key);
    database_run(d, s);
}

/* --- a record, and many --- */

static void put_record(struct database *d, const char *boot_id, const struct es_commit *c, bool spooled)
{
    restamp_run(d, &c->restamp);
    put_events(d, boot_id, c);
    for (size_t i = 0; i < c->incidents_count; i++)
        put_incident(d, &c->incidents[i]);
    for (size_t i = 0; i < c->outbox_count; i++)
        put_outbox(d, &c->outbox[i]);
    for (size_t i = 0; i < c->withdrawn_count; i++)
        withdraw(d, c->withdrawn[i]);
    if (spooled)
        spool_commit(d, boot_id, c);
}

static bool try_records(struct database *d, const char *boot_id, const struct es_commit *const *records,
                        size_t count, bool spooled, uint64_t mark)
{
    database_begin(d);
    for (size_t i = 0; i < count; i++)
        put_record(d, boot_id, records[i], spooled);
    mark_write(d, boot_id, mark);
    return database_end(d);
}

bool commit_records(struct database *d, const char *boot_id, const struct es_commit *const *records,
                    size_t count, bool spooled, size_t *refused)
{
    *refused = 0;
    if (count == 0 || try_records(d, boot_id, records, count, spooled, records[count - 1]->sequence))
        return true;
    if (database_fault(d) != DATABASE_REFUSED)
        return false;
    for (size_t i = 0; i < count; i++) { /* one by one, to leave out only the bad one */
        if (try_records(d, boot_id, &records[i], 1, spooled, records[i]->sequence))
            continue;
        if (database_fault(d) != DATABASE_REFUSED)
            return false;
        log_warnx("database", "record %" PRIu64 " is left out: %s", records[i]->sequence,
                  database_error(d));
        ++*refused;
        if (!try_records(d, boot_id, NULL, 0, false, records[i]->sequence))
            return false;
    }
    return true;
}
