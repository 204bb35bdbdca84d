/* What network.c builds and network_run.c lets happen. */
#ifndef HAYLOFT_TESTS_NETWORK_INTERNAL_H
#define HAYLOFT_TESTS_NETWORK_INTERNAL_H

#include "poller/engine/runner.h"
#include "tests/support/dns_server.h"
#include "tests/support/network.h"
#include "tests/support/switch_agent.h"

#define NETWORK_NODES_MAX  512
#define NETWORK_FAULTS_MAX 256
#define NETWORK_NONE       UINT32_MAX
#define NETWORK_BEYOND     3 /* hosts on the Internet */
#define NETWORK_CHECKS_MAX 4

struct net_node {
    struct network *network;
    char name[32], site[16], plan[8];
    uint32_t parent; /* NETWORK_NONE: hangs on us */
    bool beyond;     /* on the Internet: nothing we watch */
    bool serves_names;
    char checks[NETWORK_CHECKS_MAX][48];
    unsigned check_count;
    struct addr addr;
    struct mac mac;
    struct line line;
    double burst_from_s, burst_to_s; /* the present or next one */
    double heard_s;                  /* when something last passed between us and it */
    double echoed_s;                 /* when it last answered an echo */
    struct sim_host *host;
    struct switch_agent *agent;
    double agent_takes_s, agent_worked_s; /* for each answer; for all of them */
    double agent_busy_until_s;
    unsigned port;        /* of the parent's agent; with none: NETWORK_NONE */
    unsigned ports_taken; /* of its own agent, a bit each */
};

struct net_fault {
    enum fault_kind kind;
    uint32_t node; /* NETWORK_NONE: none in particular */
    double from_s, to_s;
    bool begun, ended;
};

struct network {
    struct sim *sim;
    double began_s; /* on the simulated monotonic clock */
    struct net_node nodes[NETWORK_NODES_MAX];
    uint32_t node_count;
    struct net_fault faults[NETWORK_FAULTS_MAX];
    size_t fault_count;
    struct {
        char name[32], near[32], far[32];
    } bridges[8];
    size_t bridge_count;
    char router[32]; /* "": no Internet */
    int send_errno;
    struct dns_server names;
    struct arena *config_arena;
    struct config config;
    struct engine *engine;
    struct runner runner;
    struct timer *turn; /* the simulated loop's */
    struct mono turn_at;
    struct keeper *keeper;
    void (*on_sample)(void *ctx, const struct object *o);
    void *on_sample_ctx;
    void (*on_request)(void *ctx, const char *node, double at_s);
    void *on_request_ctx;
    uint64_t requests;
};

uint32_t network_find(const struct network *n, const char *name); /* aborts when there is none */
double network_clock(const struct network *n); /* simulated monotonic seconds, as agents count */
bool network_suffers(const struct network *n, enum fault_kind kind, uint32_t node);
/* Can anything pass between us and the node now, chance aside? */
bool network_passes(struct network *n, uint32_t node);
/* What is written is read as the daemon does; aborts with the complaints. */
void network_configure(struct network *n);
/* Answers for the doors of the simulated packets. */
void network_open(struct network *n);

#endif
