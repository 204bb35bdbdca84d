/* Messages on their way out, as rows: which may leave now, and what became of them. A row leaves only
 * when no earlier one of its incident and receiver still waits, so that a resolve never overtakes. */
#ifndef HAYLOFT_STORE_OUTBOX_H
#define HAYLOFT_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/arena.h"
#include "poller/message/store_courier.h"
#include "poller/store/database.h"

#define OUTBOX_RETRY_FIRST_NS SECONDS(10)
#define OUTBOX_RETRY_MOST_NS MINUTES(5)  /* doubling up to it */
#define OUTBOX_RETRY_ASKED_NS MINUTES(60) /* the longest Retry-After obeyed */
#define OUTBOX_LIFE_NS (7 * MINUTES(24 * 60)) /* after it a retry is a refusal */

/* How long to wait after so many attempts; asked_ns: what the other side asked for, 0 nothing. */
int64_t outbox_wait_ns(uint32_t attempts, int64_t asked_ns);

/* Rows that may leave now, in order, with their documents. clock_set false: they say that their times are
 * guesses. *next: when to look again, ns 0: nothing waits. Everything lives in the arena. False on a
 * database error. */
bool outbox_due(struct database *d, struct wall now, bool clock_set, size_t most, struct arena *arena,
                struct sc_deliver **rows, size_t *count, struct wall *next);

struct outbox_settled {
    bool found, sent, waiting; /* neither: refused for good */
    uint32_t attempts;
    struct wall retry_at;
};

/* Writes down what the courier said. False: not durable. */
bool outbox_settle(struct database *d, const struct cs_outcome *outcome, struct wall now,
                   struct outbox_settled *out);

#endif
