/* The one door through which collectors meet the network. The kernel twin (packets_kernel) owns real
 * sockets in a libuv loop; the simulated twin (tests/support/sim_packets) a world in simulated time.
 * Batches go out and come in; every packet that came in has the kernel's receive stamp on the monotonic
 * clock. */
#ifndef HAYLOFT_BASE_PACKETS_H
#define HAYLOFT_BASE_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"

enum packets_door {
    PACKETS_ICMP4, /* payload: the ICMP message; the kernel may overwrite the echo identifier */
    PACKETS_ICMP6,
    PACKETS_UDP,   /* one unconnected socket per family, chosen by the peer's address */
    PACKETS_ARP,   /* payload: the ARP packet without Ethernet header; peer unused */
    PACKETS_DOORS
};

struct packet {
    struct addr peer;
    uint16_t port;         /* UDP */
    uint32_t ifindex;      /* ARP */
    const uint8_t *data;   /* out: valid during send; in: valid during the callback */
    size_t len;
    struct mono at;        /* out: filled with the send stamp; in: the kernel's receive stamp */
    int error;             /* out: errno of this packet's send or 0; in: errno from the error queue, then
                              data is the offending payload as far as the kernel kept it */
    struct addr offender;  /* in, with error: who reported it (ICMP), may be none */
    uint16_t segment;      /* out, UDP: split data into datagrams of this many bytes (UDP_SEGMENT); 0: whole */
    bool unsegmented;      /* out, of such: the kernel would not, the datagrams went one by one. Ask no more */
    uint8_t icmp_type, icmp_code; /* in, with an offender: its message, numbers of the peer's family */
};

/* A batch of one packet with error ENOBUFS and no peer says: our own receive queue overflowed, answers to
 * what is outstanding may be lost. */
typedef void (*packets_receive_fn)(void *ctx, const struct packet *batch, size_t count);
#define PACKETS_RECEIVERS_MAX 8 /* per door: each sees every packet and takes what it knows as its own */

struct stream; /* a TCP connection being made or read */
enum stream_event { STREAM_CONNECTED, STREAM_DATA, STREAM_CLOSED, STREAM_ERROR };
typedef void (*stream_fn)(void *ctx, struct stream *s, enum stream_event event, const void *data,
                          size_t len, int error);

struct packets_ops {
    bool (*available)(void *self, enum packets_door door); /* opened for us? */
    /* Sends all; each packet's error tells its fate, a failure there is our own fault, never the peer's.
     * ENOBUFS/EAGAIN are retried inside for a bounded time. */
    void (*send)(void *self, enum packets_door door, struct packet *batch, size_t count);
    /* Adds a receiver; fn NULL takes away the one with this ctx. */
    void (*receive)(void *self, enum packets_door door, packets_receive_fn fn, void *ctx);
    /* NULL with errno: could not even try, our own fault. */
    struct stream *(*connect)(void *self, const struct addr *to, uint16_t port, stream_fn fn, void *ctx);
    bool (*write)(void *self, struct stream *s, const void *data, size_t len);
    void (*close)(void *self, struct stream *s); /* no callback afterwards */
};

struct packets {
    const struct packets_ops *ops;
    void *self;
};

static inline bool packets_available(const struct packets *p, enum packets_door door)
{
    return p->ops->available(p->self, door);
}

static inline void packets_send(const struct packets *p, enum packets_door door,
                                struct packet *batch, size_t count)
{
    p->ops->send(p->self, door, batch, count);
}

static inline void packets_receive(const struct packets *p, enum packets_door door,
                                   packets_receive_fn fn, void *ctx)
{
    p->ops->receive(p->self, door, fn, ctx);
}

static inline struct stream *packets_connect(const struct packets *p, const struct addr *to,
                                             uint16_t port, stream_fn fn, void *ctx)
{
    return p->ops->connect(p->self, to, port, fn, ctx);
}

static inline bool packets_write(const struct packets *p, struct stream *s, const void *data,
                                 size_t len)
{
    return p->ops->write(p->self, s, data, len);
}

static inline void packets_close(const struct packets *p, struct stream *s)
{
    p->ops->close(p->self, s);
}

#endif
