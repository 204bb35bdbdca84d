/* The end of a probe: what its steps say together, and the result that is reported. */
#ifndef HAYLOFT_COLLECTORS_GUEST_CONCLUDE_H
#define HAYLOFT_COLLECTORS_GUEST_CONCLUDE_H

#include "collectors/guest/probe.h"

/* Fills p->result, once. */
void conclude_result(struct probe *p);

/* The step that says most: the first on a guest's way that fails, else one that is degraded; GUEST_STEPS: none.
 * The control is no part of the network. */
enum guest_step conclude_worst(const struct guest_result *r);
enum outcome conclude_outcome(const struct guest_result *r, const char **reason, const char **detail);

#endif
