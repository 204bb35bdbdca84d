/* An SNMP agent of our own that misbehaves on command. Pure: a request's bytes and the time go in, an
 * answer's bytes come out. Tests put it into the simulated world; the program fake_agent_main.c puts it on
 * a UDP port. Its counters are straight lines in time, so every rate is known. */
#ifndef HAYLOFT_TESTS_FAKE_AGENT_H
#define HAYLOFT_TESTS_FAKE_AGENT_H

#include "collectors/protocol/snmp_pdu.h"

#define FAKE_PORTS_MAX 64
#define FAKE_ANSWER_MAX 65507

enum fake_fault {
    FAKE_WELL,
    FAKE_SILENT,
    FAKE_WRONG_OID,       /* answers another question */
    FAKE_MISSING,         /* leaves the last binding out */
    FAKE_EXTRA,           /* one binding more than asked */
    FAKE_EMPTY,           /* no bindings at all */
    FAKE_WRONG_COMMUNITY,
    FAKE_WRONG_VERSION,
    FAKE_WRONG_ID,
    FAKE_CYCLE,           /* GETNEXT and GETBULK go round in three rows */
    FAKE_SAME_OID,        /* ... or stay where they are */
    FAKE_ENDLESS,         /* ... or rise forever */
    FAKE_OVERSIZED,       /* more rows than asked */
    FAKE_TRUNCATED,       /* the datagram ends in the middle */
    FAKE_LENGTH_LIE,      /* an inner length reaches beyond its end */
    FAKE_INDEFINITE,      /* length 0x80 */
    FAKE_GARBAGE,
    FAKE_TRAILING,        /* bytes after the message */
    FAKE_LONG_COUNTER,    /* a Counter32 of six bytes */
    FAKE_TOO_BIG,         /* to every request for more than two bindings */
    FAKE_GEN_ERR,         /* when ifInErrors is asked */
    FAKE_WRONG_TYPE,      /* text where counters are */
    FAKE_NO_BULK,         /* does not answer GETBULK */
    FAKE_V1_ONLY,         /* does not answer version 2c */
    FAKE_REPORT,          /* a REPORT instead of a RESPONSE */
    FAKE_FAULTS
};
extern const char *const fake_fault_words[]; /* with '-', NULL at the end */

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
