/* The list of outputs being made; what they point to lives in its arena. */
#ifndef HAYLOFT_ENGINE_OUTPUTS_H
#define HAYLOFT_ENGINE_OUTPUTS_H

#include "poller/engine/engine.h"

struct output *outputs_add(struct outputs *o, enum output_kind kind); /* zeroed but for kind */
struct arena *outputs_arena(struct outputs *o);
char *outputs_text(struct outputs *o, const char *text); /* a copy; NULL stays NULL */

#endif
