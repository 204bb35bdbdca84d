/* The farm of the scenarios: a house and a barn joined by a radio bridge. */
#ifndef HAYLOFT_TESTS_SIM_FARM_H
#define HAYLOFT_TESTS_SIM_FARM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sim_world.h"

static inline struct sim_world *farm(void)
{
    struct sim_world *w = sim_create(1);
    sim_node(w, "router", NULL, "house");
    sim_node(w, "lan-switch", "router", "house");
    sim_check(w, "lan-switch", "snmp", "");
    sim_node(w, "nas", "lan-switch", "house");
    sim_check(w, "nas", "tcp", "445");
    sim_node(w, "bridge-house", "lan-switch", "house");
    sim_planned_port(w, "bridge-house", "p4");
    sim_node(w, "bridge-barn", "bridge-house", "barn");
    sim_node(w, "barn-node", "bridge-barn", "barn");
    sim_node(w, "barn-cam", "bridge-barn", "barn");
    sim_bridge(w, "barn bridge", "bridge-house", "bridge-barn");
    return w;
}

static inline const struct sim_incident *only_incident(const struct sim_world *w)
{
    assert_int_equal(sim_incident_count(w), 1);
    return sim_incident(w, 0);
}

static inline void assert_cause(const struct sim_incident *i, enum cause_kind kind)
{
    assert_string_equal(cause_kind_words[i->in.cause.kind], cause_kind_words[kind]);
}

#endif
