/* Rounds of one check that end together: one that begins while another is under way joins it, so that a network is not
 * asked twice at once. Each ends in its own report. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_JOINED_ROUNDS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_JOINED_ROUNDS_H

#include "collectors/collector.h"

struct joined_round;

struct joined_rounds {
    const struct env *env;
    uint32_t check;
    struct joined_round *list; /* newest first */
};

/* No memory: the round is reported as our own fault, and false. */
bool joined_rounds_add(struct joined_rounds *j, uint32_t number, enum round_kind kind);
/* All of them end with the same findings; only regular ones have objects. The report's own check, round, kind and
 * times are filled in. */
void joined_rounds_end(struct joined_rounds *j, const struct report *findings);
void joined_rounds_end_cancelled(struct joined_rounds *j);
/* One of them is cancelled; true when nobody waits any more. */
bool joined_rounds_cancel(struct joined_rounds *j, uint32_t number);

#endif
