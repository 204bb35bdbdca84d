/* What the engine knows of how boxes hang together, put down for the topology. */
#ifndef HAYLOFT_ENGINE_WAY_GROUND_H
#define HAYLOFT_ENGINE_WAY_GROUND_H

#include "poller/diagnose/topology.h"
#include "poller/engine/engine_internal.h"

#define GROUND_OWN_MAX 2

struct way_ground {
    struct topology_given given;
    struct topology topology;
    struct mac own[GROUND_OWN_MAX];
    bool *wireless;                      /* per node: stations are joined to it */
    const struct wiring **before;        /* per node: see guest_macs.h */
};

/* As a guest of that check sees it. Everything lives in arena and in the engine. False: no memory. */
bool way_ground_make(const struct engine *e, const struct check *guest, struct arena *arena, struct way_ground *out);

#endif
