#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "poller/base/json.h"
#include "poller/command/all.h"
#include "poller/command/answer.h"
#include "poller/command/command.h"

#define ANSWER_MAX_BYTES (1u << 20)

/* Who types: the login name, also behind sudo. */
static const char *own_name(void)
{
    const char *sudo = getenv("SUDO_USER");
    const struct passwd *p = getpwuid(getuid());
    return sudo && *sudo ? sudo : p ? p->pw_name : "command line";
}

int ack_run(struct invocation *v)
{
    const char *by = command_option(v, "--by");
    struct ew_result result;
    int status = EXIT_UNKNOWN;
    if (v->argc != 2)
        return command_usage(v);
    struct engine_client *c = command_engine(v);
    struct arena *arena = arena_create(ANSWER_MAX_BYTES);
    if (c && arena) {
        bool answered = engine_client_acknowledge(c, v->argv[1], by ? by : own_name(), arena, &result);
        status = answer_show(v, c, answered ? &result : NULL);
    }
    arena_destroy(arena);
    engine_client_close(c);
    return status;
}
