/* SQLite makes the incident document itself, by the statement that serves messages too. Its text may hold
 * bytes of a device that are no UTF-8: they are mended before the strict reader sees them. */
#include "poller/document/ledger.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/base/database_time.h"
#include "poller/base/field.h"
#include "poller/base/json.h"
#include "poller/base/log.h"
#include "poller/base/utf8.h"
#include "poller/model/incident_document.h"

#define PROGRESS_STEPS 4096 /* SQLite instructions between two looks at the clock */
#define BUSY_MS 500

struct ledger {
    sqlite3 *db;
    char path[4096];
    dev_t device; /* of the file that is open, */
    ino_t inode;  /* which store may have set aside meanwhile */
    struct mono deadline;
};

static int past_deadline(void *ctx)
{
    const struct ledger *l = ctx;
    return mono_before(l->deadline, clock_mono());
}

static bool open_database(struct ledger *l, const char *path)
{
    if (sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(l->db, BUSY_MS);
    sqlite3_db_config(l->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_progress_handler(l->db, PROGRESS_STEPS, past_deadline, l);
    l->deadline = mono_after(clock_mono(), LEDGER_QUERY_NS);
    return database_time_register(l->db) &&
           sqlite3_exec(l->db, "PRAGMA query_only = 1; SELECT 1 FROM incident LIMIT 1", NULL, NULL,
                        NULL) == SQLITE_OK;
}

struct ledger *ledger_open(const char *state_dir, char error[static LEDGER_ERROR_MAX])
{
    struct stat st;
    struct ledger *l = calloc(1, sizeof *l);
    int n = l ? snprintf(l->path, sizeof l->path, "%s/hayloft.db", state_dir) : 0;
    if (n > 0 && (size_t)n < sizeof l->path && access(l->path, R_OK) == 0 && stat(l->path, &st) == 0 &&
        open_database(l, l->path)) {
        l->device = st.st_dev;
        l->inode = st.st_ino;
        return l;
    }
    const char *why = l && l->db ? sqlite3_errmsg(l->db) : strerror(errno);
    snprintf(error, LEDGER_ERROR_MAX, "cannot read %s/hayloft.db: %s", state_dir, why);
    ledger_close(l);
    return NULL;
}

bool ledger_is_replaced(const struct ledger *l)
{
    struct stat st;
    return stat(l->path, &st) == 0 && (st.st_ino != l->inode || st.st_dev != l->device);
}

void ledger_close(struct ledger *l)
{
    if (!l)
        return;
    sqlite3_close(l->db);
    free(l);
}

static sqlite3_stmt *prepare(struct ledger *l, const char *sql)
{
    sqlite3_stmt *s = NULL;
    l->deadline = mono_after(clock_mono(), LEDGER_QUERY_NS);
    if (sqlite3_prepare_v2(l->db, sql, -1, &s, NULL) != SQLITE_OK)
        log_warnx("ledger", "%s", sqlite3_errmsg(l->db));
    return s;
}

static cJSON *document_of(sqlite3_stmt *s)
{
    struct buf clean = {0};
    const char *why = NULL, *text = (const char *)sqlite3_column_text(s, 0);
    utf8_clean(text ? text : "", (size_t)sqlite3_column_bytes(s, 0), &clean);
    cJSON *document = json_parse(buf_string(&clean), clean.len, &why);
    if (!document)
        log_warnx("ledger", "a row of the database was not read: %s", why);
    buf_fini(&clean);
    return document;
}

static cJSON *all_or_nothing(struct ledger *l, cJSON *rows, int result)
{
    if (result == SQLITE_DONE)
        return rows;
    log_warnx("ledger", "the database did not answer: %s", sqlite3_errmsg(l->db));
    cJSON_Delete(rows);
    return NULL;
}

/* Runs a statement whose rows are one JSON text each. Finalizes it. */
static cJSON *rows_of(struct ledger *l, sqlite3_stmt *s)
{
    cJSON *rows = s ? cJSON_CreateArray() : NULL;
    int r = SQLITE_DONE;
    while (rows && (r = sqlite3_step(s)) == SQLITE_ROW) {
        cJSON *row = document_of(s);
        if (row)
            cJSON_AddItemToArray(rows, row);
    }
    sqlite3_finalize(s);
    return all_or_nothing(l, rows, r);
}

static int64_t or_forever(struct wall t)
{
    return t.ns > 0 ? t.ns : INT64_MAX;
}

/* Runs a statement whose rows are incident ids; their documents in its order. Finalizes it. */
static cJSON *documents_of(struct ledger *l, sqlite3_stmt *ids)
{
    sqlite3_stmt *document = prepare(l, incident_document_sql);
    cJSON *rows = ids && document ? cJSON_CreateArray() : NULL;
    int r = SQLITE_DONE;
    while (rows && (r = sqlite3_step(ids)) == SQLITE_ROW) {
        sqlite3_bind_value(document, 1, sqlite3_column_value(ids, 0));
        cJSON *row = sqlite3_step(document) == SQLITE_ROW ? document_of(document) : NULL;
        if (row)
            cJSON_AddItemToArray(rows, row);
        sqlite3_reset(document);
    }
    sqlite3_finalize(document);
    sqlite3_finalize(ids);
    return all_or_nothing(l, rows, r);
}

static int64_t limited(size_t limit)
{
    return (int64_t)(limit < LEDGER_ROWS_MAX ? limit : LEDGER_ROWS_MAX);
}

cJSON *ledger_incidents(struct ledger *l, enum ledger_incidents which, struct wall before, size_t limit)
{
    sqlite3_stmt *s = prepare(
        l, which == LEDGER_OPEN ? "SELECT id FROM incident WHERE resolved IS NULL AND opened < ?1"
                                  " ORDER BY opened DESC, id DESC LIMIT ?2"
                                : "SELECT id FROM incident WHERE opened < ?1"
                                  " ORDER BY opened DESC, id DESC LIMIT ?2");
    sqlite3_bind_int64(s, 1, or_forever(before));
    sqlite3_bind_int64(s, 2, limited(limit));
    return documents_of(l, s);
}

cJSON *ledger_incidents_of(struct ledger *l, const char *node, size_t limit)
{
    sqlite3_stmt *s = prepare(l, "SELECT id FROM incident WHERE resolved IS NULL AND (?1 IN (node, network) OR id IN"
                                 " (SELECT incident FROM incident_affected WHERE node = ?1))"
                                 " ORDER BY opened DESC LIMIT ?2");
    sqlite3_bind_text(s, 1, node, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, limited(limit));
    return documents_of(l, s);
}

cJSON *ledger_incident(struct ledger *l, const char *id)
{
    sqlite3_stmt *s = prepare(l, "SELECT id FROM incident WHERE id = ?1");
    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    cJSON *rows = documents_of(l, s);
    cJSON *first = cJSON_DetachItemFromArray(rows, 0);
    cJSON_Delete(rows);
    return first;
}

cJSON *ledger_node_incidents(struct ledger *l, const char *node, struct wall from, struct wall to,
                             size_t limit)
{
    sqlite3_stmt *s = prepare(
        l, "SELECT json_object('id', id, 'opened', rfc3339(opened), 'resolved', rfc3339(resolved))"
           " FROM incident WHERE opened < ?3 AND (resolved IS NULL OR resolved >= ?2) AND (?1 IN (node, network) OR"
           " id IN (SELECT incident FROM incident_affected WHERE node = ?1))"
           " ORDER BY opened DESC LIMIT ?4");
    sqlite3_bind_text(s, 1, node, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, from.ns);
    sqlite3_bind_int64(s, 3, or_forever(to));
    sqlite3_bind_int64(s, 4, limited(limit));
    return rows_of(l, s);
}

cJSON *ledger_events(struct ledger *l, const char *node, struct wall from, struct wall to, size_t limit)
{
    sqlite3_stmt *s = prepare(
        l, "SELECT json_object('at', rfc3339(at), 'kind', kind, 'node', node, 'from', from_state,"
           " 'to', to_state, 'reason', reason, 'behind', behind, 'incident', incident, 'text', text)"
           " FROM event WHERE (?1 IS NULL OR node = ?1) AND at >= ?2 AND at < ?3"
           " ORDER BY at DESC, id DESC LIMIT ?4");
    sqlite3_bind_text(s, 1, node, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, from.ns);
    sqlite3_bind_int64(s, 3, or_forever(to));
    sqlite3_bind_int64(s, 4, limited(limit));
    return rows_of(l, s);
}

cJSON *ledger_outbox(struct ledger *l)
{
    cJSON *rows = rows_of(
        l, prepare(l, "SELECT json_object('waiting', count(*) FILTER (WHERE state = 'waiting'),"
                      " 'refused', count(*) FILTER (WHERE state = 'refused'),"
                      " 'oldest_waiting', rfc3339(min(created) FILTER (WHERE state = 'waiting')),"
                      " 'last_error', (SELECT error FROM outbox WHERE state <> 'sent' AND error"
                      " IS NOT NULL ORDER BY position DESC LIMIT 1)) FROM outbox"));
    cJSON *first = cJSON_DetachItemFromArray(rows, 0);
    cJSON_Delete(rows);
    return first;
}

cJSON *ledger_last_message(struct ledger *l, const char *receiver, int message_kind)
{
    sqlite3_stmt *s = prepare(
        l, "SELECT json_object('position', position, 'kind', kind, 'state', state, 'created',"
           " rfc3339(created), 'sent', rfc3339(sent), 'next_try', rfc3339(next_try), 'attempts', attempts,"
           " 'error', error) FROM outbox WHERE receiver = ?1 AND (?2 IS NULL OR kind = ?2) AND"
           " state <> 'withdrawn' ORDER BY position DESC LIMIT 1");
    sqlite3_bind_text(s, 1, receiver, -1, SQLITE_STATIC);
    if (message_kind != LEDGER_ANY_KIND)
        sqlite3_bind_text(s, 2, message_kind_words[message_kind], -1, SQLITE_STATIC);
    cJSON *rows = rows_of(l, s);
    cJSON *first = cJSON_DetachItemFromArray(rows, 0);
    cJSON_Delete(rows);
    return first;
}

void availability_add(struct availability *out, enum node_state state, int64_t span_ns,
                      int64_t *outage_ns)
{
    if (span_ns <= 0)
        return;
    if (state == STATE_UNKNOWN || state == STATE_PAUSED) { /* neither ends nor makes an outage */
        return;
    }
    out->known_ns += span_ns;
    if (state == STATE_UP || state == STATE_DEGRADED) {
        out->available_ns += span_ns;
        *outage_ns = 0;
        return;
    }
    if (*outage_ns == 0)
        out->outages++;
    *outage_ns += span_ns;
    if (*outage_ns > out->longest_ns)
        out->longest_ns = *outage_ns;
}

static enum node_state state_of(sqlite3_stmt *s, int column, enum node_state fallback)
{
    const char *word = (const char *)sqlite3_column_text(s, column);
    int i = word ? field_word_index(node_state_words, word) : -1;
    return i < 0 ? fallback : (enum node_state)i;
}

/* The state at a moment: that of the last event before it, else what the first event after it came from,
 * else what it is now. */
static enum node_state state_at(struct ledger *l, const char *node, enum node_state now, struct wall at)
{
    sqlite3_stmt *s = prepare(
        l, "SELECT coalesce((SELECT to_state FROM event WHERE node = ?1 AND kind = 'state' AND at < ?2"
           " ORDER BY at DESC, id DESC LIMIT 1), (SELECT from_state FROM event WHERE node = ?1 AND"
           " kind = 'state' AND at >= ?2 ORDER BY at, id LIMIT 1))");
    sqlite3_bind_text(s, 1, node, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, at.ns);
    enum node_state state = s && sqlite3_step(s) == SQLITE_ROW ? state_of(s, 0, now) : now;
    sqlite3_finalize(s);
    return state;
}

bool ledger_availability(struct ledger *l, const char *node, enum node_state now, struct wall from,
                         struct wall to, struct availability *out)
{
    *out = (struct availability){0};
    enum node_state state = state_at(l, node, now, from);
    int64_t outage_ns = 0, at = from.ns;
    sqlite3_stmt *s = prepare(l, "SELECT at, to_state FROM event WHERE node = ?1 AND kind = 'state' AND"
                                 " at >= ?2 AND at < ?3 ORDER BY at, id");
    sqlite3_bind_text(s, 1, node, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, from.ns);
    sqlite3_bind_int64(s, 3, to.ns);
    int r = SQLITE_ERROR;
    while (s && (r = sqlite3_step(s)) == SQLITE_ROW) {
        availability_add(out, state, sqlite3_column_int64(s, 0) - at, &outage_ns);
        at = sqlite3_column_int64(s, 0);
        state = state_of(s, 1, state);
    }
    sqlite3_finalize(s);
    availability_add(out, state, to.ns - at, &outage_ns);
    return r == SQLITE_DONE;
}
