/* Who of those that were heard on a network does not belong there. Pure. */
#ifndef HAYLOFT_COLLECTORS_ROGUE_STRANGERS_H
#define HAYLOFT_COLLECTORS_ROGUE_STRANGERS_H

#include "collectors/protocol/adverts.h"
#include "collectors/protocol/trusted.h"
#include "collectors/rogue/sightings.h"

#define STRANGERS_DETAIL_MAX 240

struct strangers {
    enum verdict verdict;      /* ok: somebody offers addresses and all belong there; unknown: nobody does */
    enum guest_reason reason;  /* of the worst: strange-server, several-servers, rogue-ra */
    char detail[STRANGERS_DETAIL_MAX];
};

/* Sets `expected` of each sighting. */
void strangers_find(const struct trusted *servers, const struct trusted *routers, struct sightings *s,
                    const struct adverts *a, struct strangers *out);

/* As long as none is known, the only one that is heard is no stranger: it may have been there all the time. */
bool strangers_expect_router(const struct trusted *routers, const struct adverts *a, const struct addr *router);

/* Whom to trust where nobody is known: the default gateway when it hands out addresses, else the only one that does.
 * Not set: none, or several. */
struct addr strangers_likely_server(const struct sightings *s, const struct addr *gateway);

#endif
