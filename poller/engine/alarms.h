/* What is to happen when: alarms embedded in the things they concern, in one heap. Setting, moving and
 * stopping an alarm costs a few comparisons and no memory of its own. */
#ifndef HAYLOFT_ENGINE_ALARMS_H
#define HAYLOFT_ENGINE_ALARMS_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"

struct alarm;
typedef void (*alarm_fn)(void *ctx, struct alarm *a);

struct alarm {
    struct mono at;
    size_t position; /* in the heap, from 1; 0: not set */
    alarm_fn ring;
};

struct alarms {
    struct alarm **heap; /* from 1 */
    size_t count, capacity;
};

void alarms_fini(struct alarms *a); /* the alarms belong to others */
/* Sets or moves. Memory for the heap is taken by the first setting; it aborts when that ends. */
void alarm_set(struct alarms *a, struct alarm *alarm, struct mono at);
void alarm_stop(struct alarms *a, struct alarm *alarm); /* fine when not set */
struct mono alarms_due(const struct alarms *a);         /* MONO_NEVER when empty */
struct alarm *alarms_take(struct alarms *a, struct mono now); /* one that is due, stopped; or NULL */

#define ALARM_OWNER(alarm, type, member) ((type *)(void *)((char *)(alarm)-offsetof(type, member)))

#endif
