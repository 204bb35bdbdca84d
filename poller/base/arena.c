#include "poller/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 4096

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks;
    size_t ceiling, used;
};

struct arena *arena_create(size_t ceiling_bytes)
{
    struct arena *a = calloc(1, sizeof *a);
    if (a)
        a->ceiling = ceiling_bytes ? ceiling_bytes : SIZE_MAX;
    return a;
}

void arena_destroy(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

static struct block *add_block(struct arena *a, size_t bytes)
{
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct block *b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_take(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (rounded > a->ceiling - a->used)
        return NULL;
    struct block *b = a->blocks;
    if (!b || b->size - b->used < rounded)
        b = add_block(a, rounded);
    if (!b)
        return NULL;
    void *p = b->bytes + b->used;
    b->used += rounded;
    a->used += rounded;
    return p;
}

void *arena_copy(struct arena *a, const void *from, size_t bytes)
{
    void *p = arena_take(a, bytes);
    if (p && bytes)
        memcpy(p, from, bytes);
    return p;
}

char *arena_text(struct arena *a, const char *from, size_t length)
{
    char *p = arena_take(a, length + 1);
    if (p && length)
        memcpy(p, from, length);
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
