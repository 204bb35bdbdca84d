#include "poller/command/all.h"
#include "poller/command/answer.h"

int reload_run(struct invocation *v)
{
    return v->argc == 1 ? answer_command(v, WE_RELOAD, "", "waiting for every role to adopt it")
                        : command_usage(v);
}
