#include "poller/engine/runner.h"

#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/judge.h"

/* ---- time ---- */

static struct instant now(const struct runner *r)
{
    const struct env *outside = r->setup.outside;
    return outside->now(outside->ctx);
}

static void arm(struct runner *r)
{
    if (!r->turning)
        r->setup.arm(r->setup.ctx, wheel_due(&r->wheel));
}

void runner_timer_set(struct runner *r, struct timer *t, struct mono when)
{
    struct mono before = r->turning ? (struct mono){0} : wheel_due(&r->wheel);
    wheel_add(&r->wheel, t, when);
    if (!r->turning && mono_before(wheel_due(&r->wheel), before))
        arm(r);
}

void runner_timer_stop(struct runner *r, struct timer *t)
{
    wheel_remove(&r->wheel, t); /* it may be turned once for nothing */
}

void runner_turn(struct runner *r)
{
    r->turning = true;
    wheel_turn(&r->wheel, now(r).mono);
    r->turning = false;
    collect_flush(r->collect);
    arm(r);
}

/* ---- steps ---- */

static void perform(struct runner *r, const struct output *o)
{
    switch (o->kind) {
    case OUTPUT_ADOPT:
    case OUTPUT_DROP:
    case OUTPUT_PACE:
    case OUTPUT_START:
    case OUTPUT_CANCEL:
        collect_perform(r->collect, o);
        break;
    default:
        r->setup.perform(r->setup.ctx, o);
        break;
    }
}

/* Samples first: their objects live until the next step only. */
static void perform_all(struct runner *r, const struct outputs *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].kind == OUTPUT_SAMPLE)
            perform(r, &out->items[i]);
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].kind != OUTPUT_SAMPLE)
            perform(r, &out->items[i]);
}

void runner_step(struct runner *r, const struct input *in)
{
    if (r->ending)
        return; /* what collectors still say while they end */
    if (r->depth == STEP_DEPTH_MAX) {
        log_warnx("runner", "steps nest too deep: one is left out");
        return;
    }
    if (in->kind == INPUT_CONFIG) {
        r->env.profiles = r->setup.outside->profiles; /* perhaps another set */
        collect_configure(r->collect, in->config);
    }
    struct instant system = r->setup.begin(r->setup.ctx); /* may step itself */
    struct outputs *out = &r->outputs[r->depth++];
    engine_take(r->setup.engine, system, in, out);
    if (r->setup.taken)
        r->setup.taken(r->setup.ctx);
    perform_all(r, out);
    outputs_clear(out);
    r->depth--;
    if (r->depth)
        return;
    if (!r->turning)
        collect_flush(r->collect);
    runner_timer_set(r, &r->engine_timer, engine_due(r->setup.engine));
    arm(r);
}

static void on_engine_due(void *arg)
{
    runner_step(arg, &(struct input){.kind = INPUT_TICK});
}

/* ---- what collectors are given ---- */

struct env_timer {
    struct timer timer; /* first: handed out as struct timer * */
    timer_fn fn;
    void *arg;
};

static void env_ring(void *arg)
{
    struct env_timer *t = arg;
    timer_fn fn = t->fn;
    void *to = t->arg;
    free(t);
    fn(to);
}

static struct timer *env_timer_start(void *ctx, struct mono when, timer_fn fn, void *arg)
{
    struct env_timer *t = calloc(1, sizeof *t);
    if (!t)
        fatal("no memory for a timer");
    *t = (struct env_timer){.timer = {.ring = env_ring, .arg = t}, .fn = fn, .arg = arg};
    runner_timer_set(ctx, &t->timer, when);
    return &t->timer;
}

static void env_timer_stop(void *ctx, struct timer *t)
{
    if (!t)
        return;
    runner_timer_stop(ctx, t);
    free(t->arg); /* the env_timer it is part of */
}

static void env_report(void *ctx, const struct report *r)
{
    struct runner *run = ctx;
    struct report told = *r;
    if (collect_is(run->collect, r->check, "snmp"))
        run->snmp_requests += r->sent;
    if (r->outcome == OUTCOME_OWN_FAULT && collect_waits_for_address(run->collect, r->check)) {
        told.reason = JUDGE_NO_ADDRESS;
        told.detail = "its name has no address";
    }
    runner_step(run, &(struct input){.kind = INPUT_REPORT, .report = &told});
}

static void env_hint(void *ctx, const struct hint *h)
{
    runner_step(ctx, &(struct input){.kind = INPUT_HINT, .hint = h});
}

static struct instant env_now(void *ctx)
{
    return now(ctx);
}

static void env_fetch(void *ctx, const struct fetch_request *q, fetch_fn fn, void *arg)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->fetch(outside->ctx, q, fn, arg);
}

static void env_consult(void *ctx, const struct consult_request *q, consult_fn fn, void *arg)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->consult(outside->ctx, q, fn, arg);
}

static void env_ask_ups(void *ctx, const struct ups_request *q, ups_fn fn, void *arg)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->ask_ups(outside->ctx, q, fn, arg);
}

static void env_resolve(void *ctx, const char *name, resolved_fn fn, void *arg)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->resolve(outside->ctx, name, fn, arg);
}

static const char *env_recall(void *ctx, const char *node, const char *key)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    return outside->recall(outside->ctx, node, key);
}

static void env_remember(void *ctx, const char *node, const char *key, const char *value)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->remember(outside->ctx, node, key, value);
}

static size_t env_guest_targets(void *ctx, const char *network, struct guest_target *out, size_t max)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    return outside->guest_targets ? outside->guest_targets(outside->ctx, network, out, max) : 0;
}

static void env_work(void *ctx, work_fn run, work_fn done, void *arg)
{
    const struct env *outside = ((struct runner *)ctx)->setup.outside;
    outside->work(outside->ctx, run, done, arg);
}

void runner_init(struct runner *r, const struct runner_setup *setup)
{
    *r = (struct runner){.setup = *setup, .env = *setup->outside};
    r->env.ctx = r;
    r->env.now = env_now;
    r->env.timer_start = env_timer_start;
    r->env.timer_stop = env_timer_stop;
    r->env.report = env_report;
    r->env.hint = env_hint;
    r->env.fetch = env_fetch;
    r->env.consult = env_consult;
    r->env.ask_ups = env_ask_ups;
    r->env.resolve = env_resolve;
    r->env.recall = env_recall;
    r->env.remember = env_remember;
    r->env.work = env_work;
    r->env.guest_targets = env_guest_targets;
    r->engine_timer = (struct timer){.ring = on_engine_due, .arg = r};
    wheel_init(&r->wheel, now(r).mono);
    r->collect = collect_create(&r->env, &setup->names);
}

void runner_fini(struct runner *r)
{
    r->ending = true;
    collect_destroy(r->collect);
    for (size_t i = 0; i < STEP_DEPTH_MAX; i++)
        outputs_fini(&r->outputs[i]);
}
