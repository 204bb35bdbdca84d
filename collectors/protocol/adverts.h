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

/* True when it is an advertisement; a router's next one takes the place of the last. One that ceases to be
 * a router (lifetime 0) stays listed, as what it is. */
bool adverts_take(struct adverts *a, const struct heard_frame *h);
/* Forgets who was not heard since. */
void adverts_forget(struct adverts *a, struct mono before);

#endif
