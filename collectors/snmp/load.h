/* How long an agent is busy with our questions. Tables are not read in every round: what they take is told in
 * parts, spread over the rounds since they were read last. */
#ifndef HAYLOFT_COLLECTORS_SNMP_LOAD_H
#define HAYLOFT_COLLECTORS_SNMP_LOAD_H

#include <stdint.h>

struct load_part {
    int64_t ns;      /* of the reading under way */
    int64_t part_ns; /* of the last one, a round */
    unsigned rounds; /* since that; 0: there was none */
};

struct load {
    int64_t rows_ns;         /* of the round under way */
    struct load_part tables; /* read within some rounds */
    struct load_part wiring; /* read beside them, however long that takes */
};

void load_begin(struct load *l);
void load_add_rows(struct load *l, int64_t busy_ns);
void load_add_tables(struct load *l, int64_t busy_ns);
void load_add_wiring(struct load *l, int64_t busy_ns);
/* The round is over: how long it kept the agent busy. usual: rounds between two readings of the tables, while
 * they were read only once. */
int64_t load_round_over(struct load *l, unsigned usual);
/* A reading of the wiring has ended. One that a person asked for between two usual ones counts as one of those. */
void load_wiring_over(struct load *l, unsigned usual);

#endif
