/* What people ask of the engine: acknowledge, probe now, send a test. */
#ifndef HAYLOFT_ENGINE_CONTROL_H
#define HAYLOFT_ENGINE_CONTROL_H

#include "poller/engine/engine_internal.h"

void control_acknowledge(struct engine *e, const struct we_ack *a);
void control_probe(struct engine *e, const struct we_name *who);
void control_send_test(struct engine *e, const struct we_name *who);
void control_probe_report(struct engine *e, struct check *c, const struct report *r);
void control_tables_report(struct engine *e, struct check *c, const struct report *r);
void control_probe_step(struct engine *e, struct check *c, const struct hint *h);
/* For what probes a network. Texts are copied. */
void control_answer(struct engine *e, uint32_t request, bool ok, const char *text);
void control_tell_step(struct engine *e, const struct ew_probe_step *step);

#endif
