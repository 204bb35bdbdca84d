/* What a backup file is: one tar of hayloft-backup.json (what it holds), hayloft.yaml, on demand secrets.yaml,
 * profiles/ where the user has own ones, hayloft.db, rrd/ and journal/. */
#ifndef HAYLOFT_COMMAND_BUNDLE_H
#define HAYLOFT_COMMAND_BUNDLE_H

#include <limits.h>
#include <stdint.h>

#include "poller/command/command.h"

#define BUNDLE_FORMAT 1      /* grows when an older restore could not do it justice */
#define BUNDLE_SCHEMA_NEWEST 2 /* of the database: the newest migration in poller/store */
#define BUNDLE_MANIFEST "hayloft-backup.json"

struct bundle_manifest {
    int64_t format, schema;
    int64_t made_ns;           /* since 1970 */
    int64_t database_bytes, series_files, series_bytes, journal_bytes;
    int64_t config_bytes, secrets_bytes; /* 0: not in it */
    int64_t profiles_files, profiles_bytes; /* the user's own */
    char version[32];          /* of the hayloft that wrote it */
};

cJSON *bundle_document(const struct bundle_manifest *m);
/* False when the text is no manifest. Only format and made are sure to be there in a newer one. */
bool bundle_read(const char *text, size_t len, struct bundle_manifest *out);
/* What m holds, for people. */
void bundle_print(const struct bundle_manifest *m);
/* Files and bytes below a folder; 0 where there is none. */
void bundle_measure(const char *folder, int64_t *files, int64_t *bytes);
/* Takes the files below a folder out of the page cache: read from end to end they lie there in large
 * folios, and each small write of the store would then write a whole one (see graphs/archive_make.c). */
void bundle_forget_pages(const char *folder);
/* PRAGMA user_version of a database; -1 when it is none. */
int64_t bundle_schema_of(const char *database);

/* Holds the lock of the state folder, so that no daemon starts meanwhile. -1: one is running, *holder
 * says who (0: not known); -2: the lock cannot be had, errno says why. */
int bundle_lock(const char *state_dir, long *holder);

#endif
