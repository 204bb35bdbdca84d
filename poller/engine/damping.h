/* Flap damping of one incident: the more often it came back, the longer it must stay well before it is
 * called resolved; while it flaps it stays one incident. Ends by itself: the final state is told. */
#ifndef HAYLOFT_ENGINE_DAMPING_H
#define HAYLOFT_ENGINE_DAMPING_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"

/* In units of settle_ns, which is what it must be well for the first time. */
#define DAMPING_STEP 3    /* added wait per flap */
#define DAMPING_WAIT_MAX 9
#define DAMPING_WINDOW 30 /* what comes back within is the same incident */

struct damping {
    int64_t settle_ns;
    uint8_t flaps;
    struct mono ended; /* when it last stopped failing */
};

void damping_failed_again(struct damping *d);
void damping_well(struct damping *d, struct mono now);
int64_t damping_wait_ns(const struct damping *d);                 /* how long a state must last */
int64_t damping_window_ns(const struct damping *d);
struct mono damping_resolve_at(const struct damping *d);          /* if it stays well */
bool damping_is_same(const struct damping *d, struct mono now);   /* what fails now is this again */
struct mono damping_forget_at(const struct damping *d);

#endif
