#include "poller/wire/links.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/base/netinfo_kernel.h"

struct links {
    uv_poll_t poll;
    int events, asking; /* rtnetlink sockets: one listens, one asks */
    struct netinfo_kernel *netinfo;
    void (*changed)(void *ctx);
    void *ctx;
};

/* What exactly has changed is not of interest: whoever cares looks anew. So nothing is parsed here. */
static void on_event(uv_poll_t *poll, int status, int events)
{
    struct links *l = poll->data;
    static uint8_t bytes[16384];
    while (recv(l->events, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC) > 0)
        ;
    l->changed(l->ctx);
}

static int open_route_socket(uint32_t groups)
{
    struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) == 0)
        return fd;
    close(fd);
    return -1;
}

struct links *links_create(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx)
{
    struct links *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    *l = (struct links){.events = open_route_socket(RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE),
                        .asking = open_route_socket(0),
                        .netinfo = netinfo_kernel_create(),
                        .changed = changed,
                        .ctx = ctx};
    if (l->events >= 0 && l->asking >= 0 && l->netinfo && uv_poll_init(loop, &l->poll, l->events) == 0) {
        l->poll.data = l;
        uv_poll_start(&l->poll, UV_READABLE, on_event);
        return l;
    }
    if (l->events >= 0)
        close(l->events);
    if (l->asking >= 0)
        close(l->asking);
    netinfo_kernel_destroy(l->netinfo);
    free(l);
    return NULL;
}

static void on_closed(uv_handle_t *h)
{
    struct links *l = h->data;
    close(l->events);
    close(l->asking);
    netinfo_kernel_destroy(l->netinfo);
    free(l);
}

void links_destroy(struct links *l)
{
    if (!l)
        return;
    uv_poll_stop(&l->poll);
    uv_close((uv_handle_t *)&l->poll, on_closed);
}

static bool ask(const struct links *l, unsigned long what, const char *interface, struct ifreq *r)
{
    *r = (struct ifreq){0};
    snprintf(r->ifr_name, sizeof r->ifr_name, "%s", interface);
    return ioctl(l->asking, what, r) == 0;
}

struct link_look links_look(const struct links *l, const char *interface)
{
    struct link_look out = {0};
    struct ifreq r;
    if (!ask(l, SIOCGIFINDEX, interface, &r))
        return out;
    out.ifindex = (uint32_t)r.ifr_ifindex;
    if (ask(l, SIOCGIFFLAGS, interface, &r)) {
        out.up = r.ifr_flags & IFF_UP;
        out.carrier = out.up && r.ifr_flags & IFF_RUNNING;
    }
    if (ask(l, SIOCGIFHWADDR, interface, &r))
        memcpy(out.own.bytes, r.ifr_hwaddr.sa_data, sizeof out.own.bytes);
    out.own_used = own_use_ask(l->asking, out.ifindex);
    if (ask(l, SIOCGIFMTU, interface, &r))
        out.mtu = (uint32_t)r.ifr_mtu;
    out.features = card_features_read(l->asking, interface);
    if (out.features.vlan_filter)
        out.kernel_vlans = kernel_vlans_ask(l->asking, out.ifindex);
    return out;
}

const char *links_default(const struct links *l, char out[static IF_NAMESIZE])
{
    static const uint8_t families[] = {AF_INET, AF_INET6};
    const struct netinfo *n = netinfo_kernel_door(l->netinfo);
    struct netinfo_path path;
    struct netinfo_link link;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof families; i++)
        if (n->ops->default_route(n->self, families[i], &path) && n->ops->link(n->self, path.ifindex, &link)) {
            snprintf(out, IF_NAMESIZE, "%s", link.name);
            break;
        }
    return out;
}
