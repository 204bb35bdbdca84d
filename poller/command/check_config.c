#include <stdint.h>

#include "poller/command/all.h"
#include "poller/command/command.h"
#include "poller/command/spawn.h"

#define COULD_NOT_RUN 126

int check_config_run(struct invocation *v)
{
    bool print = command_flag(v, "--print");
    if (v->argc > 1)
        return command_usage(v);
    char *argv[] = {"hayloft-config", "--config", (char *)(uintptr_t)v->config,
                    print ? "--print" : "--check", v->json ? "--json" : NULL, NULL};
    int status = spawn_own(argv, NULL);
    return status == 0 ? EXIT_OK : status < COULD_NOT_RUN ? EXIT_FAILING : EXIT_UNKNOWN;
}
