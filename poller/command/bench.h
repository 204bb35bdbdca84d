/* hayloft bench ping: one sweep over many targets through the packets door, and what it cost. */
#ifndef HAYLOFT_COMMAND_BENCH_H
#define HAYLOFT_COMMAND_BENCH_H

/* argv[0] is "bench"; the exit status of the program: 0 all answered, 1 some loss, 2 none, 3 could not. */
int bench_main(int argc, char **argv);

#endif
