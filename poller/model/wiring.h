/* What a device tells of how things are wired: VLANs, which address it hears at which port, neighbours,
 * power over Ethernet. Plain data; ports are ifIndex numbers of the same device, 0 where it cannot be told.
 * Sources: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), IEEE8021-Q-BRIDGE-MIB, LLDP-MIB (802.1AB),
 * IP-MIB (RFC 4293), POWER-ETHERNET-MIB (RFC 3621). */
#ifndef HAYLOFT_MODEL_WIRING_H
#define HAYLOFT_MODEL_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"
#include "poller/base/arena.h"
#include "poller/base/clock.h"

struct wiring_vlan {
    uint16_t vid;
    const char *name; /* never NULL */
    const uint32_t *members, *untagged; /* ports; untagged ones are members too */
    size_t member_count, untagged_count;
    bool ports_known; /* false: the device did not say who is in it */
};

struct wiring_address { /* a row of the forwarding table */
    uint16_t vid;       /* 0: the device does not tell */
    struct mac mac;
    uint32_t port;
    uint32_t bridge_port; /* as the device counts */
    bool own;             /* the device's own */
};

struct wiring_neighbour {
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
    uint16_t pvid; /* 0: not told */
    enum wiring_stp stp;
};

enum wiring_poe { WIRING_POE_UNKNOWN, WIRING_POE_DISABLED, WIRING_POE_SEARCHING, WIRING_POE_DELIVERING,
                  WIRING_POE_FAULT, WIRING_POE_TEST, WIRING_POE_OTHER_FAULT };
extern const char *const wiring_poe_words[];

struct wiring_poe_port {
    uint32_t port, group, number; /* group and number: as the device counts */
    bool enabled;
    enum wiring_poe detection;
    uint8_t power_class; /* 0 to 4; UINT8_MAX: not told */
};

struct wiring {
    struct wall at; /* when it was read */
    const struct wiring_vlan *vlans;
    const struct wiring_address *addresses;
    const struct wiring_neighbour *neighbours;
    const struct wiring_arp *arps;
    const struct wiring_bridge_port *bridge_ports;
    const struct wiring_poe_port *poe_ports;
    size_t vlan_count, address_count, neighbour_count, arp_count, bridge_port_count, poe_port_count;
    struct mac bridge_address; /* of the bridge itself; not set: not told */
    uint32_t topology_changes;
    size_t left_out; /* rows over a ceiling */
};

/* A deep copy whose memory is the arena's; NULL: it ended. */
const struct wiring *wiring_copy(const struct wiring *w, struct arena *arena);
/* Where the device hears mac, on a VLAN (0: any); 0: nowhere. */
uint32_t wiring_port_of(const struct wiring *w, const struct mac *mac, uint16_t vid);
const struct wiring_vlan *wiring_vlan(const struct wiring *w, uint16_t vid); /* NULL: it does not know it */

#endif
