/* What a new configuration leaves alone, changes, adds and removes, so that the engine restarts nothing
 * that stays as it was. Nodes go by name, checks by node, kind and label. Pure. */
#ifndef HAYLOFT_CONFIG_DIFF_H
#define HAYLOFT_CONFIG_DIFF_H

#include "poller/config/config.h"

enum fate { FATE_SAME, FATE_CHANGED, FATE_NEW, FATE_GONE };
extern const char *const fate_words[];

struct node_fate {
    enum fate fate;                          /* of what is said about it, its checks aside */
    const struct config_node *before, *after;/* NULL where it is not */
};

struct check_fate {
    enum fate fate; /* changed too when its node's addresses, class or pause changed */
    const struct config_node *node;          /* after, or before when it is gone */
    const struct config_check *before, *after;
};

struct config_diff {
    struct node_fate *nodes;   /* in the order of the new file, then the gone */
    size_t nodes_count;
    struct check_fate *checks;
    size_t checks_count;
};

/* before may be NULL: then all is new. Lives in arena, points into both. False when the arena ends. */
bool config_diff(const struct config *before, const struct config *after, field_resolver resolve,
                 struct arena *arena, struct config_diff *out);

#endif
