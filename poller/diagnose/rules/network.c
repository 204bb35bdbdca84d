#include "poller/diagnose/rules/network.h"

#include <stdio.h>
#include <string.h>

#define LEAKS_NAMED 4

static bool is_on_air(const struct network_trouble *t)
{
    return guest_step_of(t->result, GUEST_SCAN).done;
}

static void put_vlan(int64_t vid, bool on_air, char out[static 32])
{
    if (vid == GUEST_UNTAGGED)
        snprintf(out, 32, on_air ? "Wi-Fi" : "untagged");
    else
        snprintf(out, 32, "VLAN %lld", (long long)vid);
}

static bool fails_alike(const struct network_trouble *a, const struct network_trouble *b)
{
    return a->failure.step == b->failure.step && a->failure.reason == b->failure.reason;
}

static bool has_it(const struct network_suspect *n, const char *name)
{
    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->troubles[i].network, name) == 0 && fails_alike(&n->troubles[i], n->troubles))
            return true;
    return n->count == 0;
}

/* "VLAN 501", "VLANs 501, 502 and 503": all that fail as the first does. */
static void tell_vlans(const struct network_suspect *n, struct finding *out)
{
    char text[ARGUMENT_VALUE_MAX], vids[ARGUMENT_VALUE_MAX] = "";
    size_t used = 0, alike = 0, told = 0, listed = 0;
    for (size_t i = 0; i < n->count; i++)
        alike += fails_alike(&n->troubles[i], n->troubles);
    if (n->troubles->vid == GUEST_UNTAGGED)
        put_vlan(GUEST_UNTAGGED, is_on_air(n->troubles), text);
    else
        snprintf(text, sizeof text, "%s", alike > 1 ? "VLANs " : "VLAN ");
    used = strlen(text);
    for (size_t i = 0; i < n->count; i++) {
        long long vid = (long long)n->troubles[i].vid;
        if (listed + 8 < sizeof vids)
            listed += (size_t)snprintf(vids + listed, sizeof vids - listed, "%s%lld", i ? " " : "", vid);
        if (vid == GUEST_UNTAGGED || !fails_alike(&n->troubles[i], n->troubles) || used + 16 > sizeof text)
            continue;
        told++;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld",
                                 told == 1 ? "" : told == alike ? " and " : ", ", vid);
    }
    finding_argument(out, "vlans", text);
    finding_argument(out, ARGUMENT_VIDS, vids);
}

/* "guest", "guest and workers": those that fail as the first does; all of them where tables alone say it. */
static void tell_networks(const struct network_suspect *n, struct finding *out)
{
    char text[ARGUMENT_VALUE_MAX] = "";
    size_t used = 0, told = 0, all = 0;
    for (size_t i = 0; i < n->name_count; i++)
        all += has_it(n, n->names[i]);
    for (size_t i = 0; i < n->name_count && used + 2 < sizeof text; i++) {
        if (!has_it(n, n->names[i]))
            continue;
        told++;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 told == 1 ? "" : told == all ? " and " : ", ", n->names[i]);
    }
    finding_argument(out, "network", text);
}

static void tell_router(const struct scene *s, struct finding *out)
{
    const char *name = "the router";
    for (size_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].router)
            name = s->nodes[i].name;
    finding_argument(out, "router", name);
}

static void tell_step(const struct network_trouble *t, enum guest_step step, struct finding *out)
{
    char source[EVIDENCE_SOURCE_MAX], vlan[32];
    struct guest_step_result r = guest_step_of(t->result, step);
    if (!r.done || r.verdict == VERDICT_UNKNOWN)
        return;
    bool control = step == GUEST_CONTROL;
    put_vlan(control ? GUEST_UNTAGGED : t->vid, !control && is_on_air(t), vlan);
    snprintf(source, sizeof source, "probe of %s", vlan);
    finding_evidence(out, t->at, source, "%s: %s%s%s%s%s", control ? "main network" : guest_step_words[step],
                     verdict_words[r.verdict], r.reason ? ", " : "", guest_reason_words[r.reason],
                     r.detail && *r.detail ? ": " : "", r.detail ? r.detail : "");
}

/* The step that fails, the one before it that does not, and the control. */
static void tell_steps(const struct network_suspect *n, struct finding *out)
{
    for (size_t i = 0; i < n->count; i++) {
        const struct network_trouble *t = &n->troubles[i];
        tell_step(t, t->failure.step, out);
        for (int before = (int)t->failure.step - 1; before >= GUEST_SCAN; before--)
            if (before != GUEST_LINK && guest_step_of(t->result, (enum guest_step)before).done) {
                tell_step(t, (enum guest_step)before, out);
                break;
            }
    }
    tell_step(n->troubles, GUEST_CONTROL, out);
}

/* Where a box hears that address: the one on whose port the fewest others are, which is the nearest to it. */
static size_t heard_with(const struct wiring *w, uint32_t port)
{
    size_t count = 0;
    for (size_t i = 0; i < w->address_count; i++)
        count += w->addresses[i].port == port;
    return count;
}

static void tell_place(const struct scene *s, const struct mac *mac, struct finding *out)
{
    const char *box = NULL, *port = NULL;
    struct mono at = {0};
    size_t fewest = 0;
    for (size_t i = 0; i < s->node_count; i++) {
        const struct wiring *w = s->nodes[i].wiring;
        uint32_t heard = w ? wiring_port_of(w, mac, 0) : 0;
        size_t others = heard ? heard_with(w, heard) : 0;
        const char *name = heard ? wiring_port_name(w, heard) : NULL;
        if (!name || (box && others >= fewest))
            continue;
        box = s->nodes[i].name;
        port = name;
        at = w->at[WIRING_LIST_FDB];
        fewest = others;
        out->node = (uint32_t)i;
    }
    char place[ARGUMENT_VALUE_MAX] = "", text[MAC_TEXT_MAX], source[EVIDENCE_SOURCE_MAX];
    if (box) {
        snprintf(place, sizeof place, " It is heard at port %s of %s.", port, box);
        snprintf(out->port, sizeof out->port, "%s", port);
        snprintf(source, sizeof source, "forwarding table of %s", box);
        finding_evidence(out, at, source, "%s is heard at port %s", mac_text(mac, text), port);
    }
    finding_argument(out, "place", place);
}

static const struct guest_offer *strange_offer(const struct network_trouble *t)
{
    for (size_t i = 0; i < t->result->offers_count; i++)
        if (!t->result->offers[i].expected && t->result->offers[i].vid == t->result->vid)
            return &t->result->offers[i];
    return NULL;
}

static void tell_stranger(const struct scene *s, const struct network_trouble *t, struct finding *out)
{
    char server[ADDR_TEXT_MAX], gateway[ADDR_TEXT_MAX], address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], source[64];
    const struct guest_offer *o = strange_offer(t);
    if (!o)
        return;
    finding_argument(out, "server", addr_text(&o->server, server));
    finding_argument(out, "mac", mac_text(&o->mac, mac));
    finding_argument(out, "gateway", addr_text(&o->gateway, gateway));
    put_vlan(t->vid, is_on_air(t), source);
    finding_evidence(out, t->at, source, "%s (%s) offers %s with gateway %s", server, mac,
                     addr_text(&o->address, address), *gateway ? gateway : "none");
    tell_place(s, &o->mac, out);
}

static void tell_strange_router(const struct scene *s, const struct network_trouble *t, struct finding *out)
{
    char addr[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX], source[64];
    for (size_t i = 0; i < t->result->routers_count; i++) {
        const struct guest_router *r = &t->result->routers[i];
        if (r->expected || r->vid != t->result->vid)
            continue;
        finding_argument(out, "server", addr_text(&r->addr, addr));
        finding_argument(out, "mac", mac_text(&r->mac, mac));
        put_vlan(t->vid, is_on_air(t), source);
        finding_evidence(out, t->at, source, "%s (%s) says that it is a router", addr, mac);
        tell_place(s, &r->mac, out);
        return;
    }
}

static void tell_leaks(const struct network_trouble *t, struct finding *out)
{
    char text[ARGUMENT_VALUE_MAX] = "", addr[ADDR_TEXT_MAX];
    size_t used = 0;
    for (size_t i = 0; i < t->result->leaks_count && i < LEAKS_NAMED && used + 80 < sizeof text; i++) {
        const struct guest_leak *l = &t->result->leaks[i];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s by %s", i ? ", " : "",
                                 l->node ? l->node : addr_text(&l->addr, addr), l->how ? l->how : "?");
    }
    finding_argument(out, "leaks", text);
}

/* No probe fails: only the VLAN can be told. */
static void describe_settings(const struct network_suspect *n, struct finding *out)
{
    char vlan[32];
    put_vlan(n->vid, false, vlan);
    finding_argument(out, "vlans", vlan);
    finding_argument(out, ARGUMENT_VIDS, "");
}

void network_describe(const struct scene *s, const struct network_suspect *n, struct finding *out)
{
    const struct network_trouble *first = n->troubles;
    out->network = n->names[0];
    tell_networks(n, out);
    tell_router(s, out);
    if (!n->count) {
        describe_settings(n, out);
        return;
    }
    struct guest_step_result failed = guest_step_of(first->result, first->failure.step);
    tell_vlans(n, out);
    finding_argument(out, "step", guest_step_words[first->failure.step]);
    finding_argument(out, "reason", guest_reason_words[first->failure.reason]);
    finding_argument(out, "detail", failed.detail);
    finding_argument(out, "why", failed.detail && *failed.detail ? failed.detail
                                                                 : guest_reason_words[first->failure.reason]);
    if (n->matter == GUEST_MATTER_DHCP)
        tell_stranger(s, first, out);
    if (n->matter == GUEST_MATTER_RA)
        tell_strange_router(s, first, out);
    if (n->matter == GUEST_MATTER_ISOLATION)
        tell_leaks(first, out);
    tell_steps(n, out);
}
