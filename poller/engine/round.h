/* Rounds in flight: each check has at most one regular round, one burst (confirm or recover), one ask and one
 * for tables at a time; each started round ends in one report, and one that does not is given up. */
#ifndef HAYLOFT_ENGINE_ROUND_H
#define HAYLOFT_ENGINE_ROUND_H

#include "poller/engine/engine_internal.h"

void round_schedule(struct engine *e, struct check *c, bool at_once); /* places the regular rounds */
/* A fact is wanted at once. False when it is already being asked. */
bool round_ask(struct engine *e, struct check *c);
/* A person wants its tables now. False: it has none. Those that are being read already will do. */
bool round_read_tables(struct engine *e, struct check *c);
void round_refresh_tables(struct engine *e, struct check *c); /* the same, but none that were empty */
/* It asks another from now on: what was told does not hold any more. */
void round_forget_tables(struct engine *e, struct check *c);
void round_take_report(struct engine *e, const struct report *r);
void round_take_hint(struct engine *e, const struct hint *h);
/* Starts the confirming burst of a check that somebody else's silence makes suspect. */
void round_suspect(struct engine *e, struct check *c);
/* All confirming bursts are given up: what was silent while we slept proves nothing. */
void round_forget_bursts(struct engine *e);
void round_cancel_all(struct engine *e, struct check *c);

#endif
