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

static const char *of_interface(int64_t vid, const char *what, const char *interface, char *out)
{
    char both[32];
    snprintf(both, sizeof both, "%s %.16s", what, interface ? interface : "by default");
    return network_key(vid, both, out);
}

const char *network_carried_key(int64_t vid, const char *interface, char out[static NETWORK_KEY_MAX])
{
    return of_interface(vid, "carried", interface, out);
}

const char *network_control_mac_key(const char *interface, char out[static NETWORK_KEY_MAX])
{
    return of_interface(GUEST_UNTAGGED, "control mac", interface, out);
}

const char *network_on_air_key(const char *ssid, char out[static NETWORK_KEY_MAX])
{
    snprintf(out, NETWORK_KEY_MAX, "guest on air %.32s", ssid);
    return out;
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
