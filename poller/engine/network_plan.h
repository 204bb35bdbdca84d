/* What is asked of each network: a guest is played on each of its VLANs, and strangers that hand out addresses or
 * play router are listened for there, and in the network this machine stands in. On the air a guest is played too,
 * who hears strangers while he is in; nobody listens there else. Made from the configuration. */
#ifndef HAYLOFT_ENGINE_NETWORK_PLAN_H
#define HAYLOFT_ENGINE_NETWORK_PLAN_H

#include "poller/config/config.h"

#define NETWORK_GUEST "guest" /* kinds of check */
#define NETWORK_ROGUE "rogue"

/* Texts and lists are the configuration's, the rest lives in the arena. */
struct network_plan {
    char *name;
    const struct config_network *network; /* NULL: the LAN */
    struct config_check *checks; /* options are struct guest_setting; labels: "501", "" without a tag */
    size_t check_count;
};

/* In the order of the configuration, the LAN last. Returns how many; 0 too when the arena ends. */
size_t network_plans(const struct config *c, struct arena *arena, struct network_plan **out);
/* The VLAN of a check's label. */
int64_t network_vid(const char *label);

#endif
