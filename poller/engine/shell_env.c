/* What collectors are given: the time, timers, and ways to report. */
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/judge.h"
#include "poller/engine/shell.h"

struct env_timer {
    struct timer timer; /* first: handed out as struct timer * */
    struct shell *shell;
    timer_fn fn;
    void *arg;
};

static struct instant env_now(void *ctx)
{
    return clock_now();
}

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
    struct shell *s = ctx;
    struct env_timer *t = calloc(1, sizeof *t);
    if (!t)
        fatal("no memory for a timer");
    *t = (struct env_timer){.timer = {.ring = env_ring, .arg = t}, .shell = s, .fn = fn, .arg = arg};
    shell_timer_set(s, &t->timer, when);
    return &t->timer;
}

static void env_timer_stop(void *ctx, struct timer *t)
{
    if (!t)
        return;
    shell_timer_stop(ctx, t);
    free(t->arg); /* the env_timer it is part of */
}

static void env_report(void *ctx, const struct report *r)
{
    struct shell *s = ctx;
    struct report told = *r;
    if (shell_checks_is(s->checks, r->check, "snmp"))
        s->snmp_requests += r->sent;
    if (r->outcome == OUTCOME_OWN_FAULT && shell_checks_waits_for_address(s->checks, r->check)) {
        told.reason = JUDGE_NO_ADDRESS;
        told.detail = "its name has no address";
    }
    shell_step(ctx, &(struct input){.kind = INPUT_REPORT, .report = &told});
}

static void env_hint(void *ctx, const struct hint *h)
{
    shell_step(ctx, &(struct input){.kind = INPUT_HINT, .hint = h});
}

static void env_fetch(void *ctx, const struct fetch_request *r, fetch_fn fn, void *arg)
{
    struct shell *s = ctx;
    shell_courier_fetch(s->courier, r, fn, arg);
}

static void env_resolve(void *ctx, const char *name, resolved_fn fn, void *arg)
{
    struct shell *s = ctx;
    shell_resolver_ask(s->resolver, name, fn, arg);
}

static const char *env_recall(void *ctx, const char *node, const char *key)
{
    struct shell *s = ctx;
    return shell_kept_find(s->kept, node, key);
}

static void env_remember(void *ctx, const char *node, const char *key, const char *value)
{
    struct shell *s = ctx;
    if (shell_kept_put(s->kept, node, key, value))
        shell_store_keep(s->store, node, key, value);
}

static void env_work(void *ctx, work_fn run, work_fn done, void *arg)
{
    struct shell *s = ctx;
    shell_work_do(s->work, run, done, arg);
}

void shell_env_fill(struct shell *s)
{
    s->env = (struct env){
        .ctx = s,
        .now = env_now,
        .packets = packets_kernel_door(s->packets),
        .timer_start = env_timer_start,
        .timer_stop = env_timer_stop,
        .report = env_report,
        .hint = env_hint,
        .fetch = env_fetch,
        .resolve = env_resolve,
        .recall = env_recall,
        .remember = env_remember,
        .work = env_work,
        .netinfo = s->netinfo ? netinfo_kernel_door(s->netinfo) : NULL,
    };
}
