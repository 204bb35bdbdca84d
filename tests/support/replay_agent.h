/* A recorded agent that answers again. Pure: a request's bytes and the time go in, an answer's
 * bytes come out; the program replay_agent_main.c puts it, or a folder of such, on a UDP port.
 *
 * As recorded, values stand still. With growth counters rise in a straight line from what was
 * recorded, by a rate that is known for each: a rule's, else the file's (65:numeric|rate=), else
 * one made of the OID. Of the TimeTicks only sysUpTime and hrSystemUptime run by themselves: the
 * others are moments and spans, and a moment that moved would say that the interface table changed.
 * Errors and discards stand still unless a rule says otherwise. */
#ifndef HAYLOFT_TESTS_REPLAY_AGENT_H
#define HAYLOFT_TESTS_REPLAY_AGENT_H

#include "tests/support/agent_answer.h"
#include "tests/support/snmprec.h"

#define REPLAY_RULES_MAX  16
#define REPLAY_RATE_LEAST 1000 /* per second, of rates made of an OID */
#define REPLAY_RATE_MOST  9999

struct replay_rule { /* of all counters and ticks at or below an OID; a later rule wins */
    struct snmp_oid root;
    double rate; /* per second */
};

struct replay_agent {
    const struct snmprec *recording; /* the caller's */
    const char *community;           /* NULL: answers any */
    const char *name;                /* a second community it answers; NULL: none */
    enum fake_fault fault;
    unsigned fault_first, fault_count; /* see agent_fault_strikes */
    struct snmp_oid fault_column;      /* FAKE_GEN_ERR's; empty: ifInErrors */
    size_t largest;                    /* answer, in bytes; 0: FAKE_ANSWER_MAX */
    bool grows;
    struct replay_rule rules[REPLAY_RULES_MAX];
    unsigned rule_count;
    double began_s; /* growth counts from there, on the clock of `now_s` */
    bool rebooted;  /* at began_s: what grows, grows from zero */
    unsigned asked, answered;
};

/* Values stand still and any community is answered. */
void replay_agent_init(struct replay_agent *a, const struct snmprec *recording);
bool replay_agent_rule(struct replay_agent *a, const char *oid,
                       double rate);                            /* false: no OID, or too many */
void replay_agent_reboot(struct replay_agent *a, double now_s); /* what grows, grows from zero */
/* What this row grows by in a second. */
double replay_agent_rate(const struct replay_agent *a, const struct snmprec_row *row);
/* 0: no answer. */
size_t replay_agent_answer(struct replay_agent *a, double now_s, const uint8_t *request, size_t len,
                           uint8_t out[static FAKE_ANSWER_MAX]);

/* The parts, for another wrapping than the community's: the objects as they are at a time (*moment
 * must outlive the store), and how to misbehave in this answer, which is counted. */
struct replay_moment {
    const struct replay_agent *agent;
    double now_s;
};
struct agent_store replay_agent_store(const struct replay_moment *moment);
struct agent_manner replay_agent_manner(struct replay_agent *a);

#endif
