/* What `hayloft probe NETWORK` shows in the end: how the network is, at which sites, and by which boxes. */
#ifndef HAYLOFT_COMMAND_PROBE_NETWORK_H
#define HAYLOFT_COMMAND_PROBE_NETWORK_H

#include "poller/command/command.h"

/* A step as it is done; vlan "": without a tag. */
void probe_network_step(const struct ew_probe_step *s);
/* Returns the exit code. */
int probe_network_show(const struct invocation *v, const struct ew_network *n);

#endif
