/* Networks guests are played on: their names, sites, and what they say of themselves. */
#include <string.h>

#include "poller/base/wifi.h"
#include "poller/config/relations_internal.h"

#define VLANS_MAX 64 /* of one network: each is a probe of its own */

static bool has_site(const struct config *c, const char *site, struct nearest *near)
{
    for (size_t i = 0; i < c->nodes_count; i++) {
        nearest_offer(near, c->nodes[i].site);
        if (c->nodes[i].site && strcmp(c->nodes[i].site, site) == 0)
            return true;
    }
    return false;
}

static void check_sites(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    for (size_t k = 0; k < n->sites_count; k++) {
        struct nearest near = nearest_to(n->sites[k] ? n->sites[k] : "");
        if (n->sites[k] && !has_site(r->config, n->sites[k], &near))
            complain_mildly(r->binder->complaints, relations_place(entry, "sites"),
                            "no node stands at site '%.80s'" NEAREST_FORMAT, n->sites[k], NEAREST_ARGS(near));
    }
}

static void check_isolation(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    struct prefix prefix;
    for (size_t k = 0; k < n->isolated_from_count; k++)
        if (n->isolated_from[k] && !prefix_parse(n->isolated_from[k], &prefix) &&
            !relations_node(r, n->isolated_from[k]))
            relations_no_node(r, relations_place(entry, "isolated_from"), "neither a prefix:", n->isolated_from[k]);
}

/* A guest fetches its page by its own hand, without TLS. */
static void check_page(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    const struct yaml *page = yaml_get(entry, "http");
    if (page && page->kind == YAML_MAP && n->http.url && strncmp(n->http.url, "http://", 7) != 0)
        complain(r->binder->complaints, relations_place(page, "url"),
                 "url: expected a page without TLS, as http://..., not '%.80s'", n->http.url);
}

static void check_subnet(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    char text[ADDR_TEXT_MAX];
    if (addr_is_set(&n->subnet.addr) && n->subnet.addr.family != AF_INET)
        complain(r->binder->complaints, relations_place(entry, "subnet"), "subnet: expected one of IPv4");
    else if (addr_is_set(&n->subnet.addr) && addr_is_set(&n->gateway) && !prefix_contains(&n->subnet, &n->gateway))
        complain(r->binder->complaints, relations_place(entry, "gateway"), "gateway %s lies outside of the subnet",
                 addr_text(&n->gateway, text));
}

static void check_vlans(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    if (n->vlans_count > VLANS_MAX) {
        complain(r->binder->complaints, relations_place(entry, "vlans"), "vlans: %zu entries, at most %d are allowed",
                 n->vlans_count, VLANS_MAX);
        return;
    }
    for (size_t i = 1; i < n->vlans_count; i++)
        for (size_t k = 0; k < i; k++)
            if (n->vlans[i] == n->vlans[k]) {
                complain(r->binder->complaints, relations_place(entry, "vlans"), "VLAN %lld stands here twice",
                         (long long)n->vlans[i]);
                return;
            }
}

static bool is_key(const char *password)
{
    return strlen(password) == WIFI_KEY_DIGITS && strspn(password, "0123456789abcdefABCDEF") == WIFI_KEY_DIGITS;
}

static bool may_be_password(const char *password)
{
    size_t len = strlen(password);
    for (const char *c = password; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return (len >= WIFI_PASSWORD_LEAST && len <= WIFI_PASSWORD_MOST) || is_key(password);
}

static void check_wifi(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    const struct config_wifi *w = &n->wifi;
    struct place at = relations_place(entry, "wifi");
    if (!w->interface && !w->ssid && !w->password)
        return;
    if (!w->interface || !w->ssid)
        complain(r->binder->complaints, at, "wifi: expected an interface, as wlan1, and an ssid, its name on the air");
    else if (!*w->ssid || strlen(w->ssid) > WIFI_NAME_BYTES_MAX)
        complain(r->binder->complaints, at, "ssid: expected 1 to %d bytes", WIFI_NAME_BYTES_MAX);
    if (w->password && !may_be_password(w->password))
        complain(r->binder->complaints, at, "password: expected %d to %d characters, or %d hexadecimal digits",
                 WIFI_PASSWORD_LEAST, WIFI_PASSWORD_MOST, WIFI_KEY_DIGITS);
    if (n->interface && !n->vlans_count)
        complain(r->binder->complaints, relations_place(entry, "interface"),
                 "interface: it has no VLANs, and is joined by the card under wifi: leave this out");
}

/* Series and incidents go by the name, whatever it is of. */
static void check_network_name(struct relations *r, const struct config_network *n, const struct yaml *entry)
{
    if (!n->name)
        return;
    if (relations_node(r, n->name))
        complain(r->binder->complaints, entry->key_at, "a node is called '%.80s' too: give one of them another name",
                 n->name);
    if (r->config->internet.enabled && strcmp(n->name, "internet") == 0)
        complain(r->binder->complaints, entry->key_at,
                 "'internet' is what hayloft calls the Internet itself: give this network another name");
    if (r->config->lan.rogue && strcmp(n->name, CONFIG_LAN_NAME) == 0 && n != config_lan_network(r->config))
        complain(r->binder->complaints, entry->key_at,
                 "'lan' is what hayloft calls the network this machine stands in: give this one another name");
}

void networks_check(struct relations *r)
{
    const struct yaml *entry = relations_entries(r, "networks");
    for (size_t i = 0; i < r->config->networks_count && entry; i++, entry = entry->next) {
        const struct config_network *n = &r->config->networks[i];
        check_network_name(r, n, entry);
        check_vlans(r, n, entry);
        check_sites(r, n, entry);
        check_isolation(r, n, entry);
        check_page(r, n, entry);
        check_subnet(r, n, entry);
        check_wifi(r, n, entry);
    }
}
