/* The ways of networks: what tables and guests say of them, looked at anew whenever either says something, and the
 * tables that are read for it. */
#ifndef HAYLOFT_ENGINE_WAYS_H
#define HAYLOFT_ENGINE_WAYS_H

#include "poller/engine/engine_internal.h"

#define WAYS_TABLES_S 300   /* after our start, until tables of all that answer were read once */
#define WAYS_LOOK_S 600     /* also when nothing is told: tables grow too old */
#define WAYS_APART_MS 2000  /* between two looks: tables of many boxes come one after another */

void ways_prepare(struct engine *e);
void ways_take_report(struct engine *e, struct check *guest, const struct report *r);
/* Tables of some node were read, a configuration came, or an address was heard. */
void ways_are_others(struct engine *e);
/* Before networks are concluded. */
void ways_look(struct engine *e);
void ways_take_heard(struct engine *e, const struct heard_addresses *h);

#endif
