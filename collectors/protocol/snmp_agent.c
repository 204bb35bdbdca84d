#include "collectors/protocol/snmp_agent.h"

#include <stdlib.h>

#define TRIES_DEFAULT 3
#define TIMEOUT_DEFAULT_NS MILLISECONDS(1500) /* three tries of it still hear an agent that needs 4 s */
#define GOOD_ROUNDS 60 /* then a wider window is tried again */

bool snmp_agent_init(struct snmp_agent *a, const struct addr *addr, uint16_t port,
                     enum snmp_version version, const char *community)
{
    *a = (struct snmp_agent){.addr = *addr,
                             .port = port,
                             .version = version,
                             .timeout_ns = TIMEOUT_DEFAULT_NS,
                             .tries = TRIES_DEFAULT,
                             .window = 1,
                             .window_most = SNMP_WINDOW_MAX,
                             .repetitions = SNMP_REPETITIONS_FIRST};
    size_t len = strlen(community);
    if (len > SNMP_COMMUNITY_MAX)
        return false;
    a->community_len = (uint8_t)len;
    if (a->community_len < sizeof a->short_community) {
        memcpy(a->short_community, community, a->community_len);
        return true;
    }
    a->long_community = strdup(community);
    return a->long_community != NULL;
}

void snmp_agent_fini(struct snmp_agent *a)
{
    explicit_bzero(a->short_community, sizeof a->short_community);
    if (a->long_community)
        explicit_bzero(a->long_community, a->community_len);
    free(a->long_community);
    a->long_community = NULL;
}

int64_t snmp_agent_wait_ns(const struct snmp_agent *a)
{
    if (!a->rtt_ns)
        return a->timeout_ns;
    int64_t wait = 2 * a->rtt_ns + 4 * a->rtt_spread_ns + SNMP_TIMEOUT_LEAST_NS;
    int64_t longest = SNMP_WAIT_LONGEST_FACTOR * a->timeout_ns;
    return wait < longest ? wait : longest;
}

/* The estimator of TCP (RFC 6298), with the same gains. */
void snmp_agent_answered(struct snmp_agent *a, int64_t rtt_ns)
{
    a->counts.answered++;
    if (rtt_ns < 0)
        return;
    rtt_ns += rtt_ns == 0; /* 0 means unknown */
    if (!a->rtt_ns) {
        a->rtt_ns = rtt_ns;
        a->rtt_spread_ns = rtt_ns / 2;
        return;
    }
    int64_t off = rtt_ns > a->rtt_ns ? rtt_ns - a->rtt_ns : a->rtt_ns - rtt_ns;
    a->rtt_spread_ns += (off - a->rtt_spread_ns) / 4;
    a->rtt_ns += (rtt_ns - a->rtt_ns) / 8;
}

void snmp_agent_worked(struct snmp_agent *a, struct mono since, struct mono answered)
{
    struct mono from = mono_before(since, a->busy_until) ? a->busy_until : since;
    if (!mono_before(from, answered))
        return;
    a->busy_ns += mono_since(answered, from);
    a->busy_until = answered;
}

void snmp_agent_lost(struct snmp_agent *a)
{
    if (a->window > 1)
        a->window_most = a->window / 2;
    a->lost_any = true;
    a->window = 1;
}

void snmp_agent_silent(struct snmp_agent *a)
{
    a->rtt_ns = a->rtt_spread_ns = 0;
}

void snmp_agent_round_over(struct snmp_agent *a)
{
    if (a->lost_any) {
        a->good_rounds = 0;
    } else if (a->window < a->window_most) {
        a->window *= 2;
    } else if (a->window_most < SNMP_WINDOW_MAX && ++a->good_rounds >= GOOD_ROUNDS) {
        a->window_most *= 2;
        a->good_rounds = 0;
    }
    a->lost_any = false;
}

bool snmp_agent_ask_less(struct snmp_agent *a)
{
    if (a->repetitions <= 1)
        return false;
    a->repetitions /= 2;
    return true;
}

bool snmp_agent_speaks(const struct snmp_agent *a, const struct snmp_message *m)
{
    return m->version == (int32_t)a->version && m->community.len == a->community_len &&
           memcmp(m->community.bytes, snmp_agent_community(a), a->community_len) == 0;
}

struct snmp_head snmp_agent_head(const struct snmp_agent *a, uint8_t kind)
{
    return (struct snmp_head){.version = a->version,
                              .community = snmp_agent_community(a),
                              .community_len = a->community_len,
                              .kind = kind,
                              .request_id = SNMP_REQUEST_ID_FIRST};
}
