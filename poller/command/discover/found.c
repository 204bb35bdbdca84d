#include "poller/command/discover/found.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERVICE_BRIDGE 0x02
#define SERVICE_ROUTER 0x04

/* Makers of little else than network gear. Those who also make plugs, cameras and phones are not
 * here: a watched plug that is pulled would be an incident. */
static const char *const network_makers[] = {
    "ubiquiti",       "mikrotik", "routerboard", "cisco",
    "meraki",         "aruba",    "juniper",     "ruckus",
    "cambium",        "mimosa",   "draytek",     "lancom",
    "zyxel",          "netgear",  "avm ",        "extreme networks",
    "allied telesis", "edgecore", "engenius",    "peplink",
    "teltonika",      "fortinet", "palo alto",   "sophos",
    "bintec",         "trendnet", "linksys",     "ligowave",
    "radwin",         "ceragon",  NULL};

static const char *const network_words[] = {
    "switch",   "router", "gateway",  "access point", "access-point", "wireless bridge", "radio",
    "airos",    "edgeos", "routeros", "openwrt",      "unifi",        "firewall",        "vyos",
    "repeater", "airmax", "litebeam", "nanostation",  "nanobeam",     "powerbeam",       "fritz",
    NULL};

static const char *const roaming_words[] = {
    "iphone",  "ipad",       "android",     "galaxy",   "pixel",          "phone",
    "macbook", "laptop",     "notebook",    "thinkpad", "tablet",         "watch",
    "tv",      "chromecast", "playstation", "xbox",     "switch-console", NULL};

static bool holds_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

struct found *household_entry(struct household *h, const struct addr *addr)
{
    for (size_t i = 0; i < h->count; i++)
        if (addr_equal(&h->items[i].addr, addr))
            return &h->items[i];
    if (h->count == FOUND_MAX) {
        h->dropped++;
        return NULL;
    }
    struct found *f = &h->items[h->count++];
    *f = (struct found){.addr = *addr};
    return f;
}

void found_sane_name(const char *text, char out[static FOUND_NAME_MAX])
{
    size_t n = 0;
    for (; *text && *text != '.' && n < FOUND_NAME_MAX - 8; text++) { /* room for "-123" */
        unsigned char c = (unsigned char)*text;
        bool keep = c < 0x80 && isalnum(c);
        if (keep)
            out[n++] = (char)tolower(c);
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = '\0';
}

/* A phone makes up an address of its own for each network; the second bit says so. */
static bool made_up_mac(const struct mac *m)
{
    return mac_is_set(m) && m->bytes[0] & 2;
}

static bool is_network_gear(const struct found *f)
{
    return f->sysservices & (SERVICE_BRIDGE | SERVICE_ROUTER) ||
           holds_one_of(f->sysdescr, network_words) || holds_one_of(f->host, network_words) ||
           holds_one_of(f->vendor, network_makers);
}

static void classify(struct found *f)
{
    f->class = CLASS_FIXED;
    f->why = "seen";
    if (f->gateway) {
        f->class = CLASS_NETWORK;
        f->why = "gateway";
    } else if (is_network_gear(f)) {
        f->class = CLASS_NETWORK;
        f->why = "network gear";
    } else if (f->snmp) {
        f->why = "speaks SNMP";
    } else if (made_up_mac(&f->mac) || holds_one_of(f->host, roaming_words)) {
        f->class = CLASS_ROAMING;
    }
    f->watched = f->class == CLASS_NETWORK || f->snmp;
}

static unsigned last_byte(const struct addr *a)
{
    return a->family == AF_INET ? a->bytes[3] : a->bytes[15];
}

static void propose_name(struct found *f)
{
    char vendor[FOUND_NAME_MAX], first[FOUND_TEXT_MAX];
    found_sane_name(f->sysname, f->name);
    if (!f->name[0] && f->host[0] != '_') /* "_gateway" is made up by the local resolver */
        found_sane_name(f->host, f->name);
    if (f->name[0])
        return;
    snprintf(first, sizeof first, "%.*s", (int)strcspn(f->vendor, " ,."), f->vendor);
    found_sane_name(first, vendor);
    if (f->gateway)
        snprintf(f->name, sizeof f->name, "router");
    else
        snprintf(f->name, sizeof f->name, "%.48s-%u", vendor[0] ? vendor : "device",
                 last_byte(&f->addr));
}

static bool name_taken(const struct household *h, size_t upto, const char *name)
{
    if (strcmp(name, "internet") == 0 || strcmp(name, "lan") == 0)
        return true; /* the Internet itself, and the network this machine stands in, are shown under these */
    for (size_t i = 0; i < upto; i++)
        if (strcmp(h->items[i].name, name) == 0)
            return true;
    return false;
}

static void make_unique(struct household *h, size_t i)
{
    char stem[FOUND_NAME_MAX];
    memcpy(stem, h->items[i].name, sizeof stem);
    for (int n = 2; name_taken(h, i, h->items[i].name); n++)
        snprintf(h->items[i].name, sizeof h->items[i].name, "%.50s-%d", stem, n);
}

static int by_gateway_then_address(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->gateway != y->gateway)
        return x->gateway ? -1 : 1;
    return memcmp(x->addr.bytes, y->addr.bytes, sizeof x->addr.bytes);
}

void household_judge(struct household *h)
{
    qsort(h->items, h->count, sizeof h->items[0], by_gateway_then_address);
    for (size_t i = 0; i < h->count; i++) {
        classify(&h->items[i]);
        propose_name(&h->items[i]);
        make_unique(h, i);
    }
}
