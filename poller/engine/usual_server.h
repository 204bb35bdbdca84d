/* Who hands out addresses on a VLAN, by its MAC, is kept over a restart: else the same server with other settings would
 * be a stranger to us. */
#ifndef HAYLOFT_ENGINE_USUAL_SERVER_H
#define HAYLOFT_ENGINE_USUAL_SERVER_H

#include "poller/engine/engine_internal.h"

void usual_server_keep(struct engine *e, const struct check *c);
void usual_server_restore(struct engine *e, const struct kept_item *kept); /* others are ignored */

#endif
