/* What one step wants committed, gathered until its end and then put out in as few transactions as the
 * messages' size allows: an incident always together with its outbox rows. */
#ifndef HAYLOFT_ENGINE_DRAFT_H
#define HAYLOFT_ENGINE_DRAFT_H

#include "poller/engine/engine_internal.h"

void draft_transition(struct engine *e, const struct node_transition *t); /* texts are copied */
void draft_event(struct engine *e, const char *kind, const char *node, const char *text);
void draft_incident(struct engine *e, struct incident_record *r);         /* once per step is enough */
void draft_outbox(struct engine *e, const struct outbox_entry *entry);
void draft_withdraw(struct engine *e, const char *key);
/* Times drafted already move, and store is told to move those it has. */
void draft_restamp(struct engine *e, const struct restamp *span);
void draft_put_out(struct engine *e);
void draft_destroy(struct commit_draft *d);

#endif
