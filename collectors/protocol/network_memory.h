/* What is learned of a VLAN of a network, and kept over restarts: by whichever check, for whichever asks next. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_NETWORK_MEMORY_H
#define HAYLOFT_COLLECTORS_PROTOCOL_NETWORK_MEMORY_H

#include "collectors/collector.h"

#define NETWORK_KEY_MAX 48

#define NETWORK_MAC "mac"         /* played with on that VLAN, see played_mac.h */
#define NETWORK_SERVER "server"   /* first DHCP server known, see trusted.h */
#define NETWORK_ROUTER "router"   /* first IPv6 router known */
#define NETWORK_CONTROL "control" /* the main network once offered the control an address */

/* "guest-501 server", of an untagged network "guest server". Returns out. */
const char *network_key(int64_t vid, const char *what, char out[static NETWORK_KEY_MAX]);
/* That this interface (NULL: that of the default route) carries the VLAN. Another one is another port: what was heard
 * on the one says nothing of the other. */
const char *network_carried_key(int64_t vid, const char *interface, char out[static NETWORK_KEY_MAX]);

/* The address played with on the main network, whichever network asks: one per interface, so that no pool sees more of
 * us. It is learned of this node. */
#define NETWORK_MAIN "lan"
const char *network_control_mac_key(const char *interface, char out[static NETWORK_KEY_MAX]);

/* That a network of this name was heard on the air. */
const char *network_on_air_key(const char *ssid, char out[static NETWORK_KEY_MAX]);

bool network_knows(const struct env *env, const char *node, const char *key);
void network_note(const struct env *env, const char *node, const char *key); /* once is enough */

#endif
