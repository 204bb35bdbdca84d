/* Who says by router advertisement that it is a router, as heard over a time. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ADVERTS_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ADVERTS_H

#include "collectors/protocol/heard_frame.h"
#include "collectors/protocol/router_advert.h"

#define ADVERTS_MAX 8

struct advert {
    struct mac mac;     /* it came from */
    struct addr addr;   /* link-local */
    int32_t vid;
    struct mono heard;  /* last */
    struct router_advert says;
};

struct adverts {
    struct advert list[ADVERTS_MAX];
    size_t count;
};

/* True when it is an advertisement; a router's next one takes the place of the last. Who neither wants to be a
 * default router nor names resolvers is left out: others on a link say something of themselves that way too (border
 * routers of Thread do), and a router that ceases to be one says so. */
bool adverts_take(struct adverts *a, const struct heard_frame *h);
/* Whom one may take for the network's own, when nobody is known yet: the only one, or the one that is also known
 * otherwise, by its MAC (not set: not known). NULL: none. */
const struct advert *adverts_likely(const struct adverts *a, const struct mac *known);
/* Forgets who was not heard since. */
void adverts_forget(struct adverts *a, struct mono before);

#endif
