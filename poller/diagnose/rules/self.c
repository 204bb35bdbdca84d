/* It is us: our own cable, port or switch, or a fault inside. */
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/rules/silence.h"

static const struct known_fact *dead_carrier(const struct scene *s)
{
    for (size_t i = 0; i < s->own->count; i++) {
        const struct known_fact *f = &s->own->facts[i];
        if (strcmp(f->name, "own.carrier") == 0 && f->value && strcmp(f->value, "down") == 0)
            return f;
    }
    return NULL;
}

static bool judge_isolated(const struct scene *s, const struct suspect *x, struct finding *out)
{
    char count[24];
    if (x->kind != SUSPECT_ALL)
        return false;
    const struct known_fact *carrier = dead_carrier(s);
    out->kind = CAUSE_WATCHER_ISOLATED;
    out->strength = STRENGTH_SELF;
    out->behind = "here";
    snprintf(count, sizeof count, "%zu", x->group_count);
    finding_argument(out, "count", count);
    if (carrier) {
        out->confidence = CONFIDENCE_CERTAIN;
        out->variant = "carrier";
        snprintf(out->port, sizeof out->port, "%s", carrier->subject);
        finding_evidence(out, carrier->at, "this machine", "our own interface %s has no link",
                         carrier->subject);
    }
    finding_evidence(out, s->nodes[x->node].silent_since, "this machine",
                     "none of %zu devices answers", x->group_count);
    return true;
}
const struct rule watcher_isolated_rule = {.name = "watcher isolated", .judge = judge_isolated};

/* "vantage barn": the words are of any vantage. */
static bool names_a_vantage(const struct suspect *x, struct finding *out)
{
    static const char begin[] = "vantage ";
    if (strncmp(x->reason, begin, sizeof begin - 1) != 0)
        return false;
    finding_argument(out, "vantage", x->reason + sizeof begin - 1);
    return true;
}

static bool judge_own_fault(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_OWN)
        return false;
    out->kind = CAUSE_OWN_FAULT;
    out->strength = STRENGTH_SELF;
    out->confidence = CONFIDENCE_CERTAIN;
    out->variant = names_a_vantage(x, out) ? "vantage" : x->reason;
    finding_argument(out, "what", x->reason);
    finding_argument(out, "detail", x->detail);
    finding_evidence(out, s->now.mono, "this machine", "%s: %s", x->reason,
                     x->detail ? x->detail : "");
    return true;
}
const struct rule own_fault_rule = {.name = "own fault", .judge = judge_own_fault};
