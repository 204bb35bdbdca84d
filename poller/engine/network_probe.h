/* A person asks how a network is: its guests are played now, each step is told as it is done, and the answer comes
 * when nothing is left to be confirmed. */
#ifndef HAYLOFT_ENGINE_NETWORK_PROBE_H
#define HAYLOFT_ENGINE_NETWORK_PROBE_H

#include "poller/engine/engine_internal.h"

#define PROBE_AGAIN "again" /* a step of ours: what follows is one more probe, to be sure */

/* False: nobody can be asked there. */
bool network_probe(struct engine *e, struct node *n, uint32_t request);
void network_probe_step(struct engine *e, struct check *c, const struct hint *h);
/* A probe is over; again: another one follows by itself. r NULL: it never reported. */
void network_probe_report(struct engine *e, struct check *c, const struct report *r, bool again);
/* At the end of a step, when all conclusions are drawn: answers those whose probes are over. */
void network_probe_answer(struct engine *e);

#endif
