/* The nodes, their lines and what befalls them; see network_answers.c for what they say and
 * network_run.c for how time goes on. */
#include "tests/support/network.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/network_internal.h"

#define DAY_S 86400
#define BURSTS_APART_S                                                                             \
    10.0 /* of those on one way: two that touch would be one longer than the longest */
#define DELAY_NS MILLISECONDS(1)

struct network *network_create(uint64_t seed)
{
    struct network *n = calloc(1, sizeof *n);
    n->sim = sim_create(seed);
    n->began_s = (double)sim_now(n->sim).mono.ns * 1e-9;
    n->keeper = keeper_create();
    addr_parse("93.184.215.14", &n->names.answer);
    return n;
}

void network_destroy(struct network *n)
{
    if (n->engine)
        runner_fini(&n->runner);
    engine_destroy(n->engine);
    arena_destroy(n->config_arena);
    keeper_destroy(n->keeper);
    for (uint32_t i = 0; i < n->node_count; i++)
        free(n->nodes[i].agent);
    sim_destroy(n->sim);
    free(n);
}

double network_clock(const struct network *n)
{
    return (double)sim_now(n->sim).mono.ns * 1e-9;
}

double network_now(const struct network *n)
{
    return network_clock(n) - n->began_s;
}

const struct keeper *network_keeper(const struct network *n)
{
    return n->keeper;
}

struct sim *network_sim(struct network *n)
{
    return n->sim;
}

uint64_t network_echoes(const struct network *n)
{
    return sim_sent(n->sim, PACKETS_ICMP4);
}

uint64_t network_requests(const struct network *n)
{
    return n->requests;
}

uint32_t network_find(const struct network *n, const char *name)
{
    for (uint32_t i = 0; i < n->node_count; i++)
        if (strcmp(n->nodes[i].name, name) == 0)
            return i;
    fprintf(stderr, "no simulated node %s\n", name);
    abort();
}

/* ---- nodes ---- */

/* The planned port of the parent's agent, else its first free one. */
static void take_port(struct network *n, struct net_node *node)
{
    node->port = NETWORK_NONE;
    struct net_node *parent = node->parent == NETWORK_NONE ? NULL : &n->nodes[node->parent];
    if (!parent || !parent->agent)
        return;
    for (unsigned i = 0; i < parent->agent->agent.port_count; i++) {
        bool named = strcmp(parent->agent->ports[i].name, node->plan) == 0;
        bool is_free = !(parent->ports_taken & 1u << i);
        if (!is_free || (*node->plan && !named))
            continue;
        parent->ports_taken |= 1u << i;
        node->port = i;
        return;
    }
}

static struct net_node *add_node(struct network *n, const char *name, const char *parent,
                                 const char *address)
{
    assert(n->node_count < NETWORK_NODES_MAX);
    struct net_node *node = &n->nodes[n->node_count++];
    uint32_t number = n->node_count;
    *node = (struct net_node){.network = n,
                              .parent = parent ? network_find(n, parent) : NETWORK_NONE,
                              .mac = {{2, 0, 0, 0, (uint8_t)(number >> 8), (uint8_t)number}},
                              .line = {.delay_ns = DELAY_NS},
                              .burst_from_s = INFINITY};
    snprintf(node->name, sizeof node->name, "%s", name);
    node->host = sim_host(n->sim, address);
    node->host->of = node;
    node->addr = node->host->addr;
    return node;
}

void network_node(struct network *n, const char *name, const char *parent, const char *site,
                  const char *port)
{
    char address[32];
    unsigned number = n->node_count + 1;
    snprintf(address, sizeof address, "10.0.%u.%u", number / 250, number % 250 + 1);
    struct net_node *node = add_node(n, name, parent, address);
    snprintf(node->site, sizeof node->site, "%s", site ? site : "");
    snprintf(node->plan, sizeof node->plan, "%s", port ? port : "");
    take_port(n, node);
}

struct switch_agent *network_switch(struct network *n, const char *name, unsigned ports)
{
    uint32_t i = network_find(n, name);
    struct net_node *node = &n->nodes[i];
    node->agent = calloc(1, sizeof *node->agent);
    switch_agent_init(node->agent, ports, network_clock(n), i);
    node->agent->agent.name = node->name;
    network_check(n, name, "snmp: public");
    return node->agent;
}

void network_agent_takes(struct network *n, const char *node, double seconds)
{
    n->nodes[network_find(n, node)].agent_takes_s = seconds;
}

double network_agent_worked(struct network *n, const char *node)
{
    return n->nodes[network_find(n, node)].agent_worked_s;
}

struct switch_agent *network_agent(struct network *n, const char *node)
{
    return n->nodes[network_find(n, node)].agent;
}

void network_check(struct network *n, const char *name, const char *yaml)
{
    struct net_node *node = &n->nodes[network_find(n, name)];
    unsigned port;
    assert(node->check_count < NETWORK_CHECKS_MAX);
    snprintf(node->checks[node->check_count], sizeof node->checks[0], "%s", yaml);
    if (sscanf(yaml, "tcp: %u", &port) == 1)
        node->host->open_ports[node->check_count] = (uint16_t)port;
    node->check_count++;
}

void network_bridge(struct network *n, const char *name, const char *near, const char *far)
{
    assert(n->bridge_count < sizeof n->bridges / sizeof n->bridges[0]);
    snprintf(n->bridges[n->bridge_count].name, 32, "%s", name);
    snprintf(n->bridges[n->bridge_count].near, 32, "%s", near);
    snprintf(n->bridges[n->bridge_count++].far, 32, "%s", far);
}

void network_internet(struct network *n, const char *router)
{
    static const char *const hosts[NETWORK_BEYOND] = {"1.1.1.1", "8.8.8.8", "9.9.9.9"};
    snprintf(n->router, sizeof n->router, "%s", router);
    network_serves_names(n, router);
    for (unsigned i = 0; i < NETWORK_BEYOND; i++) {
        struct net_node *node = add_node(n, hosts[i], router, hosts[i]);
        node->beyond = node->serves_names = true;
        node->port = NETWORK_NONE;
        node->line.delay_ns = MILLISECONDS(15);
        node->host->open_ports[0] = 443;
    }
}

void network_serves_names(struct network *n, const char *node)
{
    n->nodes[network_find(n, node)].serves_names = true;
}

/* ---- lines ---- */

static bool is_above(const struct network *n, uint32_t upper, uint32_t lower)
{
    uint32_t at = lower;
    while (at != NETWORK_NONE && at != upper)
        at = n->nodes[at].parent;
    return at == upper;
}

/* The end of a burst on the same way that would make this one longer than the longest; 0: none. */
static double touched_until(const struct network *n, uint32_t i)
{
    const struct net_node *node = &n->nodes[i];
    for (uint32_t k = 0; k < n->node_count; k++) {
        const struct net_node *other = &n->nodes[k];
        if (k != i && (is_above(n, k, i) || is_above(n, i, k)) &&
            node->burst_from_s < other->burst_to_s + BURSTS_APART_S &&
            other->burst_from_s < node->burst_to_s + BURSTS_APART_S)
            return other->burst_to_s;
    }
    return 0;
}

static void next_burst(struct network *n, struct net_node *node, double after_s)
{
    const struct line *l = &node->line;
    double gap_s = -log(1 - sim_random(n->sim)) * DAY_S / l->bursts_per_day;
    double lasts_s = sim_random(n->sim) * l->burst_max_s;
    do {
        node->burst_from_s = after_s + BURSTS_APART_S + gap_s;
        node->burst_to_s = node->burst_from_s + lasts_s;
        after_s = touched_until(n, (uint32_t)(node - n->nodes));
        gap_s = 0.001;
    } while (after_s > 0);
}

struct line *network_line(struct network *n, const char *node)
{
    return &n->nodes[network_find(n, node)].line;
}

void network_lines(struct network *n, const struct line *each)
{
    for (uint32_t i = 0; i < n->node_count; i++) {
        int64_t delay_ns = n->nodes[i].line.delay_ns;
        n->nodes[i].line = *each;
        if (!each->delay_ns)
            n->nodes[i].line.delay_ns = delay_ns;
    }
}

static bool in_burst(struct network *n, struct net_node *node)
{
    double now_s = network_now(n);
    if (node->line.bursts_per_day <= 0)
        return false;
    if (isinf(node->burst_from_s))
        next_burst(n, node, now_s);
    while (node->burst_to_s <= now_s)
        next_burst(n, node, node->burst_to_s);
    return now_s >= node->burst_from_s;
}

/* ---- what befalls them ---- */

void network_fault(struct network *n, enum fault_kind kind, const char *node, double from_s,
                   double to_s)
{
    assert(n->fault_count < NETWORK_FAULTS_MAX);
    n->faults[n->fault_count++] =
        (struct net_fault){.kind = kind,
                           .node = node ? network_find(n, node) : NETWORK_NONE,
                           .from_s = from_s,
                           .to_s = to_s};
}

void network_send_error(struct network *n, int send_errno)
{
    n->send_errno = send_errno;
}

bool network_suffers(const struct network *n, enum fault_kind kind, uint32_t node)
{
    double now_s = network_now(n);
    for (size_t i = 0; i < n->fault_count; i++) {
        const struct net_fault *f = &n->faults[i];
        if (f->kind == kind && (f->node == node || f->node == NETWORK_NONE) && now_s >= f->from_s &&
            now_s < f->to_s)
            return true;
    }
    return false;
}

static bool stands(const struct network *n, uint32_t node)
{
    static const enum fault_kind fatal[] = {FAULT_HUNG,   FAULT_DEAD,       FAULT_UNPLUGGED,
                                            FAULT_REBOOT, FAULT_RENUMBERED, FAULT_ECHOED};
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        if (network_suffers(n, fatal[i], node))
            return false;
    return true;
}

bool network_passes(struct network *n, uint32_t node)
{
    if (network_suffers(n, FAULT_OWN_PORT, NETWORK_NONE) ||
        network_suffers(n, FAULT_OWN_CABLE, NETWORK_NONE))
        return false;
    if (n->nodes[node].beyond && network_suffers(n, FAULT_INTERNET, NETWORK_NONE))
        return false;
    for (uint32_t at = node; at != NETWORK_NONE; at = n->nodes[at].parent)
        if (!stands(n, at) || network_suffers(n, FAULT_RADIO, at) || in_burst(n, &n->nodes[at]))
            return false;
    return true;
}
