#include "poller/base/netinfo_kernel.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "poller/base/clock.h"

#define ANSWER_BYTES 16384
#define DUMP_BATCHES_MAX 256 /* of a routing table: more is a router with the world's routes */

struct netinfo_kernel {
    struct netinfo door;
    int fd;
    uint32_t sequence;
};

struct question {
    struct nlmsghdr head;
    union {
        struct rtmsg route;
        struct ndmsg neighbour;
    } body;
    uint8_t attributes[64];
};

/* Given each message of the answer; false stops. */
typedef bool (*answer_fn)(const struct nlmsghdr *head, void *ctx);

static void put_attribute(struct question *q, uint16_t type, const void *data, size_t len)
{
    struct rtattr *a = (void *)((uint8_t *)&q->head + NLMSG_ALIGN(q->head.nlmsg_len));
    a->rta_type = type;
    a->rta_len = (uint16_t)RTA_LENGTH(len);
    memcpy(RTA_DATA(a), data, len);
    q->head.nlmsg_len = NLMSG_ALIGN(q->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static struct question question_of(struct netinfo_kernel *k, uint16_t type, uint16_t flags,
                                   size_t body_len)
{
    struct question q = {0};
    q.head.nlmsg_len = (uint32_t)NLMSG_LENGTH(body_len);
    q.head.nlmsg_type = type;
    q.head.nlmsg_flags = NLM_F_REQUEST | flags;
    q.head.nlmsg_seq = ++k->sequence;
    return q;
}

/* True while more of a dump is to come. */
static bool take_answers(struct netinfo_kernel *k, const void *bytes, size_t len, bool dump,
                         answer_fn fn, void *ctx)
{
    unsigned left = (unsigned)len;
    for (const struct nlmsghdr *h = bytes; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
        if (h->nlmsg_seq != k->sequence)
            continue;
        if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
            return false;
        if (!fn(h, ctx) || !dump)
            return false;
    }
    return true;
}

static void ask(struct netinfo_kernel *k, struct question *q, answer_fn fn, void *ctx)
{
    _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
    bool dump = q->head.nlmsg_flags & NLM_F_DUMP;
    if (send(k->fd, q, q->head.nlmsg_len, MSG_DONTWAIT) < 0)
        return;
    for (int i = 0; i < DUMP_BATCHES_MAX; i++) {
        ssize_t got = recv(k->fd, bytes, sizeof bytes, MSG_DONTWAIT); /* there already */
        if (got <= 0 || !take_answers(k, bytes, (size_t)got, dump, fn, ctx))
            return;
    }
}

static struct addr addr_of(uint8_t family, const struct rtattr *a)
{
    struct addr out = {0};
    size_t len = family == AF_INET ? 4 : 16;
    if (RTA_PAYLOAD(a) < len)
        return out;
    out.family = family;
    memcpy(out.bytes, RTA_DATA(a), len);
    return out;
}

static uint32_t u32_of(const struct rtattr *a)
{
    uint32_t v = 0;
    if (RTA_PAYLOAD(a) >= sizeof v)
        memcpy(&v, RTA_DATA(a), sizeof v);
    return v;
}

/* ---- routes ---- */

struct route_answer {
    bool found;
    uint32_t metric;
    struct netinfo_path path;
};

static struct route_answer read_route(const struct nlmsghdr *h)
{
    struct route_answer out = {.found = true};
    const struct rtmsg *m = NLMSG_DATA(h);
    int left = (int)RTM_PAYLOAD(h);
    for (const struct rtattr *a = RTM_RTA(m); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        if (a->rta_type == RTA_GATEWAY)
            out.path.gateway = addr_of(m->rtm_family, a);
        else if (a->rta_type == RTA_OIF)
            out.path.ifindex = u32_of(a);
        else if (a->rta_type == RTA_PREFSRC)
            out.path.source = addr_of(m->rtm_family, a);
        else if (a->rta_type == RTA_PRIORITY)
            out.metric = u32_of(a);
    }
    if (out.path.gateway.family == AF_INET6 && out.path.gateway.bytes[0] == 0xfe &&
        (out.path.gateway.bytes[1] & 0xc0) == 0x80)
        out.path.gateway.scope = out.path.ifindex;
    return out;
}

/* Of several default routes the one with the least metric. */
static bool take_default(const struct nlmsghdr *h, void *ctx)
{
    struct route_answer *best = ctx;
    const struct rtmsg *m = NLMSG_DATA(h);
    if (h->nlmsg_type != RTM_NEWROUTE || m->rtm_dst_len != 0 || m->rtm_type != RTN_UNICAST ||
        m->rtm_table != RT_TABLE_MAIN)
        return true;
    struct route_answer route = read_route(h);
    if (route.path.ifindex && (!best->found || route.metric < best->metric))
        *best = route;
    return true;
}

static bool kernel_default_route(void *self, uint8_t family, struct netinfo_path *out)
{
    struct netinfo_kernel *k = self;
    struct question q = question_of(k, RTM_GETROUTE, NLM_F_DUMP, sizeof q.body.route);
    struct route_answer best = {0};
    q.body.route.rtm_family = family;
    ask(k, &q, take_default, &best);
    *out = best.path;
    return best.found;
}

static bool take_path(const struct nlmsghdr *h, void *ctx)
{
    if (h->nlmsg_type == RTM_NEWROUTE)
        *(struct route_answer *)ctx = read_route(h);
    return false;
}

static bool kernel_path(void *self, const struct addr *to, struct netinfo_path *out)
{
    struct netinfo_kernel *k = self;
    struct question q = question_of(k, RTM_GETROUTE, 0, sizeof q.body.route);
    struct route_answer route = {0};
    size_t len = to->family == AF_INET ? 4 : 16;
    q.body.route.rtm_family = to->family;
    q.body.route.rtm_dst_len = (uint8_t)(len * 8);
    put_attribute(&q, RTA_DST, to->bytes, len);
    if (to->scope)
        put_attribute(&q, RTA_OIF, &to->scope, sizeof to->scope);
    ask(k, &q, take_path, &route);
    *out = route.path;
    return route.found;
}

/* ---- links ---- */

/* By ioctl: those look under RCU, where a question over netlink waits for the lock every change of any link of the
 * machine takes, and drivers hold that for long. */
static bool kernel_link(void *self, uint32_t ifindex, struct netinfo_link *out)
{
    struct netinfo_kernel *k = self;
    struct ifreq r = {.ifr_ifindex = (int)ifindex};
    *out = (struct netinfo_link){0};
    if (ioctl(k->fd, SIOCGIFNAME, &r) != 0)
        return false;
    memcpy(out->name, r.ifr_name, sizeof out->name - 1);
    if (ioctl(k->fd, SIOCGIFFLAGS, &r) != 0)
        return false;
    out->loopback = r.ifr_flags & IFF_LOOPBACK;
    out->carrier = (r.ifr_flags & IFF_UP) && (r.ifr_flags & IFF_RUNNING);
    if (ioctl(k->fd, SIOCGIFHWADDR, &r) == 0 && r.ifr_hwaddr.sa_family == ARPHRD_ETHER)
        memcpy(out->mac.bytes, r.ifr_hwaddr.sa_data, sizeof out->mac.bytes);
    return true;
}

/* ---- neighbours ---- */

struct neighbour_answer {
    bool found;
    struct netinfo_neighbour neighbour;
};

static int64_t ticks_to_ns(uint32_t ticks)
{
    long per_second = sysconf(_SC_CLK_TCK);
    return (int64_t)ticks * (NS_PER_S / (per_second > 0 ? per_second : 100));
}

static struct netinfo_heard read_neighbour(const struct nlmsghdr *h)
{
    struct netinfo_heard out = {.neighbour.confirmed_ago_ns = INT64_MAX};
    const struct ndmsg *m = NLMSG_DATA(h);
    const struct rtattr *a = (const void *)((const uint8_t *)m + NLMSG_ALIGN(sizeof *m));
    int left = (int)NLMSG_PAYLOAD(h, sizeof *m);
    struct mac *mac = &out.neighbour.mac;
    out.neighbour.failed = m->ndm_state & NUD_FAILED;
    for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        struct nda_cacheinfo info;
        if (a->rta_type == NDA_DST)
            out.addr = addr_of(m->ndm_family, a);
        else if (a->rta_type == NDA_LLADDR && RTA_PAYLOAD(a) == sizeof mac->bytes)
            memcpy(mac->bytes, RTA_DATA(a), sizeof mac->bytes);
        else if (a->rta_type == NDA_CACHEINFO && RTA_PAYLOAD(a) >= sizeof info) {
            memcpy(&info, RTA_DATA(a), sizeof info);
            out.neighbour.confirmed_ago_ns = ticks_to_ns(info.ndm_confirmed);
        }
    }
    return out;
}

static bool take_neighbour(const struct nlmsghdr *h, void *ctx)
{
    struct neighbour_answer *out = ctx;
    if (h->nlmsg_type != RTM_NEWNEIGH)
        return false;
    out->found = true;
    out->neighbour = read_neighbour(h).neighbour;
    return false;
}

static bool kernel_neighbour(void *self, uint32_t ifindex, const struct addr *addr,
                             struct netinfo_neighbour *out)
{
    struct netinfo_kernel *k = self;
    struct question q = question_of(k, RTM_GETNEIGH, 0, sizeof q.body.neighbour);
    struct neighbour_answer answer = {0};
    q.body.neighbour.ndm_family = addr->family;
    q.body.neighbour.ndm_ifindex = (int)ifindex;
    put_attribute(&q, NDA_DST, addr->bytes, addr->family == AF_INET ? 4 : 16);
    ask(k, &q, take_neighbour, &answer);
    *out = answer.neighbour;
    return answer.found;
}

struct neighbour_list {
    struct netinfo_heard *out;
    size_t max, count;
};

/* The dump is read to its end also when there is no more room: a dump left half read stands in the way of
 * the next question. */
static bool take_listed(const struct nlmsghdr *h, void *ctx)
{
    struct neighbour_list *list = ctx;
    const struct ndmsg *m = NLMSG_DATA(h);
    if (h->nlmsg_type != RTM_NEWNEIGH || (m->ndm_state & (NUD_NOARP | NUD_FAILED)) ||
        (m->ndm_family != AF_INET && m->ndm_family != AF_INET6))
        return true;
    struct netinfo_heard heard = read_neighbour(h);
    if (!addr_is_set(&heard.addr) || !mac_is_set(&heard.neighbour.mac))
        return true;
    if (list->count++ < list->max)
        list->out[list->count - 1] = heard;
    return true;
}

static size_t kernel_neighbours(void *self, struct netinfo_heard *out, size_t max)
{
    struct netinfo_kernel *k = self;
    struct question q = question_of(k, RTM_GETNEIGH, NLM_F_DUMP, sizeof q.body.neighbour);
    struct neighbour_list list = {out, max, 0};
    ask(k, &q, take_listed, &list);
    return list.count;
}

static const struct netinfo_ops kernel_ops = {
    .default_route = kernel_default_route,
    .path = kernel_path,
    .link = kernel_link,
    .neighbour = kernel_neighbour,
    .neighbours = kernel_neighbours,
};

struct netinfo_kernel *netinfo_kernel_create(void)
{
    struct netinfo_kernel *k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (k->fd < 0) {
        int kept = errno;
        netinfo_kernel_destroy(k);
        errno = kept;
        return NULL;
    }
    k->door = (struct netinfo){&kernel_ops, k};
    return k;
}

void netinfo_kernel_destroy(struct netinfo_kernel *k)
{
    if (!k)
        return;
    if (k->fd >= 0)
        close(k->fd);
    free(k);
}

const struct netinfo *netinfo_kernel_door(const struct netinfo_kernel *k)
{
    return &k->door;
}
