#include "poller/store/bucket.h"

#include <stdio.h>
#include <string.h>

static struct bucket *find(const struct buckets *b, const char *key)
{
    for (size_t i = 0; i < BUCKETS_MAX; i++)
        if (strncmp(b->list[i].key, key, BUCKET_KEY_MAX - 1) == 0 && b->list[i].key[0])
            return (struct bucket *)(uintptr_t)&b->list[i];
    return NULL;
}

int64_t bucket_wait_ns(const struct buckets *b, const char *key, struct mono now)
{
    const struct bucket *k = find(b, key);
    int64_t debt_ns = k ? mono_since(k->full, now) : 0;
    int64_t allowed_ns = (BUCKET_TRIES - 1) * BUCKET_REFILL_NS;
    return debt_ns > allowed_ns ? debt_ns - allowed_ns : 0;
}

static struct bucket *make(struct buckets *b, const char *key)
{
    struct bucket *victim = &b->list[0];
    for (size_t i = 0; i < BUCKETS_MAX; i++) {
        if (!b->list[i].key[0]) {
            victim = &b->list[i];
            break;
        }
        if (mono_before(b->list[i].full, victim->full))
            victim = &b->list[i];
    }
    snprintf(victim->key, sizeof victim->key, "%s", key);
    victim->full = (struct mono){0};
    return victim;
}

void bucket_take(struct buckets *b, const char *key, struct mono now)
{
    struct bucket *k = find(b, key);
    if (!key[0])
        return;
    if (!k)
        k = make(b, key);
    struct mono from = mono_before(k->full, now) ? now : k->full;
    k->full = mono_after(from, BUCKET_REFILL_NS);
}

void bucket_forget(struct buckets *b, const char *key)
{
    struct bucket *k = find(b, key);
    if (k)
        *k = (struct bucket){0};
}
