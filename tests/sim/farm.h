/* The farm of the scenarios: a house and a barn joined by a radio bridge. */
#ifndef HAYLOFT_TESTS_SIM_FARM_H
#define HAYLOFT_TESTS_SIM_FARM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sim_world.h"

static inline struct world *farm(void)
{
    struct world *w = world_create(1);
    world_node(w, "router", NULL, "house");
    world_node(w, "lan-switch", "router", "house");
    world_check(w, "lan-switch", "snmp", "");
    world_node(w, "nas", "lan-switch", "house");
    world_check(w, "nas", "tcp", "445");
    world_node(w, "bridge-house", "lan-switch", "house");
    world_planned_port(w, "bridge-house", "p4");
    world_node(w, "bridge-barn", "bridge-house", "barn");
    world_node(w, "barn-node", "bridge-barn", "barn");
    world_node(w, "barn-cam", "bridge-barn", "barn");
    world_bridge(w, "barn bridge", "bridge-house", "bridge-barn");
    return w;
}

static inline const struct kept_incident *only_incident(const struct world *w)
{
    assert_int_equal(world_incident_count(w), 1);
    return world_incident(w, 0);
}

static inline void assert_cause(const struct kept_incident *i, enum cause_kind kind)
{
    assert_string_equal(cause_kind_words[i->in.cause.kind], cause_kind_words[kind]);
}

#endif
