/* ICMP echo messages of both families (RFC 792, RFC 4443) and the meaning of ICMP errors. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ICMP_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICMP_HEADER_BYTES 8

struct icmp_echo {
    uint16_t identifier, sequence;
    const uint8_t *payload; /* points into the message */
    size_t payload_len;
};

/* Writes the header of an echo request before the payload that already stands at message + 8. The
 * identifier stays 0: the door puts in its own. IPv6 checksums are the kernel's. */
void icmp_request_finish(uint8_t family, uint16_t sequence, uint8_t *message, size_t len);

bool icmp_reply_read(uint8_t family, const uint8_t *message, size_t len, struct icmp_echo *out);
/* A request as an error message quotes it: often cut after the header. */
bool icmp_quote_read(uint8_t family, const uint8_t *message, size_t len, struct icmp_echo *out);

/* A stable word for an ICMP error: "unreachable", "prohibited", "ttl-exceeded", "too-big", "bad-header". */
const char *icmp_error_reason(uint8_t family, uint8_t type, uint8_t code);

#endif
