#include "poller/command/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/command/cost.h"
#include "poller/command/once.h"

#define LOT 16            /* devices started together */
#define AT_ONCE_MOST 96   /* while so many are asked the next lot waits a moment, or the socket would overflow */
#define AT_ONCE_LEARNING 16 /* strangers are asked for tables, which takes memory */
#define MOMENT_NS MILLISECONDS(1)
#define MOMENTS_MOST 300    /* who has not answered by then is not waited for */

struct lot {
    unsigned moment; /* so many were waited before it started */
    size_t asked;    /* devices of it that have not reported, but were not silent in the round before */
};

struct fleet {
    const struct fleet_plan *plan;
    struct fleet_result *result;
    struct once *once;
    struct env env; /* of once, without its memory: nothing outlives a poll */
    struct collector_instance *snmp;
    bool measured, done;
    uint32_t round;
    size_t started, reports;
    struct lot *lots;
    size_t young;     /* the first lot that may be waited for */
    unsigned moments; /* waited so far; not by the clock, since where we stand still others seem slow */
    bool *was_silent; /* by device */
    struct mono began, last_answer, deadline;
};

static const char *recall(void *ctx, const char *node, const char *key)
{
    (void)ctx, (void)node, (void)key;
    return NULL;
}

static void remember(void *ctx, const char *node, const char *key, const char *value)
{
    (void)ctx, (void)node, (void)key, (void)value;
}

static void count_outcome(struct fleet_result *out, const struct report *r)
{
    bool answered = r->outcome == OUTCOME_ANSWERED;
    out->partial += answered && *r->reason;
    out->answered += answered && !*r->reason;
    out->silent += r->outcome == OUTCOME_SILENT;
    out->refused += r->outcome == OUTCOME_WRONG;
    out->ours += r->outcome == OUTCOME_OWN_FAULT || r->outcome == OUTCOME_CANCELLED;
    if (r->outcome == OUTCOME_OWN_FAULT)
        out->own_error = strcmp(r->reason, "memory") == 0 ? "no memory" : "could not send";
    out->requests += r->sent;
    out->again += r->lost;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void on_report(void *ctx, const struct report *r)
{
    struct fleet *p = ctx;
    if (r->round != p->round)
        return;
    p->reports++;
    p->lots[r->check / LOT].asked -= !p->was_silent[r->check];
    p->was_silent[r->check] = r->outcome == OUTCOME_SILENT;
    p->done = p->reports == p->plan->count;
    if (r->outcome == OUTCOME_ANSWERED)
        p->last_answer = r->ended;
    if (r->outcome == OUTCOME_ANSWERED && p->measured)
        p->result->device_longest_ns =
            later(p->result->device_longest_ns, mono_since(r->ended, r->started));
    if (p->measured)
        count_outcome(p->result, r);
    p->result->objects += r->object_count;
    for (size_t i = 0; !p->measured && i < r->fact_count; i++)
        p->result->ports += strcmp(r->facts[i].name, "port.oper") == 0;
}

static bool is_crowded(struct fleet *p)
{
    size_t asked = 0;
    while (p->young * LOT < p->started && p->moments - p->lots[p->young].moment > MOMENTS_MOST)
        p->young++;
    for (size_t i = p->young; i * LOT < p->started; i++)
        asked += p->lots[i].asked;
    return asked >= (p->measured ? AT_ONCE_MOST : AT_ONCE_LEARNING);
}

static void start_lot(void *arg)
{
    struct fleet *p = arg;
    size_t end = p->started + LOT < p->plan->count ? p->started + LOT : p->plan->count;
    struct lot *lot = &p->lots[p->started / LOT];
    *lot = (struct lot){.moment = p->moments};
    while (p->started < end) {
        lot->asked += !p->was_silent[p->started];
        snmp_collector.start(p->snmp, (uint32_t)p->started++, p->round, ROUND_REGULAR, p->deadline);
    }
    snmp_collector.flush(p->snmp);
    if (p->started == p->plan->count)
        return;
    bool crowded = is_crowded(p);
    p->moments += crowded;
    p->env.timer_start(p->env.ctx, crowded ? mono_after(clock_mono(), MOMENT_NS) : p->began, start_lot, p);
}

static bool run_round(struct fleet *p)
{
    p->round++;
    p->started = p->reports = p->young = 0;
    p->done = false;
    p->result->ports = p->result->objects = 0;
    p->last_answer = p->began = clock_mono();
    p->deadline = mono_after(p->began, p->plan->patience_ns);
    start_lot(p);
    if (once_wait(p->once, &p->done, p->plan->patience_ns + SECONDS(1)))
        return true;
    fprintf(stderr, "hayloft bench: only %zu of %zu devices came to an end\n", p->reports,
            p->plan->count);
    return false;
}

/* A second look at what arrives, in a round of its own that is not measured. */
static void count_varbinds(void *ctx, const struct packet *batch, size_t count)
{
    struct fleet_result *out = ctx;
    for (size_t i = 0; i < count; i++) {
        struct snmp_message m;
        struct snmp_binding b;
        if (batch[i].error)
            continue;
        out->datagrams++;
        if (snmp_message_read(batch[i].data, batch[i].len, &m))
            while (snmp_binding_take(&m.pdu.bindings, &b) == SNMP_TAKEN)
                out->varbinds++;
    }
}

static bool learn(struct fleet *p)
{
    for (unsigned i = 0; i < p->plan->learning; i++)
        if (!run_round(p))
            return false;
    packets_receive(p->env.packets, PACKETS_UDP, count_varbinds, p->result);
    bool fine = run_round(p);
    packets_receive(p->env.packets, PACKETS_UDP, NULL, p->result);
    return fine;
}

static bool measure(struct fleet *p)
{
    struct fleet_result *out = p->result;
    uint64_t ports = out->ports;
    double before_s = cost_cpu_s();
    p->measured = true;
    for (unsigned i = 0; i < p->plan->rounds; i++) {
        if (!run_round(p))
            return false;
        int64_t took_ns = mono_since(clock_mono(), p->began);
        out->took_ns += took_ns;
        out->longest_ns = later(out->longest_ns, took_ns);
        int64_t answers_ns = mono_since(p->last_answer, p->began);
        out->answers_ns += answers_ns;
        out->answers_longest_ns = later(out->answers_longest_ns, answers_ns);
    }
    out->cpu_s = cost_cpu_s() - before_s;
    out->ports = ports;
    return true;
}

static bool adopt_all(struct fleet *p)
{
    for (size_t i = 0; i < p->plan->count; i++) {
        char name[ADDR_TEXT_MAX];
        struct check_setting s = {.check = (uint32_t)i,
                                  .node = addr_text(&p->plan->addresses[i], name),
                                  .label = "",
                                  .addresses = &p->plan->addresses[i],
                                  .address_count = 1,
                                  .options = p->plan->options,
                                  .interval_ns = SECONDS(60)};
        if (!snmp_collector.adopt(p->snmp, &s))
            return false;
    }
    return true;
}

static bool open_fleet(struct fleet *p)
{
    p->once = once_create(NULL, on_report, p);
    if (!p->once)
        return false;
    p->env = *once_env(p->once);
    p->env.recall = recall;
    p->env.remember = remember;
    p->snmp = snmp_collector.create(&p->env);
    p->lots = calloc(p->plan->count / LOT + 1, sizeof *p->lots);
    p->was_silent = calloc(p->plan->count, sizeof *p->was_silent);
    return p->snmp && p->lots && p->was_silent && adopt_all(p);
}

bool fleet_run(const struct fleet_plan *plan, struct fleet_result *out)
{
    struct fleet p = {.plan = plan, .result = out};
    *out = (struct fleet_result){0};
    bool open = open_fleet(&p);
    bool fine = open && learn(&p) && measure(&p);
    out->sockets = cost_sockets();
    if (!open)
        fprintf(stderr, "hayloft bench: no memory, or no socket\n");
    if (p.snmp)
        snmp_collector.destroy(p.snmp);
    free(p.lots);
    free(p.was_silent);
    once_destroy(p.once);
    return fine;
}
