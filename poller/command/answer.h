/* What the engine said to a command, for people or programs. */
#ifndef HAYLOFT_COMMAND_ANSWER_H
#define HAYLOFT_COMMAND_ANSWER_H

#include "poller/command/command.h"

/* result NULL: nobody answered, why is in the client. The exit status: 0, 2 when refused, 3 unknown. */
int answer_show(const struct invocation *v, const struct engine_client *c, const struct ew_result *result);
/* Asks and shows, with a sign of life while it takes: for RELOAD. */
int answer_command(struct invocation *v, enum web_to_engine type, const char *name, const char *waiting);

#endif
