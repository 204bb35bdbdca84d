#include "collectors/guest/rising.h"

#include <string.h>

void rising_note(struct rising *r, const struct addr *offered)
{
    for (size_t i = 0; i < r->count; i++)
        if (addr_equal(&r->offered[i], offered)) {
            r->in_a_row = 0;
            return;
        }
    r->in_a_row += r->count > 0;
    if (r->count == RISING_KEPT)
        memmove(r->offered, r->offered + 1, --r->count * sizeof *r->offered);
    r->offered[r->count++] = *offered;
}

bool rising_is_too_many(const struct rising *r)
{
    return r->in_a_row >= RISING_TOO_MANY;
}
