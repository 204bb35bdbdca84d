#include "poller/store/migrate.h"

#include <stddef.h>
#include <stdio.h>

extern const char schema_1_sql[], schema_2_sql[];

/* Index + 1 is the version a step leads to. Append only. */
static const char *const steps[] = {schema_1_sql, schema_2_sql};

const int migrate_version = sizeof steps / sizeof steps[0];

static bool read_version(sqlite3 *db, int *version)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) != SQLITE_OK)
        return false;
    bool ok = sqlite3_step(s) == SQLITE_ROW;
    *version = ok ? sqlite3_column_int(s, 0) : 0;
    return sqlite3_finalize(s) == SQLITE_OK && ok;
}

static bool step_to(sqlite3 *db, int version)
{
    char stamp[40];
    snprintf(stamp, sizeof stamp, "PRAGMA user_version = %d", version);
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return false;
    if (sqlite3_exec(db, steps[version - 1], NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, stamp, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

enum migrate_result migrate(sqlite3 *db, int *found)
{
    if (!read_version(db, found))
        return MIGRATE_FAILED;
    if (*found > migrate_version)
        return MIGRATE_NEWER;
    for (int version = *found + 1; version <= migrate_version; version++)
        if (!step_to(db, version))
            return MIGRATE_FAILED;
    return MIGRATE_OK;
}
