/* Times that were written while the clock was not set, moved to what they truly were: of events,
 * states, incidents with their evidence and timeline, and messages. */
#ifndef HAYLOFT_STORE_RESTAMP_H
#define HAYLOFT_STORE_RESTAMP_H

#include "poller/message/engine_store.h"
#include "poller/store/database.h"

/* Within a transaction of the caller's, whose end tells whether it was done. */
void restamp_run(struct database *d, const struct restamp *span);

#endif
