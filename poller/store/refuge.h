/* A stay in memory while the disk takes nothing.
 *
 * The database has two homes. One is its file. The other is a database in memory of the same
 * schema, behind the same handle, so that nobody else's code knows: the engine is restored from it,
 * incidents are committed to it, messages leave from it. We are there from the start when the file
 * cannot be opened for writing (full disk, no inode, read-only, no rights, damaged and not to be
 * set aside), and from the first write on that the file refuses. It begins with what the file still
 * tells (carry.h).
 *
 * What is committed here is used at once and acknowledged to nobody: the engine keeps it, and a
 * store that is started again is told all of it once more. So it takes both of them dying, or the
 * power failing, to lose it.
 *
 * The way home, tried every few seconds (homing.c): the file is opened as at a start, which looks
 * at it and sets a damaged one aside; its log is written out and begun anew, since pages of a log
 * whose fsync failed once count as clean and may never have reached the disk; all rows are carried
 * over in one transaction; then the handle changes. A failure anywhere leaves both as they were. */
#ifndef HAYLOFT_STORE_REFUGE_H
#define HAYLOFT_STORE_REFUGE_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/store/database.h"

#define REFUGE_BYTES_MAX (32u << 20) /* then the oldest events go, and are counted */

/* All of these block and belong in the database's lane. */

void refuge_enter(struct database *d);

/* After a call that failed: true when the same call may succeed now, because the database went into
 * memory for this failure, or made room there. */
bool refuge_helps(struct database *d);

struct refuge_try {
    bool home;                   /* on disk again */
    const char *what;            /* else the word of SE_TROUBLE; NULL: only somebody's lock, */
    char why[DATABASE_TEXT_MAX]; /* what cannot be written, where, and what is missing */
    char entered_for[DATABASE_TEXT_MAX]; /* what began the stay; "" when it was a start */
    uint64_t forgotten;                  /* events there was no room for */
    struct database_opening opening;     /* of the file, once home */
    bool partly_known; /* the stay began without users or sessions of the file, which are there now
                        */
    /* between the steps */
    char path[DATABASE_PATH_MAX];
    bool suspect;
    uint64_t need_bytes;
    sqlite3 *file;
};

/* The three steps home; each answers whether to go on. Only the second takes long, and does not
 * need the database: it may run in another lane, so that what comes meanwhile is committed
 * meanwhile. */
bool refuge_look_home(struct database *d, struct refuge_try *out);
bool refuge_open_home(struct refuge_try *t, int64_t patience_ns);
void refuge_move_home(struct database *d, struct refuge_try *t);

#endif
