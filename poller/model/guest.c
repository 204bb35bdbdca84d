#include "poller/model/guest.h"

const char *const guest_step_words[] = {"scan", "join", "link",     "offer",     "lease",   "gateway", "dns",
                                        "http", "fullsize", "isolation", "control", "audit", "trace",   NULL};

const char *const guest_depth_words[] = {"offer", "lease", "internet", NULL};

const char *const guest_reason_words[] = {
    "",               "no-link",     "no-right",        "not-heard",      "not-carried", "silence",
    "other-vlan",     "stripped",    "other-subnet",    "no-gateway",     "bad-offer",   "refused",
    "several-servers", "strange-server", "in-use",      "dns-failed",     "dns-lies",    "portal",
    "http-failed",    "giants-dropped", "leak-icmp",    "leak-tcp",       "router-open", "lossy",
    "rogue-ra",       "wifi-absent", "wifi-refused", "wifi-unusable", NULL};

#define T struct guest_setting
static const struct field guest_setting_fields[] = {
    {FIELD(T, network, FIELD_TEXT)},
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, interface, FIELD_TEXT)},
    {FIELD(T, ssid, FIELD_TEXT)},
    {FIELD(T, password, FIELD_SECRET)},
    {FIELD(T, depth, FIELD_ENUM), .words = guest_depth_words},
    {FIELD(T, discover_gap_ns, FIELD_DURATION)},
    {FIELD(T, carried, FIELD_BOOL)},
    {FIELD(T, port_security, FIELD_BOOL)},
    {FIELD(T, ipv6, FIELD_BOOL)},
    {FIELD(T, subnet, FIELD_PREFIX)},
    {FIELD(T, gateway, FIELD_ADDR)},
    {FIELD_MANY(T, servers, FIELD_ADDR)},
    {FIELD_MANY(T, routers, FIELD_ADDR)},
    {FIELD(T, dns_name, FIELD_TEXT)},
    {FIELD(T, page_url, FIELD_TEXT)},
    {FIELD(T, page_expect, FIELD_TEXT)},
};
#undef T
const struct record guest_setting_record = RECORD(guest_setting, guest_setting_fields);

#define T struct guest_step_result
static const struct field guest_step_fields[] = {
    {FIELD(T, done, FIELD_BOOL)},
    {FIELD(T, verdict, FIELD_ENUM), .words = verdict_words},
    {FIELD(T, reason, FIELD_ENUM), .words = guest_reason_words},
    {FIELD(T, detail, FIELD_TEXT)},
    {FIELD(T, took_ns, FIELD_DURATION)},
};
#undef T
static const struct record guest_step_record = RECORD(guest_step_result, guest_step_fields);

#define T struct guest_offer
static const struct field guest_offer_fields[] = {
    {FIELD(T, mac, FIELD_MAC)},
    {FIELD(T, server, FIELD_ADDR)},
    {FIELD(T, address, FIELD_ADDR)},
    {FIELD(T, gateway, FIELD_ADDR)},
    {FIELD(T, dns, FIELD_ADDR)},
    {FIELD(T, mask, FIELD_ADDR)},
    {FIELD(T, lease_ns, FIELD_DURATION)},
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, expected, FIELD_BOOL)},
};
#undef T
static const struct record guest_offer_record = RECORD(guest_offer, guest_offer_fields);

#define T struct guest_router
static const struct field guest_router_fields[] = {
    {FIELD(T, mac, FIELD_MAC)},
    {FIELD(T, addr, FIELD_ADDR)},
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, expected, FIELD_BOOL)},
};
#undef T
static const struct record guest_router_record = RECORD(guest_router, guest_router_fields);

#define T struct guest_leak
static const struct field guest_leak_fields[] = {
    {FIELD(T, addr, FIELD_ADDR)},
    {FIELD(T, node, FIELD_TEXT)},
    {FIELD(T, how, FIELD_TEXT)},
};
#undef T
static const struct record guest_leak_record = RECORD(guest_leak, guest_leak_fields);

#define T struct guest_result
static const struct field guest_result_fields[] = {
    {FIELD(T, vid, FIELD_INT)},
    {FIELD(T, armed, FIELD_BOOL)},
    {FIELD(T, own_fault, FIELD_BOOL)},
    {FIELD(T, probe, FIELD_MAC)},
    {FIELD(T, control, FIELD_MAC)},
    {FIELD(T, lease, FIELD_ADDR)},
    {FIELD(T, gateway, FIELD_ADDR)},
    {FIELD(T, gateway_mac, FIELD_MAC)},
    {FIELD_MANY(T, steps, FIELD_RECORD), .record = &guest_step_record},
    {FIELD_MANY(T, offers, FIELD_RECORD), .record = &guest_offer_record},
    {FIELD_MANY(T, routers, FIELD_RECORD), .record = &guest_router_record},
    {FIELD_MANY(T, leaks, FIELD_RECORD), .record = &guest_leak_record},
};
#undef T
const struct record guest_result_record = RECORD(guest_result, guest_result_fields);
