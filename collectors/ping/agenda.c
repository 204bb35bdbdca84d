#include "collectors/ping/agenda.h"

#include <stdlib.h>

void agenda_fini(struct agenda *a)
{
    free(a->entries);
    *a = (struct agenda){0};
}

static void set(struct agenda *a, size_t place, struct agenda_entry *entry)
{
    a->entries[place] = entry;
    entry->place = place;
}

static void rise(struct agenda *a, struct agenda_entry *entry)
{
    size_t at = entry->place;
    while (at > 1 && mono_before(entry->due, a->entries[at / 2]->due)) {
        set(a, at, a->entries[at / 2]);
        at /= 2;
    }
    set(a, at, entry);
}

static void sink(struct agenda *a, struct agenda_entry *entry)
{
    size_t at = entry->place;
    for (;;) {
        size_t child = at * 2;
        if (child > a->count)
            break;
        if (child < a->count && mono_before(a->entries[child + 1]->due, a->entries[child]->due))
            child++;
        if (!mono_before(a->entries[child]->due, entry->due))
            break;
        set(a, at, a->entries[child]);
        at = child;
    }
    set(a, at, entry);
}

static bool make_room(struct agenda *a)
{
    if (a->count + 1 < a->capacity)
        return true;
    size_t capacity = a->capacity ? a->capacity * 2 : 64;
    struct agenda_entry **entries = realloc(a->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    a->entries = entries;
    a->capacity = capacity;
    return true;
}

bool agenda_put(struct agenda *a, struct agenda_entry *entry, struct mono due)
{
    if (!entry->place) {
        if (!make_room(a))
            return false;
        set(a, ++a->count, entry);
    }
    entry->due = due;
    rise(a, entry);
    sink(a, entry);
    return true;
}

void agenda_remove(struct agenda *a, struct agenda_entry *entry)
{
    if (!entry->place)
        return;
    size_t hole = entry->place;
    struct agenda_entry *last = a->entries[a->count--];
    entry->place = 0;
    if (last == entry)
        return;
    set(a, hole, last);
    rise(a, last);
    sink(a, last);
}

struct agenda_entry *agenda_first(const struct agenda *a)
{
    return a->count ? a->entries[1] : NULL;
}
