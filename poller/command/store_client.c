#include "poller/command/store_client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "poller/base/frame.h"

struct store_client {
    int fd;
    uint8_t buffer[FRAME_BUFFER_BYTES];
    char error[STORE_CLIENT_ERROR_MAX];
};

static bool fail(struct store_client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct store_client *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->error, sizeof c->error, format, args);
    va_end(args);
    return false;
}

static bool connect_to(struct store_client *c, const char *state_dir)
{
    struct sockaddr_un there = {.sun_family = AF_UNIX};
    int n = snprintf(there.sun_path, sizeof there.sun_path, "%s/control/store", state_dir);
    if (n < 0 || (size_t)n >= sizeof there.sun_path)
        return fail(c, "the state folder's path %s is too long", state_dir);
    c->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return fail(c, "cannot make a socket: %s", strerror(errno));
    if (connect(c->fd, (struct sockaddr *)&there, sizeof there) == 0)
        return true;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return fail(c, "hayloft is not running (nobody answers at %s)", there.sun_path);
    return fail(c, "cannot reach the store at %s: %s", there.sun_path, strerror(errno));
}

struct store_client *store_client_open(const char *state_dir, char error[static STORE_CLIENT_ERROR_MAX])
{
    struct store_client *c = calloc(1, sizeof *c);
    if (!c) {
        snprintf(error, STORE_CLIENT_ERROR_MAX, "out of memory");
        return NULL;
    }
    c->fd = -1;
    if (connect_to(c, state_dir))
        return c;
    snprintf(error, STORE_CLIENT_ERROR_MAX, "%s", c->error);
    store_client_close(c);
    return NULL;
}

void store_client_close(struct store_client *c)
{
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    explicit_bzero(c->buffer, sizeof c->buffer);
    free(c);
}

const char *store_client_error(const struct store_client *c)
{
    return c->error;
}

static bool wait_for(struct store_client *c, short events, struct mono deadline)
{
    for (;;) {
        int64_t left = mono_since(deadline, clock_mono());
        struct pollfd p = {.fd = c->fd, .events = events};
        int n = left > 0 ? poll(&p, 1, (int)(left / NS_PER_MS + 1)) : 0;
        if (n > 0)
            return true;
        if (n == 0)
            return fail(c, "the store did not answer in time");
        if (errno != EINTR)
            return fail(c, "cannot wait for the store: %s", strerror(errno));
    }
}

static bool send_question(struct store_client *c, uint16_t type, const struct record *record,
                          const void *question, struct mono deadline)
{
    struct buf packed = {0};
    enum frame_result r = FRAME_AGAIN;
    field_pack(record, question, NULL, &packed);
    while (r == FRAME_AGAIN && wait_for(c, POLLOUT, deadline))
        r = frame_send(c->fd, type, packed.data, packed.len, -1);
    if (packed.data)
        explicit_bzero(packed.data, packed.len); /* it may hold a password */
    buf_fini(&packed);
    return r == FRAME_OK || (r != FRAME_AGAIN && fail(c, "the store closed the connection"));
}

bool store_client_ask(struct store_client *c, enum web_to_store type, const struct record *record,
                      const void *question, int64_t patience_ns, enum store_to_web wanted,
                      const struct record *answer_record, struct arena *arena, void *answer)
{
    struct mono deadline = mono_after(clock_mono(), patience_ns);
    struct frame frame;
    if (!send_question(c, (uint16_t)type, record, question, deadline))
        return false;
    for (;;) {
        if (!wait_for(c, POLLIN, deadline))
            return false;
        enum frame_result r = frame_receive(c->fd, c->buffer, &frame);
        if (r == FRAME_AGAIN)
            continue;
        if (r != FRAME_OK)
            return fail(c, "the store closed the connection");
        if (frame.fd >= 0)
            close(frame.fd);
        if (frame.type == (uint16_t)wanted)
            break;
    }
    struct reader in = reader_over(frame.payload, frame.len);
    return (field_unpack(answer_record, &in, NULL, arena, answer) && rd_left(&in) == 0) ||
           fail(c, "the store gave an answer that makes no sense");
}

bool store_client_do(struct store_client *c, enum web_to_store type, const struct record *record,
                     const void *question, int64_t patience_ns, struct arena *arena, const char **text)
{
    struct sw_result result;
    *text = "";
    if (!store_client_ask(c, type, record, question, patience_ns, SW_RESULT, &sw_result_record, arena,
                          &result))
        return false;
    *text = result.text ? result.text : "";
    return result.ok || fail(c, "%s", result.text && *result.text ? result.text : "the store refused");
}
