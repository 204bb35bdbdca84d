/* What a restart takes over from before: states and since when, open incidents, what was said about
 * them. Nothing fires again, no resolve is lost. */
#ifndef HAYLOFT_ENGINE_RESTORE_H
#define HAYLOFT_ENGINE_RESTORE_H

#include "poller/engine/engine_internal.h"

void restore_take(struct engine *e, const struct se_restored *r);

#endif
