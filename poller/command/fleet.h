/* A fleet polled: rounds of the snmp collector over many devices, each round as fast as it goes, as the engine would
 * start it: some devices at a time, each lot leaving as one batch. */
#ifndef HAYLOFT_COMMAND_FLEET_H
#define HAYLOFT_COMMAND_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/snmp/device.h"

struct fleet_plan {
    const struct snmp_options *options;
    const struct addr *addresses;
    size_t count;
    unsigned learning; /* rounds before those that are measured */
    unsigned rounds;
    int64_t patience_ns; /* of a round */
};

struct fleet_result {
    uint64_t answered, partial, silent, refused, ours; /* reports of the measured rounds */
    uint64_t requests, again;     /* that left in them, and those of them that were asked once more */
    uint64_t ports, objects;      /* told of in the last of them */
    uint64_t varbinds, datagrams; /* that came in one round; varbinds 0: they are sealed */
    double cpu_s;
    int64_t took_ns, longest_ns;  /* of all measured rounds; of one */
    int64_t answers_ns, answers_longest_ns; /* from a round's start until its last device that answered was done */
    int64_t device_longest_ns;    /* one device that answered, from its first question */
    unsigned sockets;             /* open at the end */
    const char *own_error;        /* the reason of the last report of our own fault, or NULL */
};

/* False with a sentence on stderr when there is no socket or no memory, or when a round did not end. */
bool fleet_run(const struct fleet_plan *plan, struct fleet_result *out);

#endif
