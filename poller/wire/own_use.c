#include "poller/wire/own_use.h"

#include <linux/if_addr.h>
#include <linux/netconf.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_BYTES 32768 /* the kernel's largest */
#define PARTS_MAX 64

bool own_use_read_addresses(const void *bytes, size_t len, uint32_t ifindex, bool *found, bool *whole)
{
    unsigned left = (unsigned)len;
    for (const struct nlmsghdr *h = bytes; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
        const struct ifaddrmsg *m = NLMSG_DATA(h);
        if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
            *whole = h->nlmsg_type == NLMSG_DONE;
            return false;
        }
        if (h->nlmsg_type == RTM_NEWADDR && h->nlmsg_len >= NLMSG_LENGTH(sizeof *m) && m->ifa_index == ifindex)
            *found = true;
    }
    return true;
}

bool own_use_read_forwarding(const void *bytes, size_t len, bool *forwards)
{
    const struct nlmsghdr *h = bytes;
    const size_t body = NLMSG_ALIGN(sizeof(struct netconfmsg));
    if (!NLMSG_OK(h, (unsigned)len) || h->nlmsg_type != RTM_NEWNETCONF || h->nlmsg_len < NLMSG_LENGTH(body))
        return false;
    int left = (int)(h->nlmsg_len - NLMSG_LENGTH(body)), value;
    for (const struct rtattr *a = (const void *)((const uint8_t *)NLMSG_DATA(h) + body); RTA_OK(a, left);
         a = RTA_NEXT(a, left))
        if (a->rta_type == NETCONFA_FORWARDING && RTA_PAYLOAD(a) >= sizeof value) {
            memcpy(&value, RTA_DATA(a), sizeof value);
            *forwards = value != 0;
            return true;
        }
    return false;
}

/* There already when send returns. */
static size_t receive(int fd, void *bytes)
{
    ssize_t got = recv(fd, bytes, ANSWER_BYTES, MSG_DONTWAIT);
    return got > 0 ? (size_t)got : 0;
}

static bool has_address(int fd, uint32_t ifindex)
{
    static _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
    bool found = false, whole = false;
    struct {
        struct nlmsghdr head;
        struct ifaddrmsg address;
    } q = {.head = {.nlmsg_len = sizeof q, .nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
           .address = {.ifa_family = AF_INET}};
    if (send(fd, &q, sizeof q, MSG_DONTWAIT) < 0)
        return true;
    for (int i = 0; i < PARTS_MAX; i++) {
        size_t got = receive(fd, bytes);
        if (!got || !own_use_read_addresses(bytes, got, ifindex, &found, &whole))
            break;
    }
    return found || !whole;
}

static bool forwards(int fd, uint32_t ifindex)
{
    static _Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_BYTES];
    bool on = true;
    struct {
        struct nlmsghdr head;
        struct netconfmsg family;
        uint8_t padding[3]; /* a netconfmsg has one byte */
        struct rtattr about;
        uint32_t ifindex;
    } q = {.head = {.nlmsg_len = sizeof q, .nlmsg_type = RTM_GETNETCONF, .nlmsg_flags = NLM_F_REQUEST},
           .family = {.ncm_family = AF_INET},
           .about = {.rta_len = RTA_LENGTH(sizeof q.ifindex), .rta_type = NETCONFA_IFINDEX},
           .ifindex = ifindex};
    _Static_assert(sizeof q == NLMSG_LENGTH(NLMSG_ALIGN(sizeof(struct netconfmsg))) + RTA_LENGTH(sizeof(uint32_t)),
                   "as the kernel reads it");
    if (send(fd, &q, sizeof q, MSG_DONTWAIT) < 0)
        return true;
    size_t got = receive(fd, bytes);
    return !got || !own_use_read_forwarding(bytes, got, &on) || on;
}

bool own_use_ask(int fd, uint32_t ifindex)
{
    return has_address(fd, ifindex) || forwards(fd, ifindex);
}
