#include "poller/diagnose/rules/silence.h"

#include <stdio.h>
#include <string.h>

#define SILENT_NODES_NAMED 4 /* one evidence line each; the rest is counted */

bool suspect_has(const struct suspect *x, uint32_t node)
{
    for (size_t i = 0; i < x->group_count; i++)
        if (x->group[i] == node)
            return true;
    return false;
}

static void tell_silent(const struct scene *s, uint32_t node, struct finding *out)
{
    const struct scene_node *n = &s->nodes[node];
    char source[EVIDENCE_SOURCE_MAX];
    snprintf(source, sizeof source, "%s %s", n->life, n->name);
    if (*n->reason && strcmp(n->reason, "timeout") != 0)
        finding_evidence(out, n->silent_since, source, "%s does not answer (%s)", n->name, n->reason);
    else
        finding_evidence(out, n->silent_since, source, "%s does not answer", n->name);
}

static void tell_parents(const struct scene *s, uint32_t node, struct finding *out)
{
    const struct dependency *d = &s->hangs[node];
    for (size_t i = 0; i < d->parent_count; i++) {
        const struct scene_node *p = &s->nodes[d->parents[i]];
        char source[EVIDENCE_SOURCE_MAX];
        if (!p->watched || p->silent)
            continue;
        snprintf(source, sizeof source, "%s %s", p->life, p->name);
        finding_evidence(out, s->now.mono, source, "%s, which it hangs on, answers", p->name);
    }
}

static void count_behind(const struct suspect *x, struct finding *out)
{
    char count[24], text[64];
    size_t behind = x->group_count > 1 ? x->group_count - 1 : 0;
    snprintf(count, sizeof count, "%zu", behind);
    finding_argument(out, "behind_count", count);
    *text = '\0';
    if (behind == 1)
        snprintf(text, sizeof text, " The device behind it is cut off with it.");
    else if (behind > 1)
        snprintf(text, sizeof text, " The %zu devices behind it are cut off with it.", behind);
    finding_argument(out, "behind", text);
}

void silence_describe(const struct scene *s, const struct suspect *x, struct finding *out)
{
    tell_silent(s, x->node, out);
    tell_parents(s, x->node, out);
    size_t named = 0;
    for (size_t i = 0; i < x->group_count && named < SILENT_NODES_NAMED; i++)
        if (x->group[i] != x->node) {
            tell_silent(s, x->group[i], out);
            named++;
        }
    finding_argument(out, "reason", s->nodes[x->node].reason);
    count_behind(x, out);
}

void check_describe(const struct scene *s, const struct suspect *x, struct finding *out)
{
    const struct scene_node *n = &s->nodes[x->node];
    char source[EVIDENCE_SOURCE_MAX], service[ARGUMENT_VALUE_MAX];
    snprintf(service, sizeof service, "%s%s%s", x->check_kind, *x->label ? " " : "", x->label);
    snprintf(source, sizeof source, "%s %s", service, n->name);
    finding_argument(out, "check", x->check_kind);
    finding_argument(out, "label", x->label);
    finding_argument(out, "service", service);
    finding_argument(out, "reason", x->reason);
    finding_argument(out, "detail", x->detail);
    finding_evidence(out, s->now.mono, source, "%s on %s fails: %s%s%s", service, n->name, x->reason,
                     x->detail && *x->detail ? ", " : "", x->detail ? x->detail : "");
}
