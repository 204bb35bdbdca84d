/* The inside of a watch: watch.c asks and listens, watch_tell.c says what that gave. */
#ifndef HAYLOFT_COLLECTORS_ROGUE_WATCH_INTERNAL_H
#define HAYLOFT_COLLECTORS_ROGUE_WATCH_INTERNAL_H

#include "collectors/protocol/network_memory.h"
#include "collectors/rogue/watch.h"

enum watch_phase { WATCH_IDLE, WATCH_OPENING, WATCH_ASKED, WATCH_ASKED_TWICE };

struct watch {
    const struct env *env;
    watch_done_fn done;
    void *ctx;
    const char *node;
    const struct guest_setting *setting;
    uint32_t way;
    struct mac mac;              /* asks with */
    bool armed;                  /* this port carries the network */
    struct trusted servers, routers;
    struct sightings sightings;
    struct adverts adverts;
    struct mono asked;           /* last; ns 0: never */
    enum watch_phase phase;
    bool urgent, stranger;       /* one was found at the end of the last round */
    uint32_t xid;
    struct mono started, deadline;
    struct timer *timer;
    struct ether_state state;
    struct guest_step_result steps[GUEST_STEPS];
    struct guest_offer offers[SIGHTINGS_MAX];
    struct guest_router told_routers[ADVERTS_MAX];
    struct guest_result result;
};

bool watch_is_tagged(const struct watch *w);
const char *watch_key(const struct watch *w, const char *what, char out[static NETWORK_KEY_MAX]);
void watch_learn(struct watch *w); /* whom to trust, from what was heard, where nobody is known */

#endif
