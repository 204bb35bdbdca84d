/* Brings a database from any earlier version to ours, one version in one transaction each, so that a kill
 * in between leaves a whole version behind. */
#ifndef HAYLOFT_STORE_MIGRATE_H
#define HAYLOFT_STORE_MIGRATE_H

#include <sqlite3.h>
#include <stdbool.h>

enum migrate_result { MIGRATE_OK, MIGRATE_NEWER, MIGRATE_FAILED };

extern const int migrate_version; /* the one this program writes */

/* *found: the version the file had. */
enum migrate_result migrate(sqlite3 *db, int *found);

#endif
