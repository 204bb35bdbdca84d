/* A test message to a receiver, followed until it is known what became of it. */
#ifndef HAYLOFT_COMMAND_SEND_TEST_H
#define HAYLOFT_COMMAND_SEND_TEST_H

#include "poller/command/command.h"

/* Exit status: 0 sent, 1 still waiting, 2 refused or no such receiver, 3 unknown. */
int send_test(struct invocation *v, const char *receiver);

#endif
