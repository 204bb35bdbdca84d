/* What the files of the topology share. */
#ifndef HAYLOFT_DIAGNOSE_TOPOLOGY_INTERNAL_H
#define HAYLOFT_DIAGNOSE_TOPOLOGY_INTERNAL_H

#include "poller/diagnose/topology.h"

/* Where a box hears another one. */
struct sight {
    uint32_t port;       /* ifIndex; 0: nowhere */
    uint32_t also;       /* by LLDP at another one */
    uint32_t vid;        /* of the row of the forwarding table */
    bool native;         /* that VLAN is the port's own: it came untagged */
    bool direct;         /* the one neighbour at that port, by LLDP */
    enum edge_source source;
    const struct wiring_neighbour *neighbour; /* NULL: not by LLDP */
};

struct topology_draft {
    const struct topology_given *given;
    struct topology *t;
    struct box *boxes;
    struct sight *sights;
    uint32_t *box_of;
    uint32_t *configured; /* per box: what it hangs on as configured, turned so that the router is above all */
    uint32_t *learned;    /* per box: what the tables say; BOX_NONE: nothing, or nothing clear */
    bool *several;        /* per box: as configured there are several */
};

static inline struct sight *draft_sight(const struct topology_draft *d, uint32_t box, uint32_t other)
{
    return &d->sights[box * d->t->box_count + other];
}

static inline const struct sight *topology_sight(const struct topology *t, uint32_t box, uint32_t other)
{
    return &t->sights[box * t->box_count + other];
}

void topology_see(struct topology_draft *d);       /* fills sights */
void topology_configure(struct topology_draft *d); /* fills configured */
void topology_learn(struct topology_draft *d);     /* fills learned */
void topology_hang(struct topology_draft *d);      /* fills up, and says why */
void topology_ports(struct topology_draft *d);     /* fills the ports of the edges */
void topology_find_own(struct topology_draft *d);

/* Which box a neighbour is, by its address, or the name it gives itself; BOX_NONE: none of ours. */
uint32_t topology_neighbour(const struct topology *t, const struct wiring_neighbour *n);
/* What a node hangs on, when it is no box itself; BOX_NONE: no box at all. */
uint32_t topology_nearest_box(const struct scene *s, const uint32_t *box_of, uint32_t node);
uint32_t topology_mac_box(const struct topology *t, const struct mac *mac);
/* The port a neighbour says its cable is in, of box; the texts are the neighbour's. */
struct plug topology_remote_plug(const struct box *b, const struct wiring_neighbour *n);
/* Its whole forwarding table is at hand: who is not in it is not there. */
static inline bool topology_tells_all(const struct box *b)
{
    return b->hears && !(b->wiring->cut & 1u << WIRING_LIST_FDB);
}

/* The box nearest to the router on the way from one to the other; BOX_NONE: they do not hang together. */
uint32_t topology_common(const struct topology *t, uint32_t a, uint32_t b);
unsigned topology_depth(const struct topology *t, uint32_t box); /* of what hangs on nothing: 1 */
/* The port of box that leads to x; 0: not known. */
uint32_t topology_known_port(const struct topology *t, uint32_t box, uint32_t x);
/* What tells nothing may stand between above and x, which hangs on it, where nothing says that it does not. */
bool topology_may_be_between(const struct topology *t, uint32_t box, uint32_t above, uint32_t x);
/* Two that hang on top may have their way to each other without it. */
bool topology_may_be_left_out(const struct topology *t, uint32_t top, uint32_t left, uint32_t right);
/* Behind that port of box, or it may be: the port that leads to it is not known. */
bool topology_is_behind(const struct topology *t, uint32_t x, uint32_t box, uint32_t port);
/* Where a box hears an address of ours; 0: nowhere. */
uint32_t topology_own_sight(const struct topology *t, uint32_t box);
/* Its table says on which side of it we are: where it hears us, or that we are not behind it. */
bool topology_tells_of_us(const struct topology *t, uint32_t box);

#endif
