#include "poller/engine/outputs.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

void outputs_clear(struct outputs *o)
{
    o->count = 0;
    arena_destroy(o->arena);
    o->arena = NULL;
}

void outputs_fini(struct outputs *o)
{
    outputs_clear(o);
    free(o->items);
    *o = (struct outputs){0};
}

struct output *outputs_add(struct outputs *o, enum output_kind kind)
{
    if (o->count == o->capacity) {
        size_t capacity = o->capacity ? o->capacity * 2 : 32;
        struct output *items = reallocarray(o->items, capacity, sizeof *items);
        if (!items)
            fatal("no memory for %zu outputs", capacity);
        o->items = items;
        o->capacity = capacity;
    }
    struct output *added = &o->items[o->count++];
    memset(added, 0, sizeof *added);
    added->kind = kind;
    return added;
}

struct arena *outputs_arena(struct outputs *o)
{
    if (!o->arena)
        o->arena = arena_create(0);
    if (!o->arena)
        fatal("no memory for an arena");
    return o->arena;
}

char *outputs_text(struct outputs *o, const char *text)
{
    return text ? arena_text(outputs_arena(o), text, strlen(text)) : NULL;
}
