/* TCP segments over IPv4 (RFC 9293 section 3.1). */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_TCP_SEGMENT_H
#define HAYLOFT_COLLECTORS_PROTOCOL_TCP_SEGMENT_H

#include "collectors/protocol/ip_packet.h"

#define TCP_HEADER_BYTES 20
#define TCP_SYN_BYTES 24 /* with its segment size */

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

struct tcp_segment {
    uint16_t from, to;        /* ports */
    uint32_t sequence, acknowledged;
    uint8_t flags;            /* of enum tcp_flag */
    uint16_t window;
    uint16_t mss;             /* largest payload its sender takes; goes out with a SYN only; 0: not told */
    bool bad_sum;             /* counted, never a reason to drop: see udp.h */
    const uint8_t *payload;
    size_t payload_len;
};

bool tcp_read(const struct ip_packet *p, struct tcp_segment *out);
/* Header, options and payload, with the sum for these addresses. */
bool tcp_write(struct writer *w, const struct addr *from, const struct addr *to, const struct tcp_segment *s);
/* So many sequence numbers it takes: its payload, a SYN and a FIN. */
uint32_t tcp_extent(const struct tcp_segment *s);

#endif
