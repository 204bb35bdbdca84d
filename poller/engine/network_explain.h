/* What a guest lacks may be no fault of its network: the router silent, the Internet down, our own link gone. */
#ifndef HAYLOFT_ENGINE_NETWORK_EXPLAIN_H
#define HAYLOFT_ENGINE_NETWORK_EXPLAIN_H

#include "poller/engine/engine_internal.h"

enum explained {
    EXPLAINED_BY_NOTHING,
    EXPLAINED_LATER, /* it is just being asked, or it is too early to say: conclude looks again */
    EXPLAINED
};

enum explained network_explain(struct engine *e, const struct guest_watch *w, enum guest_matter m);
/* Asks those who could tell. */
void network_ask_around(struct engine *e);

#endif
