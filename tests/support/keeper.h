/* Keeps what an engine commits, as a store would: for tests that look at what came of it, and to
 * give it back to an engine that starts again. Time is in seconds of whatever world it is used in.
 */
#ifndef HAYLOFT_TESTS_KEEPER_H
#define HAYLOFT_TESTS_KEEPER_H

#include "poller/message/engine_store.h"

struct keeper;

struct kept_incident {
    struct incident in;          /* as committed last */
    double opened_s, resolved_s; /* the first and the last such commit; 0: not yet */
    unsigned commits;
};

struct keeper *keeper_create(void);
void keeper_destroy(struct keeper *k); /* NULL is fine */

void keeper_commit(struct keeper *k, double now_s, const struct es_commit *c);
void keeper_keep(struct keeper *k, const char *key, const char *value); /* NULL: no more */
/* All of it, in one part, but for the newest sample. Lists live until the next call and are the
 * keeper's, like what they hold. */
struct se_restored keeper_restore(struct keeper *k);

size_t keeper_incident_count(const struct keeper *k);
const struct kept_incident *keeper_incident(const struct keeper *k, size_t i);
size_t keeper_open(const struct keeper *k); /* incidents */
enum node_state keeper_state(const struct keeper *k,
                             const char *node); /* unknown when never told */
struct wall keeper_since(const struct keeper *k, const char *node);
const char *keeper_behind(const struct keeper *k, const char *node); /* never NULL */
/* Transitions of all nodes to that state. */
unsigned keeper_transitions(const struct keeper *k, enum node_state to);
unsigned keeper_messages(const struct keeper *k, enum message_kind kind);
const char *keeper_last_text(const struct keeper *k); /* of a report or a test; never NULL */
enum message_kind keeper_last_message(const struct keeper *k);
const struct outbox_entry *keeper_outbox(const struct keeper *k, size_t i); /* NULL past the last */
unsigned keeper_events(const struct keeper *k, const char *kind);

#endif
