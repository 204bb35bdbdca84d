#include "poller/engine/own_link.h"

#include <string.h>

struct mono own_link_lost(const struct engine *e)
{
    struct mono lost = MONO_NEVER;
    for (size_t i = 0; i < e->own_facts.count; i++) {
        const struct known_fact *f = &e->own_facts.facts[i];
        if (strcmp(f->name, "own.carrier") != 0 || !f->value)
            continue;
        if (strcmp(f->value, "down") != 0)
            return MONO_NEVER;
        if (lost.ns == MONO_NEVER.ns || mono_before(lost, f->changed_at))
            lost = f->changed_at;
    }
    return lost;
}
