#include "tests/sim/day.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOSS           0.01
#define BURSTS_PER_DAY 20
#define BURST_MAX_S    6
#define HOUR           3600.0
#define UP_FOR_LONG    "90000000000000" /* nanoseconds */
#define UP_AGAIN       "20000000000"

struct farm_node {
    const char *name, *parent, *site;
    const char *port; /* planned */
    unsigned ports;   /* of its agent; 0: it has none */
};

/* What others hang on; the rest of the farm is in rows of alike devices. */
static const struct farm_node trunk[] = {
    {"house-switch", NULL, "house", NULL, 24},
    {"router", "house-switch", "house", "p1", 0},
    {"nas", "house-switch", "house", "p2", 0},
    {"bridge-house", "house-switch", "house", "p3", 0},
    {"bridge-yard", "house-switch", "house", "p4", 0},
    {"garage-switch", "house-switch", "house", "p5", 16},
    {"bridge-barn", "bridge-house", "barn", NULL, 0},
    {"barn-switch", "bridge-barn", "barn", NULL, 16},
    {"bridge-stable", "bridge-yard", "stable", NULL, 0},
    {"stable-switch", "bridge-stable", "stable", NULL, 12},
};

static const struct {
    const char *parent, *site;
    unsigned count;
} rows[] = {{"house-switch", "house", 17},
            {"garage-switch", "house", 12},
            {"barn-switch", "barn", 12},
            {"stable-switch", "stable", 9}};

#define TRUNK_COUNT (sizeof trunk / sizeof trunk[0])
#define ROW_COUNT   (sizeof rows / sizeof rows[0])

/* The name of a device of a row: "barn-switch-3". */
static const char *device(char out[static 32], size_t row, unsigned i)
{
    snprintf(out, 32, "%s-%u", rows[row].parent, i);
    return out;
}

const struct day_fault day_faults[] = {
    {FAULT_HUNG, "house-switch-2", 1 * HOUR, 1 * HOUR + 20, CAUSE_NODE_DOWN, "house-switch-2",
     TOLD_SILENT_S},
    {FAULT_HUNG, "barn-switch-1", 2 * HOUR + 7.3, 2 * HOUR + 27.3, CAUSE_NODE_DOWN, "barn-switch-1",
     TOLD_SILENT_S},
    {FAULT_HUNG, "stable-switch-8", 3 * HOUR + 1.9, 3 * HOUR + 21.9, CAUSE_NODE_DOWN,
     "stable-switch-8", TOLD_SILENT_S},
    {FAULT_HUNG, "nas", 4 * HOUR + 33.3, 4 * HOUR + 53.3, CAUSE_NODE_DOWN, "nas", TOLD_SILENT_S},
    {FAULT_HUNG, "garage-switch-11", 5 * HOUR + 18.1, 5 * HOUR + 38.1, CAUSE_NODE_DOWN,
     "garage-switch-11", TOLD_SILENT_S},
    {FAULT_RADIO, "bridge-barn", 7 * HOUR + 4.4, 7 * HOUR + 304.4, CAUSE_SITE_CUT_OFF,
     "bridge-barn", TOLD_SILENT_S},
    {FAULT_HUNG, "router", 8 * HOUR + 11.7, 8 * HOUR + 611.7, CAUSE_NODE_DOWN, "router",
     TOLD_SILENT_S},
    {FAULT_OWN_PORT, NULL, 9 * HOUR + 2.2, 9 * HOUR + 302.2, CAUSE_WATCHER_ISOLATED, NULL,
     TOLD_SILENT_S},
    {FAULT_REBOOT, "garage-switch", 11 * HOUR + 40.5, 11 * HOUR + 130.5, CAUSE_PORT_DOWN,
     "garage-switch", TOLD_SILENT_S},
    {FAULT_AGENT, "stable-switch", 13 * HOUR + 20, 13 * HOUR + 1220, CAUSE_SNMP_SILENT,
     "stable-switch", TOLD_AGENT_S},
    {FAULT_NAMES, "router", 15 * HOUR + 5, 15 * HOUR + 605, CAUSE_DNS_DOWN, "internet",
     TOLD_INTERNET_S},
    {FAULT_INTERNET, NULL, 17 * HOUR + 25, 17 * HOUR + 625, CAUSE_INTERNET_DOWN, "internet",
     TOLD_INTERNET_S},
    {FAULT_UNPLUGGED, "house-switch-9", 19 * HOUR + 9.6, 19 * HOUR + 309.6, CAUSE_PORT_DOWN,
     "house-switch-9", TOLD_SILENT_S},
    {FAULT_DEAD, "bridge-yard", 20 * HOUR + 51.2, 20 * HOUR + 351.2, CAUSE_RADIO_SILENT,
     "bridge-yard", TOLD_SILENT_S},
    {FAULT_HUNG, "house-switch-16", 22 * HOUR + 13, 22 * HOUR + 33, CAUSE_NODE_DOWN,
     "house-switch-16", TOLD_SILENT_S},
    {FAULT_HUNG, "barn-switch", 23 * HOUR + 37.7, 23 * HOUR + 97.7, CAUSE_NODE_DOWN, "barn-switch",
     TOLD_SILENT_S},
};
const size_t day_fault_count = sizeof day_faults / sizeof day_faults[0];

/* ---- packets ---- */

void day_farm_of_packets(struct network *n)
{
    char name[32];
    for (size_t i = 0; i < TRUNK_COUNT; i++) {
        const struct farm_node *t = &trunk[i];
        network_node(n, t->name, t->parent, t->site, t->port);
        if (t->ports)
            network_switch(n, t->name, t->ports);
    }
    for (size_t row = 0; row < ROW_COUNT; row++)
        for (unsigned i = 0; i < rows[row].count; i++)
            network_node(n, device(name, row, i), rows[row].parent, rows[row].site, NULL);
    network_bridge(n, "barn bridge", "bridge-house", "bridge-barn");
    network_bridge(n, "stable bridge", "bridge-yard", "bridge-stable");
    network_check(n, "nas", "tcp: 445");
    network_check(n, "nas", "dns: example.com");
    network_serves_names(n, "nas");
    network_internet(n, "router");
    network_lines(n, &(struct line){.loss = LOSS,
                                    .jitter_ns = MILLISECONDS(1),
                                    .bursts_per_day = BURSTS_PER_DAY,
                                    .burst_max_s = BURST_MAX_S});
}

void day_befall_packets(struct network *n)
{
    for (size_t i = 0; i < day_fault_count; i++)
        network_fault(n, day_faults[i].kind, day_faults[i].node, day_faults[i].from_s,
                      day_faults[i].to_s);
}

/* ---- reports ---- */

/* As the packets' network gives them out: the planned ones, then the rest in turn. */
static void port_name(char out[static 8], const char *node)
{
    unsigned number = 0, planned = 0;
    for (size_t i = 0; i < TRUNK_COUNT; i++)
        if (strcmp(trunk[i].name, node) == 0 && trunk[i].port)
            snprintf(out, 8, "%s", trunk[i].port);
    for (size_t row = 0; row < ROW_COUNT; row++) {
        size_t len = strlen(rows[row].parent);
        if (strncmp(node, rows[row].parent, len) != 0 || sscanf(node + len, "-%u", &number) != 1)
            continue;
        for (size_t i = 0; i < TRUNK_COUNT; i++)
            planned += trunk[i].port && strcmp(trunk[i].parent, rows[row].parent) == 0;
        snprintf(out, 8, "p%u", planned + number + 1);
    }
}

static const char *parent_of(const char *node)
{
    for (size_t i = 0; i < TRUNK_COUNT; i++)
        if (strcmp(trunk[i].name, node) == 0)
            return trunk[i].parent;
    for (size_t row = 0; row < ROW_COUNT; row++)
        if (strncmp(node, rows[row].parent, strlen(rows[row].parent)) == 0)
            return rows[row].parent;
    return NULL;
}

void day_farm_of_reports(struct world *w)
{
    char name[32];
    for (size_t i = 0; i < TRUNK_COUNT; i++) {
        const struct farm_node *t = &trunk[i];
        world_node(w, t->name, t->parent, t->site);
        if (t->port)
            world_planned_port(w, t->name, t->port);
        if (t->ports) {
            world_check(w, t->name, "snmp", "");
            world_fact(w, t->name, "snmp", 0, "sys.uptime", "", UP_FOR_LONG);
        }
    }
    for (size_t row = 0; row < ROW_COUNT; row++)
        for (unsigned i = 0; i < rows[row].count; i++)
            world_node(w, device(name, row, i), rows[row].parent, rows[row].site);
    world_bridge(w, "barn bridge", "bridge-house", "bridge-barn");
    world_bridge(w, "stable bridge", "bridge-yard", "bridge-stable");
    world_check(w, "nas", "tcp", "445");
    world_check(w, "nas", "dns", "");
    world_internet(w, "router");
    world_loss(w, LOSS);
    world_bursts(w, BURSTS_PER_DAY, BURST_MAX_S);
}

static void lose_link(struct world *w, const struct day_fault *f)
{
    char port[8] = "";
    const char *parent = parent_of(f->node);
    port_name(port, f->node);
    world_fact(w, parent, "snmp", 0, "port.oper", port, "up");
    world_fact(w, parent, "snmp", f->from_s, "port.oper", port, "down");
    world_fact(w, parent, "snmp", f->to_s, "port.oper", port, "up");
}

static void befall(struct world *w, const struct day_fault *f)
{
    switch (f->kind) {
    case FAULT_REBOOT:
        world_fact(w, f->node, "snmp", f->from_s, "sys.uptime", "", UP_AGAIN); /* fall through */
    case FAULT_DEAD:
    case FAULT_UNPLUGGED:
        lose_link(w, f); /* fall through */
    case FAULT_HUNG:
    case FAULT_RADIO:
        world_down(w, f->node, f->from_s, f->to_s);
        break;
    case FAULT_OWN_PORT:
        world_down(w, trunk[0].name, f->from_s, f->to_s);
        break;
    case FAULT_AGENT:
        world_fail(w, f->node, "snmp", f->from_s, f->to_s, OUTCOME_SILENT, "timeout");
        break;
    case FAULT_NAMES:
        world_fail(w, "internet", "internet", f->from_s, f->to_s, OUTCOME_WRONG, "dns");
        break;
    case FAULT_INTERNET:
        world_fail(w, "internet", "internet", f->from_s, f->to_s, OUTCOME_SILENT, "isp");
        break;
    default: /* of the packets only */
        break;
    }
}

void day_befall_reports(struct world *w)
{
    for (size_t i = 0; i < day_fault_count; i++)
        befall(w, &day_faults[i]);
}

/* ---- what came of it ---- */

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_about(const struct kept_incident *i, const struct day_fault *f)
{
    bool named = !f->names || same(i->in.cause.node, f->names);
    return i->in.cause.kind == f->cause && named && i->opened_s >= f->from_s &&
           i->opened_s <= f->from_s + f->told_s;
}

const struct kept_incident *day_incident(const struct keeper *k, const struct day_fault *f)
{
    const struct kept_incident *found = NULL;
    for (size_t i = 0; i < keeper_incident_count(k); i++)
        if (is_about(keeper_incident(k, i), f)) {
            if (found)
                return NULL;
            found = keeper_incident(k, i);
        }
    return found;
}

static bool is_expected(const struct kept_incident *i, const struct day_fault *faults, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (is_about(i, &faults[k]))
            return true;
    return false;
}

unsigned day_compare(const struct keeper *k, const struct day_fault *faults, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const struct day_fault *f = &faults[i];
        const struct kept_incident *in = day_incident(k, f);
        bool settled = in && in->resolved_s > f->to_s && in->resolved_s <= f->to_s + SETTLED_S;
        if (settled)
            continue;
        wrong++;
        printf("# %s: %s %s of %.1f to %.1f, resolved at %.1f\n", in ? "not settled" : "missed",
               cause_kind_words[f->cause], f->names ? f->names : "", f->from_s, f->to_s,
               in ? in->resolved_s : 0.0);
    }
    for (size_t i = 0; i < keeper_incident_count(k); i++) {
        const struct kept_incident *in = keeper_incident(k, i);
        if (is_expected(in, faults, count))
            continue;
        wrong++;
        printf("# wrong: %s %s opened at %.1f, resolved at %.1f\n",
               cause_kind_words[in->in.cause.kind], in->in.cause.node ? in->in.cause.node : "-",
               in->opened_s, in->resolved_s);
    }
    return wrong;
}
