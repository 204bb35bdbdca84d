/* hayloft-wire: whole Ethernet frames in and out for the engine. It alone may capture, holds no other right, and lets
 * out nothing but a short list of frames from made-up addresses. It also asks wpa_supplicant to join a Wi-Fi network.
 * It is started when a network is to be watched and ends by itself when none has been for a while.
 *
 *   hayloft-wire --serve-fd N [--strict]   serves one command line at a socket, and ends with it */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/message/role.h"
#include "poller/wire/ways.h"
#include "poller/wire/wifi/joins.h"

#define MESSAGE_MAX_BYTES (1u << 20)
#define UNREAD_MAX_BYTES (1u << 20) /* an engine that is further behind than this loses frames */
#define IDLE_MS 30000

struct wire {
    uv_loop_t loop;
    struct role_runtime *role; /* NULL: serves a command line */
    struct channel *engine;
    struct ways *ways;
    struct joins *joins;
    uv_timer_t idle;
};

static bool on_frames(void *ctx, const struct wire_frames *batch)
{
    struct wire *w = ctx;
    return w->engine && channel_queued_bytes(w->engine) < UNREAD_MAX_BYTES &&
           channel_send(w->engine, FROM_WIRE_FRAMES, &wire_frames_record, batch);
}

static void on_state(void *ctx, const struct wire_state *state)
{
    struct wire *w = ctx;
    channel_send(w->engine, FROM_WIRE_STATE, &wire_state_record, state);
}

static void on_wifi(void *ctx, const struct wire_wifi *state)
{
    struct wire *w = ctx;
    channel_send(w->engine, FROM_WIRE_WIFI, &wire_wifi_record, state);
    ways_look(w->ways);
}

static bool on_joined(void *ctx, const char *interface)
{
    return joins_has_joined(((struct wire *)ctx)->joins, interface);
}

/* ---- the engine ---- */

static void take_message(struct wire *w, const struct frame *frame, struct arena *arena)
{
    struct wire_open open;
    struct wire_close close_;
    struct wire_frames frames;
    struct wire_join join;
    struct wire_leave leave;
    if (frame->type == TO_WIRE_FRAMES && frame_unpack(frame, &wire_frames_record, arena, &frames))
        ways_send(w->ways, &frames);
    else if (frame->type == TO_WIRE_OPEN && frame_unpack(frame, &wire_open_record, arena, &open))
        ways_open(w->ways, &open);
    else if (frame->type == TO_WIRE_CLOSE && frame_unpack(frame, &wire_close_record, arena, &close_))
        ways_close(w->ways, close_.way);
    else if (frame->type == TO_WIRE_JOIN && frame_unpack(frame, &wire_join_record, arena, &join))
        joins_join(w->joins, &join);
    else if (frame->type == TO_WIRE_LEAVE && frame_unpack(frame, &wire_leave_record, arena, &leave))
        joins_leave(w->joins, leave.join);
    else
        log_warnx("wire", "message %u cannot be read; dropped", frame->type);
}

static void on_message(void *ctx, struct channel *from, const struct frame *frame)
{
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    if (arena)
        take_message(ctx, frame, arena);
    arena_destroy(arena);
}

static void let_go_of_all(struct wire *w)
{
    ways_close_all(w->ways);
    joins_leave_all(w->joins);
}

/* What nobody listens to any more is not listened to either. */
static void on_closed(void *ctx, struct channel *channel)
{
    struct wire *w = ctx;
    channel_destroy(channel);
    if (w->engine != channel)
        return;
    w->engine = NULL;
    let_go_of_all(w);
    if (!w->role)
        uv_stop(&w->loop);
}

static void connect_engine(struct wire *w, int fd)
{
    channel_destroy(w->engine);
    let_go_of_all(w); /* another engine opens its own */
    w->engine = channel_create(&w->loop, fd, on_message, on_closed, w);
}

/* ---- the parent ---- */

static bool on_prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    return true; /* all it must know the engine says with each way */
}

static void on_generation(void *ctx, uint64_t generation)
{
}

static void on_peer(void *ctx, enum role peer, int fd)
{
    connect_engine(ctx, fd);
}

static void on_stop(void *ctx)
{
    uv_stop(&((struct wire *)ctx)->loop);
}

static void on_idle(uv_timer_t *timer)
{
    struct wire *w = timer->data;
    if (ways_count(w->ways) == 0 && joins_count(w->joins) == 0)
        uv_stop(&w->loop);
}

static void start_role(struct wire *w)
{
    static const struct role_hooks hooks = {.prepare = on_prepare, .adopt = on_generation, .forget = on_generation,
                                            .peer = on_peer, .stop = on_stop};
    w->role = role_start(&w->loop, ROLE_WIRE, &hooks, w);
    uv_timer_init(&w->loop, &w->idle);
    w->idle.data = w;
    uv_timer_start(&w->idle, on_idle, IDLE_MS, IDLE_MS);
}

static void serve(struct wire *w, int fd)
{
    signal(SIGPIPE, SIG_IGN);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    connect_engine(w, fd);
    if (!w->engine)
        fatalx("descriptor %d is not a channel", fd);
}

/* ---- all of it ---- */

static int read_options(int argc, char **argv, bool *strict)
{
    static const struct option options[] = {{"serve-fd", required_argument, NULL, 'f'},
                                            {"strict", no_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int fd = -1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'f')
            fd = (int)strtol(optarg, NULL, 10);
        else if (c == 's')
            *strict = true;
        else
            exit(2);
    }
    return fd;
}

int main(int argc, char **argv)
{
    static struct wire w;
    struct sandbox_paths paths = {0};
    log_init("wire", LOG_LEVEL_INFO);
    int fd = read_options(argc, argv, &paths.strict);
    if (!sandbox_enter(SANDBOX_WIRE, &paths))
        log_warnx("sandbox", "not fenced");
    uv_loop_init(&w.loop);
    static const struct ways_hooks hooks = {.frames = on_frames, .state = on_state, .joined = on_joined};
    w.joins = joins_create(&w.loop, on_wifi, &w);
    w.ways = ways_create(&w.loop, &hooks, &w);
    if (!w.ways || !w.joins)
        fatal("cannot watch the interfaces");
    if (fd >= 0)
        serve(&w, fd);
    else
        start_role(&w);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    channel_destroy(w.engine);
    ways_destroy(w.ways);
    joins_destroy(w.joins);
    role_finish(w.role);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    return 0;
}
