#include "collectors/protocol/played_mac.h"

#include <sys/random.h>

#define LOCAL 2
#define GROUP_AND_LOCAL 3

bool played_mac(const struct env *env, const char *node, const char *key, struct mac *out)
{
    char text[MAC_TEXT_MAX];
    const char *known = env->recall(env->ctx, node, key);
    if (known && mac_parse(known, out))
        return true;
    if (getrandom(out->bytes, sizeof out->bytes, 0) != sizeof out->bytes)
        return false;
    out->bytes[0] = (uint8_t)((out->bytes[0] & ~GROUP_AND_LOCAL) | LOCAL);
    env->remember(env->ctx, node, key, mac_text(out, text));
    return true;
}
