#include "collectors/ping/agenda.h"

#include <stdlib.h>

void agenda_fini(struct agenda *a)
{
    free(a->slots);
    *a = (struct agenda){0};
}

static void set(struct agenda *a, size_t place, struct agenda_slot slot)
{
    a->slots[place] = slot;
    slot.entry->place = place;
}

static void rise(struct agenda *a, struct agenda_slot slot)
{
    size_t at = slot.entry->place;
    while (at > 1 && mono_before(slot.due, a->slots[at / 2].due)) {
        set(a, at, a->slots[at / 2]);
        at /= 2;
    }
    set(a, at, slot);
}

static void sink(struct agenda *a, struct agenda_slot slot)
{
    size_t at = slot.entry->place;
    for (;;) {
        size_t child = at * 2;
        if (child > a->count)
            break;
        if (child < a->count && mono_before(a->slots[child + 1].due, a->slots[child].due))
            child++;
        if (!mono_before(a->slots[child].due, slot.due))
            break;
        set(a, at, a->slots[child]);
        at = child;
    }
    set(a, at, slot);
}

static bool make_room(struct agenda *a)
{
    if (a->count + 1 < a->capacity)
        return true;
    size_t capacity = a->capacity ? a->capacity * 2 : 64;
    struct agenda_slot *slots = realloc(a->slots, capacity * sizeof *slots);
    if (!slots)
        return false;
    a->slots = slots;
    a->capacity = capacity;
    return true;
}

bool agenda_put(struct agenda *a, struct agenda_entry *entry, struct mono due)
{
    struct agenda_slot slot = {due, entry};
    struct mono before = entry->due;
    bool is_new = !entry->place;
    if (is_new && !make_room(a))
        return false;
    if (is_new)
        entry->place = ++a->count;
    entry->due = due;
    if (is_new || mono_before(due, before))
        rise(a, slot);
    else
        sink(a, slot);
    return true;
}

void agenda_remove(struct agenda *a, struct agenda_entry *entry)
{
    if (!entry->place)
        return;
    size_t hole = entry->place;
    struct agenda_slot last = a->slots[a->count--];
    entry->place = 0;
    if (last.entry == entry)
        return;
    last.entry->place = hole;
    rise(a, last);
    sink(a, a->slots[last.entry->place]);
}

struct agenda_entry *agenda_first(const struct agenda *a)
{
    return a->count ? a->slots[1].entry : NULL;
}
