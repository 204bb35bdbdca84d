/* Neighbour solicitations and advertisements (RFC 4861 sections 4.3, 4.4), as ICMPv6 messages: what ARP is
 * to IPv4. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_NEIGHBOUR_MESSAGE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_NEIGHBOUR_MESSAGE_H

#include "collectors/protocol/ip_packet.h"

#define NEIGHBOUR_MESSAGE_BYTES 32

struct neighbour_message {
    bool advert;        /* false: a solicitation */
    struct addr target; /* who is asked for, or who is here */
    struct mac mac;     /* of the sender, or of who is here; not set: not told */
};

/* Into a packet from one address to another, with hop limit 255. An advertisement is an answer of one who
 * is no router. */
void neighbour_write(const struct addr *from, const struct addr *to, const struct neighbour_message *m,
                     uint8_t out[static NEIGHBOUR_MESSAGE_BYTES]);
/* False: neither, over a router, with a wrong sum or a broken option (section 7.1). */
bool neighbour_read(const struct ip_packet *p, struct neighbour_message *out);

#endif
