#include <string.h>

#include "poller/command/all.h"
#include "poller/command/bench.h"

int bench_run(struct invocation *v)
{
    if (v->json) /* it was taken out before the command's name, so there is room for it */
        v->argv[v->argc++] = "--json";
    if (v->argc > 1 && strcmp(v->argv[1], "snmp") == 0)
        return bench_snmp(v);
    return bench_main(v->argc, v->argv);
}
