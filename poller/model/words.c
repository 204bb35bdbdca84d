#include "poller/model/words.h"

#include <stddef.h>

const char *const node_class_words[] = {"network", "fixed", "roaming", NULL};

const char *const node_state_words[] = {"unknown", "up", "degraded", "down", "unreachable", "paused",
                                        NULL};

const char *const verdict_words[] = {"unknown", "ok", "degraded", "failing", NULL};

const char *const severity_words[] = {"report", "day", "wake", NULL};

const char *const confidence_words[] = {"likely", "certain", "possible", NULL};

const char *const cause_kind_words[] = {
    "none", "site-cut-off", "radio-link-lost", "radio-silent", "radio-fading", "radio-interference",
    "radio-channel-moved", "port-down", "bad-cable", "lossy-link", "slow-link", "vlan-not-member",
    "vlan-tag-eaten", "vlan-tag-stripped", "vlan-giants-dropped", "mac-translating",
    "guest-dhcp-silent", "guest-dhcp-exhausted", "guest-dhcp-unexpected", "rogue-dhcp", "rogue-ra",
    "guest-gateway-silent", "guest-dns", "guest-portal", "guest-http", "guest-isolation-leak",
    "guest-router-exposed", "guest-wifi-absent", "guest-wifi-refused", "mesh-node-not-joined",
    "backhaul-changed", "wrong-port", "internet-down", "modem-down", "dns-down", "watcher-isolated",
    "node-down", "node-rebooted", "snmp-silent", "ip-conflict", "storm", "new-device",
    "ups-on-battery", "battery-low", "temperature", "disk-full", "service-down",
    "certificate-expiring", "job-missed", "own-fault", NULL};

const char *const message_kind_words[] = {"opened", "changed", "resolved", "reminder", "digest", "test",
                                          "report", NULL};

const char *const role_words[] = {"engine", "store", "courier", "web", "painter", "wire", NULL};
const bool role_built[] = {true, true, true, HAYLOFT_WEB, HAYLOFT_GRAPHS, true};
