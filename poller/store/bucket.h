/* Token buckets that slow down whoever guesses passwords, by address and by user name. A fixed number of
 * them: under attack the one fullest again is forgotten, which takes the least from us. */
#ifndef HAYLOFT_STORE_BUCKET_H
#define HAYLOFT_STORE_BUCKET_H

#include <stddef.h>
#include <stdint.h>

#include "poller/base/clock.h"

#define BUCKET_KEY_MAX 80
#define BUCKETS_MAX 256
#define BUCKET_TRIES 5           /* at once */
#define BUCKET_REFILL_NS SECONDS(20) /* one more try */

struct bucket {
    char key[BUCKET_KEY_MAX]; /* "" free */
    struct mono full;         /* when it will be full again */
};

struct buckets {
    struct bucket list[BUCKETS_MAX];
};

/* Nanoseconds until key may try; 0: now. */
int64_t bucket_wait_ns(const struct buckets *b, const char *key, struct mono now);
/* A try was made. */
void bucket_take(struct buckets *b, const char *key, struct mono now);
/* It succeeded: the key starts afresh. */
void bucket_forget(struct buckets *b, const char *key);

#endif
