/* When a place that was cut off is back: its devices are asked how long they have been running, and what
 * that proves is written into the incident before it is resolved. */
#ifndef HAYLOFT_ENGINE_AFTERMATH_H
#define HAYLOFT_ENGINE_AFTERMATH_H

#include "poller/engine/incidents.h"

void aftermath_ask(struct engine *e, const struct incident_record *r); /* it answers again */
/* The sentence for the incident; caller frees. NULL: nothing to say. */
char *aftermath_tell(struct engine *e, const struct incident_record *r);

#endif
