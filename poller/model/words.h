/* The stable words programs rely on, as enums with their texts. Order is the packed value: append only. */
#ifndef HAYLOFT_MODEL_WORDS_H
#define HAYLOFT_MODEL_WORDS_H

#include <stdbool.h>

enum node_class { CLASS_NETWORK, CLASS_FIXED, CLASS_ROAMING };
extern const char *const node_class_words[]; /* network fixed roaming */

enum node_state { STATE_UNKNOWN, STATE_UP, STATE_DEGRADED, STATE_DOWN, STATE_UNREACHABLE, STATE_PAUSED };
extern const char *const node_state_words[];

enum verdict { VERDICT_UNKNOWN, VERDICT_OK, VERDICT_DEGRADED, VERDICT_FAILING };
extern const char *const verdict_words[];

enum severity { SEVERITY_REPORT, SEVERITY_DAY, SEVERITY_WAKE };
extern const char *const severity_words[];

enum confidence { CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN, CONFIDENCE_POSSIBLE };
extern const char *const confidence_words[];

/* Every cause kind of the contract; the text is the kind with '-'. */
enum cause_kind {
    CAUSE_NONE, CAUSE_SITE_CUT_OFF, CAUSE_RADIO_LINK_LOST, CAUSE_RADIO_SILENT, CAUSE_RADIO_FADING,
    CAUSE_RADIO_INTERFERENCE, CAUSE_RADIO_CHANNEL_MOVED, CAUSE_PORT_DOWN, CAUSE_BAD_CABLE,
    CAUSE_LOSSY_LINK, CAUSE_SLOW_LINK, CAUSE_VLAN_NOT_MEMBER, CAUSE_VLAN_TAG_EATEN,
    CAUSE_VLAN_TAG_STRIPPED, CAUSE_VLAN_GIANTS_DROPPED, CAUSE_MAC_TRANSLATING,
    CAUSE_GUEST_DHCP_SILENT, CAUSE_GUEST_DHCP_EXHAUSTED, CAUSE_GUEST_DHCP_UNEXPECTED,
    CAUSE_ROGUE_DHCP, CAUSE_ROGUE_RA, CAUSE_GUEST_GATEWAY_SILENT, CAUSE_GUEST_DNS,
    CAUSE_GUEST_PORTAL, CAUSE_GUEST_HTTP, CAUSE_GUEST_ISOLATION_LEAK, CAUSE_GUEST_ROUTER_EXPOSED,
    CAUSE_GUEST_WIFI_ABSENT, CAUSE_GUEST_WIFI_REFUSED, CAUSE_MESH_NODE_NOT_JOINED,
    CAUSE_BACKHAUL_CHANGED, CAUSE_WRONG_PORT, CAUSE_INTERNET_DOWN, CAUSE_MODEM_DOWN,
    CAUSE_DNS_DOWN, CAUSE_WATCHER_ISOLATED, CAUSE_NODE_DOWN, CAUSE_NODE_REBOOTED,
    CAUSE_SNMP_SILENT, CAUSE_IP_CONFLICT, CAUSE_STORM, CAUSE_NEW_DEVICE, CAUSE_UPS_ON_BATTERY,
    CAUSE_BATTERY_LOW, CAUSE_TEMPERATURE, CAUSE_DISK_FULL, CAUSE_SERVICE_DOWN,
    CAUSE_CERTIFICATE_EXPIRING, CAUSE_JOB_MISSED, CAUSE_OWN_FAULT
};
extern const char *const cause_kind_words[];

enum message_kind { MESSAGE_OPENED, MESSAGE_CHANGED, MESSAGE_RESOLVED, MESSAGE_REMINDER, MESSAGE_DIGEST,
                    MESSAGE_TEST, MESSAGE_REPORT };
extern const char *const message_kind_words[];

/* A role is a process of its own. */
enum role { ROLE_ENGINE, ROLE_STORE, ROLE_COURIER, ROLE_WEB, ROLE_PAINTER, ROLE_WIRE, ROLE_COUNT };
extern const char *const role_words[];
extern const bool role_built[]; /* -Dweb=disabled and -Dgraphs=disabled leave out the pages and the painter */

#endif
