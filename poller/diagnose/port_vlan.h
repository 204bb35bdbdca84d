/* What a box does with a VLAN at one of its ports, by what its VLAN tables say (Q-BRIDGE-MIB, RFC 4363). */
#ifndef HAYLOFT_DIAGNOSE_PORT_VLAN_H
#define HAYLOFT_DIAGNOSE_PORT_VLAN_H

#include "poller/diagnose/topology.h"

enum port_vlan_state {
    PORT_VLAN_UNAWARE,      /* the box tells of no VLANs: it has none, or is not asked */
    PORT_VLAN_OLD,          /* it did, too long ago */
    PORT_VLAN_UNTOLD,       /* its tables do not say: cut, without members, or which port is not known */
    PORT_VLAN_UNKNOWN,      /* the box does not know the VLAN */
    PORT_VLAN_OUTSIDE,      /* the port is no member */
    PORT_VLAN_UNTAGGED,     /* it goes out untagged, and what comes in untagged goes elsewhere */
    PORT_VLAN_ACCESS,       /* untagged both ways */
    PORT_VLAN_TAGGED
};

struct port_vlan {
    enum port_vlan_state state;
    uint32_t pvid;          /* where untagged frames go that come in; 0: not told */
    uint32_t only;          /* it is in no VLAN but this one, untagged: an access port; 0: it is not so */
    bool native;            /* goes out untagged with the VLAN of its pvid too */
};

/* The better one, where the plug may be one of two ports. */
struct port_vlan port_vlan_at(const struct topology *t, uint32_t box, const struct plug *p, uint32_t vid);
/* The box as a whole: PORT_VLAN_UNKNOWN, or one of those above it; PORT_VLAN_TAGGED: it knows the VLAN. */
enum port_vlan_state port_vlan_known(const struct topology *t, uint32_t box, uint32_t vid);
bool port_vlan_passes(enum port_vlan_state s); /* the VLAN goes in and out there */
bool port_vlan_is_fault(enum port_vlan_state s); /* and what is told forbids it */

#endif
