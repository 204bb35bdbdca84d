#include "poller/engine/way_look.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/way_look_internal.h"

static bool same_site(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* --- which finding --- */

/* A trace that names all guests explains why the probe fails; one that names a site explains what settings do not. */
static bool trace_counts(const struct way_told *w)
{
    return w->trace && w->trace->kind != CAUSE_NONE && w->trace->confidence != CONFIDENCE_POSSIBLE &&
           !(w->also_main && w->symptom == TRACE_SILENCE);
}

static size_t failing_sites(const struct way_told *w, size_t finding, const char **only)
{
    size_t count = 0;
    for (size_t i = 0; i < w->audit->site_count; i++) {
        const struct audit_site *s = &w->audit->sites[i];
        if (s->verdict != VERDICT_FAILING || s->finding != finding)
            continue;
        *only = s->site;
        count++;
    }
    return count;
}

/* Of a network that names no sites, wherever boxes stand. */
static bool has_other_sites(const struct way_told *w, const char *site)
{
    for (size_t i = 0; i < w->network->site_count; i++)
        if (!same_site(w->network->sites[i], site))
            return true;
    for (uint32_t i = 0; i < w->topology->box_count && !w->network->site_count; i++)
        if (!same_site(topology_site(w->topology, i), site))
            return true;
    return false;
}

static enum cause_kind kind_of_fault(enum audit_fault f)
{
    return f == AUDIT_TRANSLATES ? CAUSE_MAC_TRANSLATING : CAUSE_VLAN_NOT_MEMBER;
}

static void take_evidence(struct look_draft *d, const struct finding_evidence *list, size_t count)
{
    d->out->finding.evidence = arena_copy(d->arena, list, count * sizeof *list);
    d->out->finding.evidence_count = d->out->finding.evidence ? count : 0;
}

static void tell_audit_evidence(struct look_draft *d, const struct audit_finding *f)
{
    struct finding_evidence e = {.at = f->at};
    snprintf(e.fact, sizeof e.fact, "%s", way_look_fault_text(d, f));
    snprintf(e.source, sizeof e.source, "%s %s", f->fault == AUDIT_TRANSLATES ? "arp" : "vlans",
             topology_name(d->w->topology, f->box));
    take_evidence(d, &e, 1);
}

static void name_box(struct look_draft *d, uint32_t box)
{
    const struct topology *t = d->w->topology;
    d->out->finding.node = t->boxes[box].node;
    d->out->finding.link = scene_link_any(t->given->scene, t->boxes[box].node);
}

static void take_audit(struct look_draft *d)
{
    const struct way_told *w = d->w;
    const struct audit_finding *f = w->audit->findings;
    struct vlan_finding *v = &d->out->finding;
    const char *only = NULL;
    v->kind = kind_of_fault(f->fault);
    v->variant = f->fault == AUDIT_NOT_MEMBER || f->fault == AUDIT_TRANSLATES ? NULL : audit_fault_words[f->fault];
    v->confidence = f->confidence;
    v->in_settings = true;
    name_box(d, f->box);
    v->link = v->kind == CAUSE_MAC_TRANSLATING ? v->link : NULL;
    if (f->port_count) {
        char ports[ARGUMENT_VALUE_MAX];
        v->port = way_look_text(d, "%s", audit_ports_text(w->topology, f, ports, sizeof ports));
    }
    v->fix = way_look_fix(d, f);
    bool some = failing_sites(w, 0, &only) == 1 && has_other_sites(w, only);
    v->site = some && only ? way_look_text(d, "%s", only) : NULL;
    tell_audit_evidence(d, f);
}

/* The same box by the same settings: as the audit would say it. */
static struct audit_finding as_audit(const struct trace *t)
{
    const struct trace_stretch *s = &t->stretch;
    struct audit_finding f = {.fault = s->fault, .box = s->suspects[0].box, .confidence = CONFIDENCE_CERTAIN};
    f.ports[f.port_count++] = s->port;
    return f;
}

static void take_decided(struct look_draft *d)
{
    struct audit_finding f = as_audit(d->w->trace);
    struct vlan_finding *v = &d->out->finding;
    v->in_settings = v->kind == CAUSE_VLAN_NOT_MEMBER;
    v->variant = v->kind == CAUSE_VLAN_TAG_STRIPPED || f.fault == AUDIT_NOT_MEMBER ? NULL : audit_fault_words[f.fault];
    name_box(d, f.box);
    v->link = NULL;
    char ports[ARGUMENT_VALUE_MAX];
    v->port = way_look_text(d, "%s", audit_ports_text(d->w->topology, &f, ports, sizeof ports));
    v->fix = way_look_fix(d, &f);
}

static void take_stretch(struct look_draft *d)
{
    const struct trace *t = d->w->trace;
    char stretch[ARGUMENT_VALUE_MAX];
    if (t->stretch.found)
        d->out->finding.stretch =
            way_look_text(d, "%s", trace_stretch_text(d->w->topology, &t->stretch, stretch, sizeof stretch));
}

static void take_trace(struct look_draft *d)
{
    const struct trace *t = d->w->trace;
    struct vlan_finding *v = &d->out->finding;
    v->kind = t->kind;
    v->confidence = t->confidence;
    v->site = t->site ? way_look_text(d, "%s", t->site) : NULL;
    take_evidence(d, t->evidence, t->evidence_count);
    if (t->kind == CAUSE_MAC_TRANSLATING)
        name_box(d, t->translation.radio);
    else if (t->stretch.decided)
        take_decided(d);
    else
        take_stretch(d);
}

static void choose(struct look_draft *d)
{
    const struct way_told *w = d->w;
    bool counts = trace_counts(w), audited = w->audit->finding_count > 0;
    d->out->finding.node = SCENE_NONE;
    if (counts && (!w->trace->site || !audited))
        take_trace(d);
    else if (audited)
        take_audit(d);
    else if (w->trace && w->symptom == TRACE_SILENCE && !w->also_main && w->trace->kind != CAUSE_NONE)
        take_stretch(d); /* a server may be dead as well */
}

/* --- sites --- */

static void tell_site(struct look_draft *d, const struct trace_site *heard, const struct audit_site *set,
                      struct look_site *out)
{
    bool traced = heard && heard->reach == TRACE_REACH_BROKEN && trace_counts(d->w);
    *out = (struct look_site){.site = way_look_text(d, "%s", heard ? heard->site : set->site)};
    if (set && set->verdict == VERDICT_FAILING) {
        out->reach = LOOK_BROKEN;
        out->text = way_look_fault_text(d, &d->w->audit->findings[set->finding]);
    } else if (traced) {
        out->reach = LOOK_BROKEN;
        out->text = d->out->finding.stretch ? way_look_text(d, "gets lost %s", d->out->finding.stretch)
                                            : way_look_text(d, "%s", "does not get there");
    } else if (heard && heard->reach == TRACE_REACH_CROSSED) {
        out->reach = LOOK_CROSSED;
    } else if (heard && heard->reach == TRACE_REACH_HEARD) {
        out->reach = LOOK_HEARD;
        out->text = way_look_text(d, "%s hears the guest", topology_name(d->w->topology, heard->box));
    } else if (set && set->verdict == VERDICT_OK) {
        out->text = way_look_text(d, "the switches on the way let it through, but nothing in the %s can ask; a second "
                                  "hayloft there could", set->site);
    }
}

static const struct trace_site *traced_site(const struct way_told *w, const char *site)
{
    for (size_t i = 0; w->trace && i < w->trace->site_count; i++)
        if (same_site(w->trace->sites[i].site, site))
            return &w->trace->sites[i];
    return NULL;
}

static const struct audit_site *audited_site(const struct way_told *w, const char *site)
{
    for (size_t i = 0; i < w->audit->site_count; i++)
        if (same_site(w->audit->sites[i].site, site))
            return &w->audit->sites[i];
    return NULL;
}

static void tell_sites(struct look_draft *d)
{
    const struct way_told *w = d->w;
    size_t most = w->audit->site_count + (w->trace ? w->trace->site_count : 0);
    d->out->sites = arena_take(d->arena, most * sizeof *d->out->sites + 1);
    for (size_t i = 0; d->out->sites && i < w->audit->site_count; i++)
        if (w->audit->sites[i].site)
            tell_site(d, traced_site(w, w->audit->sites[i].site), &w->audit->sites[i],
                      &d->out->sites[d->out->site_count++]);
    for (size_t i = 0; d->out->sites && w->trace && i < w->trace->site_count; i++)
        if (w->trace->sites[i].site && !audited_site(w, w->trace->sites[i].site))
            tell_site(d, &w->trace->sites[i], NULL, &d->out->sites[d->out->site_count++]);
}

/* --- steps --- */

static char *audit_detail(struct look_draft *d)
{
    const struct audit *a = d->w->audit;
    if (a->finding_count)
        return way_look_fault_text(d, &a->findings[0]);
    for (size_t i = 0; i < a->site_count; i++)
        if (a->sites[i].verdict == VERDICT_UNKNOWN)
            return way_look_gap_text(d, &a->sites[i]);
    return way_look_text(d, "every switch on the way that tells of VLANs lets it through");
}

/* Where nobody tells of VLANs there is nothing to look at. */
static bool is_audited(const struct audit *a)
{
    for (size_t i = 0; i < a->site_count; i++)
        if (a->sites[i].verdict != VERDICT_UNKNOWN || a->sites[i].gap == AUDIT_OLD ||
            a->sites[i].gap == AUDIT_UNTOLD || a->sites[i].gap == AUDIT_SEVERAL_WAYS)
            return true;
    return false;
}

static void tell_steps(struct look_draft *d)
{
    const struct way_told *w = d->w;
    d->out->audit = (struct guest_step_result){.done = is_audited(w->audit), .verdict = w->audit->verdict,
                                               .detail = audit_detail(d)};
    if (!w->trace || w->symptom == TRACE_WELL)
        return;
    const struct trace_stretch *s = &w->trace->stretch;
    char stretch[ARGUMENT_VALUE_MAX] = "no table tells where";
    bool counts = trace_counts(w);
    if (s->found && !s->decided)
        trace_stretch_text(w->topology, s, stretch, sizeof stretch);
    d->out->trace = (struct guest_step_result){
        .done = true, .verdict = counts ? VERDICT_FAILING : VERDICT_UNKNOWN,
        .detail = s->decided || w->trace->kind == CAUSE_MAC_TRANSLATING
                      ? way_look_text(d, "at %s", topology_name(w->topology, s->decided
                                                                                 ? s->suspects[0].box
                                                                                 : w->trace->translation.radio))
                      : way_look_text(d, "%s", stretch)};
}

static bool has_gap(const struct audit *a, enum audit_gap gap)
{
    for (size_t i = 0; i < a->site_count; i++)
        if (a->sites[i].verdict == VERDICT_UNKNOWN && a->sites[i].gap == gap)
            return true;
    return false;
}

static void tell_doubts(struct look_draft *d)
{
    const struct audit *a = d->w->audit;
    const struct trace_way *w = d->w->trace ? &d->w->trace->ways[0] : NULL;
    for (size_t i = 0; w && i < w->hop_count; i++)
        d->out->early |= w->hops[i].probe.doubt == TRACE_EARLY;
    d->out->settings_old = !a->finding_count && has_gap(a, AUDIT_OLD);
    d->out->settings_untold = a->verdict == VERDICT_UNKNOWN && (has_gap(a, AUDIT_MUTE) || has_gap(a, AUDIT_UNTOLD));
}

struct network_look *way_look_make(const struct way_told *w)
{
    struct network_look *l = calloc(1, sizeof *l);
    struct look_draft d = {.w = w, .out = l, .arena = l ? arena_create(0) : NULL};
    if (!d.arena) {
        free(l);
        return NULL;
    }
    l->arena = d.arena;
    choose(&d);
    tell_sites(&d);
    tell_steps(&d);
    tell_doubts(&d);
    way_look_hops(&d);
    if (!d.failed)
        return l;
    network_look_destroy(l);
    return NULL;
}
