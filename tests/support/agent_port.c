#include "tests/support/agent_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATAGRAM_MAX  65536
#define AT_ONCE       64                /* requests taken before answers that are due leave */
#define RECEIVE_BYTES (4 << 20)         /* many pollers may ask at one moment */
#define LOOK_UP_NS    MILLISECONDS(200) /* is it over? */

struct parting {          /* an answer that leaves later */
    struct parting *next; /* by rising due */
    struct mono due;
    struct sockaddr_in to;
    struct in_addr from;
    size_t len;
    uint8_t bytes[];
};

struct agent_port {
    int fd;
    uint16_t number;
    agent_port_fn fn;
    void *ctx;
    struct parting *partings;
    uint8_t request[DATAGRAM_MAX], answer[DATAGRAM_MAX];
};

static bool prepare(struct agent_port *p, const char *address, uint16_t port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof sa;
    int on = 1, bytes = RECEIVE_BYTES;
    if (inet_pton(AF_INET, address, &sa.sin_addr) != 1) {
        errno = EINVAL;
        return false;
    }
    if (p->fd < 0 || setsockopt(p->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0 ||
        bind(p->fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
        getsockname(p->fd, (struct sockaddr *)&sa, &len) != 0)
        return false;
    if (setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    p->number = ntohs(sa.sin_port);
    return true;
}

struct agent_port *agent_port_open(const char *address, uint16_t port, agent_port_fn fn, void *ctx)
{
    struct agent_port *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->fn = fn;
    p->ctx = ctx;
    p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!prepare(p, address, port)) {
        int error = errno;
        agent_port_close(p);
        errno = error;
        return NULL;
    }
    return p;
}

void agent_port_close(struct agent_port *p)
{
    if (!p)
        return;
    if (p->fd >= 0)
        close(p->fd);
    while (p->partings) {
        struct parting *first = p->partings;
        p->partings = first->next;
        free(first);
    }
    free(p);
}

uint16_t agent_port_number(const struct agent_port *p)
{
    return p->number;
}

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* The address a request was sent to. */
static struct in_addr asked_address(struct msghdr *m)
{
    struct in_pktinfo info = {0};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
            memcpy(&info, CMSG_DATA(c), sizeof info);
    return info.ipi_addr;
}

static void leave(struct agent_port *p, struct sockaddr_in to, struct in_addr from, void *bytes,
                  size_t len)
{
    union control control = {.bytes = {0}};
    struct iovec part = {bytes, len};
    struct msghdr m = {.msg_name = &to,
                       .msg_namelen = sizeof to,
                       .msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof control};
    struct in_pktinfo info = {.ipi_spec_dst = from};
    control.head = (struct cmsghdr){
        .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
    memcpy(CMSG_DATA(&control.head), &info, sizeof info);
    if (sendmsg(p->fd, &m, 0) < 0)
        perror("agent: send");
}

static void put_off(struct agent_port *p, struct mono due, struct sockaddr_in to,
                    struct in_addr from, size_t len)
{
    struct parting *one = malloc(sizeof *one + len), **at = &p->partings;
    if (!one)
        return;
    *one = (struct parting){.due = due, .to = to, .from = from, .len = len};
    memcpy(one->bytes, p->answer, len);
    while (*at && !mono_before(due, (*at)->due))
        at = &(*at)->next;
    one->next = *at;
    *at = one;
}

/* When this line's next answer leaves. */
static struct mono due_of(struct agent_line *l, struct mono now)
{
    bool late = l->late_ns && l->late_every && l->answers % l->late_every == 0;
    struct mono begin = now;
    if (l->one_at_a_time && l->busy_until_ns > now.ns)
        begin.ns = l->busy_until_ns;
    struct mono due = mono_after(begin, late ? l->late_ns : l->delay_ns);
    l->busy_until_ns = due.ns;
    return due;
}

static void answer(struct agent_port *p, struct sockaddr_in from, struct in_addr asked, size_t len)
{
    struct agent_line none = {0}, *line = &none;
    struct mono now = clock_mono();
    size_t made = p->fn(p->ctx, asked, now, p->request, len, p->answer, &line);
    if (!made)
        return;
    line->answers++;
    if (line->loss > 0 && drand48() < line->loss)
        return;
    struct mono due = due_of(line, now);
    for (int i = 0; i < 1 + line->twice; i++) {
        if (mono_before(now, due))
            put_off(p, due, from, asked, made);
        else
            leave(p, from, asked, p->answer, made);
    }
}

static bool take(struct agent_port *p)
{
    struct sockaddr_in from;
    union control control;
    struct iovec part = {p->request, sizeof p->request};
    struct msghdr m = {.msg_name = &from,
                       .msg_namelen = sizeof from,
                       .msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof control};
    ssize_t got = recvmsg(p->fd, &m, 0);
    if (got < 0)
        return errno == ECONNREFUSED; /* an asker is gone: the error of an earlier answer */
    answer(p, from, asked_address(&m), (size_t)got);
    return true;
}

static void part_due(struct agent_port *p)
{
    struct mono now = clock_mono();
    while (p->partings && !mono_before(now, p->partings->due)) {
        struct parting *first = p->partings;
        p->partings = first->next;
        leave(p, first->to, first->from, first->bytes, first->len);
        free(first);
    }
}

void agent_port_serve(struct agent_port *p, struct mono end)
{
    for (struct mono now = clock_mono(); mono_before(now, end); now = clock_mono()) {
        struct mono wake = mono_earlier(mono_after(now, LOOK_UP_NS), end);
        if (p->partings)
            wake = mono_earlier(wake, p->partings->due);
        int64_t wait_ns = mono_since(wake, now);
        struct pollfd fd = {p->fd, POLLIN, 0};
        struct timespec span = {0, wait_ns > 0 ? wait_ns : 0};
        if (ppoll(&fd, 1, &span, NULL) > 0)
            for (int i = 0; i < AT_ONCE && take(p); i++)
                continue;
        part_due(p);
    }
}

pid_t agent_port_fork(struct agent_port *p, int64_t span_ns)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        agent_port_serve(p, mono_after(clock_mono(), span_ns));
        _exit(0);
    }
    agent_port_close(p);
    return child;
}

void agent_port_end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
