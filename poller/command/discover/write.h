/* A first configuration file out of what was found, for a person to read and go on with. */
#ifndef HAYLOFT_DISCOVER_WRITE_H
#define HAYLOFT_DISCOVER_WRITE_H

#include "poller/base/buf.h"
#include "poller/base/clock.h"
#include "poller/command/discover/own.h"

struct write_plan {
    const char *state_dir;    /* NULL: the standard one, left out */
    const char *community;    /* of those that speak SNMP */
    bool community_is_secret; /* it stands in secrets.yaml under "snmp" */
    bool on_card;             /* series and journal lie on one that wears out: card.h */
    struct wall now;
};

#define WRITE_WEB_PORT 8480

void write_configuration(const struct write_plan *plan, const struct own_place *place,
                         const struct household *h, struct buf *out);

/* Where the pages will be found from another machine of the house, else from this one. */
void write_page_address(const struct own_place *place, char *out, size_t size);

#endif
