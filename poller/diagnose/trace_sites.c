/* What each hop and each site turn out to be. */
#include <string.h>

#include "poller/diagnose/trace_internal.h"

static bool same_site(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_heard(const struct trace_hop *h)
{
    return h->probe.mark == TRACE_HEARD;
}

/* Of the boxes on all ways that stand at the site, one that heard the probe. */
static uint32_t hearing_box(const struct trace_draft *d, const char *site)
{
    for (size_t i = 0; i < d->out->way_count; i++)
        for (size_t k = 0; k < d->ways[i].hop_count; k++) {
            const struct trace_hop *h = &d->ways[i].hops[k];
            if (is_heard(h) && same_site(topology_site(d->t, h->at.box), site))
                return h->at.box;
        }
    return BOX_NONE;
}

static bool is_crossed(const struct trace_draft *d, const char *site)
{
    const struct trace_way *w = &d->ways[0];
    for (size_t i = 0; i < w->hop_count && d->q->symptom == TRACE_WELL; i++)
        if (!w->hops[i].at.maybe && same_site(topology_site(d->t, w->hops[i].at.box), site))
            return true;
    return false;
}

static bool is_broken(const struct trace_draft *d, const char *site)
{
    for (size_t i = 1; i < d->out->way_count; i++)
        if (d->ways[i].part == TRACE_PART_BROKEN && same_site(d->ways[i].site, site))
            return true;
    return false;
}

static void judge_site(const struct trace_draft *d, struct trace_site *s)
{
    s->box = hearing_box(d, s->site);
    s->reach = is_broken(d, s->site)     ? TRACE_REACH_BROKEN
               : is_crossed(d, s->site)  ? TRACE_REACH_CROSSED
               : s->box != BOX_NONE      ? TRACE_REACH_HEARD
                                         : TRACE_REACH_UNKNOWN;
}

void trace_judge_sites(struct trace_draft *d)
{
    const struct network_view *n = d->q->network;
    struct trace_site *sites = arena_take(d->arena, (n->site_count + d->t->box_count) * sizeof *sites + 1);
    size_t count = 0;
    d->failed |= !sites;
    for (size_t i = 0; sites && i < n->site_count; i++)
        sites[count++].site = n->sites[i];
    for (uint32_t i = 0; sites && i < d->t->box_count && !n->site_count; i++) {
        const char *site = topology_site(d->t, i);
        bool known = false;
        for (size_t k = 0; k < count; k++)
            known |= same_site(sites[k].site, site);
        if (!known)
            sites[count++].site = site;
    }
    for (size_t i = 0; sites && i < count; i++)
        judge_site(d, &sites[i]);
    d->out->sites = sites;
    d->out->site_count = sites ? count : 0;
}

static bool is_in_stretch(const struct trace_stretch *s, uint32_t box)
{
    if (s->decided)
        return s->suspects[0].box == box;
    for (size_t i = 0; i < s->suspect_count; i++)
        if (s->suspects[i].box == box)
            return true;
    return false;
}

/* Of the stretch itself: who heard the probe is well, unless the answers are what is lost, or only full frames. */
static enum trace_part part_in_stretch(const struct trace_draft *d, uint32_t box, bool heard)
{
    const struct trace_stretch *s = &d->out->stretch;
    if (s->decided)
        return TRACE_PART_BROKEN;
    if (d->q->symptom == TRACE_GIANTS)
        return TRACE_PART_UNKNOWN;
    if (s->back)
        return box == s->to ? TRACE_PART_OK : TRACE_PART_BROKEN;
    return heard ? TRACE_PART_OK : TRACE_PART_BROKEN;
}

static enum trace_part part_of(const struct trace_draft *d, const struct trace_way *w, const struct trace_hop *h,
                               bool heard)
{
    const struct trace *out = d->out;
    bool named = out->kind != CAUSE_NONE && out->confidence != CONFIDENCE_POSSIBLE;
    if (named && out->kind == CAUSE_MAC_TRANSLATING && out->translation.radio == h->at.box)
        return TRACE_PART_BROKEN;
    if (w == d->ways && d->q->symptom == TRACE_WELL)
        return h->at.maybe ? TRACE_PART_UNKNOWN : TRACE_PART_OK;
    if (named && out->stretch.found && is_in_stretch(&out->stretch, h->at.box))
        return part_in_stretch(d, h->at.box, heard);
    return heard ? TRACE_PART_OK : TRACE_PART_UNKNOWN;
}

/* What lies beyond the last box that heard it is open. */
void trace_mark_way(struct trace_draft *d, struct trace_way *w)
{
    struct trace_hop *hops = (struct trace_hop *)(uintptr_t)w->hops;
    struct trace_break b = trace_forward(d, w);
    bool concerned = w == d->ways || same_site(d->out->site, w->site), broken = b.found;
    bool through = w == d->ways && d->q->symptom == TRACE_WELL;
    for (int i = 0; i < (int)w->hop_count; i++) {
        hops[i].part = part_of(d, w, &hops[i], i <= b.from && !hops[i].at.maybe);
        broken |= hops[i].part == TRACE_PART_BROKEN && concerned;
    }
    broken |= w == d->ways && d->q->symptom > TRACE_SILENCE;
    bool ended = w->hop_count && b.from == (int)w->hop_count - 1;
    w->part = through ? TRACE_PART_OK : broken ? TRACE_PART_BROKEN : ended ? TRACE_PART_OK : TRACE_PART_UNKNOWN;
}
