#include "poller/base/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SOCKET_BUFFER_BYTES (4 * FRAME_PAYLOAD_MAX)

int frame_pair(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
        return -1;
    int bytes = SOCKET_BUFFER_BYTES;
    for (int i = 0; i < 2; i++)
        setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return 0;
}

static void attach_fd(struct msghdr *m, void *control, size_t size, int fd)
{
    memset(control, 0, size);
    m->msg_control = control;
    m->msg_controllen = CMSG_SPACE(sizeof fd);
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

enum frame_result frame_send(int fd, uint16_t type, const void *payload, size_t len, int pass_fd)
{
    if (len > FRAME_PAYLOAD_MAX)
        return FRAME_BAD;
    uint8_t head[2] = {(uint8_t)(type >> 8), (uint8_t)type};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)payload, len}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = len ? 2 : 1};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    if (pass_fd >= 0)
        attach_fd(&m, control, sizeof control, pass_fd);
    ssize_t n;
    do {
        n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n >= 0)
        return FRAME_OK;
    return errno == EAGAIN || errno == ENOBUFS ? FRAME_AGAIN : FRAME_CLOSED;
}

static int take_fd(struct msghdr *m)
{
    int taken = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (taken < 0)
                taken = fd;
            else
                close(fd);
        }
    }
    return taken;
}

enum frame_result frame_receive(int fd, uint8_t *buffer, struct frame *out)
{
    struct iovec part = {buffer, FRAME_BUFFER_BYTES};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))];
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n;
    do {
        n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? FRAME_AGAIN : FRAME_CLOSED;
    if (n == 0)
        return FRAME_CLOSED;
    out->fd = take_fd(&m);
    if (n < 2 || m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        if (out->fd >= 0)
            close(out->fd);
        return FRAME_BAD;
    }
    out->type = (uint16_t)(buffer[0] << 8 | buffer[1]);
    out->payload = buffer + 2;
    out->len = (size_t)n - 2;
    return FRAME_OK;
}
