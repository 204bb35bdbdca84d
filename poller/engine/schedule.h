/* When the regular rounds of a check start: each has a stable place of its own in the interval, made from
 * its name, so that rounds spread, stay where they are over reloads and restarts, and never burst. */
#ifndef HAYLOFT_ENGINE_SCHEDULE_H
#define HAYLOFT_ENGINE_SCHEDULE_H

#include <stdint.h>

#include "poller/base/clock.h"

#define SCHEDULE_SLOT_NS MILLISECONDS(5) /* starts stand on these marks; one slot leaves as one batch */
#define SCHEDULE_GRID_NS MILLISECONDS(200) /* regular rounds start on the grid that echoes share: fewer wake-ups */
#define SCHEDULE_COARSE_NS SECONDS(5)     /* shorter intervals keep to the fine slots */

/* Nanoseconds into the interval, on a slot. */
int64_t schedule_phase(const char *node, const char *kind, const char *label, int64_t interval_ns);
/* The first start after now. Late callers skip what they missed: no catching up. */
struct mono schedule_next(struct mono now, int64_t phase_ns, int64_t interval_ns);
struct mono schedule_slot(struct mono t); /* t, moved up to its slot */

#endif
