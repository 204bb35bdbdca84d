/* The tables that show the wiring: what is walked, in which order, and what becomes of it. Pure.
 *
 * Which of two tables a device fills with the same matter differs: VLANs as they are now, as configured, as
 * IEEE8021-Q-BRIDGE-MIB has them or in a private table; addresses by VLAN or without. The better one is
 * asked first, the other one only when that was empty. */
#ifndef HAYLOFT_COLLECTORS_SNMP_WIRING_TABLES_H
#define HAYLOFT_COLLECTORS_SNMP_WIRING_TABLES_H

#include "collectors/snmp/grid.h"
#include "collectors/snmp/port.h"
#include "poller/model/wiring.h"

enum wiring_table {
    WIRING_BRIDGE,         /* scalars of the bridge */
    WIRING_BASE_PORTS,     /* dot1dBasePortIfIndex */
    WIRING_STP_PORTS,
    WIRING_PVIDS,
    WIRING_VLANS_NOW,      /* dot1qVlanCurrentTable */
    WIRING_VLANS_SET,      /* dot1qVlanStaticTable */
    WIRING_VLANS_IEEE,     /* ieee8021QBridgeVlanStaticTable; when the two before are empty */
    WIRING_VLANS_TPLINK,   /* text port lists; TP-Link only */
    WIRING_FDB_BY_VLAN,    /* dot1qTpFdbTable */
    WIRING_FDB,            /* dot1dTpFdbTable; when that tells of no VLAN */
    WIRING_LLDP,           /* lldpRemTable */
    WIRING_LLDP_PORTS,     /* lldpLocPortTable; when there are neighbours */
    WIRING_LLDP_TPLINK,    /* TP-Link only */
    WIRING_POE_PORTS,      /* pethPsePortTable */
    WIRING_NEIGHBOURS,     /* ipNetToPhysicalTable */
    WIRING_NEIGHBOURS_OLD, /* ipNetToMediaTable; when that is empty */
    WIRING_TABLES
};

struct wiring_draft {
    struct arena *arena;
    struct grid grids[WIRING_TABLES];
    uint32_t unread, cut; /* bits of lists: a table was not answered, or is longer than what was read */
};

struct wiring_draft *wiring_draft_create(void); /* NULL: no memory */
void wiring_draft_destroy(struct wiring_draft *d); /* NULL is fine */

/* The columns of a table; returns how many. */
unsigned wiring_columns(enum wiring_table t, struct snmp_oid_view out[static GRID_COLUMNS_MAX]);
/* Is this one worth asking, after those before it? object_id: the device's sysObjectID, NULL: unknown. */
bool wiring_wanted(const struct wiring_draft *d, enum wiring_table t, const char *object_id);
enum wiring_list wiring_list_of(enum wiring_table t); /* what it is a part of */
size_t wiring_rows_max(enum wiring_table t);
/* All tables are in. ports: of the device, may be NULL. NULL: no memory. It lives in the arena given. */
const struct wiring *wiring_build(const struct wiring_draft *d, const struct port_table *ports,
                                  struct mono at, struct arena *arena);

#endif
