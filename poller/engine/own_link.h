/* Our own links on the ways to the nodes: without carrier on any of them nobody can be heard,
 * whatever the checks say. They may say little: a kernel that has taken its routes away refuses to
 * send. */
#ifndef HAYLOFT_ENGINE_OWN_LINK_H
#define HAYLOFT_ENGINE_OWN_LINK_H

#include "poller/engine/engine_internal.h"

#define OWN_LINK_GONE_S 5 /* a plug that is moved over is back by then */

/* When the last of them was lost; MONO_NEVER: there is one, or none is known of. */
struct mono own_link_lost(const struct engine *e);

#endif
