/* How a node is wired, as parts of its page: where its ports lead and which addresses are heard there, VLANs,
 * power over Ethernet, wireless stations. From the node's document, like everything people see of it. */
#ifndef HAYLOFT_WEB_WIRING_H
#define HAYLOFT_WEB_WIRING_H

#include <cjson/cJSON.h>

#include "web/exchange.h"

/* Sections for what there is, with a button that has it read anew; nothing for a node that tells nothing of this. */
void wiring_sections(struct exchange *x, const cJSON *node);

#endif
