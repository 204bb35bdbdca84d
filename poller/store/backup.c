#include "poller/store/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The copy carries the time it was made; the original never does. */
static bool mark_copy(const char *path, struct wall now)
{
    sqlite3 *copy = NULL;
    char sql[128];
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO meta (key, value) VALUES ('backup_made', '%" PRId64 "')",
             now.ns);
    bool ok = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_exec(copy, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_exec(copy, sql, NULL, NULL, NULL) == SQLITE_OK;
    return sqlite3_close(copy) == SQLITE_OK && ok;
}

static bool copy_to(struct database *d, const char *path)
{
    sqlite3_stmt *s = database_statement(d, "VACUUM INTO ?1");
    bind_text(s, 1, path);
    return database_run(d, s);
}

bool backup_make(struct database *d, const char *state_folder, struct wall now, char *path, size_t path_size,
                 char *why, size_t why_size)
{
    if (database_in_memory(d)) {
        snprintf(why, why_size, "the database is in memory until the disk takes it again");
        path[0] = '\0';
        return false;
    }
    int n = snprintf(path, path_size, "%s/backup", state_folder);
    if (n < 0 || (size_t)n + sizeof "/hayloft.db" > path_size ||
        (mkdir(path, 0750) != 0 && errno != EEXIST)) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        return false;
    }
    snprintf(path + n, path_size - (size_t)n, "/hayloft.db");
    unlink(path);
    if (copy_to(d, path) && mark_copy(path, now))
        return true;
    snprintf(why, why_size, "the database cannot be copied to %s: %s", path, database_error(d));
    unlink(path);
    return false;
}

void backup_remove(const char *path)
{
    unlink(path);
}

static void put_restored_event(struct database *d, struct wall made, struct wall now)
{
    char id[64], made_text[CLOCK_TEXT_MAX], text[128];
    snprintf(id, sizeof id, "%016" PRIx64 "-restored", (uint64_t)now.ns);
    snprintf(text, sizeof text, "a backup of %s was restored", wall_rfc3339(made, made_text));
    sqlite3_stmt *s = database_statement(
        d, "INSERT OR IGNORE INTO event (id, at, kind, text) VALUES (?1, ?2, 'restored', ?3)");
    bind_text(s, 1, id);
    sqlite3_bind_int64(s, 2, now.ns);
    bind_text(s, 3, text);
    database_run(d, s);
}

bool backup_settle_restored(struct database *d, struct wall now)
{
    char made[32];
    if (!database_meta_get(d, "backup_made", made, sizeof made))
        return true;
    database_begin(d);
    database_exec(d, "UPDATE outbox SET state = 'withdrawn', error = 'in a backup that was restored'"
                     " WHERE state = 'waiting'");
    put_restored_event(d, (struct wall){strtoll(made, NULL, 10)}, now);
    database_exec(d, "DELETE FROM meta WHERE key = 'backup_made'");
    return database_end(d);
}
