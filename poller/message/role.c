#include "poller/message/role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "poller/base/arena.h"
#include "poller/base/clock.h"
#include "poller/base/log.h"

#define SLICE_MAX_BYTES   (64 << 20)
#define MESSAGE_MAX_BYTES (1 << 20) /* unpacked, of one message */
#define ORPHAN_GRACE_MS   800 /* to finish in when the parent is gone; after a second nobody is left */
#define WANT_GAP_NS       SECONDS(1)

struct role_runtime {
    struct channel *channel;
    enum role self;
    const struct role_hooks *hooks;
    void *ctx;
    void *slice; /* the generation being prepared, mapped */
    size_t slice_len;
    uint64_t prepared; /* 0: none */
    struct mono wanted[ROLE_COUNT];
    bool stopping;
};

/* A bare system call here, so fine in a signal's handler. */
static void begin_grace(void)
{
    struct itimerval once = {.it_value.tv_usec = ORPHAN_GRACE_MS * 1000};
    setitimer(ITIMER_REAL, &once, NULL);
}

/* Only the alarm ends a role that hangs while its parent dies; one that still turns its loop sees
 * the closed channel and finishes before it rings. */
static void on_parent_death(int signal_number)
{
    (void)signal_number;
    begin_grace();
}

/* Stopping in order is the parent's business; a terminal's ^C reaches everybody at once. */
static void arrange_signals(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGTERM, &ignore, NULL);
    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a limit of file sizes is an error of that write, not our end */
    struct sigaction orphan = {.sa_handler = on_parent_death, .sa_flags = SA_RESTART};
    sigaction(SIGUSR2, &orphan, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
}

static void drop_slice(struct role_runtime *r)
{
    if (r->slice)
        munmap(r->slice, r->slice_len);
    r->slice = NULL;
    r->slice_len = 0;
    r->prepared = 0;
}

/* A slice may not shrink or change under us: it must be sealed. */
static bool map_slice(struct role_runtime *r, int fd)
{
    struct stat s;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & (F_SEAL_WRITE | F_SEAL_SHRINK)) != (F_SEAL_WRITE | F_SEAL_SHRINK))
        return false;
    if (fstat(fd, &s) != 0 || s.st_size <= 0 || s.st_size > SLICE_MAX_BYTES)
        return false;
    void *bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    r->slice = bytes;
    r->slice_len = (size_t)s.st_size;
    return true;
}

static void take_prepare(struct role_runtime *r, uint64_t generation, int fd)
{
    struct ap_prepared answer = {.generation = generation};
    char *error = NULL;
    drop_slice(r);
    if (fd >= 0 && map_slice(r, fd))
        answer.ok = r->hooks->prepare(r->ctx, generation, r->slice, r->slice_len, &error);
    else
        answer.error = "the configuration slice cannot be read";
    if (answer.ok)
        r->prepared = generation;
    else {
        answer.error = error ? error : answer.error;
        drop_slice(r);
    }
    channel_send(r->channel, AP_PREPARED, &ap_prepared_record, &answer);
    free(error);
}

static void take_generation(struct role_runtime *r, uint16_t type, uint64_t generation, int fd)
{
    if (type == PA_PREPARE) {
        take_prepare(r, generation, fd);
        return;
    }
    if (generation == 0 || generation != r->prepared)
        return; /* an answer to a generation we refused */
    if (type == PA_ADOPT) {
        r->hooks->adopt(r->ctx, generation);
        channel_send(r->channel, AP_ADOPTED, &pa_generation_record,
                     &(struct pa_generation){generation});
    } else {
        r->hooks->forget(r->ctx, generation);
    }
    drop_slice(r);
}

static void stop(struct role_runtime *r)
{
    if (r->stopping)
        return;
    r->stopping = true;
    r->hooks->stop(r->ctx);
}

/* Each returns true when it took the frame's descriptor over. */
static bool hand_peer(struct role_runtime *r, const struct frame *f, struct arena *arena)
{
    struct pa_peer m;
    if (f->fd < 0 || !frame_unpack(f, &pa_peer_record, arena, &m))
        return false;
    r->hooks->peer(r->ctx, m.peer, f->fd);
    return true;
}

static bool hand_socket(struct role_runtime *r, const struct frame *f, struct arena *arena)
{
    struct pa_socket m;
    if (f->fd < 0 || !r->hooks->socket || !frame_unpack(f, &pa_socket_record, arena, &m))
        return false;
    r->hooks->socket(r->ctx, m.kind, f->fd);
    return true;
}

static void hand_reloaded(struct role_runtime *r, const struct frame *f, struct arena *arena)
{
    struct pa_reloaded m;
    if (r->hooks->reloaded && frame_unpack(f, &pa_reloaded_record, arena, &m))
        r->hooks->reloaded(r->ctx, &m);
}

static void hand_trouble(struct role_runtime *r, const struct frame *f, struct arena *arena)
{
    struct pa_trouble m;
    if (r->hooks->trouble && frame_unpack(f, &pa_trouble_record, arena, &m))
        r->hooks->trouble(r->ctx, &m);
}

static bool dispatch(struct role_runtime *r, const struct frame *f, struct arena *arena)
{
    struct pa_generation g;
    switch (f->type) {
    case PA_PREPARE:
    case PA_ADOPT:
    case PA_FORGET:
        if (frame_unpack(f, &pa_generation_record, arena, &g))
            take_generation(r, f->type, g.generation, f->fd);
        return false;
    case PA_PEER:
        return hand_peer(r, f, arena);
    case PA_SOCKET:
        return hand_socket(r, f, arena);
    case PA_PING:
        channel_send(r->channel, AP_PONG, NULL, NULL);
        return false;
    case PA_STOP:
        stop(r);
        return false;
    case PA_RELOADED:
        hand_reloaded(r, f, arena);
        return false;
    case PA_TROUBLE:
        hand_trouble(r, f, arena);
        return false;
    default:
        log_warnx("role", "message %u from the parent is not known here", f->type);
        return false;
    }
}

static void on_message(void *ctx, struct channel *c, const struct frame *f)
{
    struct role_runtime *r = ctx;
    (void)c;
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    bool taken = arena && dispatch(r, f, arena);
    if (!taken && f->fd >= 0)
        close(f->fd);
    arena_destroy(arena);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct role_runtime *r = ctx;
    (void)c;
    begin_grace();
    stop(r);
}

static void demand_parent_channel(void)
{
    int type = 0;
    socklen_t len = sizeof type;
    if (getsockopt(PARENT_FD, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_SEQPACKET)
        fatalx("this program is a part of hayloftd and is started by it");
    fcntl(PARENT_FD, F_SETFD, FD_CLOEXEC);
}

struct role_runtime *role_start(uv_loop_t *loop, enum role self, const struct role_hooks *hooks,
                                void *ctx)
{
    demand_parent_channel();
    arrange_signals();
    struct role_runtime *r = calloc(1, sizeof *r);
    if (!r)
        fatal("cannot start");
    *r = (struct role_runtime){.self = self, .hooks = hooks, .ctx = ctx};
    for (int i = 0; i < ROLE_COUNT; i++)
        r->wanted[i] = (struct mono){-WANT_GAP_NS};
    r->channel = channel_create(loop, PARENT_FD, on_message, on_closed, r);
    if (!r->channel)
        fatalx("cannot watch the channel to the parent");
    return r;
}

void role_want(struct role_runtime *r, enum role wanted)
{
    struct mono now = clock_mono();
    if (mono_since(now, r->wanted[wanted]) < WANT_GAP_NS)
        return;
    r->wanted[wanted] = now;
    channel_send(r->channel, AP_WANT, &pa_peer_record, &(struct pa_peer){wanted});
}

bool role_reload(struct role_runtime *r, uint32_t request)
{
    return channel_send(r->channel, AP_RELOAD, &ap_reload_record, &(struct ap_reload){request});
}

void role_finish(struct role_runtime *r)
{
    if (!r)
        return;
    drop_slice(r);
    channel_destroy(r->channel);
    free(r);
}
