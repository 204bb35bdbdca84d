/* A moment as people write it: RFC 3339, "now", or how long ago: "-7d", "-90m". */
#ifndef HAYLOFT_COMMAND_MOMENT_H
#define HAYLOFT_COMMAND_MOMENT_H

#include "poller/base/clock.h"

bool moment_read(const char *text, struct wall now, struct wall *out);

#endif
