#include "poller/engine/network_look.h"

#include <stdlib.h>

void network_look_destroy(struct network_look *l)
{
    if (!l)
        return;
    arena_destroy(l->arena);
    free(l);
}
