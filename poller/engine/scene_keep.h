/* Keeps the scene the rules look at in step with the nodes. */
#ifndef HAYLOFT_ENGINE_SCENE_KEEP_H
#define HAYLOFT_ENGINE_SCENE_KEEP_H

#include "poller/engine/engine_internal.h"

#define SEEMS_SILENT_MS 2500 /* of asking without an answer: silent as far as others are concerned */

void scene_rebuild(struct engine *e); /* after a configuration */
void scene_refresh(struct engine *e); /* who is silent now, and behind what */
void scene_forget(struct engine *e);
/* Fails for good, not only for some seconds. */
bool scene_is_certain(const struct engine *e, uint32_t node);

#endif
