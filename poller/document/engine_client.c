#include "poller/document/engine_client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "poller/message/pieces.h"

struct engine_client {
    int fd;
    struct mono deadline;
    uint32_t request; /* number of the last question */
    uint8_t *buffer;
    char error[ENGINE_CLIENT_ERROR_MAX];
};

static bool fail(struct engine_client *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct engine_client *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->error, sizeof c->error, format, args);
    va_end(args);
    return false;
}

static bool connect_to(struct engine_client *c, const char *state_dir)
{
    struct sockaddr_un there = {.sun_family = AF_UNIX};
    int n = snprintf(there.sun_path, sizeof there.sun_path, "%s/control/engine", state_dir);
    if (n < 0 || (size_t)n >= sizeof there.sun_path)
        return fail(c, "the state folder's path %s is too long", state_dir);
    c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return fail(c, "cannot make a socket: %s", strerror(errno));
    if (connect(c->fd, (struct sockaddr *)&there, sizeof there) == 0)
        return true;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return fail(c, "hayloft is not running (nobody answers at %s)", there.sun_path);
    return fail(c, "cannot reach the engine at %s: %s", there.sun_path, strerror(errno));
}

struct engine_client *engine_client_open(const char *state_dir, int64_t timeout_ns,
                                         char error[static ENGINE_CLIENT_ERROR_MAX])
{
    struct engine_client *c = calloc(1, sizeof *c);
    if (!c) {
        snprintf(error, ENGINE_CLIENT_ERROR_MAX, "out of memory");
        return NULL;
    }
    c->fd = -1;
    c->buffer = malloc(FRAME_BUFFER_BYTES);
    engine_client_extend(c, timeout_ns);
    if ((c->buffer || fail(c, "out of memory")) && connect_to(c, state_dir))
        return c;
    snprintf(error, ENGINE_CLIENT_ERROR_MAX, "%s", c->error);
    engine_client_close(c);
    return NULL;
}

void engine_client_close(struct engine_client *c)
{
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    free(c->buffer);
    free(c);
}

const char *engine_client_error(const struct engine_client *c)
{
    return c->error;
}

void engine_client_extend(struct engine_client *c, int64_t timeout_ns)
{
    c->deadline = mono_after(clock_mono(), timeout_ns);
}

/* Waits until the socket allows what is asked, or the deadline. */
static bool wait_for(struct engine_client *c, short events)
{
    for (;;) {
        int64_t left_ns = mono_since(c->deadline, clock_mono());
        if (left_ns <= 0)
            return fail(c, "the engine did not answer in time");
        struct pollfd p = {.fd = c->fd, .events = events};
        int n = poll(&p, 1, (int)(left_ns / NS_PER_MS) + 1);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return fail(c, "waiting for the engine: %s", strerror(errno));
    }
}

static bool ask(struct engine_client *c, uint16_t type, const struct record *record, const void *value)
{
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    enum frame_result r = FRAME_AGAIN;
    while (r == FRAME_AGAIN && wait_for(c, POLLOUT))
        r = frame_send(c->fd, type, packed.data, packed.len, -1);
    buf_fini(&packed);
    return r == FRAME_OK || r == FRAME_AGAIN ? r == FRAME_OK : fail(c, "the engine went away");
}

static bool answer(struct engine_client *c, struct frame *out)
{
    enum frame_result r = FRAME_AGAIN;
    while (r == FRAME_AGAIN && wait_for(c, POLLIN))
        r = frame_receive(c->fd, c->buffer, out);
    if (r == FRAME_AGAIN)
        return false;
    if (r != FRAME_OK)
        return fail(c, "the engine went away");
    if (out->fd >= 0)
        close(out->fd);
    return true;
}

bool engine_client_snapshot(struct engine_client *c, struct snapshot *into)
{
    struct frame f;
    snapshot_begin(into);
    if (!ask(c, WE_SUBSCRIBE, NULL, NULL))
        return false;
    while (!snapshot_is_whole(into)) {
        if (!answer(c, &f))
            return false;
        snapshot_take(into, &f);
    }
    return true;
}

static bool unpack(struct engine_client *c, const struct frame *f, const struct record *record,
                   struct arena *arena, void *out)
{
    struct reader in = reader_over(f->payload, f->len);
    return (field_unpack(record, &in, NULL, arena, out) && rd_left(&in) == 0) ||
           fail(c, "the engine's answer was not understood (different versions?)");
}

bool engine_client_detail(struct engine_client *c, const char *node, struct arena *arena,
                          struct ew_detail *out)
{
    struct frame f;
    struct we_name question = {.request = ++c->request, .name = (char *)(uintptr_t)node};
    if (!ask(c, WE_DETAIL, &we_name_record, &question))
        return false;
    for (;;) {
        if (!answer(c, &f))
            return false;
        if (f.type != EW_DETAIL)
            continue;
        if (!unpack(c, &f, &ew_detail_record, arena, out))
            return false;
        if (out->request == c->request)
            return true;
    }
}

/* True: the piece was of our question, or nothing of ours at all. */
static bool take_piece(struct engine_client *c, const struct frame *f, struct pieces *p, enum pieces_state *state)
{
    struct ew_piece piece;
    struct arena *scratch = arena_create(FRAME_PAYLOAD_MAX * 2);
    bool understood = scratch && unpack(c, f, &ew_piece_record, scratch, &piece);
    if (understood && piece.request == c->request)
        *state = pieces_take(p, &piece);
    arena_destroy(scratch);
    return understood && (*state != PIECES_WRONG || fail(c, "the engine's answer came in wrong pieces"));
}

static bool gather(struct engine_client *c, struct pieces *p)
{
    struct frame f;
    enum pieces_state state = PIECES_MORE;
    while (state == PIECES_MORE)
        if (!answer(c, &f) || (f.type == EW_TABLES && !take_piece(c, &f, p, &state)))
            return false;
    return true;
}

bool engine_client_tables(struct engine_client *c, const char *node, struct arena *arena,
                          struct ew_tables *out)
{
    struct we_name question = {.request = ++c->request, .name = (char *)(uintptr_t)node};
    struct pieces p = {0};
    bool came = ask(c, WE_TABLES, &we_name_record, &question) && gather(c, &p);
    bool fine = came && (pieces_unpack(&p, &ew_tables_record, arena, out) ||
                         fail(c, "the engine's answer was not understood (different versions?)"));
    pieces_fini(&p);
    return fine;
}

static void tell_step(struct engine_client *c, const struct frame *f, engine_client_step_fn on_step,
                      void *ctx)
{
    struct ew_probe_step step;
    struct arena *scratch = arena_create(FRAME_PAYLOAD_MAX * 2);
    if (scratch && unpack(c, f, &ew_probe_step_record, scratch, &step) && step.request == c->request)
        on_step(ctx, &step);
    arena_destroy(scratch);
}

static bool await_result(struct engine_client *c, engine_client_step_fn on_step, void *ctx,
                         struct arena *arena, struct ew_result *out)
{
    struct frame f;
    for (;;) {
        if (!answer(c, &f))
            return false;
        if (f.type == EW_PROBE_STEP && on_step)
            tell_step(c, &f, on_step, ctx);
        if (f.type != EW_RESULT)
            continue;
        if (!unpack(c, &f, &ew_result_record, arena, out))
            return false;
        if (out->request == c->request)
            return true;
    }
}

bool engine_client_command(struct engine_client *c, enum web_to_engine type, const char *name,
                           engine_client_step_fn on_step, void *ctx, struct arena *arena,
                           struct ew_result *out)
{
    struct we_name question = {.request = ++c->request, .name = (char *)(uintptr_t)name};
    return ask(c, (uint16_t)type, &we_name_record, &question) &&
           await_result(c, on_step, ctx, arena, out);
}

bool engine_client_acknowledge(struct engine_client *c, const char *incident, const char *by,
                               struct arena *arena, struct ew_result *out)
{
    struct we_ack question = {.request = ++c->request, .incident = (char *)(uintptr_t)incident,
                              .by = (char *)(uintptr_t)by};
    return ask(c, WE_ACK, &we_ack_record, &question) && await_result(c, NULL, NULL, arena, out);
}
