/* What the engine decided, put into the database: transitions, incidents with their details, events and
 * outbox rows of one record in one transaction. */
#ifndef HAYLOFT_STORE_COMMIT_H
#define HAYLOFT_STORE_COMMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/message/engine_store.h"
#include "poller/store/database.h"

/* How far an engine's records are in the database. */
struct commit_mark {
    char boot_id[64];
    uint64_t sequence;
};

void commit_mark_read(struct database *d, struct commit_mark *out);

/* All of them in one transaction, with the mark and, where there is an upstream (spooled), what it is told of them.
 * A record that breaks a constraint is left out,
 * said in the log and counted in *refused: no other record may suffer for it. False: nothing is durable
 * (database_fault tells why). */
bool commit_records(struct database *d, const char *boot_id, const struct es_commit *const *records,
                    size_t count, bool spooled, size_t *refused);

#endif
