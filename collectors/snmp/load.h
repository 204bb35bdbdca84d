/* How long an agent is busy with our questions. Tables are not read in every round: what they take is told in
 * parts, spread over the rounds since they were read last. */
#ifndef HAYLOFT_COLLECTORS_SNMP_LOAD_H
#define HAYLOFT_COLLECTORS_SNMP_LOAD_H

#include <stdint.h>

struct load {
    int64_t rows_ns, tables_ns; /* of the round under way */
    int64_t part_ns;            /* of the tables, a round */
    unsigned rounds;            /* since they were read; 0: they never were */
};

void load_begin(struct load *l);
void load_add_rows(struct load *l, int64_t busy_ns);
void load_add_tables(struct load *l, int64_t busy_ns);
/* The round is over: how long it kept the agent busy. usual: rounds between two readings of the tables, while
 * they were read only once. */
int64_t load_round_over(struct load *l, unsigned usual);

#endif
