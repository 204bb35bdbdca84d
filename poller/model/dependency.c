#include "poller/model/dependency.h"

#include <string.h>

#define UNSEEN (UINT32_MAX - 1)
#define ON_THE_WAY (UINT32_MAX - 2) /* being worked out further up the stack: a cycle, no path */

static uint32_t work_out(const struct dependency *nodes, size_t count, const bool *failing,
                         uint32_t *behind, uint32_t node)
{
    if (behind[node] != UNSEEN)
        return behind[node];
    behind[node] = ON_THE_WAY;
    uint32_t found = DEPENDENCY_NONE;
    const struct dependency *d = &nodes[node];
    for (size_t i = 0; i < d->parent_count; i++) {
        uint32_t p = d->parents[i];
        uint32_t before = p < count ? work_out(nodes, count, failing, behind, p) : ON_THE_WAY;
        if (before == ON_THE_WAY)
            continue;
        if (before == DEPENDENCY_NONE && failing[p])
            before = p;
        if (before == DEPENDENCY_NONE)
            return behind[node] = DEPENDENCY_NONE; /* this path is free */
        if (found == DEPENDENCY_NONE)
            found = before;
    }
    return behind[node] = found;
}

void dependency_behind(const struct dependency *nodes, size_t count, const bool *failing,
                       uint32_t *behind)
{
    for (size_t i = 0; i < count; i++)
        behind[i] = UNSEEN;
    for (size_t i = 0; i < count; i++)
        work_out(nodes, count, failing, behind, (uint32_t)i);
}

void dependency_beneath(const struct dependency *nodes, size_t count, uint32_t ancestor,
                        bool *beneath)
{
    memset(beneath, 0, count * sizeof *beneath);
    for (bool grew = true; grew;) { /* as many passes as the tree is deep */
        grew = false;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < nodes[i].parent_count && !beneath[i] && i != ancestor; k++) {
                uint32_t p = nodes[i].parents[k];
                if (p == ancestor || (p < count && beneath[p]))
                    beneath[i] = grew = true;
            }
    }
}
