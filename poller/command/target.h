/* The device a command asks without the daemon: where it is and who we are there. */
#ifndef HAYLOFT_COMMAND_TARGET_H
#define HAYLOFT_COMMAND_TARGET_H

#include "collectors/snmp/device.h"
#include "poller/command/command.h"

struct target {
    struct addr address;
    struct snmp_options options; /* community and user are the invocation's; the passwords ours */
};

/* Takes --port, --community, --version, --v3 and what belongs to it out of the arguments. False
 * after a message; target_fini is due either way. */
bool target_take(struct invocation *v, struct target *t);
/* An address or a name that resolves. False after a message. */
bool target_find(const struct invocation *v, const char *text, struct target *t);
void target_fini(struct target *t);

#endif
