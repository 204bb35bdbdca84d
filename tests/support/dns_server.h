/* A name server of the simulated world. */
#ifndef HAYLOFT_TESTS_DNS_SERVER_H
#define HAYLOFT_TESTS_DNS_SERVER_H

#include "tests/support/sim_packets.h"

struct dns_server {
    struct addr silent;   /* this server gives no answer */
    struct addr answer;   /* to every question; none: no such name */
    uint8_t rcode;
    unsigned asked;
};

void dns_server_start(struct dns_server *d, struct sim *s);
/* What it does with a packet of its world, for one who has more to answer; ctx is the server. */
void dns_server_answer(void *ctx, struct sim *s, const struct packet *asked);

#endif
