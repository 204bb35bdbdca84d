#include "poller/command/discover/own.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512
#define ARP_COMPLETE   0x2 /* ATF_COM: the address was answered for */
#define ROUTE_GATEWAY  0x2 /* RTF_GATEWAY */

static const char *const container_cards[] = {"docker",  "br-", "virbr",  "veth", "cni",
                                              "flannel", "lxc", "podman", NULL};

static bool made_by_containers(const char *name)
{
    for (const char *const *p = container_cards; *p; p++)
        if (strncmp(name, *p, strlen(*p)) == 0)
            return true;
    return false;
}

static uint8_t mask_length(const struct sockaddr *mask)
{
    struct sockaddr_in in;
    memcpy(&in, mask, sizeof in);
    return (uint8_t)__builtin_popcount(in.sin_addr.s_addr);
}

static void take_card(struct own_place *p, const struct ifaddrs *i)
{
    uint16_t unused;
    if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !i->ifa_netmask)
        return;
    if (!(i->ifa_flags & IFF_UP) || i->ifa_flags & IFF_LOOPBACK || made_by_containers(i->ifa_name))
        return;
    if (p->card_count == OWN_CARDS_MAX)
        return;
    struct own_card *c = &p->cards[p->card_count++];
    snprintf(c->name, sizeof c->name, "%s", i->ifa_name);
    addr_from_sockaddr(i->ifa_addr, &c->net.addr, &unused);
    c->net.length = mask_length(i->ifa_netmask);
}

static void look_at_cards(struct own_place *p)
{
    struct ifaddrs *list;
    if (getifaddrs(&list) != 0)
        return;
    for (struct ifaddrs *i = list; i; i = i->ifa_next)
        take_card(p, i);
    freeifaddrs(list);
}

/* Columns: card, destination, gateway, flags, ...; addresses as the memory word in hex. */
bool own_route_line(const char *line, struct addr *gateway)
{
    char card[32];
    unsigned destination, via, flags;
    if (sscanf(line, "%31s %x %x %x", card, &destination, &via, &flags) != 4)
        return false;
    if (destination != 0 || via == 0 || !(flags & ROUTE_GATEWAY))
        return false;
    uint32_t word = via;
    *gateway = (struct addr){.family = AF_INET};
    memcpy(gateway->bytes, &word, sizeof word);
    return true;
}

bool own_resolver_line(const char *line, struct addr *resolver)
{
    char text[ADDR_TEXT_MAX];
    return sscanf(line, "nameserver %63s", text) == 1 && addr_parse(text, resolver);
}

/* Columns: address, type, flags, MAC, mask, card. */
bool own_neighbour_line(const char *line, struct addr *addr, struct mac *mac)
{
    char address[ADDR_TEXT_MAX], hardware[32];
    unsigned type, flags;
    if (sscanf(line, "%63s %x %x %31s", address, &type, &flags, hardware) != 4)
        return false;
    return flags & ARP_COMPLETE && addr_parse(address, addr) && mac_parse(hardware, mac) &&
           mac_is_set(mac);
}

typedef void (*line_fn)(void *ctx, const char *line);

static void each_line(const char *path, line_fn fn, void *ctx)
{
    char line[LINE_MAX_BYTES];
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        fn(ctx, line);
    if (f)
        fclose(f);
}

static void take_route(void *ctx, const char *line)
{
    struct own_place *p = ctx;
    if (!addr_is_set(&p->gateway))
        own_route_line(line, &p->gateway);
}

static void take_resolver(void *ctx, const char *line)
{
    struct own_place *p = ctx;
    struct addr a;
    if (p->resolver_count < OWN_RESOLVERS_MAX && own_resolver_line(line, &a))
        p->resolvers[p->resolver_count++] = a;
}

void own_place_look(struct own_place *p)
{
    *p = (struct own_place){0};
    look_at_cards(p);
    each_line("/proc/net/route", take_route, p);
    each_line("/etc/resolv.conf", take_resolver, p);
    if (gethostname(p->hostname, sizeof p->hostname - 1) != 0)
        p->hostname[0] = '\0';
}

bool own_place_has(const struct own_place *p, const struct addr *a)
{
    for (size_t i = 0; i < p->card_count; i++)
        if (addr_equal(&p->cards[i].net.addr, a))
            return true;
    return false;
}

bool own_place_private(const struct own_place *p)
{
    static const char *const ranges[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                         "100.64.0.0/10", "169.254.0.0/16"};
    for (size_t i = 0; i < p->card_count; i++) {
        bool within = false;
        for (size_t j = 0; j < sizeof ranges / sizeof ranges[0]; j++) {
            struct prefix range;
            within = within || (prefix_parse(ranges[j], &range) &&
                                prefix_contains(&range, &p->cards[i].net.addr));
        }
        if (!within)
            return false;
    }
    return true;
}

struct neighbours {
    const struct own_place *place;
    struct household *household;
};

static bool on_own_network(const struct own_place *p, const struct addr *a)
{
    for (size_t i = 0; i < p->card_count; i++)
        if (prefix_contains(&p->cards[i].net, a))
            return true;
    return false;
}

static void take_neighbour(void *ctx, const char *line)
{
    struct neighbours *n = ctx;
    struct addr addr;
    struct mac mac;
    if (!own_neighbour_line(line, &addr, &mac) || !on_own_network(n->place, &addr))
        return;
    struct found *f = household_entry(n->household, &addr);
    if (f)
        f->mac = mac;
}

void own_place_neighbours(const struct own_place *p, struct household *h)
{
    each_line("/proc/net/arp", take_neighbour, &(struct neighbours){p, h});
}
