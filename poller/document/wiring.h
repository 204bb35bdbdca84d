/* How a device is wired, as JSON: neighbours, vlans, fdb, arp, poe of a node, pvid and stp of its ports; and of
 * each list when it was read. */
#ifndef HAYLOFT_DOCUMENT_WIRING_H
#define HAYLOFT_DOCUMENT_WIRING_H

#include <cjson/cJSON.h>

#include "poller/message/web_engine.h"

/* ports: an array of {name}; those of the tables get their pvid and stp state there, and leads_to: LLDP
 * neighbours, then nodes of ours that are heard at that port. Without t, or when none were ever read, the lists
 * are there and empty. */
void wiring_put(cJSON *document, cJSON *ports, const struct ew_tables *t);

#endif
