/* hayloft-engine: takes its slice, sockets and peers from the parent, asks the network through its
 * collectors, and carries what the step function decides to store, web and command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/engine/shell.h"

static void drop_held(struct held_config *h)
{
    if (!h)
        return;
    arena_destroy(h->arena);
    free(h);
}

static void forget(void *ctx, uint64_t generation)
{
    struct shell *s = ctx;
    drop_held(s->prepared);
    s->prepared = NULL;
    shell_profiles_drop(s->prepared_profiles);
    s->prepared_profiles = NULL;
}

static bool prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    struct shell *s = ctx;
    forget(s, generation);
    struct reader rest = reader_over(slice, len);
    struct held_config *h = calloc(1, sizeof *h);
    if (h && (h->arena = arena_create(0)) &&
        config_unpack_part(&rest, collector_options, h->arena, &h->config) && h->config.state_dir &&
        shell_profiles_prepare(s, &rest)) {
        h->config.generation = generation; /* the reader does not know its number */
        s->prepared = h;
        return true;
    }
    drop_held(h);
    *error = strdup("engine cannot read its part of the configuration");
    return false;
}

/* Once the socket for commands stands, nothing more is opened on disk but what the fence allows. */
static void settle_down(struct shell *s)
{
    const char *state = s->running->config.state_dir;
    if (!shell_control_listen(s->control, state))
        log_warn("control", "%s/control/engine: cannot listen; the command line does not reach us until it can",
                 state);
    struct sandbox_paths paths = {.state_dir = state};
    if (!sandbox_enter(SANDBOX_ENGINE, &paths))
        log_warnx("sandbox", "not fenced");
}

/* Known from the start, so nobody waits three rounds to be told that none can be asked. */
static void say_whether_it_may_ping(struct shell *s)
{
    static char what[] = TROUBLE_PING, why[] = "it has neither CAP_NET_RAW nor a group in net.ipv4.ping_group_range";
    static struct se_trouble own = {what, why, false};
    if (!packets_kernel_has(s->packets, PACKETS_ICMP4))
        shell_step(s, &(struct input){.kind = INPUT_TROUBLE, .trouble = &own});
}

static void adopt(void *ctx, uint64_t generation)
{
    struct shell *s = ctx;
    if (!s->prepared)
        return;
    struct held_config *old = s->running;
    s->running = s->prepared;
    s->prepared = NULL;
    if (!old)
        settle_down(s);
    shell_names_adopt(s->names, &s->running->config);
    struct held_profiles *old_profiles = shell_profiles_adopt(s);
    shell_step(s, &(struct input){.kind = INPUT_CONFIG, .config = &s->running->config});
    if (!old)
        say_whether_it_may_ping(s);
    if (old_profiles)
        collect_reprofile(s->runner.collect);
    shell_profiles_drop(old_profiles);
    drop_held(old);
    shell_carrier_adopt(s->carrier, &s->running->config);
    shell_seen_adopt(s->seen);
    shell_upstream_changed(s->upstream);
    if (s->early_store >= 0)
        shell_store_connect(s->store, s->early_store);
    s->early_store = -1;
}

/* A store that is up already answers at once; what it gives back belongs to nodes that must be known. */
static void connect_store(struct shell *s, int fd)
{
    if (s->running) {
        shell_store_connect(s->store, fd);
        return;
    }
    if (s->early_store >= 0)
        close(s->early_store);
    s->early_store = fd;
}

static void peer(void *ctx, enum role who, int fd)
{
    struct shell *s = ctx;
    if (who == ROLE_STORE)
        connect_store(s, fd);
    else if (who == ROLE_COURIER)
        shell_courier_connect(s->courier, fd);
    else if (who == ROLE_WIRE)
        shell_wire_connect(s->wire, fd);
    else
        shell_control_connect(s->control, fd);
}

static void take_socket(void *ctx, enum privileged_socket kind, int fd)
{
    struct shell *s = ctx;
    static const enum packets_door doors[] = {
        [SOCKET_ICMP4_DGRAM] = PACKETS_ICMP4, [SOCKET_ICMP4_RAW] = PACKETS_ICMP4,
        [SOCKET_ICMP6_DGRAM] = PACKETS_ICMP6, [SOCKET_ICMP6_RAW] = PACKETS_ICMP6,
        [SOCKET_ARP] = PACKETS_ARP};
    packets_kernel_adopt(s->packets, doors[kind], fd);
}

static void stop(void *ctx)
{
    struct shell *s = ctx;
    shell_store_flush(s->store);
    uv_stop(s->loop);
}

static void reloaded(void *ctx, const struct pa_reloaded *r)
{
    struct shell *s = ctx;
    shell_control_reloaded(s->control, r);
}

/* A role that crashes again and again is a fault of ours like a full disk: told, and over some time. */
static void take_trouble(void *ctx, const struct pa_trouble *t)
{
    char what[48];
    snprintf(what, sizeof what, "crash-loop-%s", role_words[t->role]);
    struct se_trouble own = {what, t->text, t->over};
    shell_step(ctx, &(struct input){.kind = INPUT_TROUBLE, .trouble = &own});
}

/* Before the fence closes. NULL: not to be had. */
static const char *boot_of_machine(void)
{
    static char boot[48];
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    bool read = f && fscanf(f, "%47s", boot) == 1;
    if (f)
        fclose(f);
    return read ? boot : NULL;
}

static struct engine *make_engine(void)
{
    struct engine_setup setup = {.origin = "here", .resolve = collector_options,
                                 .machine_age_ns = clock_uptime_ns(), .boot = boot_of_machine(),
                                 .built = clock_built()};
    if (getrandom(&setup.seed, sizeof setup.seed, 0) != sizeof setup.seed)
        fatal("no random numbers");
    return engine_create(&setup, clock_system());
}

static void create_parts(struct shell *s)
{
    s->packets = packets_kernel_create(s->loop);
    s->netinfo = netinfo_kernel_create();
    if (!s->packets)
        fatalx("no packets");
    shell_timers_start(s);
    s->engine = make_engine();
    s->slept_ns = clock_uptime_ns() - clock_mono().ns;
    s->wire = shell_wire_create(s);
    shell_run(s);
    s->kept = shell_kept_create();
    s->store = shell_store_create(s);
    s->control = shell_control_create(s);
    s->courier = shell_courier_create(s);
    s->resolver = shell_resolver_create(s);
    s->names = shell_names_create(s);
    s->carrier = shell_carrier_create(s);
    s->seen = shell_seen_create(s);
    s->upstream = shell_upstream_create(s);
    s->work = shell_work_create(s->loop);
}

static void destroy_parts(struct shell *s)
{
    runner_fini(&s->runner);
    shell_upstream_destroy(s->upstream);
    shell_seen_destroy(s->seen);
    shell_carrier_destroy(s->carrier);
    shell_names_destroy(s->names);
    shell_resolver_destroy(s->resolver);
    shell_courier_destroy(s->courier);
    shell_wire_destroy(s->wire);
    shell_control_destroy(s->control);
    shell_store_destroy(s->store);
    shell_kept_destroy(s->kept);
    engine_destroy(s->engine);
    packets_kernel_destroy(s->packets);
    netinfo_kernel_destroy(s->netinfo);
    shell_timers_stop(s);
    shell_work_destroy(s->work);
}

int main(void)
{
    static const struct role_hooks hooks = {.prepare = prepare, .adopt = adopt, .forget = forget,
                                            .peer = peer, .socket = take_socket, .stop = stop,
                                            .reloaded = reloaded, .trouble = take_trouble};
    static struct shell shell;
    uv_loop_t loop;
    log_init("engine", LOG_LEVEL_INFO);
    uv_loop_init(&loop);
    uv_loop_configure(&loop, UV_METRICS_IDLE_TIME);
    shell.loop = &loop;
    shell.early_store = -1;
    create_parts(&shell);
    shell_measure_rounds(&shell);
    shell.role = role_start(&loop, ROLE_ENGINE, &hooks, &shell);
    uv_run(&loop, UV_RUN_DEFAULT);
    role_finish(shell.role);
    destroy_parts(&shell);
    forget(&shell, 0);
    drop_held(shell.running);
    shell_profiles_drop(shell.profiles);
    return 0;
}
