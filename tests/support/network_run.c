/* How a network's time goes on: the engine's runner turned by the simulated loop, and faults that
 * begin and end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/network_internal.h"

#define LOOK_EVERY_NS SECONDS(3) /* at our own interface, as the shell does */

/* ---- the engine ---- */

static void perform(void *ctx, const struct output *o)
{
    struct network *n = ctx;
    switch (o->kind) {
    case OUTPUT_COMMIT:
        keeper_commit(n->keeper, network_now(n), &o->commit);
        break;
    case OUTPUT_KEEP:
        keeper_keep(n->keeper, o->keep.key, o->keep.value);
        break;
    case OUTPUT_SAMPLE:
        if (n->on_sample)
            n->on_sample(n->on_sample_ctx, o->sample);
        break;
    default:
        break;
    }
}

static struct instant begin_step(void *ctx)
{
    return sim_now(((struct network *)ctx)->sim);
}

static void on_turn(void *arg)
{
    struct network *n = arg;
    n->turn = NULL;
    runner_turn(&n->runner);
}

static void arm(void *ctx, struct mono due)
{
    struct network *n = ctx;
    const struct env *env = sim_env(n->sim);
    if (n->turn && n->turn_at.ns == due.ns)
        return;
    env->timer_stop(env->ctx, n->turn);
    n->turn_at = due;
    n->turn = due.ns == MONO_NEVER.ns ? NULL : env->timer_start(env->ctx, due, on_turn, n);
}

static void look(void *arg)
{
    struct network *n = arg;
    const struct env *env = sim_env(n->sim);
    struct own_fact f = {"own.carrier", "eth0", sim_place(n->sim)->link.carrier ? "up" : "down"};
    runner_step(&n->runner, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &f});
    env->timer_start(env->ctx, mono_after(sim_now(n->sim).mono, LOOK_EVERY_NS), look, n);
}

void network_begin(struct network *n)
{
    struct engine_setup setup = {.origin = "here",
                                 .boot = "this-boot",
                                 .machine_age_ns = MINUTES(600),
                                 .seed = (uint64_t)(sim_random(n->sim) * 1e15),
                                 .resolve = collector_options};
    network_configure(n);
    network_open(n);
    n->engine = engine_create(&setup, sim_now(n->sim));
    runner_init(&n->runner, &(struct runner_setup){.engine = n->engine,
                                                   .outside = sim_env(n->sim),
                                                   .ctx = n,
                                                   .begin = begin_step,
                                                   .perform = perform,
                                                   .arm = arm});
    runner_step(&n->runner, &(struct input){.kind = INPUT_CONFIG, .config = &n->config});
    struct se_restored nothing = {.last = true};
    runner_step(&n->runner, &(struct input){.kind = INPUT_RESTORED, .restored = &nothing});
    look(n);
}

/* ---- what begins and ends ---- */

static bool cuts_power(enum fault_kind kind)
{
    return kind == FAULT_DEAD || kind == FAULT_REBOOT || kind == FAULT_RENUMBERED;
}

static void set_link(struct network *n, const struct net_fault *f, bool up)
{
    const struct net_node *node = &n->nodes[f->node];
    struct net_node *parent = node->parent == NETWORK_NONE ? NULL : &n->nodes[node->parent];
    if (parent && node->port != NETWORK_NONE)
        switch_agent_link(parent->agent, node->port, up, network_clock(n));
}

static void set_page(struct network *n)
{
    static const char body[] = "success\n";
    static const struct fetch_answer page = {.status = 200,
                                             .body = (const uint8_t *)body,
                                             .body_len = sizeof body - 1,
                                             .total_ns = MILLISECONDS(40)};
    bool gone = !*n->router || network_suffers(n, FAULT_INTERNET, NETWORK_NONE);
    sim_fetch(n->sim, gone ? NULL : &page);
}

static void begin(struct network *n, struct net_fault *f)
{
    f->begun = true;
    if (cuts_power(f->kind) || f->kind == FAULT_UNPLUGGED)
        set_link(n, f, false);
    if (f->kind == FAULT_OWN_CABLE)
        sim_place(n->sim)->link.carrier = false;
    if (f->kind == FAULT_SENDING && f->node == NETWORK_NONE)
        sim_fail_door(n->sim, PACKETS_ARP, n->send_errno);
}

static void end(struct network *n, struct net_fault *f)
{
    struct switch_agent *agent = f->node == NETWORK_NONE ? NULL : n->nodes[f->node].agent;
    f->ended = true;
    if (cuts_power(f->kind) || f->kind == FAULT_UNPLUGGED)
        set_link(n, f, true);
    if (cuts_power(f->kind) && agent)
        switch_agent_reboot(agent, network_clock(n));
    if (f->kind == FAULT_RENUMBERED && agent)
        switch_agent_renumber(agent, network_clock(n));
    if (f->kind == FAULT_OWN_CABLE)
        sim_place(n->sim)->link.carrier = true;
    if (f->kind == FAULT_SENDING)
        sim_fail_door(n->sim, PACKETS_ARP, 0);
}

static double next_change(const struct network *n)
{
    double next_s = INFINITY;
    for (size_t i = 0; i < n->fault_count; i++) {
        const struct net_fault *f = &n->faults[i];
        double at_s = !f->begun ? f->from_s : !f->ended ? f->to_s : INFINITY;
        next_s = at_s < next_s ? at_s : next_s;
    }
    return next_s;
}

static void change(struct network *n)
{
    double now_s = network_now(n) + 1e-9;
    for (size_t i = 0; i < n->fault_count; i++) {
        struct net_fault *f = &n->faults[i];
        if (!f->begun && f->from_s <= now_s)
            begin(n, f);
        if (!f->ended && f->to_s <= now_s)
            end(n, f);
    }
    set_page(n);
}

void network_run(struct network *n, double until_s)
{
    set_page(n);
    for (;;) {
        double next_s = next_change(n);
        double to_s = next_s < until_s ? next_s : until_s;
        int64_t span_ns = (int64_t)llround((to_s - network_now(n)) * 1e9);
        sim_run(n->sim, span_ns > 0 ? span_ns : 0);
        change(n);
        if (next_s > until_s)
            break;
    }
}

void network_on_sample(struct network *n, void (*fn)(void *ctx, const struct object *o), void *ctx)
{
    n->on_sample = fn;
    n->on_sample_ctx = ctx;
}

void network_on_request(struct network *n, void (*fn)(void *ctx, const char *node, double at_s),
                        void *ctx)
{
    n->on_request = fn;
    n->on_request_ctx = ctx;
}
