#include "collectors/guest/judge_offer.h"

#include <stdarg.h>
#include <stdio.h>

#include "collectors/protocol/ipv4.h"

#define LEASE_SHORTEST_NS SECONDS(30)
#define LEASE_LONGEST_NS (INT64_C(366) * 24 * MINUTES(60))
#define UNUSABLE_FLAWS (DHCP_FLAW_NO_COOKIE | DHCP_FLAW_NO_TYPE)

__attribute__((format(printf, 4, 5)))
static void judged(struct offer_judgement *out, enum verdict verdict, enum guest_reason reason, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    out->verdict = verdict;
    out->reason = reason;
    vsnprintf(out->detail, sizeof out->detail, format, args);
    va_end(args);
}

/* "10.51.0.53 from 10.51.0.1 (02:00:00:00:00:0a)" */
struct offer_text {
    char text[2 * ADDR_TEXT_MAX + MAC_TEXT_MAX + 16];
};

static struct offer_text text_of(const struct offer *o)
{
    struct offer_text out;
    char address[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    snprintf(out.text, sizeof out.text, "%s from %s (%s)", addr_text(&o->is.address, address),
             addr_is_set(&o->is.server) ? addr_text(&o->is.server, server) : "nobody by name",
             mac_text(&o->is.mac, mac));
    return out;
}

/* ---- on which VLAN it came ---- */

static size_t count_on(const struct offers *o, int64_t vid)
{
    size_t count = 0;
    for (size_t i = 0; i < o->count; i++)
        count += o->list[i].is.vid == vid;
    return count;
}

static const struct offer *first_elsewhere(const struct offers *o, int64_t vid)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].is.vid != vid)
            return &o->list[i];
    return NULL;
}

/* A network that is known tells which way the tag was lost on: its own addresses come from its own server. */
static const char *way_of_loss(const struct guest_setting *s, const struct offer *o)
{
    if (!addr_is_set(&s->subnet.addr))
        return "";
    return prefix_contains(&s->subnet, &o->is.address) ? ": the answer's tag was lost"
                                                       : ": the question's tag was lost";
}

static void judge_elsewhere(const struct guest_setting *s, const struct offer *o, enum verdict verdict,
                            struct offer_judgement *out)
{
    char asked[16], came[16];
    bool stripped = o->is.vid == GUEST_UNTAGGED;
    judged(out, verdict, stripped ? GUEST_STRIPPED : GUEST_OTHER_VLAN, "asked %s, answered %s with %s%s",
           heard_vid_text((int32_t)s->vid, asked), heard_vid_text((int32_t)o->is.vid, came), text_of(o).text,
           way_of_loss(s, o));
}

/* ---- from whom ---- */

static bool is_usable(const struct offer *o)
{
    return !(o->flaws & UNUSABLE_FLAWS) && addr_is_set(&o->is.server);
}

static bool several_servers(const struct offers *o, int64_t vid, const struct offer **first)
{
    *first = NULL;
    for (size_t i = 0; i < o->count; i++) {
        if (o->list[i].is.vid != vid || !is_usable(&o->list[i]))
            continue;
        if (*first && !addr_equal(&(*first)->is.server, &o->list[i].is.server))
            return true;
        *first = *first ? *first : &o->list[i];
    }
    return false;
}

static void mark_expected(const struct trusted *servers, const struct addr *alone, struct offers *o)
{
    for (size_t i = 0; i < o->count; i++) {
        struct offer *f = &o->list[i];
        f->is.expected = trusted_has(servers, &f->is.server) || trusted_has(servers, &f->relay) ||
                         (addr_is_set(alone) && addr_equal(alone, &f->is.server));
    }
}

static void mark_all(struct offers *o, int64_t vid)
{
    for (size_t i = 0; i < o->count; i++)
        o->list[i].is.expected |= o->list[i].is.vid == vid;
}

static const struct offer *find_expected(const struct offers *o, int64_t vid)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].is.vid == vid && o->list[i].is.expected)
            return &o->list[i];
    return NULL;
}

/* One that does not say who it is may be the expected one, broken, unless that has answered too. */
static const struct offer *find_stranger(const struct offers *o, int64_t vid, const struct offer *expected)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->list[i].is.vid == vid && !o->list[i].is.expected && (is_usable(&o->list[i]) || expected))
            return &o->list[i];
    return NULL;
}

static const struct offer *first_on(const struct offers *o, int64_t vid)
{
    size_t i = 0;
    while (o->list[i].is.vid != vid)
        i++;
    return &o->list[i];
}

/* ---- what it says ---- */

static bool is_within(const struct prefix *p, const struct addr *a)
{
    return !addr_is_set(&p->addr) || prefix_contains(p, a);
}

static bool contents_are_absurd(const struct offer *o, struct offer_judgement *out)
{
    uint8_t bits;
    char text[ADDR_TEXT_MAX];
    if (!is_usable(o))
        judged(out, VERDICT_FAILING, GUEST_BAD_OFFER, "%s: %s", text_of(o).text,
               o->flaws & UNUSABLE_FLAWS ? dhcp_flaw_text(o->flaws) : "the server does not say who it is");
    else if (!ipv4_is_host(&o->is.address))
        judged(out, VERDICT_FAILING, GUEST_BAD_OFFER, "%s: that is no address for a guest", text_of(o).text);
    else if (!ipv4_mask_length(&o->is.mask, &bits))
        judged(out, VERDICT_FAILING, GUEST_BAD_OFFER, "%s with the mask %s", text_of(o).text,
               addr_is_set(&o->is.mask) ? addr_text(&o->is.mask, text) : "none");
    else if (o->is.lease_ns < LEASE_SHORTEST_NS)
        judged(out, VERDICT_FAILING, GUEST_BAD_OFFER, "%s for %d s", text_of(o).text, (int)(o->is.lease_ns / NS_PER_S));
    else
        return false;
    return true;
}

static bool is_another_network(const struct guest_setting *s, const struct offer *o, struct offer_judgement *out)
{
    char wanted[ADDR_TEXT_MAX], got[ADDR_TEXT_MAX];
    uint8_t bits = 0;
    ipv4_mask_length(&o->is.mask, &bits);
    if (!is_within(&s->subnet, &o->is.address) || (addr_is_set(&s->subnet.addr) && bits != s->subnet.length))
        judged(out, VERDICT_FAILING, GUEST_OTHER_SUBNET, "%s/%u offered, %s/%u expected",
               addr_text(&o->is.address, got), bits, addr_text(&s->subnet.addr, wanted), s->subnet.length);
    else if (addr_is_set(&s->gateway) && addr_is_set(&o->is.gateway) && !addr_equal(&s->gateway, &o->is.gateway))
        judged(out, VERDICT_FAILING, GUEST_OTHER_SUBNET, "the gateway offered is %s, %s expected",
               addr_text(&o->is.gateway, got), addr_text(&s->gateway, wanted));
    else
        return false;
    return true;
}

static bool gateway_is_useless(const struct offer *o, struct offer_judgement *out)
{
    struct prefix own = {o->is.address, 0};
    char gateway[ADDR_TEXT_MAX], address[ADDR_TEXT_MAX];
    ipv4_mask_length(&o->is.mask, &own.length);
    if (!addr_is_set(&o->is.gateway))
        judged(out, VERDICT_FAILING, GUEST_NO_GATEWAY, "%s, and no gateway", text_of(o).text);
    else if (!prefix_contains(&own, &o->is.gateway) || addr_equal(&o->is.gateway, &o->is.address))
        judged(out, VERDICT_FAILING, GUEST_NO_GATEWAY, "the gateway %s is outside of %s/%u",
               addr_text(&o->is.gateway, gateway), addr_text(&own.addr, address), own.length);
    else
        return false;
    return true;
}

/* What works and is strange all the same. */
static void judge_oddities(const struct guest_setting *s, const struct offers *o, const struct offer *chosen,
                           struct offer_judgement *out)
{
    const struct offer *elsewhere = first_elsewhere(o, s->vid);
    char span[CLOCK_TEXT_MAX];
    if (elsewhere)
        judge_elsewhere(s, elsewhere, VERDICT_DEGRADED, out);
    else if (chosen->flaws)
        judged(out, VERDICT_DEGRADED, GUEST_BAD_OFFER, "%s: %s", text_of(chosen).text, dhcp_flaw_text(chosen->flaws));
    else if (chosen->is.lease_ns > LEASE_LONGEST_NS)
        judged(out, VERDICT_DEGRADED, GUEST_BAD_OFFER, "%s for %s: guests who left keep their addresses",
               text_of(chosen).text, span_text(chosen->is.lease_ns, span));
    else
        judged(out, VERDICT_OK, GUEST_NONE, "%s", text_of(chosen).text);
}

static void judge_contents(const struct guest_setting *s, const struct offers *o, const struct offer *chosen,
                           struct offer_judgement *out)
{
    bool wrong = contents_are_absurd(chosen, out) || is_another_network(s, chosen, out) ||
                 gateway_is_useless(chosen, out);
    if (!wrong)
        judge_oddities(s, o, chosen, out);
    out->chosen = wrong ? NULL : chosen;
}

static void judge_strangers(const struct offer *strange, const struct offer *expected, const struct trusted *servers,
                            struct offer_judgement *out)
{
    char text[ADDR_TEXT_MAX];
    const struct addr *known = servers->named_count ? &servers->named[0] : &servers->first;
    judged(out, VERDICT_FAILING, GUEST_STRANGE_SERVER, "%s; %s%s", text_of(strange).text,
           expected ? "besides " : "nothing from ", addr_text(expected ? &expected->is.server : known, text));
}

void judge_offer(const struct guest_setting *s, const struct trusted *servers, struct offers *offers,
                 struct offer_judgement *out)
{
    const struct offer *first, *strange, *expected;
    *out = (struct offer_judgement){.verdict = VERDICT_FAILING, .reason = GUEST_SILENCE};
    if (!offers->count)
        return;
    if (!count_on(offers, s->vid)) {
        judge_elsewhere(s, &offers->list[0], VERDICT_FAILING, out);
        return;
    }
    bool several = several_servers(offers, s->vid, &first);
    if (!trusted_knows(servers) && !several && first)
        out->first = first->is.server;
    mark_expected(servers, &out->first, offers);
    expected = find_expected(offers, s->vid);
    strange = find_stranger(offers, s->vid, expected);
    if (!trusted_knows(servers) && several) {
        judged(out, VERDICT_FAILING, GUEST_SEVERAL_SERVERS, "%s and others offer addresses", text_of(first).text);
        return;
    }
    if (!expected && !strange) /* broken, from nobody by name: whose it is cannot be told */
        mark_all(offers, s->vid);
    judge_contents(s, offers, expected ? expected : first_on(offers, s->vid), out);
    if (strange && trusted_knows(servers)) {
        out->chosen = expected ? out->chosen : NULL;
        judge_strangers(strange, expected, servers, out);
    }
    if (out->verdict == VERDICT_FAILING)
        out->first = (struct addr){0};
}
