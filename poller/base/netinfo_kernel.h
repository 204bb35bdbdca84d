/* The kernel twin of netinfo.h: one rtnetlink socket, asked and answered at once. */
#ifndef HAYLOFT_BASE_NETINFO_KERNEL_H
#define HAYLOFT_BASE_NETINFO_KERNEL_H

#include "poller/base/netinfo.h"

struct netinfo_kernel;

/* Opens its socket, so before a sandbox closes that way. NULL with errno. */
struct netinfo_kernel *netinfo_kernel_create(void);
void netinfo_kernel_destroy(struct netinfo_kernel *k); /* NULL is fine */
const struct netinfo *netinfo_kernel_door(const struct netinfo_kernel *k);

#endif
