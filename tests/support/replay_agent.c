#include "tests/support/replay_agent.h"

#include <math.h>

struct known_root {
    uint8_t bytes[9], len;
};

/* sysUpTime and hrSystemUptime */
static const struct known_root running[] = {{{0x2b, 6, 1, 2, 1, 1, 3}, 7},
                                            {{0x2b, 6, 1, 2, 1, 25, 1, 1}, 8}};
/* ifInDiscards, ifInErrors, ifInUnknownProtos, ifOutDiscards, ifOutErrors */
static const struct known_root still[] = {{{0x2b, 6, 1, 2, 1, 2, 2, 1, 13}, 9},
                                          {{0x2b, 6, 1, 2, 1, 2, 2, 1, 14}, 9},
                                          {{0x2b, 6, 1, 2, 1, 2, 2, 1, 15}, 9},
                                          {{0x2b, 6, 1, 2, 1, 2, 2, 1, 19}, 9},
                                          {{0x2b, 6, 1, 2, 1, 2, 2, 1, 20}, 9}};

#define TICKS_PER_S 100

void replay_agent_init(struct replay_agent *a, const struct snmprec *recording)
{
    *a = (struct replay_agent){.recording = recording};
}

bool replay_agent_rule(struct replay_agent *a, const char *oid, double rate)
{
    struct replay_rule *rule = &a->rules[a->rule_count];
    if (a->rule_count == REPLAY_RULES_MAX || !snmp_oid_parse(oid, &rule->root))
        return false;
    rule->rate = rate;
    a->rule_count++;
    return true;
}

void replay_agent_reboot(struct replay_agent *a, double now_s)
{
    a->grows = a->rebooted = true;
    a->began_s = now_s;
}

static bool below_any(struct snmp_oid_view oid, const struct known_root *roots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (snmp_oid_below(oid, (struct snmp_oid_view){roots[i].bytes, roots[i].len}))
            return true;
    return false;
}

/* FNV-1a, so that another program can tell the rate from the OID alone. */
static double rate_of_oid(struct snmp_oid_view oid)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < oid.len; i++)
        hash = (hash ^ oid.bytes[i]) * 16777619u;
    return REPLAY_RATE_LEAST + hash % (REPLAY_RATE_MOST - REPLAY_RATE_LEAST + 1);
}

static bool counts(uint8_t tag)
{
    return tag == BER_COUNTER32 || tag == BER_COUNTER64 || tag == BER_TIMETICKS;
}

double replay_agent_rate(const struct replay_agent *a, const struct snmprec_row *row)
{
    if (!a->grows || !counts(row->tag))
        return 0;
    for (unsigned i = a->rule_count; i-- > 0;) {
        struct snmp_oid_view root = snmp_oid_view(&a->rules[i].root);
        if (snmp_oid_equal(row->oid, root) || snmp_oid_below(row->oid, root))
            return a->rules[i].rate;
    }
    if (!isnan(row->rate))
        return row->rate;
    if (row->tag == BER_TIMETICKS)
        return below_any(row->oid, running, sizeof running / sizeof running[0]) ? TICKS_PER_S : 0;
    return below_any(row->oid, still, sizeof still / sizeof still[0]) ? 0 : rate_of_oid(row->oid);
}

static struct snmp_oid_view oid_at(const void *ctx, size_t i)
{
    const struct replay_moment *m = ctx;
    return m->agent->recording->rows[i].oid;
}

static void grow(const struct replay_moment *m, const struct snmprec_row *row,
                 struct agent_object *out)
{
    double rate = replay_agent_rate(m->agent, row);
    double span_s = m->now_s - m->agent->began_s;
    if (m->agent->rebooted && counts(row->tag) && (rate > 0 || row->tag != BER_TIMETICKS))
        out->number = 0;
    if (rate > 0 && span_s > 0)
        out->number += (uint64_t)(rate * span_s);
    if (row->tag != BER_COUNTER64)
        out->number = (uint32_t)out->number;
}

static void object_at(const void *ctx, size_t i, struct agent_object *out)
{
    const struct replay_moment *m = ctx;
    const struct snmprec_row *row = &m->agent->recording->rows[i];
    *out = (struct agent_object){.oid = row->oid,
                                 .tag = row->tag,
                                 .number = row->number,
                                 .bytes = row->bytes,
                                 .len = row->len};
    if (m->agent->grows && counts(row->tag))
        grow(m, row, out);
}

struct agent_store replay_agent_store(const struct replay_moment *moment)
{
    return (struct agent_store){moment->agent->recording->count, oid_at, object_at, moment};
}

struct agent_manner replay_agent_manner(struct replay_agent *a)
{
    a->asked++;
    bool strikes = agent_fault_strikes(a->fault_first, a->fault_count, a->asked);
    return (struct agent_manner){.fault = strikes ? a->fault : FAKE_WELL,
                                 .column = a->fault_column.len ? &a->fault_column : NULL,
                                 .largest = a->largest};
}

static bool same(struct snmp_oid_view community, const char *word)
{
    return word && community.len == strlen(word) &&
           memcmp(community.bytes, word, community.len) == 0;
}

static bool admits(const struct replay_agent *a, struct snmp_oid_view community)
{
    return !a->community || same(community, a->community) || same(community, a->name);
}

size_t replay_agent_answer(struct replay_agent *a, double now_s, const uint8_t *request, size_t len,
                           uint8_t out[static FAKE_ANSWER_MAX])
{
    static struct agent_request r;
    struct replay_moment moment = {a, now_s};
    struct agent_manner manner = replay_agent_manner(a);
    struct agent_store store = replay_agent_store(&moment);
    if (!agent_request_read(request, len, &r) || !admits(a, r.message.community))
        return 0;
    size_t made = agent_answer(&store, &r, &manner, out);
    a->answered += made > 0;
    return made;
}
