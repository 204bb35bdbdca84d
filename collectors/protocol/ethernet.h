/* The header of an Ethernet frame, as the ether door carries it: without the outer tag. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ETHERNET_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ETHERNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/cursor.h"

#define ETHERNET_HEADER_BYTES 14
#define ETHERNET_TYPE_MIN 0x0600 /* below it is a length (IEEE 802.3 clause 3.2.6) */

enum { ETHERNET_IPV4 = 0x0800, ETHERNET_ARP = 0x0806, ETHERNET_VLAN = 0x8100, ETHERNET_IPV6 = 0x86dd };

struct ethernet_frame {
    struct mac to, from;
    uint16_t type;
    const uint8_t *payload; /* points into the frame; padding may stand behind what is meant */
    size_t payload_len;
};

extern const struct mac ethernet_broadcast;

/* False: shorter than a header, or a length stands where its type should. */
bool ethernet_read(const uint8_t *frame, size_t len, struct ethernet_frame *out);
bool ethernet_write(struct writer *w, const struct mac *to, const struct mac *from, uint16_t type);

bool ethernet_is_group(const struct mac *m);
struct mac ethernet_group6(const struct addr *group); /* an IPv6 group's address on the wire (RFC 2464 section 7) */
/* The address a card makes of its own for a link (RFC 4291 appendix A). */
struct addr ethernet_link_local(const struct mac *m);

#endif
