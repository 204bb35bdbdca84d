/* The engine's own time of day: what the timekeeper says, put into effect. While the clock is in
 * doubt that is a fault of ours that people see; when it ends, everything stamped meanwhile is
 * moved, here and in store. */
#ifndef HAYLOFT_ENGINE_CALENDAR_H
#define HAYLOFT_ENGINE_CALENDAR_H

#include "poller/engine/engine_internal.h"

void calendar_start(struct engine *e, struct instant system);
void calendar_look(struct engine *e, struct instant system); /* first thing in a step */
/* Of the first part of what store tells: before anything of it is taken over. */
void calendar_learn(struct engine *e, const struct se_restored *r);
void calendar_restored(struct engine *e);       /* all parts are taken */
bool calendar_is_known(const struct engine *e); /* store was heard, and the clock is believed */

#endif
