#include "collectors/snmp/rates.h"

#include <stdlib.h>

/* With time all have room for the largest device that is asked. */
struct rates *rates_take(struct rates **spare, size_t ports)
{
    struct rates *r = *spare, *larger;
    if (r) {
        *spare = r->next;
        __builtin_prefetch(r->next); /* the next device asks in a moment */
    }
    if (r && r->capacity >= ports)
        return r;
    larger = realloc(r, sizeof *r + ports * sizeof r->ports[0]);
    if (larger)
        larger->capacity = ports;
    else
        rates_give_back(spare, r);
    return larger;
}

void rates_give_back(struct rates **spare, struct rates *r)
{
    if (!r)
        return;
    r->next = *spare;
    *spare = r;
}

void rates_free_all(struct rates **spare)
{
    for (struct rates *r = *spare, *next; r; r = next) {
        next = r->next;
        free(r);
    }
    *spare = NULL;
}
