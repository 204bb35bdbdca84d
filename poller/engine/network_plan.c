#include "poller/engine/network_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/guest.h"

#define LISTEN_ROUND_S 60 /* strangers are listened for all the time; so often it is said what was heard */
#define CHECKS_PER_VLAN 2

static struct guest_setting setting_of(const struct config *c, const struct config_network *n, int64_t vid)
{
    bool plain = c->internet.page_url && strncmp(c->internet.page_url, "http://", 7) == 0;
    struct guest_setting s = {
        .network = n->name, .vid = vid, .interface = n->interface, .depth = n->depth,
        .discover_gap_ns = n->discover_gap_ns, .carried = n->carried, .port_security = n->port_security,
        .ipv6 = n->ipv6, .subnet = n->subnet, .gateway = n->gateway, .servers = n->servers,
        .servers_count = n->servers_count, .routers = n->routers, .routers_count = n->routers_count,
        .dns_name = n->dns_name ? n->dns_name : c->internet.dns_name,
        .page_url = n->http.url, .page_expect = n->http.expect};
    if (!n->http.url && plain) {
        s.page_url = c->internet.page_url;
        s.page_expect = c->internet.page_expect;
    }
    return s;
}

static struct guest_setting setting_of_lan(const struct config *c)
{
    return (struct guest_setting){.network = (char *)(uintptr_t)CONFIG_LAN_NAME, .vid = GUEST_UNTAGGED,
                                  .interface = c->lan.interface, .ipv6 = true, .servers = c->lan.servers,
                                  .servers_count = c->lan.servers_count, .routers = c->lan.routers,
                                  .routers_count = c->lan.routers_count};
}

/* What is said of the network holds on the air too. */
static struct guest_setting setting_on_air(const struct config *c, const struct config_network *n)
{
    struct guest_setting s = setting_of(c, n, GUEST_UNTAGGED);
    s.interface = n->wifi.interface;
    s.ssid = n->wifi.ssid;
    s.password = n->wifi.password;
    return s;
}

/* False: the arena has ended. */
static bool add(struct network_plan *p, struct arena *arena, const char *kind, const struct guest_setting *s,
                int64_t interval_ns)
{
    char label[24] = "";
    struct guest_setting *options = arena_copy(arena, s, sizeof *s);
    if (s->vid != GUEST_UNTAGGED)
        snprintf(label, sizeof label, "%lld", (long long)s->vid);
    char *kept = arena_text(arena, label, strlen(label));
    p->checks[p->check_count++] = (struct config_check){
        .kind = {(char *)(uintptr_t)kind, options}, .label = kept, .interval_ns = interval_ns};
    return options && kept;
}

static bool plan_network(const struct config *c, const struct config_network *n, struct arena *arena,
                         struct network_plan *p)
{
    size_t vlans = n->vlans_count || n->wifi.ssid ? n->vlans_count : 1, most = CHECKS_PER_VLAN * vlans + 1;
    *p = (struct network_plan){.name = n->name, .network = n,
                               .checks = arena_take(arena, most * sizeof *p->checks)};
    bool fine = p->checks != NULL;
    for (size_t i = 0; fine && i < vlans; i++) {
        struct guest_setting s = setting_of(c, n, n->vlans_count ? n->vlans[i] : GUEST_UNTAGGED);
        fine = add(p, arena, NETWORK_GUEST, &s, n->every_ns) &&
               add(p, arena, NETWORK_ROGUE, &s, SECONDS(LISTEN_ROUND_S));
    }
    if (fine && n->wifi.ssid) {
        struct guest_setting s = setting_on_air(c, n);
        fine = add(p, arena, NETWORK_GUEST, &s, n->every_ns);
    }
    return fine;
}

static bool plan_lan(const struct config *c, struct arena *arena, struct network_plan *p)
{
    struct guest_setting s = setting_of_lan(c);
    *p = (struct network_plan){.name = (char *)(uintptr_t)CONFIG_LAN_NAME,
                               .checks = arena_take(arena, sizeof *p->checks)};
    return p->checks && add(p, arena, NETWORK_ROGUE, &s, SECONDS(LISTEN_ROUND_S));
}

size_t network_plans(const struct config *c, struct arena *arena, struct network_plan **out)
{
    size_t count = 0;
    struct network_plan *plans = arena_take(arena, (c->networks_count + 1) * sizeof *plans);
    bool fine = plans != NULL;
    for (size_t i = 0; fine && i < c->networks_count; i++)
        fine = plan_network(c, &c->networks[i], arena, &plans[count++]);
    if (fine && c->lan.rogue && !config_lan_network(c))
        fine = plan_lan(c, arena, &plans[count++]);
    *out = plans;
    return fine ? count : 0;
}

int64_t network_vid(const char *label)
{
    return *label ? strtoll(label, NULL, 10) : GUEST_UNTAGGED;
}
