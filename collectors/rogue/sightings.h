/* Who hands out addresses on a network, as heard over a time: by answers to our own question and to others'. */
#ifndef HAYLOFT_COLLECTORS_ROGUE_SIGHTINGS_H
#define HAYLOFT_COLLECTORS_ROGUE_SIGHTINGS_H

#include "collectors/protocol/offers.h"

#define SIGHTINGS_MAX 8

struct sighting {
    struct guest_offer is;  /* the last it offered; a refusal offers nothing. All but expected */
    struct addr relay;
    struct mono heard;      /* last */
};

struct sightings {
    struct sighting list[SIGHTINGS_MAX];
    size_t count;
};

/* True when it is an offer, an acknowledgement or a refusal of a DHCP server to whomever. One without the server's
 * name is the same's by its MAC. */
bool sightings_take(struct sightings *s, const struct heard_frame *h);
/* Forgets who was not heard since. */
void sightings_forget(struct sightings *s, struct mono before);

#endif
