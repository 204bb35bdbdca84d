/* What a device tells of how things are wired: VLANs, which address it hears at which port, neighbours,
 * power over Ethernet. Plain data; ports are ifIndex numbers of the same device, 0 where it cannot be told.
 * Numbers change when a device restarts, so what was read brings the names its ports had then.
 * Sources: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), IEEE8021-Q-BRIDGE-MIB, LLDP-MIB (802.1AB),
 * IP-MIB (RFC 4293), POWER-ETHERNET-MIB (RFC 3621). */
#ifndef HAYLOFT_MODEL_WIRING_H
#define HAYLOFT_MODEL_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"
#include "poller/base/field.h"

#define WIRING_ROWS_MAX 4096        /* of each list but these; a device that has more is read up to there */
#define WIRING_NEIGHBOURS_MAX 512
#define WIRING_VLAN_PORTS_MAX 32768 /* members and untagged ones, of all VLANs together */

/* Each is read by itself: one may be missing or older than the others. */
enum wiring_list { WIRING_LIST_NEIGHBOURS, WIRING_LIST_VLANS, WIRING_LIST_FDB, WIRING_LIST_ARP, WIRING_LIST_POE,
                   WIRING_LIST_STP, WIRING_LISTS };
extern const char *const wiring_list_words[]; /* neighbours vlans fdb arp poe stp; ends with NULL */

struct wiring_port { /* as it was called when the tables were read */
    uint32_t index;
    const char *name; /* never NULL */
};

struct wiring_vlan {
    uint32_t vid;
    const char *name; /* never NULL */
    const uint32_t *members, *untagged; /* ports; untagged ones are members too */
    size_t member_count, untagged_count;
    bool ports_known; /* false: the device did not say who is in it */
};

struct wiring_address { /* a row of the forwarding table */
    uint32_t vid;       /* 0: the device does not tell */
    struct mac mac;
    uint32_t port;
    uint32_t bridge_port; /* as the device counts */
    bool own;             /* the device's own */
};

struct wiring_neighbour { /* all it was told by LLDP */
    uint32_t port;
    const char *chassis, *remote_port; /* ids fit for showing: a MAC, an address, a name; never NULL */
    const char *remote_port_description, *name, *description; /* never NULL */
};

struct wiring_arp { /* IPv4 and IPv6 neighbours of its own */
    uint32_t port;
    struct addr addr;
    struct mac mac;
};

enum wiring_stp { WIRING_STP_UNKNOWN, WIRING_STP_DISABLED, WIRING_STP_BLOCKING, WIRING_STP_LISTENING,
                  WIRING_STP_LEARNING, WIRING_STP_FORWARDING, WIRING_STP_BROKEN };
extern const char *const wiring_stp_words[];

struct wiring_bridge_port {
    uint32_t port, bridge_port;
    uint32_t pvid; /* 0: not told */
    enum wiring_stp stp;
};

enum wiring_poe { WIRING_POE_UNKNOWN, WIRING_POE_DISABLED, WIRING_POE_SEARCHING, WIRING_POE_DELIVERING,
                  WIRING_POE_FAULT, WIRING_POE_TEST, WIRING_POE_OTHER_FAULT };
extern const char *const wiring_poe_words[];

#define WIRING_POE_NO_CLASS UINT32_MAX

struct wiring_poe_port {
    uint32_t port, group, number; /* group and number: as the device counts */
    bool enabled;
    enum wiring_poe detection;
    uint32_t power_class; /* 0 to 4; WIRING_POE_NO_CLASS: not told */
};

struct wiring {
    struct mono at[WIRING_LISTS]; /* when each was read; ns 0: it could not be. No part of the record */
    uint32_t cut;                 /* bits of lists that are longer than what stands here */
    const struct wiring_port *ports;
    const struct wiring_vlan *vlans;
    const struct wiring_address *addresses;
    const struct wiring_neighbour *neighbours;
    const struct wiring_arp *arps;
    const struct wiring_bridge_port *bridge_ports;
    const struct wiring_poe_port *poe_ports;
    size_t port_count, vlan_count, address_count, neighbour_count, arp_count, bridge_port_count, poe_port_count;
    struct mac bridge_address; /* of the bridge itself; not set: not told */
    uint32_t topology_changes;
    uint32_t ageing_s; /* so long a forwarding table keeps what it no longer hears (dot1dTpAgingTime); 0: not told */
};
extern const struct record wiring_record; /* for messages and deep copies (field_copy) */

size_t wiring_count(const struct wiring *w, enum wiring_list list);
const char *wiring_port_name(const struct wiring *w, uint32_t port); /* NULL: it had none */
/* Where the device hears mac, on a VLAN (0: any); 0: nowhere. */
uint32_t wiring_port_of(const struct wiring *w, const struct mac *mac, uint32_t vid);
const struct wiring_vlan *wiring_vlan(const struct wiring *w, uint32_t vid); /* NULL: it does not know it */

#endif
