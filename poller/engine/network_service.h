/* What guests lack, over all networks: one incident for one cause, however many networks and VLANs have it.
 *
 * A network claims what its probes lack, what tables say of its way, or both where the one explains the other. Claims
 * of several networks that fail alike, and began to within a round of each other, are one; so are those of which
 * tables name the same box. What is open already goes on where it was told. */
#ifndef HAYLOFT_ENGINE_NETWORK_SERVICE_H
#define HAYLOFT_ENGINE_NETWORK_SERVICE_H

#include "poller/engine/engine_internal.h"

void network_service_conclude(struct engine *e);

#endif
