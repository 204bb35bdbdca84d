/* What the objects of a column hold, as far as scrubbing must know: from the standards, from
 * makers' MIBs, from profiles, and from what an installed MIB calls it. Pure. */
#ifndef HAYLOFT_COMMAND_WALK_COLUMN_H
#define HAYLOFT_COMMAND_WALK_COLUMN_H

#include "collectors/protocol/snmp_oid.h"
#include "poller/model/profile.h"

enum column_kind {
    COLUMN_UNKNOWN,
    COLUMN_TEXT,      /* its owner's, and looked for everywhere: SSIDs, serials, users */
    COLUMN_HOST,      /* a name of a device: its first label is looked for as well */
    COLUMN_CONTACT,   /* a person: each longer word is looked for */
    COLUMN_REMARK,    /* its owner's, but perhaps "port 5": replaced here, looked for when long */
    COLUMN_PORT_NAME, /* stays, but for the user in "<pppoe-user>" */
    COLUMN_MAC,
    COLUMN_ADDRESS,   /* octets or text */
    COLUMN_BRIDGE_ID, /* priority, then a MAC */
    COLUMN_CHASSIS,   /* of LLDP: a MAC, an address with its family in front, or a name */
    COLUMN_PLACE,     /* a coordinate, as text or number */
    COLUMN_BITS,      /* never an address, whatever it looks like */
    COLUMN_DESCRIBED, /* sysDescr and the like: what is in it is not of its owner, but for what was
                         learned */
    COLUMN_PUBLIC,    /* model, version */
    COLUMN_READ,      /* a profile reads it: what it says is needed */
    COLUMN_MAKERS,    /* a maker's own, and no profile reads it */
    COLUMN_DROPPED    /* of no use for a profile, and full of what others did: left out */
};

struct columns;

struct columns *columns_create(void); /* NULL: no memory */
void columns_destroy(struct columns *c);
/* Where the profiles' models, versions and serials stand, what they call ssid, and what else they
 * read. False: no memory. */
bool columns_know(struct columns *c, const struct profile_set *profiles);
enum column_kind columns_kind(const struct columns *c, struct snmp_oid_view oid);
/* By the label of an object whose place says nothing: "wlanSsid". */
enum column_kind columns_kind_of_label(const char *label);

/* How the index of a known table is made, a letter for each part: i a number, a IPv4, k a mask, m
 * MAC, x IPv6, t a type, a length and an address, p a length and so many numbers; NULL: not known.
 * *index_at is the place of its first number. */
const char *columns_index(const struct columns *c, struct snmp_oid_view oid, size_t *index_at);

#endif
