/* What of a probe is kept as a series: each step's verdict and time. */
#ifndef HAYLOFT_COLLECTORS_GUEST_OBJECT_H
#define HAYLOFT_COLLECTORS_GUEST_OBJECT_H

#include "poller/model/report.h"

#define OBJECT_STEPS_MAX 11
#define OBJECT_NAME_MAX 24

/* One object per VLAN, "guest-501" or "guest-untagged". Of each step that a probe can take, link to control in the
 * order of guest_step_words, and on the air scan and join before them: "<step>" 1 ok, 0.5 degraded, 0 failing;
 * "<step>_time" seconds until it was done. What was not its turn or cannot be told is unknown. */
struct guest_object {
    char name[OBJECT_NAME_MAX];
    char sources[2 * OBJECT_STEPS_MAX][20];
    struct measure measures[2 * OBJECT_STEPS_MAX];
    struct object_measures object;
};

void guest_object_fill(const struct guest_result *r, struct guest_object *out);

#endif
