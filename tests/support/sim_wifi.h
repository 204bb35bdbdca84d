/* What is on the air in simulated time: the twin of wifi.h. A test says which stages a join goes through and what is
 * told of each, and changes it at any time; they take the times a card and an access point take. */
#ifndef HAYLOFT_TESTS_SIM_WIFI_H
#define HAYLOFT_TESTS_SIM_WIFI_H

#include "tests/support/sim_packets.h"

#define SIM_WIFI_SCAN_NS SECONDS(4)
#define SIM_WIFI_JOIN_NS SECONDS(2)

struct sim_wifi {
    struct sim *sim;
    struct wifi door;
    struct wifi_state end;  /* of a join: ABSENT and UNUSABLE after the scan, JOINED and REFUSED when it was tried */
    bool silent;            /* nobody serves */
    bool impossible;        /* not even a join */
    unsigned joins, leaves;
    void (*on_stage)(void *ctx, enum wifi_stage stage); /* before its user is told; NULL */
    void *ctx;
    char interface[16], ssid[40], password[80]; /* of the last wish; "" none */
    struct sim_wifi_join *join; /* one at a time */
};

/* Sets env->wifi of that world; a network is there, and lets in. */
struct sim_wifi *sim_wifi_create(struct sim *s);
void sim_wifi_destroy(struct sim_wifi *w); /* after the collectors, before the sim */
/* Now, whatever was to come: of the join that is there. */
void sim_wifi_say(struct sim_wifi *w, const struct wifi_state *state);

#endif
