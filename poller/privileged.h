/* The sockets only a privileged process can make, from a fixed list. The parent keeps them open and
 * hands the engine copies each time it starts. */
#ifndef HAYLOFT_PRIVILEGED_H
#define HAYLOFT_PRIVILEGED_H

#include "poller/message/parent_any.h"

#define PRIVILEGED_SOCKETS (SOCKET_ARP + 1)

struct privileged {
    int fds[PRIVILEGED_SOCKETS]; /* by enum privileged_socket; -1: not to be had */
};

/* Datagram sockets for ICMP where ping_group_range lets us, else raw ones. What cannot be had is
 * logged. */
void privileged_open(struct privileged *p);
void privileged_close(struct privileged *p);

#endif
