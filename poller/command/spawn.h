/* Other programs, waited for. */
#ifndef HAYLOFT_COMMAND_SPAWN_H
#define HAYLOFT_COMMAND_SPAWN_H

#include "poller/base/buf.h"

#define SPAWN_OUTPUT_MAX_BYTES (16u << 20)

/* Runs one of our own programs (argv[0] is its name) or, found by PATH, somebody else's; what it prints
 * is appended to output (NULL: it prints to our stdout). Its exit status, 127 when it could not be run. */
int spawn_own(char *const argv[], struct buf *output);
int spawn_other(char *const argv[], struct buf *output);

#endif
