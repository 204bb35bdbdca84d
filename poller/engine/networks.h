/* Networks: what their probes tell becomes the verdict of a check, and an incident for each matter that fails.
 *
 *   report -> guest_watch (per VLAN and check) -> conclude: does something else explain it? -> incident per network
 *                                                                                             and matter
 *
 * The router silent, the Internet down or our own link gone explain what a guest lacks: then theirs is the one
 * incident. Where that is just being asked it is waited for, a while. */
#ifndef HAYLOFT_ENGINE_NETWORKS_H
#define HAYLOFT_ENGINE_NETWORKS_H

#include "poller/engine/engine_internal.h"

#define NETWORK_WAY "way" /* the incident of what tables alone say, beside those of matters */

/* True: another probe soon would tell more. */
bool networks_take_report(struct engine *e, struct check *c, const struct report *r);
void networks_conclude(struct engine *e); /* opens and ends incidents */
void networks_forget_suspicion(struct engine *e); /* we slept */
/* Does what this check tells count for that matter? */
bool network_speaks_of(const struct check *c, enum guest_matter m);
/* network_restore.c: an incident from before a restart; matter: what its key says behind the network's name. False:
 * that is not watched now. */
bool networks_restore(struct engine *e, const struct incident_record *r, const char *matter, struct mono opened);

#endif
