#include "poller/courier/consult/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/sha256.h"
#include "poller/model/counter.h"

#define WHOLE_MOST 9007199254740992.0 /* 2^53: every whole number up to it is itself as a double */

struct kept {
    uint8_t whose[SHA256_BYTES];
    struct counter counter;
    struct mono at;   /* read last */
    unsigned reading; /* that was in */
};

struct rates {
    struct kept *kept;
    size_t count, capacity, next;
    unsigned reading;
    struct mono newest;
};

struct rates *rates_create(void)
{
    return calloc(1, sizeof(struct rates));
}

void rates_destroy(struct rates *r)
{
    if (r)
        free(r->kept);
    free(r);
}

void rates_begin(struct rates *r, struct mono now)
{
    size_t left = 0;
    for (size_t i = 0; i < r->count; i++)
        if (mono_since(now, r->kept[i].at) <= RATES_REMEMBERED_NS)
            r->kept[left++] = r->kept[i];
    r->count = left;
    r->next = 0;
    r->reading++;
}

/* They come in the same order each time, so the next one is nearly always it. */
static struct kept *find(struct rates *r, const uint8_t whose[static SHA256_BYTES])
{
    for (size_t i = 0; i < r->count; i++) {
        size_t at = (r->next + i) % r->count;
        if (memcmp(r->kept[at].whose, whose, SHA256_BYTES) == 0) {
            r->next = at + 1;
            return &r->kept[at];
        }
    }
    return NULL;
}

static struct kept *add(struct rates *r, const uint8_t whose[static SHA256_BYTES])
{
    if (r->count == RATES_MAX)
        return NULL;
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 16;
        struct kept *all = reallocarray(r->kept, capacity, sizeof *all);
        if (!all)
            return NULL;
        r->kept = all;
        r->capacity = capacity;
    }
    struct kept *k = &r->kept[r->count++];
    *k = (struct kept){.reading = r->reading};
    memcpy(k->whose, whose, SHA256_BYTES);
    return k;
}

static double step(struct kept *k, double value, double seconds)
{
    if (!(value >= 0 && value <= WHOLE_MOST)) {
        counter_skip(&k->counter, seconds);
        return NAN;
    }
    return counter_step(&k->counter, &(struct counter_reading){
                                         .value = (uint64_t)value, .width = COUNTER_64, .seconds = seconds});
}

double rates_take(struct rates *r, const char *whose, size_t len, double value, struct mono at)
{
    uint8_t hash[SHA256_BYTES];
    sha256(whose, len, hash);
    struct kept *k = find(r, hash);
    bool is_new = !k;
    if (is_new && !(k = add(r, hash)))
        return NAN;
    if (!is_new && k->reading == r->reading) { /* whose is it? */
        k->counter = (struct counter){0};
        return NAN;
    }
    double seconds = is_new ? 0 : (double)mono_since(at, k->at) / (double)NS_PER_S;
    k->at = r->newest = at;
    k->reading = r->reading;
    return step(k, value, seconds);
}

bool rates_are_remembered(const struct rates *r, struct mono now)
{
    return r->count && mono_since(now, r->newest) <= RATES_REMEMBERED_NS;
}
