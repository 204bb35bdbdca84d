/* The networks an engine wants to be a guest of, over the cards they are joined with. One card is in one network at a
 * time: whoever asks for it meanwhile waits until it was left. */
#ifndef HAYLOFT_WIRE_JOINS_H
#define HAYLOFT_WIRE_JOINS_H

#include <stdbool.h>
#include <uv.h>

#include "poller/message/engine_wire.h"

struct joins;

typedef void (*joins_told_fn)(void *ctx, const struct wire_wifi *state); /* it has changed */

struct joins *joins_create(uv_loop_t *loop, joins_told_fn fn, void *ctx); /* NULL: no memory */
void joins_destroy(struct joins *j); /* NULL is fine; without waiting takes away what is ours */

/* One of that number is left first. */
void joins_join(struct joins *j, const struct wire_join *m);
void joins_leave(struct joins *j, uint32_t join);
void joins_leave_all(struct joins *j);
size_t joins_count(const struct joins *j); /* those being left too */
bool joins_has_joined(const struct joins *j, const char *interface); /* with it, for us, not as it was found */

#endif
