/* The state of each node as people see it, and its transitions. */
#ifndef HAYLOFT_ENGINE_STATE_H
#define HAYLOFT_ENGINE_STATE_H

#include "poller/engine/engine_internal.h"

void state_refresh(struct engine *e); /* after conclude looked */

#endif
