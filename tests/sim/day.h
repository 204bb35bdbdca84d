/* A farm of 60 nodes - a house, a garage, a barn and a stable behind radios - and what befalls it
 * in a day, told once and played at either seam. */
#ifndef HAYLOFT_TESTS_SIM_DAY_H
#define HAYLOFT_TESTS_SIM_DAY_H

#include "tests/support/network.h"
#include "tests/support/sim_world.h"

#define DAY_S 86400.0

/* How long it may take until an incident says so, by what sees it (design, sections 5 and 11). */
#define TOLD_SILENT_S 15.0 /* silence of a watched node */
#define TOLD_INTERNET_S                                                                            \
    76.0 /* a poll each minute and two that confirm it, of 3 s each and 3 s apart */
#define TOLD_AGENT_S                                                                               \
    248.0 /* three polls in a row, the last with all its tries; one more when the node itself      \
             was disturbed beside the third */
#define SETTLED_S 140.0 /* two polls, and 20 s that it must stay well */

struct day_fault {
    enum fault_kind kind;
    const char *node; /* NULL: none in particular */
    double from_s, to_s;
    enum cause_kind cause; /* what the one incident of it says */
    const char *names;     /* the node in it, or NULL */
    double told_s;
};

extern const struct day_fault day_faults[];
extern const size_t day_fault_count;

void day_farm_of_packets(struct network *n);
void day_farm_of_reports(struct world *w);
void day_befall_packets(struct network *n);
void day_befall_reports(struct world *w);

/* The incident of a fault; NULL when there is none or not just one. */
const struct kept_incident *day_incident(const struct keeper *k, const struct day_fault *f);
/* Says what is missing, late or too much; returns how many of these there are. */
unsigned day_compare(const struct keeper *k, const struct day_fault *faults, size_t count);

#endif
