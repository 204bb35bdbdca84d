/* What a vantage reports to its house, and the way it goes. A vantage is a whole hayloft at another place: it
 * watches what stands there, judges, stores and shows by itself, and tells the house all of it.
 *
 *   at the barn                                              at the house
 *   engine  -- view, decisions, samples --> store            web     <- POST /api/v1/vantages/NAME/records
 *   store   keeps what the house has not:                     |         with the vantage's token
 *     what was decided in the database's spool,               v
 *     samples in the journal, behind the cursor "upstream"   store   -> journal and rrd/NAME/..., database
 *   store   -- a report --> courier -- POST --> ...           |
 *                                                            engine  <- how it is there, and what changed
 *
 * Order. What was decided goes first, in the order it was committed, each part named by the boot of the vantage's
 * engine, the number of its record and its place in it; then samples, in the order of the journal, so that each
 * series grows at its end. Each report begins with how it is now, so the newest is never behind a week of old things.
 *
 * Once and only once. The house answers 200 when all of a report is durable there; only then the vantage forgets it. A
 * report that comes again changes nothing: what was decided is known by its name, an incident by its revision, a
 * sample by its stamp. So a kill on either side at any moment costs a repetition.
 *
 * Bounds. One report is one message between our processes and one POST. The journal's ceiling bounds the samples that
 * wait: then the oldest go, and the house is told from when to when. What was decided is never dropped.
 *
 * Time. Each report says when it was sent, so the house knows how far the clocks differ. While the vantage's clock is
 * not believed it tells only how it is now; the rest waits, and what was stamped by a wrong clock is moved at the house
 * by the same shift as at the vantage.
 *
 * Form. "HLV1", then pieces of u16 kind, u32 length and a record packed as our messages are; all in network order. A
 * reader skips kinds it does not know and bytes behind the members it knows, so the two ends may be of different ages:
 * new things are a new kind of piece, or members at the end of one. Words travel as texts, for the same reason. */
#ifndef HAYLOFT_MESSAGE_VANTAGE_H
#define HAYLOFT_MESSAGE_VANTAGE_H

#include "poller/base/clock.h"
#include "poller/base/field.h"
#include "poller/model/incident.h"
#include "poller/model/words.h"

#define VANTAGE_REPORT_MAX_BYTES 60000 /* in one message, with what stands beside it */
#define VANTAGE_MEMORY_MAX (4u << 20)  /* unpacked */
#define VANTAGE_NAME_MAX 255           /* of a node, an object, a source */

enum vantage_piece {
    VANTAGE_HEAD = 1, /* first, and once */
    VANTAGE_VIEW,
    VANTAGE_RUN,
    VANTAGE_DECIDED,
    VANTAGE_LOST,
    VANTAGE_OBJECT,   /* before the rows that name it */
    VANTAGE_ROWS,     /* bare bytes: rows as in es_samples, by the numbers of this report's objects */
};

struct vantage_head {
    char *vantage;       /* how it calls itself */
    struct wall sent;    /* by its clock */
    bool clock_set;      /* which it believes */
    bool whole;          /* all that was decided so far is in here or was acknowledged before */
    struct wall behind;  /* stamp of the oldest sample that still waits behind this report; ns 0: none does */
    int64_t every_ns;    /* when the next one comes */
};

/* A node as the vantage sees it. */
struct vantage_node {
    char *node, *state;  /* node_state_words */
    struct wall since;
    char *reason;
};

/* How it is there now: what its engine said last. */
struct vantage_view {
    struct wall at, started, machine_started; /* when that was; since when the engine, and its machine, run */
    struct vantage_node *nodes;
    size_t nodes_count;
};
extern const struct record vantage_view_record;

/* A start of its engine: from silent to started nobody watched there. */
struct vantage_run {
    char *boot;
    struct wall silent;  /* newest thing stored before; ns 0: nothing was */
    struct wall started, machine_started;
};

struct vantage_change {
    char *node, *from, *to; /* node_state_words */
    struct wall at;
    char *reason, *behind;
};

struct vantage_event {
    char *kind, *node, *text;
    struct wall at;
};

/* An incident as the vantage has it: for who wants to know what it saw, never one of the house's own. */
struct vantage_incident {
    char *id;
    uint32_t revision;
    struct wall opened, resolved; /* resolved ns 0: still open */
    char *severity, *cause, *sentence, *node, *site;
};

/* A part of what one record of the vantage's engine committed. */
struct vantage_decided {
    char *boot;
    uint64_t sequence;   /* of the record, in that boot */
    uint32_t place;      /* of the first of these among the record's changes and events */
    struct wall guessed_from, guessed_until; /* stamps in between, of what was sent before, are so much too small */
    int64_t shift_ns;    /* 0: none is */
    struct vantage_change *changes;
    size_t changes_count;
    struct vantage_event *events;
    size_t events_count;
    struct vantage_incident *incidents;
    size_t incidents_count;
};

/* Samples of that time are gone: there was no room to keep them. */
struct vantage_lost {
    struct wall from, until;
};

struct vantage_object {
    uint32_t object;
    char *node, *name, *layout; /* layout_words */
    int64_t step_ns;
    char **sources;
    size_t sources_count;
};

extern const struct record vantage_run_record, vantage_change_record, vantage_decided_record, vantage_lost_record;

/* --- writing: into an empty buf --- */

void vantage_begin(struct buf *out, const struct vantage_head *head);
/* value: the struct of that kind. */
void vantage_put(struct buf *out, enum vantage_piece kind, const void *value);
/* The same of what is packed already, and of ROWS. */
void vantage_put_packed(struct buf *out, enum vantage_piece kind, const void *bytes, size_t len);
#define VANTAGE_PIECE_HEAD_BYTES 6
/* What packing value would take, with the piece's head. */
size_t vantage_size(enum vantage_piece kind, const void *value);

/* --- reading --- */

struct vantage_report {
    struct vantage_head head;
    struct vantage_view *view; /* NULL: its engine is silent */
    struct vantage_run *runs;
    struct vantage_decided *decided;
    struct vantage_lost *lost;
    struct vantage_object *objects;
    struct bytes *rows;        /* into the bytes that were read */
    size_t runs_count, decided_count, lost_count, objects_count, rows_count;
    size_t sample_count;       /* rows in all */
};

/* All of a report. False unless it is sound: whole pieces, objects that are named once and before their rows, rows as
 * wide as their object, names that are there and not too long. Lists live in arena. */
bool vantage_read(const void *bytes, size_t len, struct arena *arena, struct vantage_report *out);

/* What became of a report at the house. */
enum vantage_taken {
    VANTAGE_TAKEN,     /* all of it is durable */
    VANTAGE_MALFORMED, /* it will never be taken */
    VANTAGE_UNKNOWN,   /* no vantage of that name */
    VANTAGE_BUSY,      /* later: another one of it is being taken, or the disk takes nothing */
    VANTAGE_CLOCK      /* later: one of the clocks is wrong */
};
extern const char *const vantage_taken_words[];

#endif
