#include "collectors/protocol/trusted.h"

bool trusted_knows(const struct trusted *t)
{
    return t->named_count || addr_is_set(&t->first);
}

bool trusted_has(const struct trusted *t, const struct addr *a)
{
    if (!addr_is_set(a))
        return false;
    for (size_t i = 0; i < t->named_count; i++)
        if (addr_equal(&t->named[i], a))
            return true;
    return !t->named_count && addr_equal(&t->first, a);
}

struct trusted trusted_recall(const struct env *env, const char *node, const char *key, const struct addr *named,
                              size_t named_count)
{
    struct trusted t = {.named = named, .named_count = named_count};
    const char *text = named_count ? NULL : env->recall(env->ctx, node, key);
    if (text)
        addr_parse(text, &t.first);
    return t;
}

/* Another check of the same network may have learned it meanwhile. */
void trusted_learn(struct trusted *t, const struct env *env, const char *node, const char *key,
                   const struct addr *first)
{
    char text[ADDR_TEXT_MAX];
    if (trusted_knows(t))
        return;
    *t = trusted_recall(env, node, key, t->named, t->named_count);
    if (trusted_knows(t) || !addr_is_set(first))
        return;
    t->first = *first;
    env->remember(env->ctx, node, key, addr_text(first, text));
}
