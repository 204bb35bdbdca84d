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
    size_t block_bytes; /* of the next block at least */
};

struct arena *arena_create(size_t ceiling_bytes)
{
    struct arena *a = calloc(1, sizeof *a);
    if (a) {
        a->ceiling = ceiling_bytes ? ceiling_bytes : SIZE_MAX;
        a->block_bytes = BLOCK_BYTES;
    }
    return a;
}

static void free_blocks(struct arena *a)
{
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->blocks = NULL;
}

void arena_destroy(struct arena *a)
{
    if (!a)
        return;
    free_blocks(a);
    free(a);
}

void arena_reset(struct arena *a)
{
    if (a->blocks && a->blocks->next) {
        free_blocks(a);
        if (a->block_bytes < a->used)
            a->block_bytes = a->used;
    } else if (a->blocks) {
        a->blocks->used = 0;
    }
    a->used = 0;
}

static struct block *add_block(struct arena *a, size_t bytes)
{
    size_t size = bytes > a->block_bytes ? bytes : a->block_bytes;
    struct block *b = malloc(sizeof *b + size);
    if (!b)
        return NULL;
    b->size = size;
    b->used = 0;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_room(struct arena *a, size_t bytes)
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

void *arena_take(struct arena *a, size_t bytes)
{
    void *p = arena_room(a, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

void *arena_copy(struct arena *a, const void *from, size_t bytes)
{
    void *p = arena_room(a, bytes);
    if (p && bytes)
        memcpy(p, from, bytes);
    return p;
}

char *arena_text(struct arena *a, const char *from, size_t length)
{
    char *p = arena_room(a, length + 1);
    if (!p)
        return NULL;
    if (length)
        memcpy(p, from, length);
    p[length] = '\0';
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
