/* Files of addresses to be asked: one a line; empty lines and lines with # are skipped. */
#ifndef HAYLOFT_COMMAND_TARGETS_H
#define HAYLOFT_COMMAND_TARGETS_H

#include <stdbool.h>

#include "poller/base/addr.h"

#define TARGETS_MAX 1000000u

typedef bool (*target_fn)(void *ctx, const struct addr *addr); /* false: no memory */

/* "-" is standard input. False with a sentence on stderr: unreadable, too many, none at all. */
bool targets_read(const char *path, target_fn add, void *ctx);

#endif
