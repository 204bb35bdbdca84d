/* What we know of one SNMP agent: where it is, how it is asked, how long its answers take, how much it can
 * bear. Plain data and arithmetic; sockets and timers are snmp_client's.
 *
 * An agent is asked one thing at a time until it proved that more is fine: many boxes serve one request
 * at a time, some die under two. Each round without a loss doubles the window, a loss sets it back, and for
 * an hour of good rounds the window stays below the one that lost. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_AGENT_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_AGENT_H

#include "collectors/protocol/snmp_pdu.h"
#include "poller/base/addr.h"
#include "poller/base/clock.h"

struct snmp_secure;

#define SNMP_PORT 161
#define SNMP_COMMUNITY_MAX 255
#define SNMP_COMMUNITY_SHORT 16 /* bytes, with a zero behind */
#define SNMP_WINDOW_MAX 8          /* requests in flight for one agent, once proved: 48 ports in one round trip */
#define SNMP_REPETITIONS_FIRST 10  /* what nearly every agent fits into one datagram */
#define SNMP_TIMEOUT_LEAST_NS MILLISECONDS(250)
#define SNMP_WAIT_LONGEST_FACTOR 4 /* times timeout_ns, however slow its answers were */

struct snmp_agent_counts {
    uint32_t sent, resent, answered; /* all of them go round some day: only what came since is told */
    uint32_t malformed;    /* datagrams from it that are no SNMP */
    uint32_t wrong_answer; /* well formed, but not what was asked: OIDs, community, version */
};

struct snmp_agent {
    struct addr addr;
    uint16_t port;
    uint8_t community_len;
    uint8_t tries;        /* in all */
    enum snmp_version version;
    /* The community, a secret; see snmp_agent_community. Nearly all are short: then an agent is all at one place. */
    char short_community[SNMP_COMMUNITY_SHORT];
    char *long_community; /* malloc'd; NULL: it is short */
    struct snmp_secure *secure; /* version 3: who we are there; the asker's, lives as long as the agent */
    int64_t timeout_ns;   /* of one try while nothing better is known, and the base of the longest */
    int64_t rtt_ns, rtt_spread_ns; /* smoothed; 0: none yet */
    int64_t busy_ns;      /* in all, so long it was at work on questions it answered */
    struct mono busy_until; /* the latest of those answers */
    uint32_t in_flight;
    uint8_t window, window_most;
    uint8_t good_rounds;  /* in a row, with the window as wide as it may be */
    uint8_t repetitions;  /* rows a GETBULK may ask; halved by tooBig */
    bool no_bulk;         /* answers GET but not GETBULK */
    bool unsegmented;     /* our kernel does not cut packets for it: they are not put together */
    bool lost_any;        /* in this round */
    struct snmp_agent_counts counts;
};

bool snmp_agent_init(struct snmp_agent *a, const struct addr *addr, uint16_t port,
                     enum snmp_version version, const char *community);
void snmp_agent_fini(struct snmp_agent *a);

static inline const char *snmp_agent_community(const struct snmp_agent *a)
{
    return a->long_community ? a->long_community : a->short_community;
}

/* How long a try waits. */
int64_t snmp_agent_wait_ns(const struct snmp_agent *a);
/* An answer came after rtt_ns; negative when it may belong to either of two tries. */
void snmp_agent_answered(struct snmp_agent *a, int64_t rtt_ns);
/* It was at work on a question since then, and answered it; what it did at the same time counts once. */
void snmp_agent_worked(struct snmp_agent *a, struct mono since, struct mono answered);
void snmp_agent_lost(struct snmp_agent *a);
/* All tries were in vain: what was known of its times is not true any more. */
void snmp_agent_silent(struct snmp_agent *a);
/* A round ended: widens the window when nothing was lost. */
void snmp_agent_round_over(struct snmp_agent *a);
/* tooBig came: true when there is something smaller to try. */
bool snmp_agent_ask_less(struct snmp_agent *a);
static inline bool snmp_agent_is_at(const struct snmp_agent *a, const struct addr *addr, uint16_t port)
{
    return port == a->port && addr_equal(addr, &a->addr);
}
/* Is this message, from where the agent is, in its name too, as far as the wrapping tells? */
bool snmp_agent_speaks(const struct snmp_agent *a, const struct snmp_message *m);
/* The head of a request to it; the request id is snmp_client's to fill. */
struct snmp_head snmp_agent_head(const struct snmp_agent *a, uint8_t kind);

#endif
