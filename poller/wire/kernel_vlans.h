/* The VLANs of an interface that this machine's kernel has a device for (IEEE 802.1Q; rtnetlink RTM_GETLINK): a card
 * that filters VLANs was told of those. */
#ifndef HAYLOFT_WIRE_KERNEL_VLANS_H
#define HAYLOFT_WIRE_KERNEL_VLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vid_set { /* zeroed: none */
    uint64_t bits[64];
};

bool vid_set_has(const struct vid_set *s, uint16_t vid);

/* Adds what one part of the kernel's answer tells of the interface of that number. True while more is to come.
 * Pure. */
bool kernel_vlans_read(const void *bytes, size_t len, uint32_t ifindex, struct vid_set *out);

/* fd: an rtnetlink socket with nothing else under way. */
struct vid_set kernel_vlans_ask(int fd, uint32_t ifindex);

#endif
