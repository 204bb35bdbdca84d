/* Whom a guest of a network is to try, and must not reach: nodes of the main network that answered lately. Those
 * the network names as isolated_from come first, then the router, whose administration counts, then others. */
#ifndef HAYLOFT_ENGINE_GUEST_TARGETS_H
#define HAYLOFT_ENGINE_GUEST_TARGETS_H

#include "poller/engine/engine.h"
#include "poller/model/guest.h"

/* At most max; returns how many. Names live as long as the configuration. */
size_t guest_targets(const struct engine *e, const char *network, struct guest_target *out, size_t max);

#endif
