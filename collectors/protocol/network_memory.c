#include "collectors/protocol/network_memory.h"

#include <stdio.h>

const char *network_key(int64_t vid, const char *what, char out[static NETWORK_KEY_MAX])
{
    if (vid == GUEST_UNTAGGED)
        snprintf(out, NETWORK_KEY_MAX, "guest %.32s", what);
    else
        snprintf(out, NETWORK_KEY_MAX, "guest-%d %.32s", (int)vid, what);
    return out;
}

const char *network_carried_key(int64_t vid, const char *interface, char out[static NETWORK_KEY_MAX])
{
    char what[32];
    snprintf(what, sizeof what, "carried %.16s", interface ? interface : "by default");
    return network_key(vid, what, out);
}

bool network_knows(const struct env *env, const char *node, const char *key)
{
    return env->recall(env->ctx, node, key) != NULL;
}

void network_note(const struct env *env, const char *node, const char *key)
{
    if (!network_knows(env, node, key))
        env->remember(env->ctx, node, key, "yes");
}
