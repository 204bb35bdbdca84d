/* Which port leads to whom: what LLDP says, and which of our nodes are heard there. */
#ifndef HAYLOFT_DOCUMENT_LEADS_H
#define HAYLOFT_DOCUMENT_LEADS_H

#include <cjson/cJSON.h>

#include "poller/message/web_engine.h"

#define LEADS_MAX 32 /* of one port; how many addresses are heard there is told besides */

/* Puts leads_to:[{name, node, port, known_by}] and addresses (how many are heard there) at each of the ports
 * that has any. known_by: lldp, or fdb for a node that is heard there. name: whatever is known of who it is;
 * node: of ours, or null. self: the node itself, which leads nowhere; NULL: not known. */
void leads_put(cJSON *ports, const struct ew_tables *t, const char *self);

const char *leads_owner(const struct ew_tables *t, const struct mac *mac); /* NULL: not known */
cJSON *leads_port(cJSON *ports, const char *name);                         /* NULL: there is none */

#endif
