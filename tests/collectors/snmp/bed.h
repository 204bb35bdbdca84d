/* A simulated world with one SNMP agent in it, and the collector that asks it. */
#ifndef HAYLOFT_TESTS_SNMP_BED_H
#define HAYLOFT_TESTS_SNMP_BED_H

#include "collectors/snmp/device.h"
#include "tests/support/fake_engine.h"
#include "tests/support/replay_agent.h"
#include "tests/support/sim_packets.h"

#define BED_AGENT "192.0.2.9"
#define BED_SECOND "192.0.2.10"
#define BED_CHECK 5
#define BED_PORTS 8

struct bed_deaf { /* a run of bytes in a request, as a part of an OID */
    const char *bytes;
    size_t len; /* 0: none */
};

struct bed {
    struct sim *sim;
    struct collector_instance *snmp;
    struct fake_agent agent;
    struct replay_agent *replay; /* answers instead, when there is one */
    struct fake_engine *engine;  /* version 3 around the agent, when there is one */
    struct fake_engine *second;  /* at BED_SECOND */
    struct snmp_options options;
    int64_t delay_ns;
    bool twice, deaf;       /* answers twice; nothing listens (ICMP) */
    struct bed_deaf deaf_to; /* requests with it are not answered */
    const char *from;       /* answers come from there */
    int64_t busy_until_ns;  /* when its last answer arrives */
    unsigned overlaps;      /* requests that reached it before that */
    unsigned silent_from;   /* agents from this last byte of the address on are silent; 0: none */
    uint32_t round;
};

int bed_up(void **state);   /* a cmocka set-up: BED_PORTS well-behaved ports, 2 ms away */
int bed_down(void **state);
/* With the options as they are now: a reload. Other checks than BED_CHECK are other nodes. */
bool bed_adopt(struct bed *bed, uint32_t check, const char *node, const char *address);
/* One regular round and the 60 s it stands for; exactly one report must come of it. */
const struct report *bed_round(struct bed *bed);
const struct report *bed_ask(struct bed *bed); /* a quick one, 10 s */
const struct report *bed_tables(struct bed *bed, enum round_kind kind); /* 60 s */
double bed_measure(const struct report *r, const char *object, const char *source); /* NaN: absent */
bool bed_has_object(const struct report *r, const char *object);

#endif
