#include "poller/store/database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/database_time.h"
#include "poller/base/log.h"
#include "poller/store/migrate.h"

#define STATEMENTS_MAX 64
#define PATH_MAX_BYTES 4096
#define MARK_MAX_BYTES (PATH_MAX_BYTES + 16)
#define CHECK_LIMIT_NS SECONDS(3) /* a larger file is trusted beyond: a start must not wait for it */
#define BUSY_LIMIT_MS 5000        /* somebody's shell or backup may hold the file so long */

struct prepared {
    const char *sql; /* the address is the key */
    sqlite3_stmt *statement;
};

struct database {
    sqlite3 *handle;
    char path[PATH_MAX_BYTES];
    struct prepared statements[STATEMENTS_MAX];
    size_t statement_count;
    int failure; /* first failing result code of the transaction */
    char error[DATABASE_TEXT_MAX];
    bool in_transaction;
};

static const char settings_sql[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 8388608;"
    "PRAGMA wal_autocheckpoint = 256;" /* pages: well within what elbow_room.c takes */
    "PRAGMA cache_size = -512;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA trusted_schema = OFF;";

/* --- opening --- */

static int out_of_time(void *until)
{
    return mono_before(*(struct mono *)until, clock_mono());
}

static void suspect_path(const struct database *d, char out[MARK_MAX_BYTES])
{
    snprintf(out, MARK_MAX_BYTES, "%s.suspect", d->path);
}

void database_suspect(struct database *d)
{
    char mark[MARK_MAX_BYTES];
    suspect_path(d, mark);
    FILE *f = fopen(mark, "we");
    if (f)
        fclose(f);
}

/* "ok", out of time, or a lock count as sound; only a page that contradicts itself does not. */
static bool is_sound(struct database *d)
{
    char mark[MARK_MAX_BYTES];
    sqlite3_stmt *s = NULL;
    suspect_path(d, mark);
    bool suspect = access(mark, F_OK) == 0;
    struct mono until = mono_after(clock_mono(), suspect ? SECONDS(60) : CHECK_LIMIT_NS);
    sqlite3_progress_handler(d->handle, 10000, out_of_time, &until);
    const char *sql = suspect ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)";
    int rc = sqlite3_prepare_v2(d->handle, sql, -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    bool sound = rc == SQLITE_ROW ? strcmp(column_text(s, 0), "ok") == 0
                                  : rc == SQLITE_INTERRUPT || rc == SQLITE_BUSY;
    if (!sound)
        snprintf(d->error, sizeof d->error, "%s",
                 rc == SQLITE_ROW ? column_text(s, 0) : sqlite3_errmsg(d->handle));
    sqlite3_finalize(s);
    sqlite3_progress_handler(d->handle, 0, NULL, NULL);
    if (sound && suspect)
        unlink(mark);
    return sound;
}

static bool open_handle(struct database *d)
{
    int on = 1;
    if (sqlite3_open_v2(d->path, &d->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW |
                            SQLITE_OPEN_FULLMUTEX,
                        NULL) != SQLITE_OK)
        return false;
    sqlite3_extended_result_codes(d->handle, 1);
    sqlite3_busy_timeout(d->handle, BUSY_LIMIT_MS);
    sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* readers of another user cannot make the WAL themselves */
    sqlite3_file_control(d->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
    return database_time_register(d->handle) &&
           sqlite3_exec(d->handle, settings_sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void close_handle(struct database *d)
{
    for (size_t i = 0; i < d->statement_count; i++)
        sqlite3_finalize(d->statements[i].statement);
    d->statement_count = 0;
    sqlite3_close(d->handle);
    d->handle = NULL;
}

static bool set_aside(struct database *d, struct database_opening *opening)
{
    static const char *const parts[] = {"", "-wal", "-shm", ".suspect"};
    char stamp[32], from[PATH_MAX_BYTES + 16], to[PATH_MAX_BYTES + 64];
    time_t now = (time_t)wall_seconds(clock_wall());
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "bad-%Y%m%dT%H%M%S", &utc);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(from, sizeof from, "%s%s", d->path, parts[i]);
        snprintf(to, sizeof to, "%s.%s%s", d->path, stamp, parts[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return false;
    }
    snprintf(opening->aside, sizeof opening->aside, "%.400s.%s", d->path, stamp);
    return true;
}

static bool is_damage(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* Opens, checks and migrates the file at d->path. *damaged: it is no use to anybody. */
static bool try_open(struct database *d, struct database_opening *opening, bool *damaged)
{
    int found;
    *damaged = false;
    d->error[0] = '\0';
    bool opened = open_handle(d);
    int rc = sqlite3_errcode(d->handle);
    if (opened && !is_sound(d)) {
        opened = false;
        rc = SQLITE_CORRUPT;
    }
    if (opened) {
        enum migrate_result m = migrate(d->handle, &found);
        if (m == MIGRATE_OK)
            return true;
        opening->newer = m == MIGRATE_NEWER;
        rc = sqlite3_errcode(d->handle);
    }
    *damaged = is_damage(rc) && !opening->newer;
    if (opening->newer)
        snprintf(opening->error, sizeof opening->error,
                 "%.300s is of version %d; this program knows up to %d", d->path, found,
                 migrate_version);
    else
        snprintf(opening->error, sizeof opening->error, "%.200s: %.200s", d->path,
                 d->error[0] ? d->error : sqlite3_errmsg(d->handle));
    close_handle(d);
    return false;
}

struct database *database_open(const char *state_folder, struct database_opening *opening)
{
    struct database *d = calloc(1, sizeof *d);
    bool damaged;
    *opening = (struct database_opening){0};
    if (!d)
        fatalx("no memory for the database");
    snprintf(d->path, sizeof d->path, "%s/hayloft.db", state_folder);
    if (try_open(d, opening, &damaged))
        return d;
    if (damaged && set_aside(d, opening) && try_open(d, opening, &damaged))
        return d;
    free(d);
    return NULL;
}

void database_close(struct database *d)
{
    if (!d)
        return;
    close_handle(d);
    free(d);
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
    if (d->statement_count == STATEMENTS_MAX)
        fatalx("more statements than STATEMENTS_MAX");
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
    snprintf(d->error, sizeof d->error, "%s", sqlite3_errmsg(d->handle));
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
