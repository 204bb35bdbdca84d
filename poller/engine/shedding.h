/* How often a device is asked whose answers take long. What keeps it busy for more than a twentieth of the
 * time, on an average of the last rounds, is asked half as often, again and again until that is enough or the
 * rounds are ten minutes apart; as configured again when that would fit, with something to spare.
 *
 * What counts is how long the device was busy answering, told by whoever asks it: neither what was waited
 * for in vain nor our own slowness. The longest of the rounds is left out, so that one alone decides nothing.
 *
 * A device may be slow only because it is asked often. One that is too busy again within a day of its return
 * has to wait twice as long for the next. */
#ifndef HAYLOFT_ENGINE_SHEDDING_H
#define HAYLOFT_ENGINE_SHEDDING_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"

#define SHEDDING_MOST 0.05         /* of the time; above it: less often */
#define SHEDDING_FITS 0.04         /* at most so much, and it may be asked more often again */
#define SHEDDING_LONGEST_NS MINUTES(10) /* between rounds; what is configured longer stays so */
#define SHEDDING_ROUNDS 8          /* the average is of so many */
#define SHEDDING_ROUNDS_LEAST 4    /* before anything is decided, also after a change */
#define SHEDDING_STAYS_NS MINUTES(30) /* asked less often, at the first time */
#define SHEDDING_STAYS_MOST_NS MINUTES(24 * 60)

struct shedding {
    int64_t configured_ns;
    unsigned times;                /* asked so many times less often; 1: as configured */
    uint32_t took_ms[SHEDDING_ROUNDS];
    unsigned count, next;          /* of took_ms, since the last change */
    int64_t takes_ns;              /* the average; 0: not known */
    int64_t stays_ns;
    struct mono stays_until;       /* not asked more often before */
    struct mono returned;          /* when it last was; ns 0: never */
};

/* Another interval: everything begins anew. */
void shedding_configure(struct shedding *s, int64_t configured_ns);
/* A round was answered that kept the device busy so long. True when it is asked at another interval now. */
bool shedding_take(struct shedding *s, int64_t busy_ns, struct mono now);
/* As it was before our restart. False, and nothing is changed, when that cannot be. */
bool shedding_restore(struct shedding *s, unsigned times, int64_t takes_ns, struct mono now);
int64_t shedding_interval_ns(const struct shedding *s);

#endif
