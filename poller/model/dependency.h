/* What hangs on what. Each node names the nodes it can be reached through; a node without any hangs
 * on the watcher itself. Pure: indices in, answers out; cycles do no harm. */
#ifndef HAYLOFT_MODEL_DEPENDENCY_H
#define HAYLOFT_MODEL_DEPENDENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPENDENCY_NONE UINT32_MAX

struct dependency {
    const uint32_t *parents; /* indices into the same array */
    size_t parent_count;
};

/* For each node the failing node nearest to the watcher that its paths run into: what it hangs behind.
 * DEPENDENCY_NONE where a path is free. With several parents the first one's obstacle is named.
 * failing and behind hold count elements. */
void dependency_behind(const struct dependency *nodes, size_t count, const bool *failing,
                       uint32_t *behind);

/* Marks every node that has ancestor on one of its paths; ancestor itself is not beneath itself. */
void dependency_beneath(const struct dependency *nodes, size_t count, uint32_t ancestor,
                        bool *beneath);

#endif
