/* The SNMP agent of a switch whose ports count what passes: traffic that changes every few minutes,
 * links that come and go, reboots, other numbers, narrow counters. It always knows what truly
 * passed. Over fake_agent. */
#ifndef HAYLOFT_TESTS_SWITCH_AGENT_H
#define HAYLOFT_TESTS_SWITCH_AGENT_H

#include "tests/support/fake_agent.h"

enum switch_way { SWITCH_IN, SWITCH_OUT, SWITCH_WAYS };

struct switch_flow {
    double rate;             /* octets per second */
    uint64_t carried, start; /* passed before the counter last began, and where it began */
};

struct switch_port {
    char name[8];
    bool linked;
    struct switch_flow flow[SWITCH_WAYS];
};

struct switch_agent {
    struct fake_agent agent; /* faults and manners are set there */
    struct switch_port ports[FAKE_PORTS_MAX];
    uint64_t random;
    double changes_s; /* when the traffic changes next */
    double full;      /* 0-1: share of ports that carry all their line can */
};

void switch_agent_init(struct switch_agent *a, unsigned ports, double now_s, uint64_t seed);
/* Ports first .. last, from 0. Narrow: no 64-bit counters. */
void switch_agent_speed(struct switch_agent *a, unsigned first, unsigned last, double speed_bps,
                        bool narrow);
void switch_agent_link(struct switch_agent *a, unsigned port, bool up, double now_s);
void switch_agent_reboot(struct switch_agent *a, double now_s);
/* Each port gets another's index; with or without a reboot the table is said to have changed. */
void switch_agent_renumber(struct switch_agent *a, double now_s);
size_t switch_agent_answer(struct switch_agent *a, double now_s, const uint8_t *request, size_t len,
                           uint8_t out[static FAKE_ANSWER_MAX]);
/* Octets that passed since init, whatever the counters say. */
double switch_agent_passed(struct switch_agent *a, unsigned port, enum switch_way way,
                           double now_s);

#endif
