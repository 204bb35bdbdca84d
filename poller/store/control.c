#include "poller/store/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING_MAX 8

struct control {
    uv_poll_t poll;
    int fd;
    control_accept_fn fn;
    void *ctx;
};

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct control *c = poll->data;
    (void)events;
    int fd = status < 0 ? -1 : accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        c->fn(c->ctx, fd);
}

static int listen_at(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(a.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    unlink(path);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && chmod(path, 0660) == 0 &&
        listen(fd, WAITING_MAX) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

struct control *control_listen(uv_loop_t *loop, const char *path, control_accept_fn fn, void *ctx)
{
    struct control *c = calloc(1, sizeof *c);
    int fd = c ? listen_at(path) : -1;
    if (fd < 0 || uv_poll_init(loop, &c->poll, fd) != 0) {
        if (fd >= 0)
            close(fd);
        free(c);
        return NULL;
    }
    *c = (struct control){.poll = c->poll, .fd = fd, .fn = fn, .ctx = ctx};
    c->poll.data = c;
    uv_poll_start(&c->poll, UV_READABLE, on_ready);
    return c;
}

static void on_closed(uv_handle_t *handle)
{
    struct control *c = handle->data;
    close(c->fd);
    free(c);
}

void control_close(struct control *c)
{
    if (!c)
        return;
    uv_poll_stop(&c->poll);
    uv_close((uv_handle_t *)&c->poll, on_closed);
}
