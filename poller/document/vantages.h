/* Other places that report to this one, as JSON. */
#ifndef HAYLOFT_DOCUMENT_VANTAGES_H
#define HAYLOFT_DOCUMENT_VANTAGES_H

#include <cjson/cJSON.h>

#include "poller/document/snapshot.h"

/* [{name, site, reported, missed, whole, behind, clock_ahead_s, clock_set, running_since, every_s,
 * nodes:[{name, state, since}]}]; what is not known is null. */
cJSON *document_vantages(const struct snapshot *view);
/* seen_from:[{vantage, state, since, reported}] of a node. */
void vantages_put_seen(cJSON *node, const struct ew_detail *d);

#endif
