/* The objects that have series, and their samples on the way into RRD files. Samples are collected per
 * object and written many at a time, in the order of the files' names, because opening and mapping a file
 * costs ten times what one more value costs. What waits here stands in the journal too. */
#ifndef HAYLOFT_STORE_SERIES_H
#define HAYLOFT_STORE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graphs/archive.h"
#include "graphs/layout.h"
#include "poller/base/clock.h"
#include "poller/message/engine_store.h"
#include "poller/store/journal.h"

#define SERIES_NONE UINT32_MAX
#define SERIES_ROWS_DUE 30        /* samples of an object written together */
#define SERIES_AGE_DUE_S 1800     /* or when the oldest has waited so long */
#define SERIES_SPARING 2          /* times as many, and as long, where writing wears the disk out */
#define SERIES_ROWS_MAX 240       /* of one object; when files cannot be written the oldest go */
#define SERIES_CEILING 50000      /* objects, unless configured */

struct at_work;
struct heads;
struct series;

struct series_settings {
    const char *state_folder;
    const struct layout_span *spans; /* copied; none: the defaults */
    size_t span_count;
    uint32_t ceiling;                /* objects; 0: SERIES_CEILING */
    bool sparing;                    /* see SERIES_SPARING */
    struct at_work *at_work;         /* told which file is being written; may be NULL */
    struct heads *heads;             /* keeps heads of files before they are written; may be NULL */
};

struct series_figures {
    uint32_t objects, refused;     /* refused: past the ceiling or malformed */
    uint64_t waiting;              /* samples not yet in files */
    uint64_t written, skipped;     /* skipped: not later than what the file holds */
    uint64_t insane, overflowed;   /* stamps out of bounds; backlog at its ceiling */
};

struct series *series_create(const struct series_settings *s);
void series_destroy(struct series *s);
/* New objects get other archives. Of settings what may change while it runs: spans, ceiling, sparing. */
void series_configure(struct series *s, const struct series_settings *settings);

/* The object's id: the one it has, when it was defined with the same shape before, else a new one (then
 * *is_new). Ids are dense from 0. SERIES_NONE when refused. */
uint32_t series_define(struct series *s, const struct es_object *o, bool *is_new);
/* Ids below upto are not given any more: rows in the journal may mean objects whose names were lost, and
 * must never be taken for another's. */
void series_skip_ids(struct series *s, uint32_t upto);
uint32_t series_find(const struct series *s, const char *vantage, const char *node, const char *object);
/* What an id means, as it was defined: pointers are ours, units are not kept. False beyond the last id; one
 * that was skipped has no sources. */
bool series_describe(const struct series *s, uint32_t id, struct es_object *out);
size_t series_value_count(const struct series *s, uint32_t id); /* 0: no such id */
/* Samples may be added without others being dropped, some at least. */
bool series_has_room(const struct series *s, uint32_t id);

/* Adds one sample. Its stamp may not lie beyond now (a replay, whose stamps were looked at when they came,
 * says SERIES_ANY_TIME). values: as many as the object has sources. */
#define SERIES_ANY_TIME ((struct wall){INT64_MAX})
void series_add(struct series *s, uint32_t id, int64_t at_ns, const double *values,
                struct wall now, struct journal_position position);

/* Where the RRD cursor may stand: before every sample not yet in a file. end: the journal's end. */
struct journal_position series_passed(const struct series *s, struct journal_position end);
/* Newest stamp added of what we measured ourselves, since the clock was last set back by more than it may waver. */
struct wall series_newest(const struct series *s);
const struct series_figures *series_figures(const struct series *s);

/* librrd never syncs. begin: a sync of the file system starts now; end: how it went. What was written since
 * and what a failed one should have covered is not durable. */
void series_sync_begin(struct series *s);
void series_sync_end(struct series *s, bool ok);
/* Their files: a malloc'd list of our own texts, ended by NULL. */
const char **series_unsynced(const struct series *s);

/* --- writing, in three steps: take in the loop, write in the thread pool, give back in the loop --- */

#define SERIES_BATCH 64 /* files in one job */

struct series_batch; /* objects with the rows taken from them; one at a time */

/* Whose rows: names NULL as far as they do not matter. only_due: those that waited long enough. */
struct series_choice {
    const char *vantage, *node, *object;
    bool only_due;
};

/* NULL when there is nothing to write. */
struct series_batch *series_take(struct series *s, const struct series_choice *choice,
                                 struct wall now);
void series_batch_write(struct series_batch *b); /* blocks; sets damaged files aside */

/* Renames a bad file, which keeps its bytes for whoever wants to look. aside: what was added to the name;
 * "" when that failed. */
#define SERIES_ASIDE_MAX 32
void series_set_aside(const char *path, struct wall now, char aside[static SERIES_ASIDE_MAX]);

/* One file's trouble. aside: the damaged file's new name, else "". */
struct series_fault {
    const char *file;
    enum archive_result result;
    const char *why, *aside;
};
typedef void (*series_fault_fn)(void *ctx, const struct series_fault *fault);

/* Some object has hardly room for more rows: time to write before they are dropped. */
bool series_is_crowded(const struct series *s);

/* Rows that could not be written go back and are tried again after a while. Frees the batch. Returns the
 * worst result. */
enum archive_result series_give_back(struct series *s, struct series_batch *b, struct wall now,
                                     series_fault_fn fn, void *ctx);

#endif
