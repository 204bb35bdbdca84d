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

#define NETWORK_WAY "way" /* the incident of what tables say, beside those of matters */
#define NETWORK_KEY_MAX 160
#define NETWORK_TROUBLES_MAX 64 /* VLANs told of in one incident */

/* The VLANs of a network on which a matter fails, by step. */
struct network_failing {
    struct network_trouble troubles[NETWORK_TROUBLES_MAX];
    size_t count;
    bool waiting; /* some have another cause, or may; or are from before a restart and not seen yet */
};

void network_failing(struct engine *e, struct node *n, enum guest_matter m, struct network_failing *out);
int network_trouble_order(const void *a, const void *b); /* for qsort */
void network_incident_key(const struct node *n, const char *matter, char out[static NETWORK_KEY_MAX]);
/* Opens the incident of that key, or looks at it again. */
void network_tell(struct engine *e, const struct node *n, const char *key, const struct network_suspect *about);

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
