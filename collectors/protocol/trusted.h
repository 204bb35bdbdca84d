/* Who may speak for a network: those it names; where it names none, the first one that ever did. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_TRUSTED_H
#define HAYLOFT_COLLECTORS_PROTOCOL_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>

#include "collectors/collector.h"

struct trusted {
    const struct addr *named; /* the setting's; outlives this */
    size_t named_count;
    struct addr first;        /* known since; not set: nobody yet, or somebody is named */
};

bool trusted_knows(const struct trusted *t); /* anybody at all */
bool trusted_has(const struct trusted *t, const struct addr *a);

/* Kept over restarts as a learned fact of the node. The key tells what for. */
struct trusted trusted_recall(const struct env *env, const char *node, const char *key, const struct addr *named,
                              size_t named_count);
/* The first one, when nobody is known; later calls change nothing. */
void trusted_learn(struct trusted *t, const struct env *env, const char *node, const char *key,
                   const struct addr *first);

#endif
