/* What a report teaches besides its verdict: facts, series, the latest round trip, restarts. */
#ifndef HAYLOFT_ENGINE_LEARN_H
#define HAYLOFT_ENGINE_LEARN_H

#include "poller/engine/engine_internal.h"

void learn_from_report(struct engine *e, struct check *c, const struct report *r);
void learn_from_hint(struct engine *e, struct check *c, const struct hint *h);

#endif
