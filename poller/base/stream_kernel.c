#include "poller/base/stream_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 16384

struct stream {
    struct stream_set *set;
    struct stream *next, **link;
    uv_poll_t poll;
    int fd;
    int early_error; /* connect failed at once; told by the first event */
    bool connected;
    stream_fn fn;
    void *ctx;
};

static void freed(uv_handle_t *handle)
{
    free(handle->data);
}

static void unlink_stream(struct stream *s)
{
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    s->set->count--;
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    unlink_stream(s);
    uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, freed);
    close(s->fd);
}

void stream_close_all(struct stream_set *set)
{
    while (set->first)
        stream_close(set->first);
}

static void on_event(uv_poll_t *poll, int status, int events);

static void finish_connecting(struct stream *s)
{
    int error = s->early_error;
    socklen_t len = sizeof error;
    if (!error && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    if (error) {
        uv_poll_stop(&s->poll);
        s->fn(s->ctx, s, STREAM_ERROR, NULL, 0, error);
        return;
    }
    s->connected = true;
    uv_poll_start(&s->poll, UV_READABLE, on_event);
    s->fn(s->ctx, s, STREAM_CONNECTED, NULL, 0, 0);
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct stream *s = poll->data;
    (void)status; /* libuv's word for POLLERR; the socket itself tells more */
    (void)events;
    if (!s->connected) {
        finish_connecting(s);
        return;
    }
    uint8_t data[READ_BYTES];
    ssize_t got = recv(s->fd, data, sizeof data, MSG_DONTWAIT);
    if (got > 0) {
        s->fn(s->ctx, s, STREAM_DATA, data, (size_t)got, 0);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        int error = got == 0 ? 0 : errno;
        uv_poll_stop(&s->poll);
        s->fn(s->ctx, s, error ? STREAM_ERROR : STREAM_CLOSED, NULL, 0, error);
    }
}

static int start_connecting(const struct addr *to, uint16_t port, int *early_error)
{
    struct sockaddr_storage peer;
    socklen_t len = addr_to_sockaddr(to, port, &peer);
    int fd = socket(to->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    *early_error = 0;
    if (connect(fd, (struct sockaddr *)&peer, len) == 0 || errno == EINPROGRESS)
        return fd;
    if (errno == ECONNREFUSED) { /* the peer's own word, only quick */
        *early_error = errno;
        return fd;
    }
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

struct stream *stream_open(struct stream_set *set, const struct addr *to, uint16_t port, stream_fn fn,
                           void *ctx)
{
    if (set->count >= STREAMS_MAX) {
        errno = EMFILE;
        return NULL;
    }
    struct stream *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->fd = start_connecting(to, port, &s->early_error);
    if (s->fd < 0 || uv_poll_init(set->loop, &s->poll, s->fd) != 0) {
        int kept = errno;
        if (s->fd >= 0)
            close(s->fd);
        free(s);
        errno = kept;
        return NULL;
    }
    s->set = set;
    s->fn = fn;
    s->ctx = ctx;
    s->poll.data = s;
    s->next = set->first;
    s->link = &set->first;
    if (s->next)
        s->next->link = &s->next;
    set->first = s;
    set->count++;
    uv_poll_start(&s->poll, UV_WRITABLE, on_event);
    return s;
}

bool stream_write(struct stream *s, const void *data, size_t len)
{
    return send(s->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len;
}
