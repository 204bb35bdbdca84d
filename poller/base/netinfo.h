/* The door to what the kernel knows of our own place in the network: default routes, links, paths and
 * neighbours. The kernel twin (netinfo_kernel) asks rtnetlink; a simulated twin answers from a table.
 * Answers are immediate: the kernel is asked, never the network. */
#ifndef HAYLOFT_BASE_NETINFO_H
#define HAYLOFT_BASE_NETINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define NETINFO_NAME_MAX 16

struct netinfo_path {
    uint32_t ifindex;
    struct addr gateway; /* none: on the own link */
    struct addr source;  /* our address on that way; may be none */
};

struct netinfo_link {
    char name[NETINFO_NAME_MAX];
    bool carrier, loopback;
    struct mac mac;
};

struct netinfo_neighbour {
    struct mac mac;           /* none: never learned */
    bool failed;              /* the kernel asked and got no answer */
    int64_t confirmed_ago_ns; /* since it last proved to be there */
};

struct netinfo_heard {
    struct addr addr;
    struct netinfo_neighbour neighbour;
};

struct netinfo_ops {
    /* The way to the Internet of one family; false when there is none. */
    bool (*default_route)(void *self, uint8_t family, struct netinfo_path *out);
    bool (*path)(void *self, const struct addr *to, struct netinfo_path *out);
    bool (*link)(void *self, uint32_t ifindex, struct netinfo_link *out);
    /* False: no entry. */
    bool (*neighbour)(void *self, uint32_t ifindex, const struct addr *addr,
                      struct netinfo_neighbour *out);
    /* All neighbours with a MAC on all links, at most max of them; returns how many there are. */
    size_t (*neighbours)(void *self, struct netinfo_heard *out, size_t max);
};

struct netinfo {
    const struct netinfo_ops *ops;
    void *self;
};

#endif
