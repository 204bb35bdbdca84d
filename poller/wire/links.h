/* What the kernel tells of this machine's interfaces: that something of them, or of the routes, has changed
 * (rtnetlink), and how each stands. */
#ifndef HAYLOFT_WIRE_LINKS_H
#define HAYLOFT_WIRE_LINKS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/addr.h"
#include "poller/wire/card_features.h"
#include "poller/wire/kernel_vlans.h"
#include "poller/wire/own_use.h"

struct links;

struct link_look {
    uint32_t ifindex; /* 0: there is none of that name */
    bool up;          /* switched on */
    bool carrier;     /* and has a link */
    struct mac own;
    bool own_used;    /* by this machine itself, see own_use.h */
    uint32_t mtu;
    struct card_features features;
    struct vid_set kernel_vlans; /* of a card that filters, those it knows */
};

/* changed: come and look; several changes may be one call. NULL: no netlink here. */
struct links *links_create(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx);
void links_destroy(struct links *l); /* NULL is fine */
struct link_look links_look(const struct links *l, const char *interface);
/* Of the way to the Internet; "" when there is none. Returns out. */
const char *links_default(const struct links *l, char out[static IF_NAMESIZE]);

#endif
