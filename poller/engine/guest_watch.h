/* What the probes of one VLAN have told: of each matter a verdict with hysteresis both ways, and the last result.
 *
 *   unknown, ok --bad--> suspected --bad again--> failing --well--> ok
 *                            |                       ^ |
 *                            +-- well, lost: as before  +-- another failure twice: that one
 *
 * A stranger that was heard is one at once; that it is gone takes two probes, for one may have missed it. What
 * could not be told (our own fault, a VLAN that does not reach us, a step whose turn it was not) changes nothing.
 * What is suspected is asked again soon, at most WATCH_ASKS times after a regular probe. Pure: no clock, no loop. */
#ifndef HAYLOFT_ENGINE_GUEST_WATCH_H
#define HAYLOFT_ENGINE_GUEST_WATCH_H

#include "poller/base/arena.h"
#include "poller/model/guest_says.h"
#include "poller/model/report.h"

#define WATCH_ASKS 3          /* after one regular probe */
#define WATCH_LOSSY_ROUNDS 3  /* regular probes that lost too much to tell: degraded */
#define WATCH_GAP_S 10        /* from one probe's beginning to the next one's, at least */

struct kept_guest {
    struct arena *arena;          /* of result; NULL: there is none */
    struct guest_result result;
    struct mono at;
};

struct matter_watch {
    enum verdict verdict;         /* unknown until something was said */
    struct guest_saying failure;  /* what is told while failing; reason GUEST_NONE: restored, not seen yet */
    struct kept_guest failed;     /* the latest result that says so */
    struct guest_saying heard;    /* the latest bad word */
    uint8_t bad_in_row, same_in_row, well_in_row, lossy_in_row;
    struct mono bad_since;        /* the first bad word of the latest row */
    struct mono since;            /* of the verdict */
    struct mono said_at;          /* the last word of any kind; ns 0: none yet */
    struct mono explained_at;     /* something else was its cause, last seen then (the engine's) */
    bool was_well;                /* ever */
};

struct guest_watch {
    struct matter_watch matters[GUEST_MATTERS];
    struct kept_guest last;
    struct mac usual;             /* whom offers came from when all was well last; not set: not known */
    bool control_was_well;        /* ever: then its failing says something */
    bool nothing;                 /* the last round told nothing; why is in reason */
    char reason[32];              /* stable word, "" when it told something */
    char detail[160];             /* for people; hostile text, cut */
    uint8_t asks;                 /* since the last regular probe */
};

struct guest_watch *guest_watch_create(void);
void guest_watch_destroy(struct guest_watch *w); /* NULL is fine */
/* Takes what a round told. True: another probe soon would tell more. */
bool guest_watch_take(struct guest_watch *w, const struct report *r, struct mono now);
/* The worst of its matters, and why; unknown while nothing can be told. */
enum verdict guest_watch_verdict(const struct guest_watch *w, const char **reason);
/* Was failing before a restart. */
void guest_watch_restore(struct guest_watch *w, enum guest_matter m, struct mono since);
/* We slept: what was only suspected proves nothing. */
void guest_watch_forget_suspicion(struct guest_watch *w);

#endif
