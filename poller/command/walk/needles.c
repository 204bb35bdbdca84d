#include "poller/command/walk/needles.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"

struct needle {
    const uint8_t *text; /* in small letters */
    size_t len;
};

struct needles {
    struct needle *items;
    size_t count, capacity;
    struct arena *arena;
};

struct needles *needles_create(void)
{
    struct needles *n = calloc(1, sizeof *n);
    if (n && !(n->arena = arena_create(0))) {
        free(n);
        n = NULL;
    }
    return n;
}

void needles_destroy(struct needles *n)
{
    if (!n)
        return;
    arena_destroy(n->arena);
    free(n->items);
    free(n);
}

bool needles_add(struct needles *n, const uint8_t *text, size_t len)
{
    uint8_t *copy = len >= NEEDLE_LEAST ? arena_copy(n->arena, text, len) : NULL;
    if (len < NEEDLE_LEAST)
        return true;
    if (copy && n->count == n->capacity) {
        size_t capacity = n->capacity ? n->capacity * 2 : 64;
        struct needle *items = realloc(n->items, capacity * sizeof *items);
        if (!items)
            return false;
        n->items = items;
        n->capacity = capacity;
    }
    if (!copy)
        return false;
    for (size_t i = 0; i < len; i++)
        copy[i] = (uint8_t)tolower(copy[i]);
    n->items[n->count++] = (struct needle){copy, len};
    return true;
}

/* By their first letters; of those that share them the longer first, and the same ones together. */
static int in_order(const void *a, const void *b)
{
    const struct needle *x = a, *y = b;
    int order = memcmp(x->text, y->text, NEEDLE_LEAST);
    if (!order)
        order = (x->len < y->len) - (x->len > y->len);
    return order ? order : memcmp(x->text, y->text, x->len);
}

void needles_seal(struct needles *n)
{
    size_t kept = 0;
    if (n->count)
        qsort(n->items, n->count, sizeof n->items[0], in_order);
    for (size_t i = 0; i < n->count; i++)
        if (!kept || in_order(&n->items[kept - 1], &n->items[i]) != 0)
            n->items[kept++] = n->items[i];
    n->count = kept;
}

static size_t first_of(const struct needles *n, const uint8_t *start)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(n->items[middle].text, start, NEEDLE_LEAST) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_word(uint8_t c)
{
    return isalnum(c) || c >= 0x80;
}

static bool stands_here(const struct needle *needle, const uint8_t *text, size_t len, size_t at)
{
    if (needle->len > len - at)
        return false;
    for (size_t i = 0; i < needle->len; i++)
        if (tolower(text[at + i]) != needle->text[i])
            return false;
    if (needle->len >= NEEDLE_ANYWHERE)
        return true;
    return !(at && is_word(text[at - 1])) &&
           !(at + needle->len < len && is_word(text[at + needle->len]));
}

size_t needles_find(const struct needles *n, const uint8_t *text, size_t len, size_t at)
{
    uint8_t start[NEEDLE_LEAST];
    if (len - at < NEEDLE_LEAST)
        return 0;
    for (size_t i = 0; i < NEEDLE_LEAST; i++)
        start[i] = (uint8_t)tolower(text[at + i]);
    for (size_t i = first_of(n, start);
         i < n->count && memcmp(n->items[i].text, start, NEEDLE_LEAST) == 0; i++)
        if (stands_here(&n->items[i], text, len, at))
            return n->items[i].len;
    return 0;
}
