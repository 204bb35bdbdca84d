/* The series-bearing objects of a node and which sources each has. A shape stands as long as it can: a file is made
 * anew for another one. */
#ifndef HAYLOFT_ENGINE_OBJECTS_H
#define HAYLOFT_ENGINE_OBJECTS_H

#include "poller/engine/engine_internal.h"

#define OBJECTS_PER_NODE_MAX 4096 /* what is over is not kept */
#define OBJECT_SOURCES_MAX 64     /* as a file holds */

/* The node's object of that name; another one when it is new, or has another step or other sources. Readings come
 * and go: a source that is not told keeps its place, one that is new gets one more. NULL: too many. */
struct object *object_for(struct engine *e, struct check *c, const struct object_measures *m);
void object_fill(struct object *o, const struct object_measures *m); /* NaN: a source that is not told */
void objects_forget(struct node *n);

#endif
