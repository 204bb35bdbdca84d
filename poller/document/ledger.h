/* What happened, read from hayloft.db: incidents, events, availability, messages. Read-only: it never
 * writes a page, never checkpoints, and each query ends at a deadline of its own. */
#ifndef HAYLOFT_DOCUMENT_LEDGER_H
#define HAYLOFT_DOCUMENT_LEDGER_H

#include <cjson/cJSON.h>

#include "poller/base/clock.h"
#include "poller/model/words.h"

#define LEDGER_ERROR_MAX 256
#define LEDGER_ROWS_MAX 1000
#define LEDGER_QUERY_NS SECONDS(2)

struct ledger;

/* NULL with a sentence in error when <state_dir>/hayloft.db cannot be read. */
struct ledger *ledger_open(const char *state_dir, char error[static LEDGER_ERROR_MAX]);
void ledger_close(struct ledger *l); /* NULL is fine */
/* Another file stands there now: store set a damaged one aside. Time to open it again. */
bool ledger_is_replaced(const struct ledger *l);

enum ledger_incidents { LEDGER_OPEN, LEDGER_ALL };

/* Arrays and documents are the caller's, for cJSON_Delete; NULL when the database could not be asked. */

/* Incident documents, newest first, opened before the given time (ns 0: now), at most limit. */
cJSON *ledger_incidents(struct ledger *l, enum ledger_incidents which, struct wall before, size_t limit);
/* As above, the open ones that have to do with a node or network. */
cJSON *ledger_incidents_of(struct ledger *l, const char *node, size_t limit);
/* NULL too when there is none of that id. */
cJSON *ledger_incident(struct ledger *l, const char *id);
/* [{id, opened, resolved}] of the incidents that had to do with a node or network in [from, to). */
cJSON *ledger_node_incidents(struct ledger *l, const char *node, struct wall from, struct wall to,
                             size_t limit);
/* [{at, kind, node, from, to, reason, behind, incident, text}], newest first. node NULL: of all. */
cJSON *ledger_events(struct ledger *l, const char *node, struct wall from, struct wall to, size_t limit);
/* {waiting, refused, oldest_waiting, last_error} of the messages. */
cJSON *ledger_outbox(struct ledger *l);
/* {position, kind, state, created, sent, next_try, attempts, error} of the newest message to a receiver that was
 * not withdrawn; position rises. NULL too when there is none. */
#define LEDGER_ANY_KIND (-1)
cJSON *ledger_last_message(struct ledger *l, const char *receiver, int message_kind);

struct availability {
    int64_t available_ns, known_ns; /* known: neither unknown nor paused */
    int64_t longest_ns;             /* longest outage */
    uint32_t outages;               /* times it went from available to not */
};

/* How a node fared in [from, to). now: its state today, used when nothing was ever recorded. */
bool ledger_availability(struct ledger *l, const char *node, enum node_state now, struct wall from,
                         struct wall to, struct availability *out);

/* The pure half of the above: one step of the walk through states. Start with *out and
 * *outage_ns zeroed. */
void availability_add(struct availability *out, enum node_state state, int64_t span_ns,
                      int64_t *outage_ns);

#endif
