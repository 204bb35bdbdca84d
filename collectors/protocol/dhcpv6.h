/* DHCPv6 (RFC 8415), a client's side: what a guest asks where a router's advertisement says so, and who
 * answers. No address is taken. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_DHCPV6_H
#define HAYLOFT_COLLECTORS_PROTOCOL_DHCPV6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define DHCPV6_CLIENT_PORT 546
#define DHCPV6_SERVER_PORT 547
#define DHCPV6_QUESTION_MAX 64
#define DHCPV6_RESOLVERS_MAX 4

enum dhcpv6_type { DHCPV6_SOLICIT = 1, DHCPV6_ADVERTISE = 2, DHCPV6_REPLY = 7, DHCPV6_INFORMATION_REQUEST = 11 };

struct dhcpv6_question {
    enum dhcpv6_type type;  /* SOLICIT (for an address, M) or INFORMATION_REQUEST (for the rest, O) */
    uint32_t transaction;   /* 24 bits */
    uint16_t elapsed_hundredths;
    struct mac client;      /* its DUID is of the link-layer type (RFC 8415 section 11.4) */
};

struct dhcpv6_answer {
    enum dhcpv6_type type;  /* ADVERTISE or REPLY */
    uint32_t transaction;
    struct mac client;      /* of the DUID given back; not set: another or none */
    bool has_server;        /* says who it is, as it must */
    struct addr address;    /* first one offered; not set: none */
    struct addr resolvers[DHCPV6_RESOLVERS_MAX];
    size_t resolver_count;
    uint16_t status;        /* 0: success, 2: no addresses available, ... (section 21.13) */
};

size_t dhcpv6_write(const struct dhcpv6_question *q, uint8_t out[static DHCPV6_QUESTION_MAX]); /* its length */
/* False: not an answer, or cut off within an option. */
bool dhcpv6_read(const uint8_t *message, size_t len, struct dhcpv6_answer *out);

#endif
