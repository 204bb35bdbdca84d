/* For which sites the probes of a network prove anything: what they crossed. From here that is our own place and
 * where the router stands; of a site that no probe crosses nothing is known, and how that would change is said. */
#ifndef HAYLOFT_ENGINE_COVERAGE_H
#define HAYLOFT_ENGINE_COVERAGE_H

#include "poller/base/arena.h"
#include "poller/engine/engine_internal.h"

#define COVERAGE_TEXT_MAX 512

/* What the probes say of where they went. */
struct probed {
    enum verdict verdict;
    const char *text; /* for people: what proves it, or why nothing is known */
};

/* One for each site of the network; of one that names none, for each site that anything stands at. In arena. */
size_t coverage_of(const struct engine *e, const struct node *network, const struct probed *probed,
                   struct arena *arena, struct site_verdict **out);

#endif
