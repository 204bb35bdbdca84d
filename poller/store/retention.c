#include "poller/store/retention.h"

#include <stddef.h>

#include "poller/store/reported.h"

/* The ids to forget stand in a table of this connection, so that every statement means the same ones. */
static const char choose_sql[] =
    "INSERT INTO temp.forgotten SELECT id FROM incident WHERE resolved IS NOT NULL AND resolved < ?1"
    " ORDER BY opened LIMIT ?2";

static const char *const forgetting[] = {
    "DELETE FROM incident_argument WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM incident_affected WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM incident_evidence WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM incident_timeline WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM incident_other WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM outbox WHERE incident IN (SELECT id FROM temp.forgotten)",
    "DELETE FROM incident WHERE id IN (SELECT id FROM temp.forgotten)",
};

static int forget_incidents(struct database *d, struct wall older_than)
{
    database_exec(d, "CREATE TEMP TABLE IF NOT EXISTS forgotten (id TEXT)");
    database_exec(d, "DELETE FROM temp.forgotten");
    sqlite3_stmt *s = database_statement(d, choose_sql);
    sqlite3_bind_int64(s, 1, older_than.ns);
    sqlite3_bind_int64(s, 2, RETENTION_INCIDENTS);
    database_run(d, s);
    int count = sqlite3_changes(database_handle(d));
    for (size_t i = 0; count && i < sizeof forgetting / sizeof forgetting[0]; i++)
        database_run(d, database_statement(d, forgetting[i]));
    return count;
}

static int forget_events(struct database *d, struct wall older_than)
{
    sqlite3_stmt *s = database_statement(
        d, "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < ?1 ORDER BY at LIMIT ?2)");
    sqlite3_bind_int64(s, 1, older_than.ns);
    sqlite3_bind_int64(s, 2, RETENTION_EVENTS);
    database_run(d, s);
    return sqlite3_changes(database_handle(d));
}

static int forget_messages(struct database *d, struct wall older_than)
{
    sqlite3_stmt *s = database_statement(
        d, "DELETE FROM outbox WHERE incident IS NULL AND state <> 'waiting' AND created < ?1");
    sqlite3_bind_int64(s, 1, older_than.ns);
    database_run(d, s);
    return 0;
}

bool retention_run(struct database *d, struct wall older_than, bool *more)
{
    database_begin(d);
    int incidents = forget_incidents(d, older_than);
    int events = forget_events(d, older_than);
    int reported = reported_forget(d, older_than);
    forget_messages(d, older_than);
    *more = incidents == RETENTION_INCIDENTS || events == RETENTION_EVENTS || reported >= REPORTED_FORGET_MAX;
    return database_end(d);
}
