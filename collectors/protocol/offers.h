/* All offers of addresses that answer one question: who offered what, and on which VLAN it came. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_OFFERS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_OFFERS_H

#include "collectors/protocol/heard_frame.h"
#include "collectors/protocol/dhcp.h"
#include "poller/model/guest.h"

#define OFFERS_MAX 8

struct offer {
    struct guest_offer is;   /* all but expected */
    struct addr relay;       /* that carried it; not set: none */
    struct addr resolvers[DHCP_ADDRESSES_MAX];
    size_t resolver_count;
    unsigned flaws;          /* of enum dhcp_flaw */
    int64_t after_ns;        /* it came so long after the first question */
};

struct offers {
    struct mac client;       /* who asked */
    uint32_t xid;
    struct mono asked;       /* first */
    struct offer list[OFFERS_MAX];
    size_t count;
    unsigned more;           /* that found no room */
};

void offers_begin(struct offers *o, const struct mac *client, uint32_t xid, struct mono now);
/* Takes an offer to this client for this question, also one with flaws; twice the same counts once. False:
 * something else. */
bool offers_take(struct offers *o, const struct heard_frame *h);
/* Any answer of a server: it is read when it is for this client and this question. */
bool offers_read(const struct offers *o, const struct heard_frame *h, struct dhcp_answer *out);

#endif
