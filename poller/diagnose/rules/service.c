/* A service of a living device fails, or its certificate ends soon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

static bool judge_service(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_CHECK)
        return false;
    out->kind = CAUSE_SERVICE_DOWN;
    out->strength = STRENGTH_FALLBACK;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    out->variant = strcmp(x->reason, "refused") == 0 ? "refused"
                   : strcmp(x->reason, "timeout") == 0 ? "timeout"
                                                       : NULL;
    check_describe(s, x, out);
    finding_evidence(out, s->now.mono, s->nodes[x->node].life, "%s itself is up",
                     s->nodes[x->node].name);
    return true;
}
const struct rule service_down_rule = {.name = "service down", .judge = judge_service};

static bool judge_certificate(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_EXPIRY)
        return false;
    const struct known_fact *f = facts_find(s->nodes[x->node].facts, "tls.expires", x->label);
    long long left_s = f ? strtoll(f->value, NULL, 10) - wall_seconds(s->now.wall) : 0;
    char left[CLOCK_TEXT_MAX];
    out->kind = CAUSE_CERTIFICATE_EXPIRING;
    out->strength = STRENGTH_CHECK;
    out->confidence = CONFIDENCE_CERTAIN;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    out->variant = left_s <= 0 ? "over" : NULL;
    snprintf(left, sizeof left, "%lld day%s", left_s / 86400, left_s / 86400 == 1 ? "" : "s");
    finding_argument(out, "label", x->label);
    finding_argument(out, "left", left);
    finding_evidence(out, f ? f->at : s->now.mono, x->label, "the certificate ends in %s", left);
    return true;
}
const struct rule certificate_rule = {.name = "certificate expiring", .judge = judge_certificate};
