/* The words for what tables say of a way. */
#include <stdarg.h>
#include <stdio.h>

#include "poller/engine/way_look_internal.h"

#define TEXT_MAX 512

char *way_look_text(struct look_draft *d, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t most = sizeof text - 1, used = len < 0 ? 0 : (size_t)len < most ? (size_t)len : most;
    char *kept = arena_text(d->arena, text, used);
    d->failed |= !kept;
    return kept;
}

static const char *name_of(const struct look_draft *d, const struct audit_finding *f)
{
    return topology_name(d->w->topology, f->box);
}

char *way_look_fault_text(struct look_draft *d, const struct audit_finding *f)
{
    char ports[ARGUMENT_VALUE_MAX];
    const char *box = name_of(d, f);
    uint32_t vid = d->w->network->vid;
    audit_ports_text(d->w->topology, f, ports, sizeof ports);
    switch (f->fault) {
    case AUDIT_VLAN_UNKNOWN:
        return way_look_text(d, "%s does not know VLAN %u", box, vid);
    case AUDIT_NOT_MEMBER:
        return way_look_text(d, "%s does not have %s in VLAN %u", box, ports, vid);
    case AUDIT_WRONG_VLAN:
        return way_look_text(d, "%s has %s in VLAN %u, not in %u", box, ports, f->ports[0].instead, vid);
    case AUDIT_UNTAGGED:
        return way_look_text(d, "%s sends VLAN %u out of %s without a tag", box, vid, ports);
    case AUDIT_WRONG_PVID:
        return way_look_text(d, "%s puts what comes into %s into VLAN %u, not into %u", box, ports,
                             f->ports[0].instead, vid);
    case AUDIT_TRANSLATES:
        return way_look_text(d, "%zu nodes behind %s answer with one address", f->translation.node_count, box);
    }
    return way_look_text(d, "%s", box);
}

char *way_look_fix(struct look_draft *d, const struct audit_finding *f)
{
    char ports[ARGUMENT_VALUE_MAX];
    uint32_t vid = d->w->network->vid;
    audit_ports_text(d->w->topology, f, ports, sizeof ports);
    switch (f->fault) {
    case AUDIT_VLAN_UNKNOWN:
        return way_look_text(d, "make VLAN %u, and put %s into it, tagged", vid, ports);
    case AUDIT_NOT_MEMBER:
        return way_look_text(d, "put %s into VLAN %u, tagged", ports, vid);
    case AUDIT_WRONG_VLAN:
        return way_look_text(d, "move %s from VLAN %u to %u, untagged, with %u as its PVID", ports,
                             f->ports[0].instead, vid, vid);
    case AUDIT_UNTAGGED:
        return way_look_text(d, "let VLAN %u leave %s with its tag", vid, ports);
    case AUDIT_WRONG_PVID:
        return way_look_text(d, "make %u the PVID of %s, or let the VLAN leave it with its tag", vid, ports);
    case AUDIT_TRANSLATES:
        break;
    }
    return NULL;
}

char *way_look_gap_text(struct look_draft *d, const struct audit_site *s)
{
    const char *box = topology_name(d->w->topology, s->gap_box), *site = s->site ? s->site : "farm";
    switch (s->gap) {
    case AUDIT_NO_ROUTER:
        return way_look_text(d, "nobody knows which node is the router");
    case AUDIT_NO_SERVER:
        return way_look_text(d, "no access point, mesh node or switch is known that serves the %s", site);
    case AUDIT_NO_WAY:
        return way_look_text(d, "nobody knows what %s hangs on: name its parent", box);
    case AUDIT_SEVERAL_WAYS:
        return way_look_text(d, "there are several ways to %s, and no table says which one is taken", box);
    case AUDIT_MUTE:
        return way_look_text(d, "no switch on the way to the %s tells of VLANs", site);
    case AUDIT_OLD:
        return way_look_text(d, "the VLANs of %s were read more than half an hour ago", box);
    case AUDIT_UNTOLD:
        return way_look_text(d, "%s does not tell which port leads on, or who is in the VLAN", box);
    case AUDIT_GAP_NONE:
        break;
    }
    return way_look_text(d, "nothing is known");
}
