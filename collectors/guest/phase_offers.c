/* Who offers an address? Three times 4 s: a server that looks first whether an address is free takes 3 s, and a
 * stranger is often faster than the network's own. A question nobody answered within a second is sent once more.
 * The control asks beside us, untagged. */
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/judge_offer.h"
#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/router_advert.h"

#define TURNS 6                      /* three questions, each once more */
#define REPEAT_NS SECONDS(1)
#define WINDOW_NS SECONDS(4)
#define FIRST_UNICAST_TURN 4         /* servers that do not heed the broadcast flag do better without */
#define FIRST_TURN_OF_GATEWAY 2      /* the first question is given its time */
#define HOST_NAME "hayloft-guest"

static bool heard_here(const struct offers *o, int64_t vid)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].is.vid == vid)
            return true;
    return false;
}

static void discover(struct probe *p, struct offers *o, int32_t vid)
{
    uint8_t frame[ETHER_BYTES_MAX];
    int64_t seconds = mono_since(probe_now(p), o->asked) / NS_PER_S;
    struct dhcp_question q = {.type = DHCP_DISCOVER, .xid = o->xid, .seconds = (uint16_t)seconds, .client = o->client,
                              .broadcast = p->asking.turns < FIRST_UNICAST_TURN, .host_name = HOST_NAME};
    post_frame(p, vid, frame, host_frame_dhcp(&q, NULL, frame));
}

static void solicit_routers(struct probe *p)
{
    uint8_t message[ROUTER_SOLICIT_BYTES];
    router_solicit_write(&p->us6.addr, &p->us.mac, message);
    post_icmp6(p, &ipv6_all_routers, message, sizeof message);
}

/* Where nobody offers an address the gateway may still answer: then it is the server, and not the way. Without an
 * address of ours it is the question of one who wants none (RFC 5227: an ARP probe). */
static const struct addr *known_gateway(const struct probe *p)
{
    const struct addr *said = &p->setting->gateway, *last = &p->plan.seat->gateway;
    return addr_is_set(said) ? said : addr_is_set(last) ? last : NULL;
}

static void ask_gateway(struct probe *p)
{
    const struct addr nobody = {.family = AF_INET}, *gateway = known_gateway(p);
    if (!gateway || gateway->family != AF_INET || p->asking.turns < FIRST_TURN_OF_GATEWAY)
        return;
    p->asking.gateway_asked = true;
    post_arp(p, &nobody, gateway);
}

static void judge_gateway(struct probe *p)
{
    char text[ADDR_TEXT_MAX];
    if (!p->asking.gateway_asked || !probe_step_is(p, GUEST_OFFER, VERDICT_FAILING))
        return;
    addr_text(known_gateway(p), text);
    if (p->asking.gateway_answered)
        probe_step(p, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE, 0, "%s answers, though nobody offers an address", text);
    else
        probe_step(p, GUEST_GATEWAY, VERDICT_FAILING, GUEST_SILENCE, 0, "%s does not answer ARP either", text);
}

static bool hear_gateway(struct probe *p, const struct heard_frame *h)
{
    if (!p->asking.gateway_asked || h->kind != HEARD_ARP || h->vid != p->setting->vid ||
        h->arp.operation != ARP_REPLY || !addr_equal(&h->arp.sender, known_gateway(p)))
        return false;
    p->asking.gateway_answered = true;
    p->gateway.mac = h->arp.sender_mac;
    return true;
}

static bool control_waits(const struct probe *p)
{
    return probe_is_tagged(p) && !heard_here(&p->asking.control, GUEST_UNTAGGED);
}

static bool offer_waits(const struct probe *p)
{
    return !heard_here(&p->offers, p->setting->vid);
}

static void ask(struct probe *p)
{
    if (offer_waits(p))
        discover(p, &p->offers, (int32_t)p->setting->vid);
    if (offer_waits(p))
        ask_gateway(p);
    if (control_waits(p))
        discover(p, &p->asking.control, ETHER_UNTAGGED);
    if (p->setting->ipv6)
        solicit_routers(p);
    p->asking.turns++;
}

/* A main network that never offered anything is not waited for. */
static bool is_enough(const struct probe *p)
{
    return p->asking.turns == TURNS ||
           (!offer_waits(p) && (!control_waits(p) || !p->plan.seat->control_answered));
}

/* ---- what it says ---- */

static void judge_control(struct probe *p)
{
    const struct offers *o = &p->asking.control;
    const struct offer *first = o->count ? &o->list[0] : NULL;
    bool known = p->plan.seat->control_answered;
    char address[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX], vid[16];
    if (!probe_is_tagged(p))
        return;
    if (heard_here(o, GUEST_UNTAGGED)) {
        seat_note_control(p->plan.seat);
        probe_step(p, GUEST_CONTROL, VERDICT_OK, GUEST_NONE, first->after_ns, "%s from %s",
                   addr_text(&first->is.address, address), addr_text(&first->is.server, server));
    } else if (first) {
        probe_step(p, GUEST_CONTROL, VERDICT_FAILING, GUEST_OTHER_VLAN, first->after_ns,
                   "asked without a tag, answered %s", heard_vid_text((int32_t)first->is.vid, vid));
    } else {
        probe_step(p, GUEST_CONTROL, known ? VERDICT_FAILING : VERDICT_UNKNOWN, GUEST_SILENCE, 0, "the main network %s",
                   known ? "offers no address either" : "never offered an address");
    }
}

static void own_fault(struct probe *p, enum guest_reason reason, const char *why)
{
    p->result.own_fault = true;
    probe_step(p, GUEST_OFFER, VERDICT_UNKNOWN, reason, 0, "%s", why);
}

/* Could we have heard an answer at all? True: no, and it is said. */
static bool silence_is_ours(struct probe *p)
{
    struct ether_state now;
    seat_state(p->plan.seat, &now);
    bool refused = p->send_error || now.refused > p->way.refused;
    if (!now.open)
        own_fault(p, GUEST_NO_RIGHT, now.reason);
    else if (!now.link)
        own_fault(p, GUEST_NO_LINK, "the link went down");
    else if (refused)
        own_fault(p, GUEST_NO_RIGHT, strerror(p->send_error ? p->send_error : now.refused_error));
    else if (now.dropped > p->way.dropped)
        own_fault(p, GUEST_NOT_HEARD, "frames to us were lost on this machine");
    else if (now.vlan_filter && probe_is_tagged(p) && !p->plan.seat->heard)
        own_fault(p, GUEST_NOT_HEARD, "the card lets in only VLANs it was told of, and was not told of this one");
    else
        return false;
    return true;
}

static void judge_silence(struct probe *p)
{
    char asked[16], came[16];
    heard_vid_text((int32_t)p->setting->vid, asked);
    if (silence_is_ours(p))
        return;
    if (p->asking.came_back)
        probe_step(p, GUEST_OFFER, VERDICT_FAILING,
                   p->asking.came_back_vid == ETHER_UNTAGGED ? GUEST_STRIPPED : GUEST_OTHER_VLAN, 0,
                   "our own question, asked %s, came back %s", asked,
                   heard_vid_text(p->asking.came_back_vid, came));
    else if (!p->plan.seat->armed)
        probe_step(p, GUEST_OFFER, VERDICT_UNKNOWN, GUEST_NOT_CARRIED, 0, "nothing was ever heard %s at %s", asked,
                   p->way.interface);
    else
        probe_step(p, GUEST_OFFER, VERDICT_FAILING, GUEST_SILENCE, 0, "nobody offers an address %s", asked);
}

/* An address that is new each time says that the server does not know us again: then we use up its pool. */
static void watch_the_pool(struct probe *p)
{
    struct seat *s = p->plan.seat;
    char address[ADDR_TEXT_MAX];
    rising_note(&s->rising, &p->chosen.is.address);
    if (rising_is_too_many(&s->rising))
        probe_revise(p, GUEST_OFFER, VERDICT_DEGRADED, GUEST_BAD_OFFER,
                     "%s is another address again, as each time: our asking would use up the pool, so it is done less",
                     addr_text(&p->chosen.is.address, address));
}

static void judge_offers(struct probe *p)
{
    struct offer_judgement j;
    if (!p->offers.count) {
        judge_silence(p);
        return;
    }
    judge_offer(p->setting, &p->plan.seat->servers, &p->offers, &j);
    seat_arm(p->plan.seat);
    seat_learn_server(p->plan.seat, &j.first);
    const struct offer *told = j.chosen ? j.chosen : &p->offers.list[0];
    probe_step(p, GUEST_OFFER, j.verdict, j.reason, told->after_ns, "%s", j.detail);
    if (!j.chosen)
        return;
    p->chosen = *j.chosen;
    p->gateway.addr = p->chosen.is.gateway;
    watch_the_pool(p);
}

/* ---- the phase ---- */

static void tick(struct probe *p)
{
    bool repeats = p->asking.turns % 2 == 1; /* the window goes on */
    if (repeats && (offer_waits(p) || control_waits(p)))
        ask(p);
    else if (repeats)
        p->asking.turns++;
    if (repeats) {
        probe_wait(p, WINDOW_NS - REPEAT_NS);
    } else if (!is_enough(p)) {
        ask(p);
        probe_wait(p, REPEAT_NS);
    } else {
        judge_control(p);
        judge_offers(p);
        judge_gateway(p);
        probe_next(p);
    }
}

static void begin(struct probe *p)
{
    p->plan.seat->asked = p->offers.asked = p->asking.control.asked = probe_now(p);
    p->us6 = (struct host_end){p->us.mac, ethernet_link_local(&p->us.mac)};
    ask(p);
    probe_wait(p, REPEAT_NS);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    if (!h)
        return;
    bool own = memcmp(h->from.bytes, p->us.mac.bytes, sizeof h->from.bytes) == 0;
    if (own && h->kind == HEARD_UDP && h->udp.to == DHCP_SERVER_PORT && h->vid != p->setting->vid) {
        p->asking.came_back = true;
        p->asking.came_back_vid = h->vid;
    } else if (!hear_gateway(p, h) && !offers_take(&p->offers, h)) {
        offers_take(&p->asking.control, h);
    }
}

const struct phase phase_offers = {begin, tick, hear};
