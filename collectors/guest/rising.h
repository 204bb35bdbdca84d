/* Is the pool of addresses used up by our own asking? A server that knows us offers the same address again;
 * one that offers a new one each time will have none left for guests. Pure. */
#ifndef HAYLOFT_COLLECTORS_GUEST_RISING_H
#define HAYLOFT_COLLECTORS_GUEST_RISING_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/addr.h"

#define RISING_KEPT 8
#define RISING_TOO_MANY 4 /* new ones in a row: a server that restarted with another pool gives one or two */

struct rising {
    struct addr offered[RISING_KEPT]; /* newest last, each once */
    size_t count;
    unsigned in_a_row;                /* offers of an address that was never offered before */
};

/* One offer of the network's own server per probe. */
void rising_note(struct rising *r, const struct addr *offered);
bool rising_is_too_many(const struct rising *r);

#endif
