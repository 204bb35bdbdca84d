/* The file on disk: opened, looked at, set aside when it is no use to anybody. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/store/carry.h"
#include "poller/store/database_internal.h"
#include "poller/store/migrate.h"

#define PART_MAX_BYTES (DATABASE_PATH_MAX + 64)

static const char settings_sql[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 8388608;"
    "PRAGMA wal_autocheckpoint = 256;"; /* pages: well within what elbow_room.c takes */

/* --- soundness --- */

static void suspect_path(const char *path, char out[PART_MAX_BYTES])
{
    snprintf(out, PART_MAX_BYTES, "%s.suspect", path);
}

bool database_is_suspect(const char *path)
{
    char mark[PART_MAX_BYTES];
    suspect_path(path, mark);
    return access(mark, F_OK) == 0;
}

void database_suspect(struct database *d)
{
    char mark[PART_MAX_BYTES];
    suspect_path(d->path, mark);
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd >= 0)
        close(fd);
}

static int out_of_time(void *until)
{
    return mono_before(*(struct mono *)until, clock_mono());
}

/* "ok", out of time, or a lock count as sound; only a page that contradicts itself does not. */
static bool is_sound(sqlite3 *db, bool suspect, int64_t patience_ns, char error[DATABASE_TEXT_MAX])
{
    sqlite3_stmt *s = NULL;
    struct mono until = mono_after(clock_mono(), patience_ns);
    sqlite3_progress_handler(db, 10000, out_of_time, &until);
    int rc = sqlite3_prepare_v2(db, suspect ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)",
                                -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    bool sound = rc == SQLITE_ROW ? strcmp(column_text(s, 0), "ok") == 0
                                  : rc == SQLITE_INTERRUPT || rc == SQLITE_BUSY;
    if (!sound)
        snprintf(error, DATABASE_TEXT_MAX, "%s",
                 rc == SQLITE_ROW ? column_text(s, 0) : sqlite3_errmsg(db));
    sqlite3_finalize(s);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    return sound;
}

/* --- opening --- */

static bool open_handle(const char *path, sqlite3 **db)
{
    int on = 1;
    if (sqlite3_open_v2(path, db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW |
                            SQLITE_OPEN_FULLMUTEX,
                        NULL) != SQLITE_OK)
        return false;
    sqlite3_busy_timeout(*db, DATABASE_BUSY_MS);
    /* readers of another user cannot make the WAL themselves */
    sqlite3_file_control(*db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
    return database_dress(*db) && sqlite3_exec(*db, settings_sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool is_damage(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* What the system says to a file for writing. SQLite tries others after it, and tells of the last.
 */
static int ask_system(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int system_error(sqlite3 *db, const char *path)
{
    int rc = sqlite3_errcode(db) & 0xff;
    if (rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY || sqlite3_db_readonly(db, "main") == 1)
        return ask_system(path);
    return rc == SQLITE_IOERR || rc == SQLITE_FULL ? sqlite3_system_errno(db) : 0;
}

static void say_why(sqlite3 *db, const char *path, const char *found,
                    struct database_opening *opening)
{
    int error = db && !found[0] ? system_error(db, path) : 0;
    opening->system_error = error;
    snprintf(opening->error, sizeof opening->error, "%.200s: %.200s", path,
             found[0] ? found
             : error  ? strerror(error)
             : db     ? sqlite3_errmsg(db)
                      : "out of memory");
}

/* *damaged: the file is no use to anybody. */
static sqlite3 *try_open(const char *path, bool suspect, int64_t patience_ns,
                         struct database_opening *opening, bool *damaged)
{
    sqlite3 *db = NULL;
    char found[DATABASE_TEXT_MAX] = "";
    int version = 0;
    bool opened = open_handle(path, &db);
    int rc = db ? sqlite3_errcode(db) : SQLITE_NOMEM;
    if (opened && !is_sound(db, suspect, patience_ns, found)) {
        opened = false;
        rc = SQLITE_CORRUPT;
    }
    if (opened && sqlite3_db_readonly(db, "main") == 1) { /* opens, and would take nothing */
        opened = false;
        rc = SQLITE_READONLY;
    }
    if (opened) {
        enum migrate_result m = migrate(db, &version);
        if (m == MIGRATE_OK)
            return db;
        opening->newer = m == MIGRATE_NEWER;
        rc = sqlite3_errcode(db);
    }
    *damaged = is_damage(rc) && !opening->newer;
    if (opening->newer)
        snprintf(opening->error, sizeof opening->error,
                 "%.300s is of version %d; this program knows up to %d", path, version,
                 migrate_version);
    else
        say_why(db, path, found, opening);
    sqlite3_close(db);
    return NULL;
}

/* --- a damaged one --- */

static bool set_aside(const char *path, struct database_opening *opening)
{
    static const char *const parts[] = {"", "-wal", "-shm", ".suspect"};
    char stamp[32], from[PART_MAX_BYTES], to[PART_MAX_BYTES];
    time_t now = (time_t)wall_seconds(clock_wall());
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "bad-%Y%m%dT%H%M%S", &utc);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(from, sizeof from, "%s%s", path, parts[i]);
        snprintf(to, sizeof to, "%s.%s%s", path, stamp, parts[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return false;
    }
    snprintf(opening->aside, sizeof opening->aside, "%.400s.%s", path, stamp);
    return true;
}

static void salvage(sqlite3 *into, int64_t patience_ns, struct database_opening *opening)
{
    sqlite3 *damaged = database_file_read(opening->aside);
    if (damaged)
        opening->salvaged = carry_salvage(damaged, into, mono_after(clock_mono(), patience_ns));
    sqlite3_close(damaged);
}

static void trust_again(const char *path)
{
    char mark[PART_MAX_BYTES];
    suspect_path(path, mark);
    unlink(mark);
}

sqlite3 *database_file_open(const char *path, bool suspect, int64_t patience_ns,
                            struct database_opening *opening)
{
    bool damaged = false;
    *opening = (struct database_opening){0};
    sqlite3 *db = try_open(path, suspect, patience_ns, opening, &damaged);
    if (db && suspect)
        trust_again(path);
    if (db || !damaged || !set_aside(path, opening))
        return db;
    char why[DATABASE_TEXT_MAX];
    memcpy(why, opening->error, sizeof why);
    db = try_open(path, false, patience_ns, opening, &damaged);
    if (!db)
        return NULL;
    salvage(db, patience_ns, opening);
    memcpy(opening->error, why, sizeof why);
    return db;
}

void database_tell_replaced(const struct database_opening *o, char *out, size_t size)
{
    snprintf(out, size, "%s; it is set aside as %s, and a new one is started with %llu rows of it",
             o->error, o->aside, (unsigned long long)o->salvaged);
}

/* --- reading only --- */

static sqlite3 *open_reading(const char *name, int flags)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW | flags, NULL) ==
            SQLITE_OK &&
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
        sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

/* "file:/a%3fb?immutable=1": only what would end the path needs another spelling. */
static bool immutable_name(const char *path, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "file:");
    for (; *path && n + 4 < size; path++)
        if (strchr("%?#", *path))
            n += (size_t)snprintf(out + n, size - n, "%%%02x", (unsigned)*path);
        else
            out[n++] = *path;
    int rest = snprintf(out + n, size - n, "?immutable=1");
    return !*path && rest > 0 && n + (size_t)rest < size;
}

/* A log that cannot be made is a log that is not there: then the file alone is all there is. */
sqlite3 *database_file_read(const char *path)
{
    char name[3 * DATABASE_PATH_MAX], wal[PART_MAX_BYTES];
    if (access(path, R_OK) != 0)
        return NULL;
    sqlite3 *db = open_reading(path, 0);
    snprintf(wal, sizeof wal, "%s-wal", path);
    if (!db && access(wal, F_OK) != 0 && immutable_name(path, name, sizeof name))
        db = open_reading(name, SQLITE_OPEN_URI);
    return db;
}
