/* hayloft bench: one sweep over many targets, and what it cost. */
#ifndef HAYLOFT_COMMAND_BENCH_H
#define HAYLOFT_COMMAND_BENCH_H

#include "poller/command/command.h"

/* Echoes through the packets door (bench.c). argv[0] is "bench"; the exit status of the program: 0 all answered,
 * 1 some loss, 2 none, 3 could not. */
int bench_main(int argc, char **argv);
/* Polls by SNMP (bench_snmp.c); the same statuses. */
int bench_snmp(struct invocation *v);

#endif
