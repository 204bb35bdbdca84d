/* Learned facts and counters the engine wants back after a restart. They change often and matter little
 * one by one, so they are merged here (the journal has them) and go to the database now and then. */
#ifndef HAYLOFT_STORE_KEPT_H
#define HAYLOFT_STORE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/message/engine_store.h"
#include "poller/store/database.h"

struct kept;

struct kept *kept_create(void);
void kept_destroy(struct kept *k); /* NULL is fine */
void kept_merge(struct kept *k, const struct es_keep *record);
size_t kept_count(const struct kept *k); /* items changed since the last flush */

/* Writes all items; the caller drops k afterwards. False: see database_fault. */
bool kept_flush(const struct kept *k, struct database *d);

#endif
