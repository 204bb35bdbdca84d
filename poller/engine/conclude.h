/* From verdicts to states and incidents: who is silent, for which one cause, and what hangs behind it.
 * Runs at the end of a step in which something changed that matters. */
#ifndef HAYLOFT_ENGINE_CONCLUDE_H
#define HAYLOFT_ENGINE_CONCLUDE_H

#include "poller/engine/engine_internal.h"

#define WAIT_FOR_OTHERS_S 4 /* a silence waits so long for what is being asked about its cause */

void conclude(struct engine *e);
void conclude_wake(struct engine *e);          /* what somebody waited for is there */
void conclude_later(struct engine *e, struct mono at);
void conclude_prepare(struct engine *e);

#endif
