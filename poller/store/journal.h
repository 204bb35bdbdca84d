/* The journal: every sample is here within a second of its arrival, before it is acknowledged. It is a
 * row of numbered, preallocated segments, a file of names, and a file of cursors. A cursor says up to
 * where one reader (the RRD files, the database, an upstream) has made what it needs durable elsewhere; a segment
 * goes when all cursors have passed it.
 *
 * append writes to the page cache, so a kill of any process loses nothing; sync_begin and sync_end frame
 * the fdatasync that bounds what a power cut may take, which the caller runs in the thread pool. What is not
 * durable yet stays in memory too: after an error the files are given up and it is written again elsewhere.
 *
 * A folder that cannot be written is no error of opening: what stands there is read, each append tries to
 * bring the rest up, and the first one that can does so. */
#ifndef HAYLOFT_STORE_JOURNAL_H
#define HAYLOFT_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/store/journal_record.h"

#define JOURNAL_SEGMENT_BYTES (4u << 20)
#define JOURNAL_UNSYNCED_MAX (8u << 20) /* a disk that confirms nothing for so long gets no more */

struct journal;

/* Segment number and offset; later is larger. */
struct journal_position {
    uint64_t at;
};

#define JOURNAL_OFFSET_BITS 32

static inline struct journal_position journal_position_of(uint64_t segment, uint64_t offset)
{
    return (struct journal_position){segment << JOURNAL_OFFSET_BITS | offset};
}

static inline uint64_t journal_position_segment(struct journal_position p)
{
    return p.at >> JOURNAL_OFFSET_BITS;
}

static inline uint64_t journal_position_offset(struct journal_position p)
{
    return p.at & ((UINT64_C(1) << JOURNAL_OFFSET_BITS) - 1);
}

struct journal_settings {
    const char *folder;      /* made when absent */
    uint64_t ceiling_bytes;  /* of all segments; 0: none */
    size_t segment_bytes;    /* 0: JOURNAL_SEGMENT_BYTES */
};

/* Called for each record, in order. position is where the record starts. */
typedef void (*journal_record_fn)(void *ctx, const struct journal_record *r,
                                  struct journal_position position);

/* Called when the file of names must be made anew: tells each name that was ever given by journal_name, in
 * order. */
typedef void (*journal_names_fn)(void *ctx, struct journal *j);

/* Opens or makes the journal and finds its end. names is called for each record of the names file. */
struct journal *journal_open(const struct journal_settings *s, journal_record_fn names,
                             journal_names_fn tell_names, void *ctx);
void journal_close(struct journal *j); /* NULL is fine; does not sync */
/* Ready to be written; each append does that too. False with errno. */
bool journal_bring_up(struct journal *j);
/* errno of why the last record could not be written, 0: it could. */
int journal_refusal(const struct journal *j);

/* Records from a position on. False when a segment could not be read (errno); the rest is still told. */
bool journal_replay(struct journal *j, struct journal_position from, journal_record_fn fn, void *ctx);
struct journal_position journal_end(const struct journal *j);
/* The oldest segment there is, and one to read, for journal_reader.c. -1 with errno, ENOENT: it is not there. */
uint64_t journal_first_segment(const struct journal *j);
int journal_open_segment(const struct journal *j, uint64_t number);

/* False with errno: nothing was written; EAGAIN: JOURNAL_UNSYNCED_MAX. A record that does not fit the
 * segment starts the next one. */
bool journal_append(struct journal *j, uint8_t type, const void *payload, size_t len,
                    struct journal_position *position);
/* False: it is told again by journal_names_fn, and no record is taken before that. */
bool journal_name(struct journal *j, const void *payload, size_t len);

/* Descriptors (duplicates, the caller closes them) that need fdatasync, in that order; returns how many,
 * 0 when nothing was written since. One sync at a time. */
#define JOURNAL_SYNC_MAX 6
size_t journal_sync_begin(struct journal *j, int fds[static JOURNAL_SYNC_MAX]);
/* error: errno of the first that failed, else 0. After a failure what was not durable is written again into
 * a new segment, and names into a new file: the kernel may have forgotten those pages while calling them
 * clean. */
void journal_sync_end(struct journal *j, int error);

/* Cursors. An unknown one stands at the start of what there is; only those moved once are waited for. The
 * caller writes the text to <folder>/cursors, whole and durable, before it trims. */
struct journal_position journal_cursor(const struct journal *j, const char *name);
void journal_cursor_move(struct journal *j, const char *name, struct journal_position to);
/* Nobody reads by it any more. False: there was none. */
bool journal_cursor_forget(struct journal *j, const char *name);
char *journal_cursors_text(const struct journal *j); /* malloc'd */
/* Removes segments that all cursors have passed, and past the ceiling the oldest whoever needs them;
 * returns how many of the latter. */
size_t journal_trim(struct journal *j);

struct journal_figures {
    uint64_t segments, bytes;
    uint64_t damaged; /* segments that ended in something other than zeros when opened */
    uint64_t dropped; /* segments removed by the ceiling */
    uint64_t unsynced; /* bytes a power cut would take now */
};
struct journal_figures journal_figures(const struct journal *j);

#endif
