/* A simulated network at the packet seam: the engine with its real collectors asks nodes that hang
 * on each other by lines which lose, delay and double packets; switches have SNMP agents whose
 * counters count. Time is simulated, seconds since network_create; a day takes seconds.
 *
 * What is built is written down as a YAML configuration and read as the daemon reads it. The
 * watcher hangs on the node that has no parent. */
#ifndef HAYLOFT_TESTS_NETWORK_H
#define HAYLOFT_TESTS_NETWORK_H

#include "poller/engine/engine.h"
#include "tests/support/keeper.h"
#include "tests/support/sim_packets.h"

struct network;
struct switch_agent;

/* Between a node and what it hangs on. */
struct line {
    double loss;            /* 0-1, of each question and its answer together */
    double duplicate, late; /* 0-1, of each answer */
    double strange;         /* 0-1, of each answer to an echo: it comes from another address */
    double echoes_apart_s;  /* an echo sooner after one it answered gets no answer */
    int64_t late_ns;
    int64_t delay_ns, jitter_ns;        /* there and back */
    double bursts_per_day, burst_max_s; /* all is lost; uniform up to the longest */
};

enum fault_kind {
    FAULT_HUNG,       /* the node answers nothing and passes nothing on; its plugs have light */
    FAULT_DEAD,       /* no power: the port it is on loses its link as well */
    FAULT_UNPLUGGED,  /* its cable is out: the same, but it goes on counting */
    FAULT_RADIO,      /* it and what it hangs on stand, nothing passes between them */
    FAULT_AGENT,      /* its SNMP agent is silent */
    FAULT_NAMES,      /* its name server is silent */
    FAULT_REBOOT,     /* dead, and counts from zero afterwards */
    FAULT_RENUMBERED, /* like a reboot, and its ports have other numbers afterwards */
    FAULT_INTERNET,   /* nothing comes from beyond the router */
    FAULT_OWN_PORT,   /* we hear nobody; our interface has a link */
    FAULT_OWN_CABLE,  /* and it has none */
    FAULT_SENDING,    /* node NULL: our packets to any cannot be sent; see network_send_error */
    FAULT_ECHOED      /* it is dead, and another answers its echoes from an address of its own */
};

struct network *network_create(uint64_t seed);
void network_destroy(struct network *n);

/* ---- before network_begin ---- */

/* Also called once for what is beyond: its checks are the Internet's. port: the plan; NULL: none.
 */
void network_node(struct network *n, const char *name, const char *parent, const char *site,
                  const char *port);
/* The node has an agent with this many ports, p1 ...; what hangs on it takes one each, those of a
 * plan theirs. snmp is a check of it. */
struct switch_agent *network_switch(struct network *n, const char *name, unsigned ports);
/* From now on its agent works so long on each answer, on one after the other. */
void network_agent_takes(struct network *n, const char *node, double seconds);
double network_agent_worked(struct network *n, const char *node); /* in all, in seconds */
void network_check(struct network *n, const char *node, const char *yaml); /* "tcp: 445" */
void network_bridge(struct network *n, const char *name, const char *near, const char *far);
void network_internet(struct network *n, const char *router);
void network_serves_names(struct network *n, const char *node);
struct line *network_line(struct network *n, const char *node);
void network_lines(struct network *n, const struct line *each); /* of all nodes there are so far */
void network_fault(struct network *n, enum fault_kind kind, const char *node, double from_s,
                   double to_s);
void network_send_error(struct network *n, int send_errno);
void network_on_sample(struct network *n, void (*fn)(void *ctx, const struct object *o), void *ctx);
/* Each SNMP request as it reaches an agent. */
void network_on_request(struct network *n, void (*fn)(void *ctx, const char *node, double at_s),
                        void *ctx);

/* ---- running ---- */

void network_begin(struct network *n);
void network_run(struct network *n, double until_s);
double network_now(const struct network *n);
const struct keeper *network_keeper(const struct network *n);
struct sim *network_sim(struct network *n);
uint64_t network_echoes(const struct network *n);
uint64_t network_requests(const struct network *n); /* SNMP */
struct switch_agent *network_agent(struct network *n, const char *node);

#endif
