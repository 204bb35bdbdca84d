/* From what audit and trace say of a VLAN's way to the look that belongs to the guest's check: one finding, the boxes
 * on the way, the sites, two steps beside the guest's. Pure. */
#ifndef HAYLOFT_ENGINE_WAY_LOOK_H
#define HAYLOFT_ENGINE_WAY_LOOK_H

#include "poller/diagnose/trace.h"
#include "poller/engine/network_look.h"

struct way_told {
    const struct topology *topology;
    const struct network_view *network;
    const struct audit *audit;
    const struct trace *trace; /* NULL: no guest said anything yet */
    enum trace_symptom symptom;
    bool also_main;            /* the control fails too: then it is no fault of a VLAN */
};

/* Everything is copied into out->arena, which is made here. NULL: no memory. */
struct network_look *way_look_make(const struct way_told *w);

#endif
