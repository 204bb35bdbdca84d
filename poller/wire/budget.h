/* How many frames a way may bring in: a storm on a VLAN shall cost the engine no more than this. Pure. */
#ifndef HAYLOFT_WIRE_BUDGET_H
#define HAYLOFT_WIRE_BUDGET_H

#include <stdbool.h>

#include "poller/base/clock.h"

#define BUDGET_PER_S 500
#define BUDGET_MOST 2000 /* at once, after quiet */

struct budget { /* zeroed: full */
    struct mono full_at; /* it will be, with no frame until then */
};

bool budget_take(struct budget *b, struct mono at); /* false: this frame is one too many */

#endif
