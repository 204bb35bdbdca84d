/* A farm for guests: the main network untagged and VLAN 501, one router between them and the Internet, and a check of
 * kind "guest" at a port that carries both. All is well until a test breaks it. */
#ifndef HAYLOFT_TESTS_GUEST_BED_H
#define HAYLOFT_TESTS_GUEST_BED_H

#include "tests/support/sim_ether.h"

#define GUEST_VID 501

struct guest_bed {
    struct sim *sim;
    struct sim_ether *world;
    struct ether_host *gateway, *router; /* both are the router: on the guests' side, on the main one */
    struct ether_host *nas, *page;       /* a node of the main network; a web server far away */
    struct ether_dhcp *dhcp, *lan_dhcp;
    const struct collector *kind;
    struct collector_instance *instance;
    struct guest_setting setting;
    struct check_setting check;
    uint32_t round;
};

void guest_bed_open(struct guest_bed *b, uint64_t seed);
void guest_bed_adopt(struct guest_bed *b); /* anew, as the setting is now */
void guest_bed_close(struct guest_bed *b);
/* One round to its end; fails the test when there is not exactly one report. */
const struct report *guest_bed_ask(struct guest_bed *b, enum round_kind kind);
/* The next regular round, at its time. */
const struct report *guest_bed_next(struct guest_bed *b);
const struct guest_step_result *guest_bed_step(const struct report *r, enum guest_step step);
/* Fails the test unless the step is done, of that verdict and for that reason. */
void guest_bed_expect(const struct report *r, enum guest_step step, enum verdict verdict, enum guest_reason reason);
/* The same of all steps a guest of the Internet takes. */
void guest_bed_expect_well(const struct report *r);

#endif
