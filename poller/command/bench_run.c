#include "poller/command/all.h"
#include "poller/command/bench.h"
#include "poller/command/command.h"

int bench_run(struct invocation *v)
{
    if (v->json) /* it was taken out before the command's name, so there is room for it */
        v->argv[v->argc++] = "--json";
    return bench_main(v->argc, v->argv);
}
