/* The database's handle, shared by the statements (database.c), the file (database_file.c) and the
 * stay in memory (refuge.c). */
#ifndef HAYLOFT_STORE_DATABASE_INTERNAL_H
#define HAYLOFT_STORE_DATABASE_INTERNAL_H

#include <stdatomic.h>

#include "poller/store/database.h"

#define DATABASE_STATEMENTS_MAX 128
#define DATABASE_BUSY_MS        5000 /* somebody's shell or backup may hold the file so long */

struct prepared {
    const char *sql; /* the address is the key */
    sqlite3_stmt *statement;
};

struct database {
    sqlite3 *handle;
    char path[DATABASE_PATH_MAX]; /* of the file, also while we are in memory */
    struct prepared statements[DATABASE_STATEMENTS_MAX];
    size_t statement_count;
    int failure; /* first failing result code of the transaction */
    char error[DATABASE_TEXT_MAX];
    bool in_transaction;
    atomic_bool in_memory; /* read in the loop, changed in the database's lane */
    bool suspect;          /* the file was found damaged, and nobody has looked at all of it yet */
    unsigned whole;        /* tables that came into memory with all their rows (carry.h) */
    uint64_t forgotten;    /* events that memory had no room for */
    char entered_for[DATABASE_TEXT_MAX]; /* the failure that led into memory; "": a start */
};

/* Goes on with another handle; the statements of the old one go with it. */
void database_adopt(struct database *d, sqlite3 *handle, bool in_memory);

/* Settings every handle of ours has, whatever it stands on. */
bool database_dress(sqlite3 *handle);

/* Opens, checks and migrates the file at path for writing; of a suspect one every page is looked
 * at. A damaged one is set aside, an empty one started, and what can still be read of the old
 * carried over within patience_ns. NULL: opening says why. */
sqlite3 *database_file_open(const char *path, bool suspect, int64_t patience_ns,
                            struct database_opening *opening);
/* A mark beside the file that outlives us: whoever opens it next looks at every page. */
void database_suspect(struct database *d);
bool database_is_suspect(const char *path);

/* The file as it is, for reading only, also on a file system that takes no writes. NULL: not
 * readable. */
sqlite3 *database_file_read(const char *path);

#endif
