/* How a device is wired, as JSON: vlans, fdb, neighbours, poe, arp, stp of a node. */
#ifndef HAYLOFT_DOCUMENT_WIRING_H
#define HAYLOFT_DOCUMENT_WIRING_H

#include <cjson/cJSON.h>

#include "poller/model/wiring.h"

/* ports: an array of {index, name}, for the names beside the numbers; each gets its pvid and stp state.
 * Without w the lists are there and empty. */
void wiring_put(cJSON *document, cJSON *ports, const struct wiring *w);

#endif
