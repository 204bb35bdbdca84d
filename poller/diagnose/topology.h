/* How the boxes that carry frames hang together: a tree from the router down, the port where each edge leaves and
 * arrives, and our own plug in it. Pure; the engine brings what is known, tests write it down.
 *
 * Boxes are the nodes of class network. What they say of each other (LLDP, forwarding tables) is asked first; it
 * shows which box that speaks another hangs on, and at which port. Where boxes between them tell nothing, the
 * configuration has the word: it says that a radio hangs on the switch, and the tables that all behind it comes in
 * at port 5. Where tables and configuration cannot both be right, tables younger than half an hour are. */
#ifndef HAYLOFT_DIAGNOSE_TOPOLOGY_H
#define HAYLOFT_DIAGNOSE_TOPOLOGY_H

#include "poller/base/arena.h"
#include "poller/diagnose/scene.h"
#include "poller/model/wiring.h"

#define TOPOLOGY_BOXES_MAX 128   /* with more, none is looked at: it is said, and everything is unknown */
#define TOPOLOGY_AGE_MAX_S 1800  /* tables older than this say nothing about now */

#define BOX_NONE UINT32_MAX
#define BOX_OWN (UINT32_MAX - 1) /* our own plug, as the end of a way */

/* Which node answers with an address (configured, ARP, of its ports). A node may have several; an address that
 * several nodes answer with is nobody's. */
struct topology_claim {
    struct mac mac;
    uint32_t node;
};

struct topology_given {
    const struct scene *scene;
    const struct wiring *const *wirings; /* per node of the scene; NULL: it told nothing */
    const struct topology_claim *claims; /* sorted by address, then node; each once */
    size_t claim_count;
    const struct mac *own;               /* of our card on that wire, and those made up for it */
    size_t own_count;
    const struct wiring_neighbour *heard; /* what LLDP says at our own port; NULL: nothing */
};

enum edge_source { EDGE_UNKNOWN, EDGE_CONFIGURATION, EDGE_FDB, EDGE_LLDP };
extern const char *const edge_source_words[]; /* unknown configuration fdb lldp */

struct plug {         /* a port */
    uint32_t index;   /* ifIndex; 0: not known, or its box tells none */
    uint32_t also;    /* the neighbour protocol names another one, of the same group of ports perhaps; 0: no */
    const char *name; /* "": not known; never NULL */
    bool planned;     /* the configuration alone says so */
};

struct box {
    uint32_t node;               /* of the scene */
    const struct wiring *wiring; /* NULL: it tells nothing */
    bool hears;                  /* its forwarding table is at hand, and young enough */
    bool aware;                  /* it tells of VLANs, however long ago */
    uint32_t up;                 /* the box it hangs on, seen from the router; BOX_NONE: the router, or not known */
    enum edge_source source;     /* of that edge */
    enum confidence confidence;
    bool doubtful;               /* several may be meant, and nothing decides */
    bool open;                   /* nobody says that it hangs there directly: what tells nothing may be between */
    struct plug up_port;         /* its own, toward up */
    struct plug down_port;       /* of up, toward it */
};

struct sight;

struct topology {
    const struct topology_given *given;
    const struct box *boxes;
    size_t box_count;
    size_t left_out;            /* more boxes than can be looked at: then there are none */
    uint32_t router;            /* BOX_NONE: nobody knows which it is */
    struct {
        uint32_t box;           /* BOX_NONE: not known where */
        struct plug port;
        enum edge_source source;
        bool exact;             /* false: somewhere behind that port, where boxes stand that tell nothing */
    } own;
    const uint32_t *box_of;     /* per node of the scene; BOX_NONE: it is no box */
    const struct sight *sights; /* which box hears which: see topology_internal.h */
};

/* given must live as long. False: no memory. */
bool topology_build(const struct topology_given *given, struct arena *arena, struct topology *out);

const char *topology_name(const struct topology *t, uint32_t box); /* never NULL */
const char *topology_site(const struct topology *t, uint32_t box); /* NULL: none */
/* Is it young enough to say something about now? */
bool topology_is_young(const struct topology *t, const struct wiring *w, enum wiring_list list);
/* The only node that answers with it; SCENE_NONE: nobody, or several do. */
uint32_t topology_owner(const struct topology_given *given, const struct mac *mac);
bool topology_is_beneath(const struct topology *t, uint32_t box, uint32_t ancestor); /* itself: no */
/* The box a node is, or hangs on as configured; BOX_NONE: none. */
uint32_t topology_box_above(const struct topology *t, uint32_t node);
/* The port of box that leads to another. */
struct plug topology_toward(const struct topology *t, uint32_t box, uint32_t other);
/* The same with its name. */
struct plug topology_plug(const struct box *b, uint32_t index);

/* What is said before its name: "port ", or nothing where the name says so itself. */
const char *topology_port_word(const struct plug *p);

struct way_hop {
    uint32_t box;
    struct plug in, out; /* toward the beginning, toward the end; of the last hop: in alone */
    bool maybe;          /* may stand here, or elsewhere: it tells nothing, and nobody says where it is */
};

struct way {
    const struct way_hop *hops; /* with both ends; from our own plug: from the first box on */
    size_t count;               /* 0: no way is known */
    bool doubtful;              /* some edge of it may be another one */
};

/* Does it hang together with nothing on the way that ends there? Then it may stand anywhere on it. */
bool topology_is_lost(const struct topology *t, uint32_t box, uint32_t to);
/* From one box (or BOX_OWN) to another. False: no memory. */
bool topology_way(const struct topology *t, uint32_t from, uint32_t to, struct arena *arena, struct way *out);

#endif
