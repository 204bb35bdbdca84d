/* UDP datagrams over either family (RFC 768). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_UDP_H
#define HAYLOFT_COLLECTORS_PROTOCOL_UDP_H

#include "collectors/protocol/ip_packet.h"

#define UDP_HEADER_BYTES 8

struct udp_datagram {
    uint16_t from, to;      /* ports */
    bool bad_sum;           /* a sender leaves it to its card, so a capture on the same machine sees it unmade:
                               counted, never a reason to drop */
    const uint8_t *payload; /* points into the packet */
    size_t payload_len;
};

bool udp_read(const struct ip_packet *p, struct udp_datagram *out);
/* Header and payload, with the sum for these addresses. */
bool udp_write(struct writer *w, const struct addr *from, const struct addr *to, const struct udp_datagram *d);

#endif
