/* The program the kernel runs over each frame before it is copied to us: a coarse sieve in front of admit, so that a
 * busy host's own traffic costs nothing here. It lets through whatever admit could want of these wishes, and some
 * more. The kernel has taken the outer tag off by then and keeps it beside the frame. Pure. */
#ifndef HAYLOFT_WIRE_FILTER_H
#define HAYLOFT_WIRE_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "poller/base/ether.h"

#define FILTER_MAX 1024 /* instructions; wishes that need more get one that lets through everything */

/* own: the card's address. Returns how many instructions. */
size_t filter_build(const struct ether_wish *const *wishes, size_t count, const struct mac *own,
                    struct sock_filter out[static FILTER_MAX]);

#endif
