#include "poller/store/refuge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/store/carry.h"
#include "poller/store/database_internal.h"
#include "poller/store/migrate.h"
#include "poller/store/shortage.h"

#define TEXT_OF(x)       #x
#define TEXT_OF_VALUE(x) TEXT_OF(x)
#define PAGES_MAX        8192         /* of 4096 bytes: REFUGE_BYTES_MAX */
#define FORGET_AT_ONCE   1000         /* events */
#define HEAD_ROOM_BYTES  (256u << 10) /* an empty database with its log */
#define HOME_BUSY_MS     200          /* a reader is gone by the next try */
#define FILES_NEEDED     3            /* the file, its log, and the log's index */

/* --- into memory --- */

static sqlite3 *make_memory(void)
{
    sqlite3 *db = NULL;
    int found;
    bool ok = sqlite3_open_v2(":memory:", &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                              NULL) == SQLITE_OK &&
              database_dress(db) && migrate(db, &found) == MIGRATE_OK &&
              sqlite3_exec(db, "PRAGMA max_page_count = " TEXT_OF_VALUE(PAGES_MAX), NULL, NULL,
                           NULL) == SQLITE_OK;
    if (!ok)
        fatalx("no memory for a database: %s", db ? sqlite3_errmsg(db) : "");
    return db;
}

/* Our own handle still reads what it has in its log; a new one would have to make files for that.
 */
static unsigned take_along(struct database *d, sqlite3 *memory)
{
    sqlite3 *file = d->handle ? d->handle : database_file_read(d->path);
    unsigned whole = file ? carry_live(file, memory) : 0;
    if (file != d->handle)
        sqlite3_close(file);
    return whole;
}

void refuge_enter(struct database *d)
{
    sqlite3 *memory = make_memory();
    d->whole = take_along(d, memory);
    database_adopt(d, memory, true);
}

/* --- a full memory --- */

static bool forget_oldest(struct database *d)
{
    sqlite3_exec(
        d->handle,
        "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT " TEXT_OF_VALUE(
            FORGET_AT_ONCE) ")",
        NULL, NULL, NULL);
    int gone = sqlite3_changes(d->handle);
    d->forgotten += (uint64_t)gone;
    return gone > 0;
}

bool refuge_helps(struct database *d)
{
    enum database_fault fault = database_fault(d);
    if (database_in_memory(d))
        return fault == DATABASE_FULL && forget_oldest(d);
    if (fault != DATABASE_FULL && fault != DATABASE_READ_ONLY && fault != DATABASE_IO_ERROR &&
        fault != DATABASE_DAMAGED)
        return false;
    if (fault == DATABASE_DAMAGED) {
        d->suspect = true;
        database_suspect(d);
    }
    snprintf(d->entered_for, sizeof d->entered_for, "%s", d->error);
    refuge_enter(d);
    return true;
}

/* --- home --- */

static uint64_t bytes_here(struct database *d)
{
    sqlite3_stmt *s = NULL;
    uint64_t bytes = 0;
    if (sqlite3_prepare_v2(d->handle,
                           "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                           -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        bytes = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return bytes;
}

/* What can be known without opening the file, which costs a look at all of it. 0 or an errno. */
static int look_ahead(struct database *d, uint64_t *need_bytes)
{
    char folder[DATABASE_PATH_MAX];
    struct shortage s;
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(d->path, '/') - d->path), d->path);
    *need_bytes = 2 * bytes_here(d) + HEAD_ROOM_BYTES; /* in the log, and later in the file */
    if (access(folder, W_OK | X_OK) != 0 || !shortage_look(folder, &s))
        return errno;
    bool is_there = access(d->path, F_OK) == 0;
    if (s.free_bytes < *need_bytes || (!is_there && s.total_inodes && s.free_inodes < FILES_NEEDED))
        return ENOSPC;
    return 0;
}

bool refuge_look_home(struct database *d, struct refuge_try *out)
{
    *out =
        (struct refuge_try){.what = "database", .forgotten = d->forgotten, .suspect = d->suspect};
    memcpy(out->path, d->path, sizeof out->path);
    memcpy(out->entered_for, d->entered_for, sizeof out->entered_for);
    int error = look_ahead(d, &out->need_bytes);
    if (!error)
        return true;
    out->what = shortage_word(error, "database");
    shortage_text(d->path, error, out->need_bytes, out->why, sizeof out->why);
    return false;
}

/* Writes the log into the file and begins it anew. SQLITE_BUSY while a reader stands in it. */
static int renew_log(sqlite3 *file)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(file, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &s, NULL);
    if (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0) != 0)
        rc = SQLITE_BUSY;
    int error = sqlite3_finalize(s);
    return rc ? rc : error;
}

static void give_up(struct refuge_try *t, int rc)
{
    int error = rc == SQLITE_FULL             ? ENOSPC
                : (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(t->file)
                                              : 0;
    t->what = rc == SQLITE_BUSY ? NULL : shortage_word(error, "database");
    if (error)
        shortage_text(t->path, error, t->need_bytes, t->why, sizeof t->why);
    else
        snprintf(t->why, sizeof t->why, "%.300s: %.150s", t->path, sqlite3_errmsg(t->file));
    sqlite3_close(t->file);
    t->file = NULL;
}

bool refuge_open_home(struct refuge_try *t, int64_t patience_ns)
{
    t->file = database_file_open(t->path, t->suspect, patience_ns, &t->opening);
    if (!t->file) {
        memcpy(t->why, t->opening.error, sizeof t->why);
        t->what = shortage_word(t->opening.system_error, "database");
        if (t->opening.system_error)
            shortage_text(t->path, t->opening.system_error, t->need_bytes, t->why, sizeof t->why);
        return false;
    }
    sqlite3_busy_timeout(t->file, HOME_BUSY_MS);
    int rc = renew_log(t->file);
    if (rc != SQLITE_OK)
        give_up(t, rc);
    return rc == SQLITE_OK;
}

void refuge_move_home(struct database *d, struct refuge_try *t)
{
    int rc = carry_over(d->handle, t->file, d->whole);
    if (rc != SQLITE_OK) {
        give_up(t, rc);
        return;
    }
    sqlite3_busy_timeout(t->file, DATABASE_BUSY_MS);
    t->home = true;
    t->partly_known = (d->whole & CARRY_LOGINS) != CARRY_LOGINS;
    database_adopt(d, t->file, false);
    d->suspect = false;
    d->entered_for[0] = '\0';
    d->forgotten = 0;
}
