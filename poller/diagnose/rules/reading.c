/* A figure or a state of a living device is bad: heat, an empty battery, a full disk, a weak radio. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poller/diagnose/reading_cause.h"
#include "poller/diagnose/rule.h"

/* With the unit: "-88 dBm", "95 %", "91 °C". */
static void write_value(const struct bad_reading *r, double value, char out[static ARGUMENT_VALUE_MAX])
{
    const char *unit = strcmp(r->unit, "C") == 0 ? "°C" : strcmp(r->unit, "count") == 0 ? "" : r->unit;
    snprintf(out, ARGUMENT_VALUE_MAX, "%.4g%s%s", value, *unit ? " " : "", unit);
}

static const char *variant_of(enum cause_kind kind, const struct bad_reading *r)
{
    if (kind == CAUSE_UPS_ON_BATTERY)
        return reading_is_on_battery(r->label, r->state ? r->state : "") ? NULL : "other";
    if (r->state)
        return "state";
    return kind == CAUSE_TEMPERATURE && r->below ? "cold" : NULL;
}

static void tell_value(const struct scene *s, const struct suspect *x, struct finding *out)
{
    const struct bad_reading *r = x->reading;
    char value[ARGUMENT_VALUE_MAX], limit[ARGUMENT_VALUE_MAX] = "";
    if (r->state) {
        finding_evidence(out, r->at, s->nodes[x->node].name, "%s: %s", r->label, r->state);
        return;
    }
    write_value(r, r->value, value);
    if (!isnan(r->limit))
        write_value(r, r->limit, limit);
    finding_argument(out, "limit", limit);
    finding_evidence(out, r->at, s->nodes[x->node].name, "%s is %s, %s %s is bad", r->label, value,
                     r->below ? "below" : "above", limit);
}

static bool judge_reading(const struct scene *s, const struct suspect *x, struct finding *out)
{
    if (x->kind != SUSPECT_READING)
        return false;
    const struct bad_reading *r = x->reading;
    out->kind = reading_cause(r->meaning, r->class_);
    out->strength = STRENGTH_CHECK;
    out->confidence = out->kind == CAUSE_RADIO_FADING || out->kind == CAUSE_RADIO_INTERFERENCE ? CONFIDENCE_LIKELY
                                                                                              : CONFIDENCE_CERTAIN;
    out->node = x->node;
    out->site = s->nodes[x->node].site;
    out->link = scene_link_any(s, x->node);
    out->variant = variant_of(out->kind, r);
    finding_argument(out, "label", r->label);
    finding_argument(out, "state", r->state ? r->state : "");
    tell_value(s, x, out);
    return out->kind != CAUSE_NONE;
}
const struct rule reading_rule = {.name = "bad reading", .judge = judge_reading};
