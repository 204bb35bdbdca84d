/* What the database forgets: resolved incidents with their details and messages, and events, once they
 * are older than configured. A little at a time, so that nobody waits for it. */
#ifndef HAYLOFT_STORE_RETENTION_H
#define HAYLOFT_STORE_RETENTION_H

#include <stdbool.h>

#include "poller/store/database.h"

#define RETENTION_INCIDENTS 100 /* in one go */
#define RETENTION_EVENTS 1000

/* Blocks. *more: there is more to forget. False on a database error. */
bool retention_run(struct database *d, struct wall older_than, bool *more);

#endif
