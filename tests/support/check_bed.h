/* A collector with one check in a simulated world: what most collector tests begin with. */
#ifndef HAYLOFT_TESTS_CHECK_BED_H
#define HAYLOFT_TESTS_CHECK_BED_H

#include "tests/support/sim_packets.h"

struct check_bed {
    struct sim *sim;
    const struct collector *kind;
    struct collector_instance *instance;
    struct addr address;
    struct check_setting setting;
    uint32_t round;
};

/* The node has the address 192.0.2.7; options is the collector's option struct. */
void check_bed_open(struct check_bed *b, const char *kind, const void *options, size_t options_size);
void check_bed_close(struct check_bed *b);
/* Runs one round to its end and gives its report; fails the test when there is not exactly one. */
const struct report *check_bed_ask(struct check_bed *b, enum round_kind kind);

#endif
