/* A tickless timer wheel with slots of 5 ms: timers of one slot ring together, and one timer of the
 * loop stands at the next occupied slot. Timers beyond the wheel's reach wait in a list that is filed
 * every half turn. */
#ifndef HAYLOFT_ENGINE_WHEEL_H
#define HAYLOFT_ENGINE_WHEEL_H

#include <stdint.h>

#include "poller/base/clock.h"

#define WHEEL_SLOT_NS MILLISECONDS(5)
#define WHEEL_SLOTS 4096 /* reach: 20 s */

struct timer {
    struct timer *next, **link; /* link: what points to this one; NULL: not in the wheel */
    int64_t slot;               /* since the monotonic clock's zero */
    void (*ring)(void *arg);
    void *arg;
};

struct wheel {
    struct timer *slots[WHEEL_SLOTS];
    uint64_t occupied[WHEEL_SLOTS / 64];
    struct timer *far;
    int64_t now_slot; /* everything before it has rung */
    int64_t file_at;  /* slot at which the far ones are looked through */
};

void wheel_init(struct wheel *w, struct mono now);
void wheel_add(struct wheel *w, struct timer *t, struct mono when); /* ring and arg are set */
void wheel_remove(struct wheel *w, struct timer *t);                /* fine when not in */
struct mono wheel_due(const struct wheel *w);
/* Rings what is due. A ringing timer is out of the wheel and may be freed or added again. */
void wheel_turn(struct wheel *w, struct mono now);

#endif
