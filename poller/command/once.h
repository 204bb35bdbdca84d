/* A collector without an engine: an env of real sockets, timers and clocks in a loop of its own, for a
 * command that wants one answer now. Whole Ethernet frames go by a hayloft-wire of its own. Nothing is stored;
 * what a collector remembers lasts as long as this. */
#ifndef HAYLOFT_COMMAND_ONCE_H
#define HAYLOFT_COMMAND_ONCE_H

#include "collectors/collector.h"

struct once;

typedef void (*once_report_fn)(void *ctx, const struct report *r); /* r is the collector's */

/* profiles may be NULL, and outlives this. NULL: no memory or no sockets. */
struct once *once_create(const struct profile_set *profiles, once_report_fn report, void *ctx);
void once_destroy(struct once *o); /* after the collectors on its env were destroyed; NULL is fine */
const struct env *once_env(struct once *o);
/* Runs the loop until *done or so long. Returns *done. */
bool once_wait(struct once *o, const bool *done, int64_t most_ns);

#endif
