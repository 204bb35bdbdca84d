#include "poller/store/carry.h"

#include <stdio.h>
#include <string.h>

#define OPEN_INCIDENTS                                                                             \
    "SELECT id FROM incident WHERE resolved IS NULL"                                               \
    " OR id IN (SELECT incident FROM outbox WHERE state = 'waiting')"
#define OF_OPEN_INCIDENTS "incident IN (" OPEN_INCIDENTS ")"
#define OUTBOX_COLUMNS                                                                             \
    "key, incident, receiver, kind, created, text, state, attempts, next_try, sent, error"

struct table {
    const char *name;
    const char *columns;  /* NULL: all, in their order */
    const char *live;     /* which rows are needed to go on; NULL: none */
    const char *order;    /* in which they are read */
    const char *at_clash; /* what becomes of a row that is there already */
    bool small;           /* carried whole: what is missing was forgotten on purpose */
    bool detail;          /* rows of an incident, replaced together with it */
};

/* The most wanted first; CARRY_LOGINS means the first two. Messages get new places at the end, in
 * the order they had: a place is only an order, and the other database may have given the same
 * ones. */
static const struct table tables[] = {
    {.name = "user", .live = "1", .small = true},
    {.name = "session", .live = "1", .small = true},
    {.name = "meta", .live = "1", .small = true},
    {.name = "node", .live = "1", .small = true},
    {.name = "kept", .live = "1", .small = true},
    {.name = "incident", .live = "id IN (" OPEN_INCIDENTS ")", .order = "id DESC"},
    {.name = "incident_argument", .live = OF_OPEN_INCIDENTS, .detail = true},
    {.name = "incident_affected", .live = OF_OPEN_INCIDENTS, .detail = true},
    {.name = "incident_evidence", .live = OF_OPEN_INCIDENTS, .detail = true},
    {.name = "incident_timeline", .live = OF_OPEN_INCIDENTS, .detail = true},
    {.name = "incident_other", .live = OF_OPEN_INCIDENTS, .detail = true},
    {.name = "outbox",
     .columns = OUTBOX_COLUMNS,
     .live = "state = 'waiting' OR " OF_OPEN_INCIDENTS,
     .order = "position",
     .at_clash = " ON CONFLICT (key) DO UPDATE SET state = excluded.state,"
                 " attempts = excluded.attempts, next_try = excluded.next_try,"
                 " sent = excluded.sent, error = excluded.error"},
    {.name = "spool", .live = "1", .order = "position", .small = true},
    {.name = "vantage", .live = "1"},
    {.name = "vantage_run", .live = "1"},
    {.name = "vantage_lost"},
    {.name = "vantage_incident", .live = "resolved IS NULL"},
    {.name = "event", .order = "id DESC"},
    {.name = "vantage_event", .order = "at DESC"},
};
#define TABLE_COUNT (sizeof tables / sizeof tables[0])

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    return sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK ? s : NULL;
}

static sqlite3_stmt *prepare_reading(sqlite3 *from, const struct table *t, const char *condition)
{
    char sql[1024];
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s%s%s", t->columns ? t->columns : "*",
             t->name, condition, t->order ? " ORDER BY " : "", t->order ? t->order : "");
    return prepare(from, sql);
}

/* INSERT INTO event VALUES (?, ?, ...) */
static sqlite3_stmt *prepare_writing(sqlite3 *to, const struct table *t, int column_count)
{
    char sql[1024], marks[256];
    size_t n = 0;
    for (int i = 0; i < column_count && n + 3 < sizeof marks; i++)
        n += (size_t)snprintf(marks + n, sizeof marks - n, "%s?", i ? "," : "");
    snprintf(sql, sizeof sql, "INSERT%s INTO %s%s%s%s VALUES (%s)%s",
             t->at_clash ? "" : " OR REPLACE", t->name, t->columns ? " (" : "",
             t->columns ? t->columns : "", t->columns ? ")" : "", marks,
             t->at_clash ? t->at_clash : "");
    return prepare(to, sql);
}

static int write_row(sqlite3_stmt *reading, sqlite3_stmt *writing)
{
    for (int i = 0; i < sqlite3_column_count(reading); i++)
        sqlite3_bind_value(writing, i + 1, sqlite3_column_value(reading, i));
    int rc = sqlite3_step(writing);
    sqlite3_reset(writing);
    return rc & 0xff; /* without its extension */
}

struct copied {
    bool all_read, all_written;
    uint64_t rows;
};

/* bad_rows: those the other database refuses are left out instead of ending it. */
static struct copied copy_table(sqlite3 *from, sqlite3 *to, const struct table *t,
                                const char *condition, bool bad_rows)
{
    struct copied c = {.all_written = true};
    sqlite3_stmt *reading = prepare_reading(from, t, condition);
    sqlite3_stmt *writing = reading ? prepare_writing(to, t, sqlite3_column_count(reading)) : NULL;
    int rc = SQLITE_ERROR;
    while (writing && c.all_written && (rc = sqlite3_step(reading)) == SQLITE_ROW) {
        int written = write_row(reading, writing);
        bool refused = written == SQLITE_CONSTRAINT || written == SQLITE_MISMATCH;
        c.rows += written == SQLITE_DONE;
        c.all_written = written == SQLITE_DONE || (refused && bad_rows);
    }
    c.all_read = rc == SQLITE_DONE;
    c.all_written = c.all_written && (writing || !reading);
    sqlite3_finalize(reading);
    sqlite3_finalize(writing);
    return c;
}

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* --- what is needed to go on --- */

unsigned carry_live(sqlite3 *from, sqlite3 *to)
{
    unsigned whole = 0;
    run(from, "BEGIN"); /* one moment for all tables */
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!tables[i].live)
            continue;
        struct copied c = copy_table(from, to, &tables[i], tables[i].live, true);
        whole |= c.all_read ? 1u << i : 0;
    }
    run(from, "ROLLBACK");
    return whole;
}

/* --- all of it, over what is there --- */

static bool clear_small(sqlite3 *to, const struct table *t)
{
    char sql[64];
    snprintf(sql, sizeof sql, "DELETE FROM %s", t->name);
    return run(to, sql);
}

/* The details that `to` has of the incidents that come. */
static bool clear_details(sqlite3 *from, sqlite3 *to, const struct table *t)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE incident = ?", t->name);
    sqlite3_stmt *incidents = prepare(from, "SELECT id FROM incident"),
                 *clearing = prepare(to, sql);
    bool ok = incidents && clearing;
    while (ok && sqlite3_step(incidents) == SQLITE_ROW)
        ok = write_row(incidents, clearing) == SQLITE_DONE;
    sqlite3_finalize(incidents);
    sqlite3_finalize(clearing);
    return ok;
}

static bool carry_table(sqlite3 *from, sqlite3 *to, size_t i, unsigned whole)
{
    const struct table *t = &tables[i];
    if (t->small && whole & 1u << i && !clear_small(to, t))
        return false;
    if (t->detail && !clear_details(from, to, t))
        return false;
    struct copied c = copy_table(from, to, t, "1", false);
    return c.all_read && c.all_written;
}

int carry_over(sqlite3 *from, sqlite3 *to, unsigned whole)
{
    bool ok = run(to, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < TABLE_COUNT && ok; i++)
        ok = carry_table(from, to, i, whole);
    if (ok && run(to, "COMMIT"))
        return SQLITE_OK;
    int rc = sqlite3_errcode(to) & 0xff;
    if (!sqlite3_get_autocommit(to))
        run(to, "ROLLBACK");
    return rc != SQLITE_OK && rc != SQLITE_DONE ? rc : SQLITE_ERROR;
}

/* --- what is left of a damaged file --- */

static int out_of_time(void *until)
{
    return mono_before(*(struct mono *)until, clock_mono());
}

uint64_t carry_salvage(sqlite3 *from, sqlite3 *to, struct mono until)
{
    uint64_t rows = 0;
    bool ok = run(to, "BEGIN IMMEDIATE");
    sqlite3_progress_handler(from, 1000, out_of_time, &until);
    for (size_t i = 0; i < TABLE_COUNT && ok; i++) {
        struct copied c = copy_table(from, to, &tables[i], "1", true);
        rows += c.rows;
        ok = c.all_written;
    }
    sqlite3_progress_handler(from, 0, NULL, NULL);
    if (ok && run(to, "COMMIT"))
        return rows;
    if (!sqlite3_get_autocommit(to))
        run(to, "ROLLBACK");
    return 0;
}
