#include "poller/command/painter_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "poller/base/child.h"
#include "poller/base/frame.h"
#include "poller/base/places.h"
#include "poller/config/config.h"
#include "poller/message/parent_any.h"

#define ANSWER_PATIENCE_NS SECONDS(20)
#define MESSAGE_MAX_BYTES (4u << 20)
#define PICTURE_MAX_BYTES (16u << 20)
#define VALUES_MAX (2000u * 64u) /* the most points of the most sources */

struct painter_client {
    pid_t pid;
    int parent, asking; /* our ends: its parent's channel, and the pages' one */
    uint32_t request;
    uint8_t buffer[FRAME_BUFFER_BYTES];
    char error[PAINTER_CLIENT_ERROR_MAX];
};

static bool fail(struct painter_client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct painter_client *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->error, sizeof c->error, format, args);
    va_end(args);
    return false;
}

static bool wait_for(struct painter_client *c, int fd, short events, struct mono deadline)
{
    for (;;) {
        int64_t left = mono_since(deadline, clock_mono());
        struct pollfd p = {.fd = fd, .events = events};
        int n = left > 0 ? poll(&p, 1, (int)(left / NS_PER_MS + 1)) : 0;
        if (n > 0)
            return true;
        if (n == 0)
            return fail(c, "the painter did not answer in time");
        if (errno != EINTR)
            return fail(c, "cannot wait for the painter: %s", strerror(errno));
    }
}

static bool send_to(struct painter_client *c, int fd, uint16_t type, const struct record *record,
                    const void *value, int pass)
{
    struct buf packed = {0};
    struct mono deadline = mono_after(clock_mono(), ANSWER_PATIENCE_NS);
    enum frame_result r = FRAME_AGAIN;
    field_pack(record, value, NULL, &packed);
    while (r == FRAME_AGAIN && wait_for(c, fd, POLLOUT, deadline))
        r = frame_send(fd, type, packed.data, packed.len, pass);
    buf_fini(&packed);
    return r == FRAME_OK || (r != FRAME_AGAIN && fail(c, "the painter is gone"));
}

static bool receive(struct painter_client *c, int fd, struct mono deadline, struct frame *frame)
{
    for (;;) {
        if (!wait_for(c, fd, POLLIN, deadline))
            return false;
        enum frame_result r = frame_receive(fd, c->buffer, frame);
        if (r == FRAME_OK && frame->fd >= 0)
            close(frame->fd);
        if (r == FRAME_OK)
            return true;
        if (r != FRAME_AGAIN)
            return fail(c, "the painter ended without an answer");
    }
}

/* All it must know: where the files are. */
static int sealed_slice(const char *state_dir)
{
    struct config config = {.generation = 1, .state_dir = (char *)(uintptr_t)state_dir};
    struct buf packed = {0};
    config_pack(&config, NULL, &packed);
    int fd = memfd_create("slice", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool ok = fd >= 0 && write(fd, packed.data, packed.len) == (ssize_t)packed.len &&
              fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
    buf_fini(&packed);
    if (!ok && fd >= 0)
        close(fd);
    return ok ? fd : -1;
}

/* The painter gives away all rights of root, and with them those over files of others. */
static void become_owner(const char *state_dir, struct child_setting *s)
{
    struct stat st;
    s->change_user = geteuid() == 0 && stat(state_dir, &st) == 0 && st.st_uid != 0;
    if (s->change_user) {
        s->uid = st.st_uid;
        s->gid = st.st_gid;
    }
}

static bool start(struct painter_client *c, const char *state_dir)
{
    char program[PLACES_PATH_MAX];
    int pair[2];
    char *argv[] = {"hayloft-painter", NULL};
    if (!role_built[ROLE_PAINTER])
        return fail(c, "hayloft was built without graphs: it keeps no series");
    if (!places_program(argv[0], program) || access(program, X_OK) != 0)
        return fail(c, "%s is not there", program);
    if (frame_pair(pair) != 0)
        return fail(c, "cannot make a socket: %s", strerror(errno));
    struct child_setting setting = {.program = program, .argv = argv, .channel = pair[1], .kept = -1};
    become_owner(state_dir, &setting);
    c->parent = pair[0];
    c->pid = child_start(&setting);
    close(pair[1]);
    return c->pid > 0 || fail(c, "cannot start %s: %s", program, strerror(errno));
}

static bool prepare(struct painter_client *c, const char *state_dir)
{
    struct pa_generation generation = {1};
    struct mono deadline = mono_after(clock_mono(), ANSWER_PATIENCE_NS);
    struct ap_prepared prepared = {0};
    struct frame frame;
    int slice = sealed_slice(state_dir);
    bool sent = slice >= 0 && send_to(c, c->parent, PA_PREPARE, &pa_generation_record, &generation, slice);
    if (slice >= 0)
        close(slice);
    if (!sent)
        return fail(c, "the painter cannot be told where to look");
    do {
        if (!receive(c, c->parent, deadline, &frame))
            return false;
    } while (frame.type != AP_PREPARED);
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    struct reader in = reader_over(frame.payload, frame.len);
    bool ok = arena && field_unpack(&ap_prepared_record, &in, NULL, arena, &prepared) && prepared.ok;
    if (!ok)
        fail(c, "%s", prepared.error ? prepared.error : "the painter is not ready");
    arena_destroy(arena);
    return ok && send_to(c, c->parent, PA_ADOPT, &pa_generation_record, &generation, -1);
}

static bool connect_asking(struct painter_client *c)
{
    struct pa_peer web = {ROLE_WEB};
    int pair[2];
    if (frame_pair(pair) != 0)
        return fail(c, "cannot make a socket: %s", strerror(errno));
    c->asking = pair[0];
    bool ok = send_to(c, c->parent, PA_PEER, &pa_peer_record, &web, pair[1]);
    close(pair[1]);
    return ok;
}

struct painter_client *painter_client_open(const char *state_dir,
                                           char error[static PAINTER_CLIENT_ERROR_MAX])
{
    struct painter_client *c = calloc(1, sizeof *c);
    if (!c) {
        snprintf(error, PAINTER_CLIENT_ERROR_MAX, "out of memory");
        return NULL;
    }
    c->parent = c->asking = -1;
    if (start(c, state_dir) && prepare(c, state_dir) && connect_asking(c))
        return c;
    snprintf(error, PAINTER_CLIENT_ERROR_MAX, "%s", c->error);
    painter_client_close(c);
    return NULL;
}

void painter_client_close(struct painter_client *c)
{
    if (!c)
        return;
    if (c->asking >= 0)
        close(c->asking);
    if (c->parent >= 0)
        close(c->parent); /* it ends when its parent is gone */
    if (c->pid > 0)
        while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    free(c);
}

const char *painter_client_error(const struct painter_client *c)
{
    return c->error;
}

/* The next answer to the running request: its type, or 0 after an error. */
static uint16_t next_answer(struct painter_client *c, struct mono deadline, enum painter_to_web wanted,
                            const struct record *record, struct arena *arena, void *out)
{
    struct frame frame;
    struct pw_error error;
    if (!receive(c, c->asking, deadline, &frame))
        return 0;
    struct reader in = reader_over(frame.payload, frame.len);
    if (frame.type == PW_ERROR && field_unpack(&pw_error_record, &in, NULL, arena, &error))
        fail(c, "%s", error.error ? error.error : "the painter could not");
    else if (frame.type == (uint16_t)wanted && field_unpack(record, &in, NULL, arena, out))
        return frame.type;
    else
        fail(c, "the painter gave an answer that makes no sense");
    return 0;
}

static bool take_values(struct painter_client *c, const struct pw_points *part, double *values,
                        struct points *out)
{
    size_t count = part->values.len / sizeof(uint64_t);
    struct reader in = reader_over(part->values.data, part->values.len);
    if (out->rows == 0) {
        out->first = part->first;
        out->step_ns = part->step_ns;
        out->sources = part->sources_count;
        out->names = (const char *const *)part->sources;
    }
    if (part->values.len == 0) /* a last part may only say that it is the last */
        return true;
    if (part->sources_count != out->sources || out->sources == 0 || count % out->sources ||
        part->values.len % sizeof(uint64_t) || out->rows * out->sources + count > VALUES_MAX)
        return fail(c, "the painter gave points that make no sense");
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        if (!rd_u64(&in, &bits))
            return false; /* the length was checked */
        memcpy(&values[out->rows * out->sources + i], &bits, sizeof bits);
    }
    out->rows += count / out->sources;
    return true;
}

bool painter_client_points(struct painter_client *c, struct wp_points *question, struct arena *arena,
                           struct points *out)
{
    struct mono deadline = mono_after(clock_mono(), ANSWER_PATIENCE_NS);
    double *values = arena_take(arena, VALUES_MAX * sizeof *values);
    struct pw_points part = {0};
    *out = (struct points){.values = values};
    question->request = ++c->request;
    if (!values || !send_to(c, c->asking, WP_POINTS, &wp_points_record, question, -1))
        return false;
    while (!part.last)
        if (!next_answer(c, deadline, PW_POINTS, &pw_points_record, arena, &part) ||
            !take_values(c, &part, values, out))
            return false;
    return true;
}

bool painter_client_picture(struct painter_client *c, struct wp_picture *question, struct buf *out)
{
    struct mono deadline = mono_after(clock_mono(), ANSWER_PATIENCE_NS);
    struct pw_picture part = {0};
    question->request = ++c->request;
    if (!send_to(c, c->asking, WP_PICTURE, &wp_picture_record, question, -1))
        return false;
    while (!part.last) {
        struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
        bool ok = arena && next_answer(c, deadline, PW_PICTURE, &pw_picture_record, arena, &part);
        if (ok)
            buf_put(out, part.data.data, part.data.len);
        arena_destroy(arena);
        if (!ok)
            return false;
        if (out->len > PICTURE_MAX_BYTES)
            return fail(c, "the picture is too large");
    }
    return !out->failed || fail(c, "out of memory");
}
