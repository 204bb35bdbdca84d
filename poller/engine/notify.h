/* Who is told what, and when. Each incident is either told as open or not; whenever that differs from
 * what it is, a message is due: the first after the hold, later ones as the limit allows. So whatever
 * happens in between, the last message always tells the final state. */
#ifndef HAYLOFT_ENGINE_NOTIFY_H
#define HAYLOFT_ENGINE_NOTIFY_H

#include "poller/engine/incidents.h"

#define MESSAGES_IN_WINDOW 3 /* of one incident to one receiver, per damping's window */

void notify_prepare(struct incident_record *r);
void notify_opened(struct engine *e, struct incident_record *r);
void notify_well(struct engine *e, struct incident_record *r); /* still open: nothing but its end is told now */
void notify_kind_changed(struct engine *e, struct incident_record *r);
void notify_resolved(struct engine *e, struct incident_record *r);
/* After a restart: what was queued for it before, then, when all is known, what is still due. */
void notify_restore(struct engine *e, const struct outbox_entry *sent);
void notify_resume(struct engine *e, struct incident_record *r);
bool notify_test(struct engine *e, const char *receiver); /* false: no such receiver */

#endif
