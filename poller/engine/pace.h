/* Checks that are asked less often than configured: found out, said, kept over a restart. See shedding.h. */
#ifndef HAYLOFT_ENGINE_PACE_H
#define HAYLOFT_ENGINE_PACE_H

#include "poller/engine/engine_internal.h"
#include "poller/model/pace.h"

/* A regular round was answered that kept the device busy so long. */
void pace_learn(struct engine *e, struct check *c, int64_t busy_ns);
/* Whoever asks it is told how often that is. */
void pace_tell(struct engine *e, const struct check *c);
/* It is gone, or configured otherwise. */
void pace_forget(struct engine *e, struct check *c);
/* After a restart: one of the kept texts, perhaps ours. */
void pace_restore(struct engine *e, const struct kept_item *kept);
struct pace pace_of(const struct check *c);

#endif
