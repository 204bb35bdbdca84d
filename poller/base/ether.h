/* The door to whole Ethernet frames, for checks that play another machine on a wire or a VLAN of it. The kernel
 * twin goes by the wire role, the simulated twin (tests/support/sim_ether) by a world in simulated time.
 *
 * A way is one of our interfaces, opened for addresses of ours and VLANs of interest. In come frames to those
 * addresses on any VLAN or none, and from those VLANs what is sent to groups and can matter: ARP, DHCP and DHCPv6
 * to clients, router and neighbour advertisements. Of everything else on such a VLAN a frame now and then, cut
 * short: it proves that the VLAN reaches us. Out go only the kinds of frames the wire role has on its list. */
#ifndef HAYLOFT_BASE_ETHER_H
#define HAYLOFT_BASE_ETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"

#define ETHER_UNTAGGED (-1)
#define ETHER_BYTES_MAX 1514 /* Ethernet header and 1500 bytes; the tag comes on top */
#define ETHER_MACS_MAX 16
#define ETHER_VIDS_MAX 64
#define ETHER_TEXT_MAX 160

struct ether_frame {
    uint32_t way;
    int32_t vid;         /* of its outer 802.1Q tag as it was delivered, ETHER_UNTAGGED without one, 0: a tag
                            that carries a priority only */
    bool double_tagged;  /* in: another tag stands behind that one, and in data */
    bool cut;            /* in: data is only its beginning */
    const uint8_t *data; /* destination, source, type and so on: without the outer tag */
    size_t len;          /* out: at most ETHER_BYTES_MAX; short ones are padded as a card would */
    struct mono at;      /* in: the kernel's stamp; out: filled in when it was handed on */
    int error;           /* out: errno of what is known at once; the rest is told by the way's state */
};

struct ether_wish {
    const char *interface; /* NULL: that of the default route */
    struct mac macs[ETHER_MACS_MAX]; /* made-up addresses of ours */
    size_t mac_count;
    bool own_mac;          /* also frames to the card's own address, and from it */
    uint16_t vids[ETHER_VIDS_MAX];
    size_t vid_count;
    bool untagged;         /* what is sent to groups without a tag, too */
};

struct ether_state {
    bool open;             /* frames come and go */
    char reason[ETHER_TEXT_MAX]; /* why not, or ""; a sentence for people */
    char interface[16];
    bool link;
    struct mac own;        /* of the card */
    bool own_free;         /* it is nobody's but ours: the card has joined a Wi-Fi network for us, and this machine has
                              no IPv4 address there and passes nothing on. So it may take a lease */
    uint32_t mtu;
    bool vlan_filter;      /* the card lets in only VLANs it was told of, and is not told of ours */
    bool vlan_offload;     /* the card takes tags off, and the kernel keeps them beside the frame */
    uint64_t dropped;      /* frames to us that were lost before us: then silence proves nothing */
    uint64_t refused;      /* of our frames, after send had taken them; those it did not take are not in it */
    int refused_error;     /* errno of the last of them; EACCES: not a kind of frame that may leave */
};

/* A batch of none: the state of the way is another. */
typedef void (*ether_receive_fn)(void *ctx, const struct ether_frame *batch, size_t count);

struct ether_ops {
    /* 0: not possible at all here. The state tells the rest, at once or a little later. */
    uint32_t (*open)(void *self, const struct ether_wish *wish, ether_receive_fn fn, void *ctx);
    void (*close)(void *self, uint32_t way); /* no callback afterwards */
    void (*send)(void *self, struct ether_frame *batch, size_t count); /* each has its way */
    void (*state)(void *self, uint32_t way, struct ether_state *out);
};

struct ether {
    const struct ether_ops *ops;
    void *self;
};

static inline uint32_t ether_open(const struct ether *f, const struct ether_wish *wish, ether_receive_fn fn,
                                  void *ctx)
{
    return f->ops->open(f->self, wish, fn, ctx);
}

static inline void ether_close(const struct ether *f, uint32_t way)
{
    f->ops->close(f->self, way);
}

static inline void ether_send(const struct ether *f, struct ether_frame *batch, size_t count)
{
    f->ops->send(f->self, batch, count);
}

static inline void ether_state(const struct ether *f, uint32_t way, struct ether_state *out)
{
    f->ops->state(f->self, way, out);
}

#endif
