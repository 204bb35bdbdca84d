/* A whole place is gone with the far end of the link that leads there, while the near end answers. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

#define SILENT_BEFORE_S 20 /* a report of that moment may have been under way */
#define SEEN_MOST_S 300

static bool whole_site_silent(const struct scene *s, const struct suspect *x, const char *site)
{
    for (size_t i = 0; i < s->node_count; i++) {
        const struct scene_node *n = &s->nodes[i];
        bool of_site = n->site && strcmp(n->site, site) == 0;
        if (of_site && n->watched && n->class != CLASS_ROAMING && !suspect_has(x, (uint32_t)i))
            return false;
    }
    return true;
}

static bool same_site(const struct scene_node *a, const struct scene_node *b)
{
    return a->site && b->site && strcmp(a->site, b->site) == 0;
}

/* The place's own hayloft reports by another way, since then. */
static bool is_seen_from_there(const struct scene *s, const struct scene_node *far, struct finding *out)
{
    const struct known_fact *f = facts_find(s->own, "vantage.lan", far->site);
    bool fresh = f && mono_before(mono_after(far->silent_since, SECONDS(SILENT_BEFORE_S)), f->at) &&
                 mono_since(s->now.mono, f->at) < SECONDS(SEEN_MOST_S);
    if (!fresh || strcmp(f->value, "fine") != 0)
        return false;
    finding_evidence(out, f->at, "the vantage there", "%s reports by another way that all there answers", far->site);
    return true;
}

static bool judge_cut_off(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_SILENCE)
        return false;
    const struct scene_link *l = scene_link_far(s, x->node);
    const struct scene_node *far = &s->nodes[x->node];
    if (!l || !far->site || s->nodes[l->near].silent || same_site(far, &s->nodes[l->near]) ||
        !whole_site_silent(s, x, far->site))
        return false;
    out->kind = CAUSE_SITE_CUT_OFF;
    out->strength = STRENGTH_SITE;
    bool seen = is_seen_from_there(s, far, out);
    out->variant = seen ? "seen" : l->bridge ? NULL : "wire";
    out->confidence = seen ? CONFIDENCE_CERTAIN : out->confidence;
    out->site = far->site;
    out->link = l;
    out->node = x->node;
    out->behind = l->name;
    char count[24];
    snprintf(count, sizeof count, "%zu", x->group_count);
    finding_argument(out, "count", count);
    silence_describe(s, x, out);
    return true;
}

static const struct rule_need needs[] = {{FACT_OF_PARENT, "port.oper", SECONDS(10)}, {.fact = NULL}};
const struct rule site_cut_off_rule = {.name = "site cut off", .needs = needs,
                                       .judge = judge_cut_off};
