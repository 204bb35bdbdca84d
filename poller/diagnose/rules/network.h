/* What the rules about networks say in the same way. */
#ifndef HAYLOFT_DIAGNOSE_RULES_NETWORK_H
#define HAYLOFT_DIAGNOSE_RULES_NETWORK_H

#include "poller/diagnose/rule.h"

/* The network's name, and the arguments network ("guest and workers"), vlans ("VLAN 501", "VLANs 501 and 502"),
 * router, step, reason, detail, why, and of a stranger server, address, gateway, mac, place; of a leak leaks.
 * Evidence: what the probes found, where a stranger is heard, and that the main network is served. */
void network_describe(const struct scene *s, const struct network_suspect *n, struct finding *out);

#endif
