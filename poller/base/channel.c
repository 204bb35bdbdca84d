#include "poller/base/channel.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAMES_PER_TURN 64 /* then the loop breathes */

struct queued {
    struct queued *next;
    int fd;
    uint16_t type;
    size_t len;
    uint8_t payload[];
};

struct channel {
    uv_poll_t poll;
    int fd;
    bool closed, destroyed;
    channel_message_fn on_message;
    channel_closed_fn on_closed;
    void *ctx;
    struct queued *first, **last;
    size_t queued_bytes;
};

static void drop_queue(struct channel *c)
{
    for (struct queued *q = c->first, *next; q; q = next) {
        next = q->next;
        if (q->fd >= 0)
            close(q->fd);
        free(q);
    }
    c->first = NULL;
    c->last = &c->first;
    c->queued_bytes = 0;
}

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct channel *c)
{
    uv_poll_start(&c->poll, UV_READABLE | (c->first ? UV_WRITABLE : 0), on_ready);
}

static void end(struct channel *c)
{
    if (c->closed)
        return;
    c->closed = true;
    uv_poll_stop(&c->poll);
    drop_queue(c);
    c->on_closed(c->ctx, c);
}

static void send_queue(struct channel *c)
{
    while (c->first) {
        struct queued *q = c->first;
        enum frame_result r = frame_send(c->fd, q->type, q->payload, q->len, q->fd);
        if (r == FRAME_AGAIN)
            return;
        if (r != FRAME_OK) {
            end(c);
            return;
        }
        c->first = q->next;
        if (!c->first)
            c->last = &c->first;
        c->queued_bytes -= sizeof *q + q->len;
        if (q->fd >= 0)
            close(q->fd);
        free(q);
    }
    watch(c);
}

static void receive(struct channel *c, int frames_max)
{
    uint8_t *buffer = malloc(FRAME_BUFFER_BYTES); /* handlers may run nested turns */
    struct frame f;
    enum frame_result r = buffer ? FRAME_OK : FRAME_AGAIN;
    for (int i = 0; r == FRAME_OK && i < frames_max && !c->closed; i++) {
        r = frame_receive(c->fd, buffer, &f);
        if (r == FRAME_OK)
            c->on_message(c->ctx, c, &f);
    }
    free(buffer);
    if (r == FRAME_CLOSED || r == FRAME_BAD)
        end(c);
}

void channel_drain(struct channel *c)
{
    if (c && !c->closed)
        receive(c, INT_MAX);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct channel *c = poll->data;
    if (status < 0) {
        end(c);
        return;
    }
    if (events & UV_READABLE)
        receive(c, FRAMES_PER_TURN);
    if (!c->closed && events & UV_WRITABLE)
        send_queue(c);
}

struct channel *channel_create(uv_loop_t *loop, int fd, channel_message_fn on_message,
                               channel_closed_fn on_closed, void *ctx)
{
    struct channel *c = calloc(1, sizeof *c);
    if (!c || uv_poll_init(loop, &c->poll, fd) != 0) {
        free(c);
        close(fd);
        return NULL;
    }
    c->fd = fd;
    c->poll.data = c;
    c->on_message = on_message;
    c->on_closed = on_closed;
    c->ctx = ctx;
    c->last = &c->first;
    watch(c);
    return c;
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct channel *c = handle->data;
    close(c->fd);
    free(c);
}

void channel_destroy(struct channel *c)
{
    if (!c || c->destroyed)
        return;
    c->destroyed = c->closed = true;
    drop_queue(c);
    uv_poll_stop(&c->poll);
    uv_close((uv_handle_t *)&c->poll, on_poll_closed);
}

static bool enqueue(struct channel *c, uint16_t type, const void *payload, size_t len, int fd)
{
    if (c->queued_bytes + sizeof(struct queued) + len > CHANNEL_QUEUE_MAX_BYTES)
        return false;
    struct queued *q = malloc(sizeof *q + len);
    if (!q)
        return false;
    *q = (struct queued){.fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1, .type = type, .len = len};
    if (len)
        memcpy(q->payload, payload, len);
    *c->last = q;
    c->last = &q->next;
    c->queued_bytes += sizeof *q + len;
    watch(c);
    return true;
}

static bool send_or_queue(struct channel *c, uint16_t type, const void *payload, size_t len, int fd)
{
    if (c->closed || len > FRAME_PAYLOAD_MAX)
        return false;
    if (c->first)
        return enqueue(c, type, payload, len, fd);
    enum frame_result r = frame_send(c->fd, type, payload, len, fd);
    if (r == FRAME_AGAIN)
        return enqueue(c, type, payload, len, fd);
    return r == FRAME_OK; /* a closed peer is noticed by the reading side */
}

bool channel_send_fd(struct channel *c, uint16_t type, const struct record *record,
                     const void *value, int fd)
{
    if (!c)
        return false;
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    bool ok = !packed.failed && send_or_queue(c, type, packed.data, packed.len, fd);
    buf_fini(&packed);
    return ok;
}

bool channel_send(struct channel *c, uint16_t type, const struct record *record, const void *value)
{
    return channel_send_fd(c, type, record, value, -1);
}

size_t channel_queued_bytes(const struct channel *c)
{
    return c->queued_bytes;
}

bool frame_unpack(const struct frame *frame, const struct record *record, struct arena *arena,
                  void *value)
{
    struct reader in = reader_over(frame->payload, frame->len);
    return field_unpack(record, &in, NULL, arena, value) && rd_left(&in) == 0;
}
