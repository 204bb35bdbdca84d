#include <stdint.h>
#include <string.h>

#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/spawn.h"

#define COULD_NOT_RUN 126

/* Of profiles: how many there are, or one as it is read. */
static const char *mode(struct invocation *v)
{
    if (command_flag(v, "--profiles"))
        return v->argc > 1 ? "--print-profile" : "--list-profiles";
    return command_flag(v, "--print") ? "--print" : "--check";
}

int check_config_run(struct invocation *v)
{
    const char *asked = mode(v);
    bool named = v->argc == 2 && v->argv[1][0] != '-' && strcmp(asked, "--print-profile") == 0;
    if (v->argc > 1 && !named)
        return command_usage(v);
    char *argv[8] = {"hayloft-config", "--config", (char *)(uintptr_t)v->config, (char *)(uintptr_t)asked};
    int count = 4;
    if (named)
        argv[count++] = v->argv[1];
    if (v->json)
        argv[count++] = "--json";
    int status = spawn_own(argv, NULL);
    return status == 0 ? EXIT_OK : status < COULD_NOT_RUN ? EXIT_FAILING : EXIT_UNKNOWN;
}
