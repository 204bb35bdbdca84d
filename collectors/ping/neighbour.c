#include "collectors/ping/neighbour.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "collectors/protocol/arp.h"

#define ASKED_MAX 1024 /* remembered; the oldest are forgotten first */

struct asked {
    struct addr addr;
    struct mono heard; /* ns 0: not yet */
};

struct neighbours {
    const struct env *env;
    struct asked asked[ASKED_MAX];
    size_t next;
};

static struct asked *find(const struct neighbours *n, const struct addr *addr)
{
    for (size_t i = 0; i < ASKED_MAX; i++)
        if (addr_equal(&n->asked[i].addr, addr))
            return (struct asked *)&n->asked[i];
    return NULL;
}

static void on_arp(void *ctx, const struct packet *batch, size_t count)
{
    struct neighbours *n = ctx;
    struct arp_packet p;
    for (size_t i = 0; i < count; i++) {
        if (batch[i].error || !arp_read(batch[i].data, batch[i].len, &p) || p.operation != ARP_REPLY)
            continue;
        struct asked *a = find(n, &p.sender);
        if (a)
            a->heard = batch[i].at;
    }
}

struct neighbours *neighbours_create(const struct env *env)
{
    struct neighbours *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->env = env;
    packets_receive(env->packets, PACKETS_ARP, on_arp, n);
    return n;
}

void neighbours_destroy(struct neighbours *n)
{
    if (!n)
        return;
    packets_receive(n->env->packets, PACKETS_ARP, NULL, n);
    free(n);
}

/* The way there, if it is on a link of ours. */
static bool on_link(const struct neighbours *n, const struct addr *to, struct netinfo_path *path)
{
    const struct netinfo *net = n->env->netinfo;
    return net && net->ops->path(net->self, to, path) && !addr_is_set(&path->gateway);
}

void neighbours_ask(struct neighbours *n, const struct addr *to)
{
    const struct netinfo *net = n->env->netinfo;
    struct netinfo_path path;
    struct netinfo_link link;
    uint8_t bytes[ARP_PACKET_BYTES];
    if (to->family != AF_INET || !packets_available(n->env->packets, PACKETS_ARP) ||
        !on_link(n, to, &path) || !net->ops->link(net->self, path.ifindex, &link) || !mac_is_set(&link.mac))
        return;
    if (!find(n, to))
        n->asked[n->next++ % ASKED_MAX] = (struct asked){.addr = *to};
    arp_write(&(struct arp_packet){.operation = ARP_REQUEST, .sender_mac = link.mac,
                                   .sender = path.source, .target = *to}, bytes);
    struct packet packet = {.ifindex = path.ifindex, .data = bytes, .len = sizeof bytes};
    packets_send(n->env->packets, PACKETS_ARP, &packet, 1);
}

bool neighbours_answered(const struct neighbours *n, const struct addr *to, struct mono since,
                         struct mono now)
{
    const struct netinfo *net = n->env->netinfo;
    const struct asked *a = find(n, to);
    struct netinfo_path path;
    struct netinfo_neighbour entry;
    if (a && mono_before(since, a->heard))
        return true;
    return on_link(n, to, &path) && net->ops->neighbour(net->self, path.ifindex, to, &entry) &&
           !entry.failed && entry.confirmed_ago_ns < mono_since(now, since);
}
