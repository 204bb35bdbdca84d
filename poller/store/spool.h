/* What was decided here and the upstream has not acknowledged, as pieces of a report (poller/message/vantage.h). Put
 * into the database by the transaction that commits it, so that neither is there without the other. */
#ifndef HAYLOFT_STORE_SPOOL_H
#define HAYLOFT_STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/arena.h"
#include "poller/message/engine_store.h"
#include "poller/store/database.h"

/* Within the caller's transaction: what of a record is worth telling. A record that comes twice is there once. */
void spool_commit(struct database *d, const char *boot_id, const struct es_commit *c);

/* A start of the engine. Blocks; false on a database error. Twice is once. */
bool spool_run(struct database *d, const struct vantage_run *run);

struct spool_row {
    int64_t position;
    enum vantage_piece kind;
    struct bytes packed;
};

/* The oldest rows that fit into so many bytes with their pieces' heads; what they hold lives in arena. more: others
 * wait behind them. False on a database error. */
bool spool_load(struct database *d, size_t most_bytes, struct arena *arena, struct spool_row **rows, size_t *count,
                bool *more);
/* Those up to that position are acknowledged. */
bool spool_forget(struct database *d, int64_t position);
bool spool_clear(struct database *d); /* nobody is to be told */

#endif
