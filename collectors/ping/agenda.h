/* What is due when: a heap of entries that know their place, so that one can be moved. */
#ifndef HAYLOFT_COLLECTORS_PING_AGENDA_H
#define HAYLOFT_COLLECTORS_PING_AGENDA_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/clock.h"

struct agenda_entry {
    struct mono due;
    size_t place; /* 1-based; 0: not on the agenda */
};

struct agenda_slot {
    struct mono due; /* beside the pointer: sifting does not touch the entries */
    struct agenda_entry *entry;
};

struct agenda {
    struct agenda_slot *slots; /* slots[0] unused */
    size_t count, capacity;
};

void agenda_fini(struct agenda *a);
/* Puts it on the agenda or moves it. False: no memory, it is not on the agenda. */
bool agenda_put(struct agenda *a, struct agenda_entry *entry, struct mono due);
void agenda_remove(struct agenda *a, struct agenda_entry *entry);
struct agenda_entry *agenda_first(const struct agenda *a); /* NULL when empty */

#endif
