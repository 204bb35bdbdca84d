#include "poller/base/packets_kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/base/stream_kernel.h"

#define BATCH 64               /* packets per system call: more buys nothing measurable */
#define DRAIN_BATCHES_MAX 32   /* then the loop breathes; the rest is seen in its next round */
#define QUEUE_WANTED_BYTES (4 << 20)
#define SEND_WAITS_MAX 10      /* per call of send: at most 2 ms lost to a full queue */
#define SEND_WAIT_US 200
#define ICMP_MESSAGE_MAX 2048  /* bytes; largest echo asked for is smaller */
#define UDP_MESSAGE_MAX 65536
#define UDP_MESSAGE_USUAL 2048 /* bytes: half a page */
#define UDP_BATCH 32           /* to receive: answers come in smaller numbers than questions leave */
#define CONTROL_BYTES 256
#define STAMP_SLACK_NS (10 * NS_PER_MS)

#ifndef ICMP_FILTER
#define ICMP_FILTER 1
#endif

/* One real socket. UDP has two: the door chooses by the peer's family. */
enum place { PLACE_ICMP4, PLACE_ICMP6, PLACE_UDP4, PLACE_UDP6, PLACE_ARP, PLACES };

struct receiver {
    packets_receive_fn fn;
    void *ctx;
};

struct place_socket {
    struct packets_kernel *owner;
    enum packets_door door;
    int fd; /* -1: not open */
    bool raw;
    uv_poll_t *poll; /* on the heap: libuv closes it later than we do */
    uint32_t overflow_seen;
    bool unavailable;    /* could not be opened: not tried again */
    bool errors_wait;    /* a send was told of an earlier packet's error */
    struct mono emptied; /* when its queue was last seen empty */
};

/* What one recvmmsg or sendmmsg needs; shared by all sockets, since calls never nest. */
struct batch {
    struct mmsghdr heads[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage names[BATCH];
    _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_BYTES];
};

struct packets_kernel {
    uv_loop_t *loop;
    struct packets door;
    struct place_socket places[PLACES];
    struct receiver receivers[PACKETS_DOORS][PACKETS_RECEIVERS_MAX];
    struct stream_set streams;
    struct packets_counts counts;
    bool never_segment;
    uint16_t echo_id; /* of raw sockets, network order as it stands */
    struct batch in, out;
    struct packet arrived[BATCH];
    uint8_t *small, *large; /* receive buffers: ICMP and ARP; UDP */
};

static void deliver(struct packets_kernel *k, enum packets_door door, const struct packet *packets,
                    size_t count)
{
    for (size_t i = 0; i < PACKETS_RECEIVERS_MAX; i++) {
        struct receiver r = k->receivers[door][i];
        if (r.fn)
            r.fn(r.ctx, packets, count);
    }
}

/* ---- receiving ---- */

/* Only pages that packets touch are ever used. Of UDP a datagram may be large, so that each has pages of its own:
 * nearly all need half of one, and no two of them the same places in a cache. */
static uint8_t *receive_buffers(struct packets_kernel *k, const struct place_socket *s, size_t *room, size_t *stride,
                                unsigned *count)
{
    bool udp = s->door == PACKETS_UDP;
    uint8_t **buffers = udp ? &k->large : &k->small;
    *room = udp ? UDP_MESSAGE_MAX : ICMP_MESSAGE_MAX;
    *stride = udp ? UDP_MESSAGE_MAX + UDP_MESSAGE_USUAL : ICMP_MESSAGE_MAX;
    *count = udp ? UDP_BATCH : BATCH;
    if (!*buffers)
        *buffers = malloc(*stride * *count);
    return *buffers;
}

static int receive_batch(struct packets_kernel *k, struct place_socket *s, int flags)
{
    size_t room, stride;
    unsigned count;
    uint8_t *buffers = receive_buffers(k, s, &room, &stride, &count);
    if (!buffers)
        return 0;
    for (size_t i = 0; i < count; i++) {
        k->in.parts[i] = (struct iovec){buffers + i * stride, room};
        k->in.heads[i].msg_hdr = (struct msghdr){
            .msg_name = &k->in.names[i],
            .msg_namelen = sizeof k->in.names[i],
            .msg_iov = &k->in.parts[i],
            .msg_iovlen = 1,
            .msg_control = k->in.controls[i],
            .msg_controllen = sizeof k->in.controls[i],
        };
    }
    return recvmmsg(s->fd, k->in.heads, count, flags | MSG_DONTWAIT, NULL);
}

/* The kernel stamps in wall time. One that lies outside what is possible, because the wall clock was
 * stepped meanwhile, becomes "now": never a negative or an enormous round trip. */
static struct mono stamp_to_mono(const struct timespec *stamp, struct instant now, struct mono emptied)
{
    int64_t wall_ns = (int64_t)stamp->tv_sec * NS_PER_S + stamp->tv_nsec;
    struct mono at = {now.mono.ns - (now.wall.ns - wall_ns)};
    if (at.ns > now.mono.ns || at.ns < emptied.ns - STAMP_SLACK_NS)
        return now.mono;
    return at;
}

static void read_error(const struct cmsghdr *c, struct packet *p)
{
    const struct sock_extended_err *e = (const void *)CMSG_DATA(c);
    p->error = (int)e->ee_errno;
    if (e->ee_origin != SO_EE_ORIGIN_ICMP && e->ee_origin != SO_EE_ORIGIN_ICMP6)
        return;
    p->icmp_type = e->ee_type;
    p->icmp_code = e->ee_code;
    uint16_t no_port;
    addr_from_sockaddr(SO_EE_OFFENDER(e), &p->offender, &no_port);
}

static void read_controls(struct packets_kernel *k, struct place_socket *s, struct msghdr *head,
                          struct instant now, struct packet *p)
{
    p->at = now.mono;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            p->at = stamp_to_mono(&stamp, now, s->emptied);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t dropped;
            memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
            k->counts.overflows += dropped - s->overflow_seen;
            s->overflow_seen = dropped;
        } else if ((c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
                   (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            read_error(c, p);
        }
    }
}

/* A raw IPv4 socket hands over the IP header too. */
static void skip_ip_header(struct packet *p)
{
    size_t header = p->len ? (size_t)(p->data[0] & 15) * 4 : 0;
    if (header > p->len)
        header = p->len;
    p->data += header;
    p->len -= header;
}

static void make_packet(struct packets_kernel *k, struct place_socket *s, size_t i, struct instant now,
                        bool from_errors)
{
    struct packet *p = &k->arrived[i];
    struct msghdr *head = &k->in.heads[i].msg_hdr;
    *p = (struct packet){.data = k->in.parts[i].iov_base, .len = k->in.heads[i].msg_len};
    if (s->door == PACKETS_ARP)
        p->ifindex = (uint32_t)((struct sockaddr_ll *)head->msg_name)->sll_ifindex;
    else
        addr_from_sockaddr(head->msg_name, &p->peer, &p->port);
    if (s->door == PACKETS_ICMP4 && s->raw && !from_errors)
        skip_ip_header(p);
    read_controls(k, s, head, now, p);
}

static void drain_errors(struct packets_kernel *k, struct place_socket *s)
{
    if (s->door == PACKETS_ARP)
        return;
    int got = receive_batch(k, s, MSG_ERRQUEUE);
    if (got <= 0)
        return;
    struct instant now = clock_system();
    for (size_t i = 0; i < (size_t)got; i++)
        make_packet(k, s, i, now, true);
    k->counts.errors_received += (uint64_t)got;
    deliver(k, s->door, k->arrived, (size_t)got);
}

static void tell_overflow(struct packets_kernel *k, struct place_socket *s, struct mono now)
{
    struct packet lost = {.error = ENOBUFS, .at = now};
    log_warnx("packets", "a receive queue overflowed: answers were lost on our side, they count as our fault");
    deliver(k, s->door, &lost, 1);
}

static void drain(struct packets_kernel *k, struct place_socket *s)
{
    if (s->errors_wait) {
        s->errors_wait = false;
        drain_errors(k, s);
    }
    for (int round = 0; round < DRAIN_BATCHES_MAX && s->fd >= 0; round++) {
        uint32_t overflow_before = s->overflow_seen;
        int got = receive_batch(k, s, 0);
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            drain_errors(k, s); /* an earlier packet's error was in the way */
            continue;
        }
        struct instant now = clock_system();
        for (int i = 0; i < got; i++)
            make_packet(k, s, (size_t)i, now, false);
        if (got > 0) {
            k->counts.received += (uint64_t)got;
            deliver(k, s->door, k->arrived, (size_t)got);
        }
        if (s->overflow_seen != overflow_before)
            tell_overflow(k, s, now.mono);
        if (got < (s->door == PACKETS_UDP ? UDP_BATCH : BATCH)) {
            s->emptied = now.mono;
            return;
        }
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct place_socket *s = poll->data;
    if (status < 0 || (events & UV_PRIORITIZED))
        drain_errors(s->owner, s);
    if (status < 0) /* libuv stops a handle that reports an error */
        uv_poll_start(poll, UV_READABLE | UV_PRIORITIZED, on_readable);
    drain(s->owner, s);
}

/* ---- opening ---- */

static void poll_freed(uv_handle_t *handle)
{
    free(handle);
}

static void close_place(struct place_socket *s)
{
    if (s->fd < 0)
        return;
    uv_poll_stop(s->poll);
    uv_close((uv_handle_t *)s->poll, poll_freed);
    close(s->fd);
    s->fd = -1;
    s->poll = NULL;
}

static void set_int(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof value); /* each is a help, none a need */
}

/* A datagram of IPv4 that may be cut on its way needs a number, and looking for one takes the kernel longer than
 * finding the route. Nearly all of ours are short enough never to be cut: see send_one. */
static void set_fragments(int fd, bool allowed)
{
    set_int(fd, SOL_IP, IP_MTU_DISCOVER, allowed ? IP_PMTUDISC_WANT : IP_PMTUDISC_DO);
}

static void set_common(int fd, int family)
{
    set_int(fd, SOL_SOCKET, SO_RCVBUF, QUEUE_WANTED_BYTES);
    set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, QUEUE_WANTED_BYTES);
    set_int(fd, SOL_SOCKET, SO_SNDBUF, QUEUE_WANTED_BYTES);
    set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, QUEUE_WANTED_BYTES);
    set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
    set_int(fd, SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    if (family == AF_INET)
        set_int(fd, SOL_IP, IP_RECVERR, 1);
    if (family == AF_INET6)
        set_int(fd, SOL_IPV6, IPV6_RECVERR, 1);
}

/* Every raw ICMP socket of a host gets a copy of every message: let pass only echo replies with our
 * identifier. IPv4 is seen with its header, IPv6 without. */
static void set_raw_filters(int fd, int family, uint16_t echo_id)
{
    struct sock_filter four[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohs(echo_id), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0x40000),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_filter six[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohs(echo_id), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0x40000),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {family == AF_INET ? 5 : 4, family == AF_INET ? four : six};
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    if (family == AF_INET) {
        struct icmp_filter wanted = {~(1u << ICMP_ECHOREPLY)};
        (void)setsockopt(fd, SOL_RAW, ICMP_FILTER, &wanted, sizeof wanted);
    } else {
        struct icmp6_filter wanted;
        ICMP6_FILTER_SETBLOCKALL(&wanted);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &wanted);
        (void)setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &wanted, sizeof wanted);
    }
}

/* Answers to what we asked, not every question of the neighbourhood: each would wake us. */
static void set_arp_filter(int fd)
{
    struct sock_filter replies[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0x40000),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {4, replies};
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static bool watch(struct packets_kernel *k, struct place_socket *s, int fd)
{
    s->poll = calloc(1, sizeof *s->poll);
    if (!s->poll)
        return false;
    if (uv_poll_init(k->loop, s->poll, fd) != 0) {
        free(s->poll);
        s->poll = NULL;
        return false;
    }
    s->poll->data = s;
    s->fd = fd;
    s->overflow_seen = 0;
    s->emptied = clock_mono();
    uv_poll_start(s->poll, UV_READABLE | UV_PRIORITIZED, on_readable);
    return true;
}

static enum place place_of(enum packets_door door)
{
    return door == PACKETS_ICMP4 ? PLACE_ICMP4 : door == PACKETS_ICMP6 ? PLACE_ICMP6 : PLACE_ARP;
}

static int family_of(enum place place)
{
    return place == PLACE_ARP                               ? AF_PACKET
           : place == PLACE_ICMP4 || place == PLACE_UDP4 ? AF_INET
                                                            : AF_INET6;
}

bool packets_kernel_adopt(struct packets_kernel *k, enum packets_door door, int fd)
{
    struct place_socket *s = &k->places[place_of(door)];
    int family = family_of(place_of(door)), type = 0;
    socklen_t len = sizeof type;
    if (door == PACKETS_UDP || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0)
        goto refuse;
    bool raw = type == SOCK_RAW;
    if (raw && s->fd >= 0 && !s->raw)
        goto refuse;
    close_place(s);
    set_common(fd, family);
    if (family == AF_PACKET)
        set_arp_filter(fd);
    else if (raw)
        set_raw_filters(fd, family, k->echo_id);
    s->raw = raw;
    if (watch(k, s, fd))
        return true;
refuse:
    close(fd);
    return false;
}

bool packets_kernel_open(struct packets_kernel *k, enum packets_door door)
{
    int family = family_of(place_of(door));
    int protocol = family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6;
    if (family == AF_PACKET)
        protocol = htons(ETH_P_ARP);
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd < 0 && family != AF_PACKET)
        fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    return fd >= 0 && packets_kernel_adopt(k, door, fd);
}

bool packets_kernel_has(const struct packets_kernel *k, enum packets_door door)
{
    return k->places[place_of(door)].fd >= 0;
}

static void open_udp(struct packets_kernel *k, enum place place)
{
    int family = family_of(place);
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    k->places[place].unavailable = true; /* until it is there */
    if (fd < 0) {
        log_warn("packets", "no UDP socket for IPv%d, such peers stay unasked", family == AF_INET ? 4 : 6);
        return;
    }
    set_common(fd, family);
    if (family == AF_INET6)
        set_int(fd, SOL_IPV6, IPV6_V6ONLY, 1);
    else
        set_fragments(fd, false);
    k->places[place].unavailable = !watch(k, &k->places[place], fd);
    if (k->places[place].unavailable)
        close(fd);
}

/* A family nobody is asked in has no socket. */
static struct place_socket *udp_socket(struct packets_kernel *k, uint8_t family)
{
    enum place place = family == AF_INET6 ? PLACE_UDP6 : PLACE_UDP4;
    if (k->places[place].fd < 0 && !k->places[place].unavailable)
        open_udp(k, place);
    return &k->places[place];
}

/* ---- sending ---- */

/* Waits a moment for room, a bounded number of times for one call of send. */
static bool wait_for_room(struct packets_kernel *k, int *waits)
{
    if (++*waits > SEND_WAITS_MAX)
        return false;
    k->counts.send_retries++;
    struct timespec moment = {0, SEND_WAIT_US * NS_PER_US};
    nanosleep(&moment, NULL);
    return true;
}

/* What to do about a failed call. With IP_RECVERR the failure may be an earlier packet's ICMP error: the
 * kernel tells and forgets it, so every error is believed only the second time. */
static bool try_again(struct packets_kernel *k, struct place_socket *s, int error, int *waits,
                      bool *doubted)
{
    if (error == EINTR)
        return true;
    if (error == ENOBUFS || error == EAGAIN)
        return wait_for_room(k, waits);
    if (*doubted)
        return false;
    *doubted = s->errors_wait = true;
    return true;
}

/* Raw sockets send our own identifier; the checksum of ICMPv6 is the kernel's work. */
static const uint8_t *with_identifier(struct packets_kernel *k, const struct place_socket *s,
                                      const struct packet *p, uint8_t scratch[ICMP_MESSAGE_MAX])
{
    if (!s->raw || p->len < 8 || p->len > ICMP_MESSAGE_MAX)
        return p->data;
    memcpy(scratch, p->data, p->len);
    uint16_t old_id, sum;
    memcpy(&old_id, scratch + 4, 2);
    memcpy(&sum, scratch + 2, 2);
    uint32_t updated = (uint16_t)~sum + (uint32_t)(uint16_t)~old_id + k->echo_id; /* RFC 1624 */
    updated = (updated & 0xffff) + (updated >> 16);
    updated = (updated & 0xffff) + (updated >> 16);
    sum = (uint16_t)~updated;
    if (s->door == PACKETS_ICMP4)
        memcpy(scratch + 2, &sum, 2);
    memcpy(scratch + 4, &k->echo_id, 2);
    return scratch;
}

static void send_echoes(struct packets_kernel *k, struct place_socket *s, struct packet *batch,
                        size_t count)
{
    uint8_t scratch[ICMP_MESSAGE_MAX];
    int waits = 0;
    for (size_t i = 0; i < count; i++) {
        struct packet *p = &batch[i];
        struct sockaddr_storage peer;
        socklen_t peer_len = addr_to_sockaddr(&p->peer, 0, &peer);
        const uint8_t *data = with_identifier(k, s, p, scratch);
        bool doubted = false;
        do {
            p->at = clock_mono();
            p->error = sendto(s->fd, data, p->len, 0, (struct sockaddr *)&peer, peer_len) < 0 ? errno : 0;
        } while (p->error && try_again(k, s, p->error, &waits, &doubted));
    }
}

static void send_arp(struct packets_kernel *k, struct place_socket *s, struct packet *batch,
                     size_t count)
{
    int waits = 0;
    for (size_t i = 0; i < count; i++) {
        struct packet *p = &batch[i];
        struct sockaddr_ll everybody = {.sll_family = AF_PACKET,
                                        .sll_protocol = htons(ETH_P_ARP),
                                        .sll_ifindex = (int)p->ifindex,
                                        .sll_halen = ETH_ALEN};
        memset(everybody.sll_addr, 0xff, ETH_ALEN);
        bool doubted = false;
        do {
            p->at = clock_mono();
            p->error = sendto(s->fd, p->data, p->len, 0, (struct sockaddr *)&everybody,
                              sizeof everybody) < 0 ? errno : 0;
        } while (p->error && try_again(k, s, p->error, &waits, &doubted));
    }
}

static void put_segment(struct msghdr *head, void *control, uint16_t segment)
{
    head->msg_control = control;
    head->msg_controllen = CMSG_SPACE(sizeof segment);
    struct cmsghdr *c = CMSG_FIRSTHDR(head);
    c->cmsg_level = SOL_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(c), &segment, sizeof segment);
}

static bool in_segments(const struct packet *p)
{
    return p->segment && p->segment < p->len;
}

static void fill_heads(struct packets_kernel *k, struct packet *batch, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct packet *p = &batch[i];
        k->out.parts[i] = (struct iovec){(void *)(uintptr_t)p->data, p->len};
        struct msghdr *head = &k->out.heads[i].msg_hdr;
        *head = (struct msghdr){.msg_name = &k->out.names[i],
                                .msg_namelen = addr_to_sockaddr(&p->peer, p->port, &k->out.names[i]),
                                .msg_iov = &k->out.parts[i],
                                .msg_iovlen = 1};
        if (in_segments(p))
            put_segment(head, k->out.controls[i], p->segment);
    }
}

/* Part of a packet by itself, as one datagram, in fragments where the way is too narrow for it. 0, or the error. */
static int send_one(struct packets_kernel *k, struct place_socket *s, const struct packet *p, size_t from, size_t len,
                    int *waits)
{
    struct sockaddr_storage peer;
    socklen_t peer_len = addr_to_sockaddr(&p->peer, p->port, &peer);
    bool doubted = false, whole = true;
    int error;
    do {
        error = sendto(s->fd, p->data + from, len, 0, (struct sockaddr *)&peer, peer_len) < 0 ? errno : 0;
        if (error == EMSGSIZE && doubted && whole && p->peer.family == AF_INET) {
            set_fragments(s->fd, true);
            doubted = whole = false;
        }
    } while (error && try_again(k, s, error, waits, &doubted));
    if (!whole)
        set_fragments(s->fd, false);
    return error;
}

/* Old kernels, some cards, IPsec (EIO, EINVAL) and small links (EMSGSIZE): the pieces go one by one. */
static void send_pieces(struct packets_kernel *k, struct place_socket *s, struct packet *p, int *waits)
{
    p->unsegmented = true;
    p->at = clock_mono();
    p->error = 0;
    for (size_t done = 0; done < p->len && !p->error; done += p->segment)
        p->error = send_one(k, s, p, done, p->len - done < p->segment ? p->len - done : p->segment, waits);
}

static bool refuses_segments(int error)
{
    return error == EIO || error == EINVAL || error == EMSGSIZE;
}

static size_t sent_together(const struct packets_kernel *k, const struct packet *batch, size_t count)
{
    size_t run = 1;
    while (run < count && !(k->never_segment && in_segments(&batch[run])))
        run++;
    return run;
}

/* count at most BATCH, all of one family. */
static void send_datagrams(struct packets_kernel *k, struct place_socket *s, struct packet *batch,
                           size_t count, int *waits)
{
    fill_heads(k, batch, count);
    bool doubted = false;
    for (size_t done = 0; done < count;) {
        if (k->never_segment && in_segments(&batch[done])) {
            send_pieces(k, s, &batch[done++], waits);
            continue;
        }
        size_t run = sent_together(k, batch + done, count - done);
        struct mono now = clock_mono();
        int sent = sendmmsg(s->fd, k->out.heads + done, (unsigned)run, 0);
        int error = sent < 0 ? errno : 0;
        for (int i = 0; i < sent; i++) {
            batch[done + (size_t)i].at = now;
            batch[done + (size_t)i].error = 0;
        }
        if (sent > 0) {
            done += (size_t)sent;
            doubted = false;
        } else if (!try_again(k, s, error, waits, &doubted)) {
            struct packet *p = &batch[done++];
            p->at = now;
            p->error = error;
            if (in_segments(p) && refuses_segments(error))
                send_pieces(k, s, p, waits);
            else if (error == EMSGSIZE)
                p->error = send_one(k, s, p, 0, p->len, waits);
            doubted = false;
        }
    }
}

static void refuse_all(struct packet *batch, size_t count, int error)
{
    for (size_t i = 0; i < count; i++) {
        batch[i].at = clock_mono();
        batch[i].error = error;
    }
}

static void send_udp(struct packets_kernel *k, struct packet *batch, size_t count)
{
    int waits = 0;
    for (size_t done = 0; done < count;) {
        size_t run = 1;
        uint8_t family = batch[done].peer.family;
        while (done + run < count && run < BATCH && batch[done + run].peer.family == family)
            run++;
        struct place_socket *s = udp_socket(k, family);
        if (s->fd < 0 || !family)
            refuse_all(batch + done, run, EAFNOSUPPORT);
        else
            send_datagrams(k, s, batch + done, run, &waits);
        done += run;
    }
}

static void kernel_send(void *self, enum packets_door door, struct packet *batch, size_t count)
{
    struct packets_kernel *k = self;
    struct place_socket *s = door == PACKETS_UDP ? NULL : &k->places[place_of(door)];
    if (!s)
        send_udp(k, batch, count);
    else if (s->fd < 0)
        refuse_all(batch, count, EAFNOSUPPORT);
    else if (door == PACKETS_ARP)
        send_arp(k, s, batch, count);
    else
        send_echoes(k, s, batch, count);
    for (size_t i = 0; i < count; i++)
        k->counts.send_failures += batch[i].error != 0;
    k->counts.sent += count;
}

/* ---- the door ---- */

static bool kernel_available(void *self, enum packets_door door)
{
    struct packets_kernel *k = self;
    if (door == PACKETS_UDP)
        return udp_socket(k, AF_INET)->fd >= 0 || udp_socket(k, AF_INET6)->fd >= 0;
    return k->places[place_of(door)].fd >= 0;
}

static void kernel_receive(void *self, enum packets_door door, packets_receive_fn fn, void *ctx)
{
    struct packets_kernel *k = self;
    struct receiver *free_one = NULL;
    for (size_t i = 0; i < PACKETS_RECEIVERS_MAX; i++) {
        struct receiver *r = &k->receivers[door][i];
        if (r->fn && r->ctx == ctx) {
            r->fn = fn;
            return;
        }
        if (!r->fn && !free_one)
            free_one = r;
    }
    if (fn && free_one)
        *free_one = (struct receiver){fn, ctx};
}

static struct stream *kernel_connect(void *self, const struct addr *to, uint16_t port, stream_fn fn,
                                     void *ctx)
{
    struct packets_kernel *k = self;
    if (k->streams.count >= STREAMS_MAX)
        k->counts.streams_refused++;
    return stream_open(&k->streams, to, port, fn, ctx);
}

static bool kernel_write(void *self, struct stream *s, const void *data, size_t len)
{
    (void)self;
    return stream_write(s, data, len);
}

static void kernel_close(void *self, struct stream *s)
{
    (void)self;
    stream_close(s);
}

static const struct packets_ops kernel_ops = {
    .available = kernel_available,
    .send = kernel_send,
    .receive = kernel_receive,
    .connect = kernel_connect,
    .write = kernel_write,
    .close = kernel_close,
};

struct packets_kernel *packets_kernel_create(uv_loop_t *loop)
{
    struct packets_kernel *k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    k->loop = loop;
    k->streams.loop = loop;
    k->door = (struct packets){&kernel_ops, k};
    const char *segment = getenv("HAYLOFT_UDP_SEGMENT");
    k->never_segment = segment && strcmp(segment, "off") == 0;
    if (getrandom(&k->echo_id, sizeof k->echo_id, 0) != sizeof k->echo_id)
        k->echo_id = (uint16_t)getpid();
    static const enum packets_door doors[PLACES] = {PACKETS_ICMP4, PACKETS_ICMP6, PACKETS_UDP,
                                                    PACKETS_UDP, PACKETS_ARP};
    for (size_t i = 0; i < PLACES; i++)
        k->places[i] = (struct place_socket){.owner = k, .door = doors[i], .fd = -1};
    open_udp(k, PLACE_UDP4);
    return k;
}

void packets_kernel_destroy(struct packets_kernel *k)
{
    if (!k)
        return;
    stream_close_all(&k->streams);
    for (size_t i = 0; i < PLACES; i++)
        close_place(&k->places[i]);
    free(k->small);
    free(k->large);
    free(k);
}

const struct packets *packets_kernel_door(struct packets_kernel *k)
{
    return &k->door;
}

struct packets_counts packets_kernel_counts(const struct packets_kernel *k)
{
    return k->counts;
}

void packets_kernel_drain(struct packets_kernel *k, enum packets_door door)
{
    for (size_t i = 0; i < PLACES; i++)
        if (k->places[i].door == door && k->places[i].fd >= 0)
            drain(k, &k->places[i]);
}
