/* The SQLite file: events, incidents, outbox, learned facts, users. This process is the only one that
 * writes or checkpoints it. WAL with synchronous=FULL: what was committed survives a power cut. While the
 * disk takes nothing the same database lives in memory (refuge.h). All calls block and belong in the
 * database's lane, one at a time. */
#ifndef HAYLOFT_STORE_DATABASE_H
#define HAYLOFT_STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"

struct database;

#define DATABASE_TEXT_MAX 512
#define DATABASE_PATH_MAX 4096

struct database_opening {
    bool newer;                     /* the file is of a later version than we know: error says both */
    char aside[DATABASE_TEXT_MAX];  /* a damaged file now has this name; "" when all was well */
    uint64_t salvaged;              /* rows of it that are in the new one */
    int system_error;               /* errno, where it was the system that refused */
    char error[DATABASE_TEXT_MAX];
};

/* Opens, checks, migrates. A damaged file is set aside, an empty one started, and what can still be read of
 * the old carried over. Where no file can be written it is a database in memory, and error says why. NULL:
 * the file is newer than we are. */
struct database *database_open(const char *state_folder, struct database_opening *opening);
bool database_in_memory(const struct database *d); /* from any thread */
void database_close(struct database *d); /* NULL is fine */

/* For people: what became of a damaged file. */
void database_tell_replaced(const struct database_opening *opening, char *out, size_t size);

/* A statement made once and kept; sql must be a string constant. Reset, without bindings. Never NULL: a
 * statement that does not compile is our own bug or a damaged file and is reported by its step. */
sqlite3_stmt *database_statement(struct database *d, const char *sql);
void bind_text(sqlite3_stmt *s, int index, const char *text_or_null); /* until the next reset */
void bind_wall(sqlite3_stmt *s, int index, struct wall t);            /* ns 0: NULL */

/* True while there is a row. False at the end and on errors (database_failed tells). */
bool database_row(struct database *d, sqlite3_stmt *s);
/* Runs a statement that gives no rows; false on errors. */
bool database_run(struct database *d, sqlite3_stmt *s);
bool database_exec(struct database *d, const char *sql);

/* A transaction remembers its first failure: after it nothing more is done until database_end, which
 * commits or rolls back and answers whether all of it is durable. */
void database_begin(struct database *d);
bool database_end(struct database *d);
bool database_failed(const struct database *d);

enum database_fault { DATABASE_FINE, DATABASE_FULL, DATABASE_READ_ONLY, DATABASE_IO_ERROR, DATABASE_BUSY,
                      DATABASE_DAMAGED,
                      DATABASE_REFUSED, /* the data broke a constraint: trying again is no use */
                      DATABASE_OTHER };
enum database_fault database_fault(const struct database *d);
const char *database_error(const struct database *d);

/* A text column copied into malloc'd or arena memory is the caller's business; these never return NULL. */
const char *column_text(sqlite3_stmt *s, int column);
struct wall column_wall(sqlite3_stmt *s, int column);

bool database_meta_set(struct database *d, const char *key, const char *value);
/* Copies the value into out; false when absent. */
bool database_meta_get(struct database *d, const char *key, char *out, size_t size);

sqlite3 *database_handle(struct database *d);
const char *database_path(const struct database *d);

#endif
