/* IPv6: does the router that announces itself answer, does the resolver it names, and the DHCPv6 server it speaks of?
 * All three are asked at once. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/dhcpv6.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/ipv6.h"

#define TIMES 6
#define TIME_NS MILLISECONDS(700)
#define PACKET_BYTES 104 /* of an echo over IPv6, as ping's */
#define PREFIX_BITS 64   /* what addresses are made from, RFC 4862 */

/* ---- which router ---- */

static const struct advert *first_router(const struct probe *p)
{
    const struct adverts *a = &p->plan.seat->adverts;
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i].says.lifetime_s && trusted_has(&p->plan.seat->routers, &a->list[i].addr))
            return &a->list[i];
    return NULL;
}

/* An address in its prefix, as a guest would make it. */
static void make_address(struct probe *p, const struct router_advert *says)
{
    if (!addr_is_set(&says->prefix.addr) || says->prefix.length != PREFIX_BITS)
        return;
    p->us6_far = p->us6;
    memcpy(p->us6_far.addr.bytes, says->prefix.addr.bytes, PREFIX_BITS / 8);
}

/* ---- what is asked ---- */

static bool wants_configuration(const struct routing *r)
{
    return r->of.says.managed || r->of.says.other;
}

static bool is_all(const struct routing *r)
{
    return r->echoed && (r->named || !r->of.says.resolver_count) && (r->configured || !wants_configuration(r));
}

static void ask_configuration(struct probe *p)
{
    uint8_t message[DHCPV6_QUESTION_MAX];
    struct dhcpv6_question q = {.type = p->routing.of.says.managed ? DHCPV6_SOLICIT : DHCPV6_INFORMATION_REQUEST,
                                .transaction = p->routing.transaction, .client = p->us.mac};
    struct udp_datagram d = {.from = DHCPV6_CLIENT_PORT, .to = DHCPV6_SERVER_PORT, .payload = message,
                             .payload_len = dhcpv6_write(&q, message)};
    post_udp(p, &ipv6_dhcp_servers, &d);
}

static void ask(struct probe *p)
{
    struct routing *r = &p->routing;
    struct addr to;
    struct udp_datagram d;
    uint32_t token;
    r->times++;
    if (!r->echoed)
        post_echo(p, &r->of.addr, PACKET_BYTES, &token);
    if (!r->named && name_query_next(&r->names, &to, &d))
        post_udp(p, &to, &d);
    if (!r->configured && wants_configuration(r))
        ask_configuration(p);
    probe_wait(p, TIME_NS);
}

static void tick(struct probe *p)
{
    if (p->routing.times < TIMES)
        ask(p);
    else
        probe_next(p);
}

static void begin(struct probe *p)
{
    struct routing *r = &p->routing;
    seat_choose_router(p->plan.seat, &p->gateway.mac);
    const struct advert *router = first_router(p);
    if (!router) {
        probe_next(p);
        return;
    }
    r->of = *router;
    r->mac = mac_is_set(&router->says.mac) ? router->says.mac : router->mac;
    r->asked = true;
    r->transaction = probe_random(p) & 0xffffff;
    make_address(p, &router->says);
    r->named = !router->says.resolver_count || !name_query_begin(&r->names, names_default(p), router->says.resolvers,
                                                                 router->says.resolver_count, probe_random(p));
    ask(p);
}

/* ---- what comes ---- */

static void hear_udp(struct probe *p, const struct heard_frame *h)
{
    struct routing *r = &p->routing;
    struct dhcpv6_answer a;
    if (h->udp.to == DHCPV6_CLIENT_PORT && dhcpv6_read(h->udp.payload, h->udp.payload_len, &a) &&
        a.transaction == r->transaction && memcmp(&a.client, &p->us.mac, sizeof a.client) == 0)
        r->configured = true;
    else if (name_query_take(&r->names, &h->ip.from, &h->udp))
        r->named = true;
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    struct routing *r = &p->routing;
    uint32_t token;
    if (!h || h->vid != p->setting->vid || h->ip.from.family != AF_INET6)
        return;
    if (h->kind == HEARD_UDP)
        hear_udp(p, h);
    else if (duties_echo(p, h, &token) && addr_equal(&h->ip.from, &r->of.addr))
        r->echoed = true;
    if (is_all(r))
        probe_next(p);
}

const struct phase phase_routers = {begin, tick, hear};
