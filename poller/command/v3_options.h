/* --v3 and what belongs to it: who we are for an agent of version 3. Passwords come from the environment or a
 * file, never as arguments: those are for everybody on the machine to see. */
#ifndef HAYLOFT_COMMAND_V3_OPTIONS_H
#define HAYLOFT_COMMAND_V3_OPTIONS_H

#include "collectors/snmp/device.h"
#include "poller/command/command.h"

/* Sets version 3 in *o when --v3 was given. False after a message. */
bool v3_options_take(struct invocation *v, struct snmp_options *o);
void v3_options_forget(struct snmp_options *o); /* the passwords */

#endif
