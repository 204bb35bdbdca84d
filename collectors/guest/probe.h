/* One probe: a guest's first minute on one VLAN, step by step, with an untagged control beside it.
 *
 *   AIR -joined, when it is on the air-> WAITING
 *   WAITING -way open, gap over-> OFFERS -4 s each, thrice at most-> LEASE -> GATEWAY -> ROUTERS -> FULLSIZE
 *                                   |                                                               |
 *                                   |   PAGE <- NAMES <---------------------------------------------'
 *                                   |     '-> ISOLATION -> over
 *                                   '- nothing to go on with -> over
 *
 * By depth: `offer` has no lease, nor what needs one; `lease` leaves out names and page. A step that cannot be
 * taken is left out. Whatever was requested is released at the end, also of a probe that is stopped. Full-size
 * frames come before names and page: what explains stands before what it explains. */
#ifndef HAYLOFT_COLLECTORS_GUEST_PROBE_H
#define HAYLOFT_COLLECTORS_GUEST_PROBE_H

#include "collectors/guest/seat.h"
#include "collectors/protocol/echo.h"

#define PROBE_ASK_GAP_NS SECONDS(10) /* between two DISCOVERs, however urgent the question is */

struct probe;

struct probe_plan {
    struct seat *seat;
    struct echoes *echoes;  /* shared by all probes of the collector */
    uint32_t check;         /* for hints */
    bool urgent;            /* a person asks, or a finding wants confirming */
    struct mono deadline;
    void (*done)(void *ctx, struct probe *p); /* once, from a timer or a frame, never from inside probe_start */
    void *ctx;
};

struct probe *probe_start(const struct probe_plan *plan); /* NULL: no memory */
/* Gives up at once, without `done`; what was done so far is in the result. */
void probe_stop(struct probe *p);
/* Of one that is done or stopped; points into the probe. too_soon: it would have had to ask before its time, and
 * did nothing. */
struct probe_outcome {
    const struct guest_result *result;
    bool too_soon;
};
void probe_outcome(struct probe *p, struct probe_outcome *out);
void probe_free(struct probe *p); /* NULL is fine; stops it first */

#endif
