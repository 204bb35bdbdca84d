#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/database_time.h"
#include "poller/base/log.h"
#include "poller/store/database_internal.h"
#include "poller/store/refuge.h"

#define START_PATIENCE_NS SECONDS(3) /* a larger file is trusted beyond: a start must not wait for it */

static const char settings_sql[] =
    "PRAGMA cache_size = -512;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA trusted_schema = OFF;";

bool database_dress(sqlite3 *handle)
{
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return database_time_register(handle) &&
           sqlite3_exec(handle, settings_sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void close_handle(struct database *d)
{
    for (size_t i = 0; i < d->statement_count; i++)
        sqlite3_finalize(d->statements[i].statement);
    d->statement_count = 0;
    sqlite3_close(d->handle);
    d->handle = NULL;
}

void database_adopt(struct database *d, sqlite3 *handle, bool in_memory)
{
    close_handle(d);
    d->handle = handle;
    d->failure = SQLITE_OK;
    d->in_transaction = false;
    atomic_store(&d->in_memory, in_memory);
}

struct database *database_open(const char *state_folder, struct database_opening *opening)
{
    struct database *d = calloc(1, sizeof *d);
    if (!d)
        fatalx("no memory for the database");
    snprintf(d->path, sizeof d->path, "%s/hayloft.db", state_folder);
    *opening = (struct database_opening){0};
    d->suspect = database_is_suspect(d->path);
    if (!d->suspect) /* else it is looked at later, with more time than a start has */
        d->handle = database_file_open(d->path, false, START_PATIENCE_NS, opening);
    else
        snprintf(opening->error, sizeof opening->error, "%.300s was found damaged", d->path);
    if (opening->newer) {
        free(d);
        return NULL;
    }
    if (!d->handle)
        refuge_enter(d);
    return d;
}

void database_close(struct database *d)
{
    if (!d)
        return;
    close_handle(d);
    free(d);
}

bool database_in_memory(const struct database *d)
{
    return atomic_load(&d->in_memory);
}

/* --- statements --- */

sqlite3_stmt *database_statement(struct database *d, const char *sql)
{
    for (size_t i = 0; i < d->statement_count; i++)
        if (d->statements[i].sql == sql) {
            sqlite3_reset(d->statements[i].statement);
            sqlite3_clear_bindings(d->statements[i].statement);
            return d->statements[i].statement;
        }
    if (d->statement_count == DATABASE_STATEMENTS_MAX)
        fatalx("more statements than DATABASE_STATEMENTS_MAX");
    struct prepared p = {.sql = sql};
    if (sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &p.statement, NULL) != SQLITE_OK)
        return NULL; /* every SQLite call takes NULL and answers MISUSE, which database_step reports */
    d->statements[d->statement_count++] = p;
    return p.statement;
}

void bind_text(sqlite3_stmt *s, int index, const char *text)
{
    if (text)
        sqlite3_bind_text(s, index, text, -1, SQLITE_STATIC);
}

void bind_wall(sqlite3_stmt *s, int index, struct wall t)
{
    if (t.ns)
        sqlite3_bind_int64(s, index, t.ns);
}

static void remember_failure(struct database *d, int rc)
{
    if (d->failure != SQLITE_OK)
        return;
    d->failure = rc;
    int error = (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(d->handle) : 0;
    snprintf(d->error, sizeof d->error, "%.300s%s%.100s", sqlite3_errmsg(d->handle), error ? ": " : "",
             error ? strerror(error) : "");
}

static int step(struct database *d, sqlite3_stmt *s)
{
    if (!d->in_transaction)
        d->failure = SQLITE_OK;
    if (d->failure != SQLITE_OK)
        return d->failure;
    int rc = s ? sqlite3_step(s) : sqlite3_errcode(d->handle);
    if (!s && rc == SQLITE_OK)
        rc = SQLITE_MISUSE;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        remember_failure(d, rc);
    return rc;
}

bool database_row(struct database *d, sqlite3_stmt *s)
{
    if (step(d, s) == SQLITE_ROW)
        return true;
    if (s)
        sqlite3_reset(s); /* a read left open would hold back checkpoints */
    return false;
}

bool database_run(struct database *d, sqlite3_stmt *s)
{
    int rc = step(d, s);
    if (s)
        sqlite3_reset(s);
    return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

bool database_exec(struct database *d, const char *sql)
{
    if (d->in_transaction && d->failure != SQLITE_OK)
        return false;
    int rc = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        remember_failure(d, rc);
    return rc == SQLITE_OK;
}

void database_begin(struct database *d)
{
    d->failure = SQLITE_OK;
    d->error[0] = '\0';
    d->in_transaction = true;
    database_exec(d, "BEGIN IMMEDIATE");
}

bool database_end(struct database *d)
{
    bool ok = d->failure == SQLITE_OK && database_exec(d, "COMMIT");
    d->in_transaction = false;
    if (!ok && !sqlite3_get_autocommit(d->handle))
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

bool database_failed(const struct database *d)
{
    return d->failure != SQLITE_OK;
}

enum database_fault database_fault(const struct database *d)
{
    switch (d->failure & 0xff) {
    case SQLITE_OK:
        return DATABASE_FINE;
    case SQLITE_FULL:
        return DATABASE_FULL;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return DATABASE_READ_ONLY;
    case SQLITE_IOERR:
        return DATABASE_IO_ERROR;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DATABASE_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return DATABASE_DAMAGED;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return DATABASE_REFUSED;
    default:
        return DATABASE_OTHER;
    }
}

const char *database_error(const struct database *d)
{
    return d->error;
}

const char *column_text(sqlite3_stmt *s, int column)
{
    const unsigned char *text = sqlite3_column_text(s, column);
    return text ? (const char *)text : "";
}

struct wall column_wall(sqlite3_stmt *s, int column)
{
    return (struct wall){sqlite3_column_int64(s, column)};
}

/* --- small values --- */

bool database_meta_set(struct database *d, const char *key, const char *value)
{
    sqlite3_stmt *s = database_statement(d, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
    bind_text(s, 1, key);
    bind_text(s, 2, value);
    return database_run(d, s);
}

bool database_meta_get(struct database *d, const char *key, char *out, size_t size)
{
    sqlite3_stmt *s = database_statement(d, "SELECT value FROM meta WHERE key = ?1");
    bind_text(s, 1, key);
    bool found = database_row(d, s);
    snprintf(out, size, "%s", found ? column_text(s, 0) : "");
    if (found)
        sqlite3_reset(s);
    return found;
}

sqlite3 *database_handle(struct database *d)
{
    return d->handle;
}

const char *database_path(const struct database *d)
{
    return d->path;
}
