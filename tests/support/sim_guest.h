/* What simulated probes of networks tell, and when: well unless said otherwise, and now and then by chance something
 * else, as on a link that loses frames. */
#ifndef HAYLOFT_TESTS_SUPPORT_SIM_GUEST_H
#define HAYLOFT_TESTS_SUPPORT_SIM_GUEST_H

#include "poller/config/config.h"
#include "poller/model/report.h"
#include "tests/support/told_guest.h"

#define SIM_NETWORKS_MAX 8

typedef void (*sim_tell_fn)(struct told_guest *t, int64_t vid);

struct sim_guest_span {
    char network[32], kind[8];
    int64_t vid;
    double from, to;
    sim_tell_fn tell;
};

struct sim_guests {
    struct config_network networks[SIM_NETWORKS_MAX];
    size_t network_count;
    struct sim_guest_span spans[32];
    size_t span_count;
    double bad, lossy; /* chances of a probe: a step fails, a step lost too much to tell */
};

/* Lists are the caller's. */
void sim_guests_add(struct sim_guests *s, const char *name, int64_t *vlans, size_t count, double every_s);
void sim_guests_tell(struct sim_guests *s, const char *network, const char *kind, int64_t vid, double from, double to,
                     sim_tell_fn tell);
/* Fills t. Draws are chances in [0, 1). Returns how many seconds the probe takes. */
double sim_guests_probe(const struct sim_guests *s, const char *network, const char *kind, int64_t vid, double now,
                        const double draws[static 2], struct told_guest *t);
enum outcome sim_guest_outcome(const struct guest_result *r);

#endif
