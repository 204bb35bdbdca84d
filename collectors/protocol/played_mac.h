/* Addresses of the hosts we play: made once and kept, so that no pool of addresses runs dry on us. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_PLAYED_MAC_H
#define HAYLOFT_COLLECTORS_PROTOCOL_PLAYED_MAC_H

#include "collectors/collector.h"

/* The one remembered under this key of the node, else a new one that is remembered from now on: locally
 * administered, of one machine (IEEE 802c). False: no random bytes to be had. */
bool played_mac(const struct env *env, const char *node, const char *key, struct mac *out);

#endif
