/* DHCP for IPv4 (RFC 2131, options RFC 2132), a client's side: questions written, answers read.
 *
 * Answers come from anybody. What is wrong with one is kept as a flaw beside what could be read of it: an
 * option that runs over the end, options without an end, one that came in parts (RFC 3396) or overflowed
 * into the fields of names (option overload) is read as far as it goes and never beyond. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_DHCP_H
#define HAYLOFT_COLLECTORS_PROTOCOL_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define DHCP_CLIENT_PORT 68
#define DHCP_SERVER_PORT 67
#define DHCP_QUESTION_MAX 320  /* shorter ones are padded to 300, which relays once asked for (RFC 1542 section 2.1) */
#define DHCP_ADDRESSES_MAX 4   /* kept of a list */
#define DHCP_TEXT_MAX 64
#define DHCP_LEASE_FOREVER UINT32_MAX

enum dhcp_type { DHCP_NO_TYPE, DHCP_DISCOVER, DHCP_OFFER, DHCP_REQUEST, DHCP_DECLINE, DHCP_ACK, DHCP_NAK,
                 DHCP_RELEASE };

struct dhcp_question {
    enum dhcp_type type;     /* DISCOVER, REQUEST or RELEASE */
    uint32_t xid;
    uint16_t seconds;        /* since the first one */
    bool broadcast;          /* answers shall go to everybody */
    struct mac client;       /* also its client id */
    struct addr address;     /* RELEASE: what it has; REQUEST: what it wants */
    struct addr server;      /* REQUEST, RELEASE */
    const char *host_name;   /* at most 31 bytes go out; NULL: none */
};

enum dhcp_flaw {
    DHCP_FLAW_NO_COOKIE = 1,   /* a BOOTP answer: no options */
    DHCP_FLAW_OVERLONG = 2,    /* an option runs over the end */
    DHCP_FLAW_NO_END = 4,
    DHCP_FLAW_EMPTY = 8,       /* one that must have a value has none, or an odd length */
    DHCP_FLAW_NO_TYPE = 16
};

struct dhcp_answer {
    enum dhcp_type type;     /* OFFER, ACK, NAK; NO_TYPE: with a flaw only */
    unsigned flaws;          /* of enum dhcp_flaw */
    uint32_t xid;
    struct mac client;       /* whom it is for */
    struct addr address;     /* offered; not set: 0.0.0.0 */
    struct addr relay;       /* that carried it; not set: none */
    struct addr server;      /* its identifier; not set: none */
    struct addr mask;        /* not set: none came */
    struct addr gateways[DHCP_ADDRESSES_MAX], resolvers[DHCP_ADDRESSES_MAX];
    size_t gateway_count, resolver_count;
    bool has_lease;
    uint32_t lease_s;
    char message[DHCP_TEXT_MAX]; /* of a NAK: why; from the network, printable bytes only, cut */
};

size_t dhcp_write(const struct dhcp_question *q, uint8_t out[static DHCP_QUESTION_MAX]);
/* False: not an answer of a server to a client on Ethernet at all. */
bool dhcp_read(const uint8_t *message, size_t len, struct dhcp_answer *out);
const char *dhcp_flaw_text(unsigned flaws); /* the worst of them for people; "" when there is none */

#endif
