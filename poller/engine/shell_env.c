/* What the runner is given for its collectors: the time, the network, pages, names, memory, a thread. */
#include "poller/engine/guest_targets.h"
#include "poller/engine/shell.h"

static struct instant env_now(void *ctx)
{
    return clock_now();
}

static void env_fetch(void *ctx, const struct fetch_request *r, fetch_fn fn, void *arg)
{
    struct shell *s = ctx;
    shell_courier_fetch(s->courier, r, fn, arg);
}

static void env_consult(void *ctx, const struct consult_request *r, consult_fn fn, void *arg)
{
    struct shell *s = ctx;
    shell_courier_consult(s->courier, r, fn, arg);
}

static void env_ask_ups(void *ctx, const struct ups_request *r, ups_fn fn, void *arg)
{
    struct shell *s = ctx;
    shell_courier_ask_ups(s->courier, r, fn, arg);
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

static size_t env_guest_targets(void *ctx, const char *network, struct guest_target *out, size_t max)
{
    const struct shell *s = ctx;
    return guest_targets(s->engine, network, out, max);
}

static bool has_name(void *ctx, const char *node)
{
    struct shell *s = ctx;
    return shell_names_has(s->names, node);
}

static size_t find_addresses(void *ctx, const char *node, const struct addr **out)
{
    struct shell *s = ctx;
    return shell_names_find(s->names, node, out);
}

void shell_run(struct shell *s)
{
    s->env = (struct env){
        .ctx = s,
        .now = env_now,
        .packets = packets_kernel_door(s->packets),
        .fetch = env_fetch,
        .consult = env_consult,
        .ask_ups = env_ask_ups,
        .resolve = env_resolve,
        .recall = env_recall,
        .remember = env_remember,
        .work = env_work,
        .ether = shell_wire_door(s->wire),
        .guest_targets = env_guest_targets,
        .wifi = shell_wire_wifi(s->wire),
        .netinfo = s->netinfo ? netinfo_kernel_door(s->netinfo) : NULL,
    };
    runner_init(&s->runner, &(struct runner_setup){.engine = s->engine,
                                                   .outside = &s->env,
                                                   .names = {s, has_name, find_addresses},
                                                   .ctx = s,
                                                   .begin = shell_begin,
                                                   .taken = shell_taken,
                                                   .perform = shell_perform,
                                                   .arm = shell_arm});
}
