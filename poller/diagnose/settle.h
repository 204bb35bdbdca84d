/* What cut a place off, told by what its devices know when they are back: how long they have been running.
 * All restarted: the power was gone. None: the link. Only the radio: that unit or its injector. */
#ifndef HAYLOFT_DIAGNOSE_SETTLE_H
#define HAYLOFT_DIAGNOSE_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"

struct settle_node {
    const char *name;
    bool link_end;  /* the far end of the link that leads there */
    bool restarted; /* while it was cut off */
};

enum settlement {
    SETTLEMENT_OPEN,      /* nobody there tells */
    SETTLEMENT_POWER,     /* all restarted */
    SETTLEMENT_LINK,      /* none, the link's end included */
    SETTLEMENT_NOT_POWER, /* none, but the link's end does not tell */
    SETTLEMENT_UNIT,      /* only the link's end, and others tell that they did not */
    SETTLEMENT_UNIT_OR_POWER, /* the link's end did, nobody else tells */
    SETTLEMENT_PART       /* some did, some did not */
};

/* Only nodes that told their uptime since they are back. */
enum settlement settle(const struct settle_node *nodes, size_t count);
/* A sentence; nothing for SETTLEMENT_OPEN. bridge: the link is two radios. */
void settle_render(enum settlement s, const struct settle_node *nodes, size_t count, bool bridge,
                   struct buf *out);

#endif
