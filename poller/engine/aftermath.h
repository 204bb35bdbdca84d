/* When a place that was cut off is back: its devices are asked how long they have been running, a second vantage there
 * tells what it saw meanwhile, and what that proves is written into the incident before it is resolved. */
#ifndef HAYLOFT_ENGINE_AFTERMATH_H
#define HAYLOFT_ENGINE_AFTERMATH_H

#include "poller/engine/incidents.h"

void aftermath_ask(struct engine *e, const struct incident_record *r); /* it answers again */
/* The vantage there reported until it was cut off and has not told yet what it saw. Not for ever. */
bool aftermath_waits(const struct engine *e, const struct incident_record *r);
/* The sentence for the incident, caller frees, and where it comes from. NULL: nothing to say. */
char *aftermath_tell(struct engine *e, const struct incident_record *r, const char **source);

#endif
