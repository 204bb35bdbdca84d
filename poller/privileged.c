#include "poller/privileged.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "poller/base/log.h"

static int open_socket(int family, int type, int protocol)
{
    return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static void open_icmp(struct privileged *p, int family, int protocol,
                      enum privileged_socket datagram, enum privileged_socket raw, const char *name)
{
    p->fds[datagram] = open_socket(family, SOCK_DGRAM, protocol);
    if (p->fds[datagram] >= 0)
        return;
    p->fds[raw] = open_socket(family, SOCK_RAW, protocol);
    if (p->fds[raw] < 0 && errno != EAFNOSUPPORT)
        log_warnx("sockets", "no %s socket: give CAP_NET_RAW or widen net.ipv4.ping_group_range",
                  name);
}

void privileged_open(struct privileged *p)
{
    for (int i = 0; i < PRIVILEGED_SOCKETS; i++)
        p->fds[i] = -1;
    open_icmp(p, AF_INET, IPPROTO_ICMP, SOCKET_ICMP4_DGRAM, SOCKET_ICMP4_RAW, "ICMP");
    open_icmp(p, AF_INET6, IPPROTO_ICMPV6, SOCKET_ICMP6_DGRAM, SOCKET_ICMP6_RAW, "ICMPv6");
    p->fds[SOCKET_ARP] = open_socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ARP));
    if (p->fds[SOCKET_ARP] < 0)
        log_info("sockets",
                 "no ARP socket without CAP_NET_RAW: neighbours are judged by ping alone");
}

void privileged_close(struct privileged *p)
{
    for (int i = 0; i < PRIVILEGED_SOCKETS; i++) {
        if (p->fds[i] >= 0)
            close(p->fds[i]);
        p->fds[i] = -1;
    }
}
