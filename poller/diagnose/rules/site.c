/* A whole place is gone with the far end of the link that leads there, while the near end answers. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

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
    out->variant = l->bridge ? NULL : "wire";
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
