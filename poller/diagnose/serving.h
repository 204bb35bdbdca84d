/* Which boxes bring a network to its guests: the ends that the VLAN must reach, site by site. */
#ifndef HAYLOFT_DIAGNOSE_SERVING_H
#define HAYLOFT_DIAGNOSE_SERVING_H

#include "poller/diagnose/topology.h"

struct network_view {
    const char *name;
    uint32_t vid;              /* 0: it has none */
    const char *const *sites;  /* where it is; none: wherever boxes stand */
    size_t site_count;
    const bool *wireless;      /* per node of the scene: it is known to be an access point or mesh node; may be NULL */
    const struct mac *gateway; /* of the guests', as it was last seen; NULL: not known */
};

struct serving_box {
    uint32_t box;
    const char *site;          /* NULL: none */
    bool sure;                 /* known to serve; else it only looks so: nothing hangs on it */
    bool last;                 /* a switch at the end of its site: guests are in its ports, and it must know the VLAN */
};

struct serving {
    const struct serving_box *boxes;
    size_t count;
};

/* Of each site those that are known to serve; where none is, the last boxes of it that tell of no VLANs; where
 * there are none either, its last switches. False: no memory. */
bool serving_find(const struct topology *t, const struct network_view *n, struct arena *arena, struct serving *out);
bool serving_is_site(const struct network_view *n, const char *site);

#endif
