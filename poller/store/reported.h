/* What vantages reported, in the house's database: their runs, what was decided there, what was lost. All of it is
 * known by the names it was given there, so a report that comes twice changes nothing. Calls block. */
#ifndef HAYLOFT_STORE_REPORTED_H
#define HAYLOFT_STORE_REPORTED_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/arena.h"
#include "poller/message/engine_store.h"
#include "poller/store/database.h"

/* One transaction. changed_before: stamps that were stored before moved. False: nothing of it is durable. */
bool reported_take(struct database *d, const char *vantage, const struct vantage_report *r, struct wall heard,
                   bool *changed_before);
/* Is there anything in the report for the database? */
bool reported_is_needed(const struct vantage_report *r);

/* What the engine wants to know of a vantage after a start: runs, changes and losses since then, in as many parts as
 * messages are needed, the first one anew. At least one. False on a database error. */
bool reported_load(struct database *d, const char *vantage, struct wall since, struct arena *arena,
                   struct se_vantage **parts, size_t *count);

/* Within the caller's transaction: what is older goes. Returns how many rows. */
#define REPORTED_FORGET_MAX 1000
int reported_forget(struct database *d, struct wall older_than);

#endif
