/* Has the engine ask a node now: its checks, and its tables anew. */
#ifndef HAYLOFT_WEB_PROBE_H
#define HAYLOFT_WEB_PROBE_H

#include "web/exchange.h"

enum probe_end {
    PROBE_DONE,
    PROBE_UNDER_WAY, /* a large device takes longer than a page may: it goes on */
    PROBE_REFUSED    /* no such node, or nothing is asked of it */
};

/* then: called once; text is for people, valid during the call. */
void probe_node(struct exchange *x, const char *node,
                void (*then)(struct exchange *x, enum probe_end end, const char *text));

#endif
