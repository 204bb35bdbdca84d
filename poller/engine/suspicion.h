/* When something falls silent, what it hangs on is asked at once, in parallel with its own confirming
 * burst, and soon everything that could be silent for the same cause; so when the silence is confirmed,
 * the right cause is known in the same second. */
#ifndef HAYLOFT_ENGINE_SUSPICION_H
#define HAYLOFT_ENGINE_SUSPICION_H

#include "poller/engine/engine_internal.h"

/* A confirming burst of echoes has begun. When to call suspicion_grows. */
struct mono suspicion_begins(struct engine *e, struct check *c);
/* The burst is still without an answer: does what is due. When to call again, or never. */
struct mono suspicion_grows(struct engine *e, struct check *c);
/* A check judged by rounds had its first bad one: is its node alive, is what it hangs on? */
void suspicion_of_rounds(struct engine *e, struct check *c);

#endif
