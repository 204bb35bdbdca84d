/* Health reports: once a local day each, at its time, however the clock is changed and however often the
 * engine restarts meanwhile. The day a report went last is kept by store. */
#ifndef HAYLOFT_ENGINE_REPORTS_H
#define HAYLOFT_ENGINE_REPORTS_H

#include "poller/engine/engine_internal.h"

void reports_adopt(struct engine *e); /* a configuration came */
void reports_restore(struct engine *e, const struct kept_item *kept);
void reports_remember(struct engine *e, const struct incident_record *r); /* it was resolved */
void reports_write(const struct engine *e, struct buf *out);
void reports_destroy(struct engine *e);

#endif
