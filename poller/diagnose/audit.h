/* Does every switch on the way of a network know its VLAN, and are the ports on the way in it? From tables alone, no
 * probe needed. Between the router and each box that serves guests; never of a box that tells of no VLANs. */
#ifndef HAYLOFT_DIAGNOSE_AUDIT_H
#define HAYLOFT_DIAGNOSE_AUDIT_H

#include "poller/diagnose/port_vlan.h"
#include "poller/diagnose/serving.h"
#include "poller/diagnose/translation.h"

#define AUDIT_PORTS_MAX 16

enum audit_fault {
    AUDIT_VLAN_UNKNOWN, /* make it there, with those ports in it */
    AUDIT_NOT_MEMBER,   /* the ports are not in it: put them in, tagged */
    AUDIT_WRONG_VLAN,   /* the access port is in another one alone */
    AUDIT_UNTAGGED,     /* it goes out untagged where something else does, or where the other end wants a tag */
    AUDIT_WRONG_PVID,   /* it goes out untagged, and comes in on another VLAN: set the port's own VLAN */
    AUDIT_TRANSLATES    /* a radio puts its own address on everything: tags cannot cross */
};
extern const char *const audit_fault_words[]; /* vlan-unknown not-member ...; variants of sentences */

enum audit_gap {
    AUDIT_GAP_NONE,
    AUDIT_NO_ROUTER,    /* nobody knows where the router is */
    AUDIT_NO_SERVER,    /* no box at the site is known that may serve guests */
    AUDIT_NO_WAY,       /* what hangs on what is not known */
    AUDIT_SEVERAL_WAYS, /* nothing decides which one is taken */
    AUDIT_MUTE,         /* no switch on the way tells of VLANs */
    AUDIT_OLD,          /* the tables are older than half an hour */
    AUDIT_UNTOLD        /* they do not say which port leads on, or who is in the VLAN */
};
extern const char *const audit_gap_words[];

struct audit_port {
    struct plug plug;
    uint32_t toward;    /* a box */
    uint32_t instead;   /* the VLAN it is in; 0: no matter */
};

struct audit_finding {
    enum audit_fault fault;
    uint32_t box;
    struct audit_port ports[AUDIT_PORTS_MAX];
    size_t port_count;
    enum confidence confidence;
    struct mono at;             /* when its tables were read */
    struct translation translation; /* of AUDIT_TRANSLATES */
};

struct audit_site {
    const char *site;           /* NULL: none */
    enum verdict verdict;       /* of the settings on the way: ok is no proof that anything comes through */
    uint32_t end;               /* the box that decided it; BOX_NONE: there is none that serves */
    size_t finding;             /* the nearest one to the router; with failing */
    enum audit_gap gap;         /* with unknown */
    uint32_t gap_box;           /* BOX_NONE: none in particular */
};

struct audit {
    enum verdict verdict;       /* the worst of the sites where something serves; unknown when there are none */
    const struct audit_finding *findings; /* nearest to the router first */
    size_t finding_count;
    const struct audit_site *sites;
    size_t site_count;
};

/* What comes through is not broken, whatever tables say: a switch whose VLANs are off still tells of VLAN 1. */
struct audit_proof {
    const struct way *crossed; /* guests came through there lately; NULL: nowhere */
    const bool *heard;         /* per box: it heard a guest that came through to the router; NULL: none did */
};

/* proof may be NULL. False: no memory. */
bool audit_network(const struct topology *t, const struct network_view *n, const struct audit_proof *proof,
                   struct arena *arena, struct audit *out);
/* What is wrong with a port of which port_vlan_is_fault holds. */
enum audit_fault audit_fault_at(const struct topology *t, uint32_t box, const struct port_vlan *p);
/* "ports 5 and 8", "port 5", "the port to bridge-house". Returns out. */
const char *audit_ports_text(const struct topology *t, const struct audit_finding *f, char *out, size_t size);

#endif
