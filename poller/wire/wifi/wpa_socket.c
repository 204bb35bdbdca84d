#include "poller/wire/wifi/wpa_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DATAGRAM_MAX 8192 /* twice as much as it ever says at once */
#define READS_PER_TURN 32 /* then the loop breathes */

struct wpa_socket {
    uv_poll_t poll;
    int fd;
    const struct wpa_socket_hooks *hooks;
    void *ctx;
    bool closed;
};

/* A callback may close the socket. */
static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct wpa_socket *s = poll->data;
    static char text[DATAGRAM_MAX];
    for (int i = 0; i < READS_PER_TURN && !s->closed; i++) {
        ssize_t got = recv(s->fd, text, sizeof text, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got < 0) {
            s->hooks->gone(s->ctx);
            return;
        }
        s->hooks->datagram(s->ctx, text, (size_t)got);
    }
}

/* Autobind (unix(7)): the kernel chooses an abstract address. */
static int open_connected(const char *interface)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    sa_family_t own = AF_UNIX;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    snprintf(to.sun_path, sizeof to.sun_path, WPA_SOCKETS "/%s", interface);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&own, sizeof own) == 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void on_closed(uv_handle_t *h)
{
    struct wpa_socket *s = h->data;
    close(s->fd);
    free(s);
}

struct wpa_socket *wpa_socket_open(uv_loop_t *loop, const char *interface, const struct wpa_socket_hooks *hooks,
                                   void *ctx)
{
    int fd = open_connected(interface);
    if (fd < 0)
        return NULL;
    struct wpa_socket *s = calloc(1, sizeof *s);
    if (!s || uv_poll_init(loop, &s->poll, fd) != 0) {
        close(fd);
        free(s);
        errno = ENOMEM;
        return NULL;
    }
    s->fd = fd;
    s->hooks = hooks;
    s->ctx = ctx;
    s->poll.data = s;
    uv_poll_start(&s->poll, UV_READABLE, on_readable);
    return s;
}

void wpa_socket_close(struct wpa_socket *s)
{
    if (!s)
        return;
    s->closed = true;
    uv_poll_stop(&s->poll);
    uv_close((uv_handle_t *)&s->poll, on_closed);
}

bool wpa_socket_send(struct wpa_socket *s, const char *command)
{
    return send(s->fd, command, strlen(command), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}
