/* An SNMP agent of our own that misbehaves on command. Pure: a request's bytes and the time go in, an
 * answer's bytes come out. Tests put it into the simulated world; the program fake_agent_main.c puts it on
 * a UDP port. Its counters are straight lines in time, so every rate is known. */
#ifndef HAYLOFT_TESTS_FAKE_AGENT_H
#define HAYLOFT_TESTS_FAKE_AGENT_H

#include "tests/support/agent_answer.h"

#define FAKE_PORTS_MAX 64

struct fake_port {
    uint32_t index;
    const char *name, *descr, *alias;
    size_t name_len;      /* 0: strlen(name) */
    uint8_t mac[6];
    unsigned type, oper, admin;
    double speed_bps;
    double in_rate, out_rate; /* octets per second; packets are a hundredth of it */
    uint64_t in_base, out_base;
    bool narrow;          /* no 64-bit counters */
    bool stuck, zero;     /* counters stand still, or read zero */
    uint32_t discontinuity;
};

struct fake_agent {
    const char *community, *name, *descr;
    enum fake_fault fault;
    unsigned fault_first, fault_count; /* of the requests that reach it, from 1; count 0: all from there */
    size_t largest;       /* answer, in bytes; 0: FAKE_ANSWER_MAX */
    double booted_s;      /* on the clock of `now_s` */
    uint64_t ticks_base;  /* added to sysUpTime */
    double clock_pace;    /* 0: 1 */
    uint32_t table_change;
    bool no_table_change, no_uptime;
    struct fake_port ports[FAKE_PORTS_MAX];
    unsigned port_count;
    unsigned asked, answered, asked_bulk, asked_at_once_most;
};

/* count ports eth0... with speeds of 1 Gbit/s and rates of their own. */
void fake_agent_init(struct fake_agent *a, unsigned port_count);
/* 0: no answer. */
size_t fake_agent_answer(struct fake_agent *a, double now_s, const uint8_t *request, size_t len,
                         uint8_t out[static FAKE_ANSWER_MAX]);
void fake_agent_reboot(struct fake_agent *a, double now_s); /* uptime and counters from zero */

#endif
