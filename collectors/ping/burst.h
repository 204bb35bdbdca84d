/* One run of echoes to one node: the echoes of a round, when the next is due, what became of each, and
 * when the run is over. Pure: it is told what was sent and what came. */
#ifndef HAYLOFT_COLLECTORS_PING_BURST_H
#define HAYLOFT_COLLECTORS_PING_BURST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"
#include "poller/model/report.h"

#define BURST_ECHOES_MAX 100

enum burst_echo_state { BURST_UNSENT, BURST_WAITING, BURST_DOUBTFUL, BURST_ANSWERED, BURST_LOST, BURST_OURS };

struct burst_echo {
    struct mono sent;
    int64_t rtt_ns; /* when answered */
    uint32_t token; /* the caller's */
    enum burst_echo_state state;
};

struct burst_plan {
    unsigned count;         /* echoes, 1 .. BURST_ECHOES_MAX */
    int64_t gap_ns;         /* between their starts */
    int64_t timeout_ns;     /* of each */
    bool until_answer;      /* over with the first answer; a late one counts as life too */
};

struct burst {
    struct burst_plan plan;
    struct mono started, deadline;
    unsigned sent;          /* echoes handed out so far, ours included */
    unsigned answered, lost, ours, late, duplicates;
    unsigned settled;       /* the first so many echoes wait for nothing any more */
    struct burst_echo echoes[];
};

struct burst_summary {      /* seconds, NaN when nothing was answered */
    double min, q1, median, q3, max;
    double jitter;          /* mean difference of successive answers */
    double loss;            /* 0-1; NaN when nothing was asked */
};

struct burst *burst_create(const struct burst_plan *plan, struct mono now, struct mono deadline);
/* When something is to be done without an answer: the next echo, a time-out, the deadline. */
struct mono burst_due(const struct burst *b);
bool burst_send_due(const struct burst *b, struct mono now); /* echo number b->sent is to go out */
/* The next echo went out at that moment, or could not for a reason of our own. */
void burst_sent(struct burst *b, struct mono at);
void burst_ours(struct burst *b, unsigned number);
/* The round trip, never negative. Only for a waiting echo. */
int64_t burst_answer(struct burst *b, unsigned number, struct mono at);
bool burst_waits(const struct burst *b, unsigned number);
void burst_lose(struct burst *b, unsigned number);
void burst_doubt(struct burst *b); /* answers may have been lost on our side: what waits may be our fault */
/* The number of one echo whose time is over and which is still waiting, or -1. */
int burst_overdue(const struct burst *b, struct mono now);
bool burst_done(const struct burst *b, struct mono now);
enum outcome burst_outcome(const struct burst *b);
struct burst_summary burst_summarise(const struct burst *b);

#endif
