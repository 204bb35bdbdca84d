/* What an engine needs to go on after a restart: states, open incidents, what was said about them, what
 * it had learned. */
#ifndef HAYLOFT_STORE_RESTORE_H
#define HAYLOFT_STORE_RESTORE_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/arena.h"
#include "poller/message/engine_store.h"
#include "poller/store/database.h"

/* Parts that each fit a message, the last one marked; they live in the arena. False on a database error;
 * even then *parts holds at least the last part, so that the engine can start. */
/* newest: sample stored. */
bool restore_load(struct database *d, struct wall newest, struct arena *arena,
                  struct se_restored **parts, size_t *count);

#endif
