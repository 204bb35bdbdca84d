#include "collectors/ups/ups_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct figure {
    const char *variable, *meaning, *label, *source;
    double scale;
};

static const struct figure figures[] = {
    {"battery.charge", "battery-charge", "battery", "battery_charge", 1},
    {"battery.runtime", "battery-runtime", "battery", "battery_runtime",
     1 / 60.0}, /* told in seconds */
    {"battery.voltage", "battery-voltage", "battery", "battery_voltage", 1},
    {"battery.current", "battery-current", "battery", "battery_current", 1},
    {"battery.temperature", "battery-temperature", "battery", "battery_temperature", 1},
    {"input.voltage", "input-voltage", "input", "input_voltage", 1},
    {"input.frequency", "input-frequency", "input", "input_frequency", 1},
    {"input.current", "input-current", "input", "input_current", 1},
    {"output.voltage", "output-voltage", "output", "output_voltage", 1},
    {"output.frequency", "output-frequency", "output", "output_frequency", 1},
    {"output.current", "output-current", "output", "output_current", 1},
    {"ups.realpower", "output-power", "output", "output_power", 1},
    {"ups.load", "load", "output", "load", 1},
    {"ups.temperature", "temperature", "inside", "temperature", 1},
    {"ambient.temperature", "ambient-temperature", "ambient", "ambient_temperature", 1},
    {"ambient.humidity", "humidity", "ambient", "humidity", 1},
};

/* The first word of ups.status that is there decides; NULL: when none is. Numbers are those of
 * UPS-MIB (RFC 1628) where it has them. */
struct flag {
    const char *word;
    double value;
    enum reading_level level;
    const char *state;
};

static const struct flag source_flags[] = {
    {"OFF", 2, READING_BAD, "nothing"},    {"OB", 5, READING_BAD, "battery"},
    {"BYPASS", 4, READING_WARN, "bypass"}, {"BOOST", 6, READING_WARN, "booster"},
    {"TRIM", 7, READING_WARN, "reducer"},  {"OL", 3, READING_GOOD, "mains"},
    {NULL, 1, READING_UNJUDGED, "other"}};
static const struct flag battery_flags[] = {{"LB", 3, READING_BAD, "low"},
                                            {"HB", 5, READING_WARN, "high"},
                                            {"DISCHRG", 6, READING_WARN, "discharging"},
                                            {"CHRG", 7, READING_GOOD, "charging"},
                                            {NULL, 2, READING_GOOD, "normal"}};
static const struct flag replace_flags[] = {{"RB", 1, READING_BAD, "replace"},
                                            {NULL, 0, READING_GOOD, "good"}};
static const struct flag ups_flags[] = {{"FSD", 4, READING_BAD, "shutting down"},
                                        {"OVER", 3, READING_BAD, "overloaded"},
                                        {"ALARM", 2, READING_WARN, "alarm"},
                                        {"CAL", 1, READING_UNJUDGED, "calibrating"},
                                        {NULL, 0, READING_GOOD, "normal"}};

static const struct {
    const char *meaning, *label, *source;
    const struct flag *flags;
} states[] = {{"output-source", "output from", "output_source", source_flags},
              {"battery-state", "battery", "battery_state", battery_flags},
              {"battery-replace", "battery", "battery_replace", replace_flags},
              {"ups-state", "UPS", "ups_state", ups_flags}};

const char *ups_variable(const struct ups_answer *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->names[i] && a->values[i] && strcmp(a->names[i], name) == 0)
            return a->values[i];
    return NULL;
}

bool ups_status_has(const char *status, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = status + strspn(status, " "); *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (n == len && memcmp(p, word, len) == 0)
            return true;
        p += n;
    }
    return false;
}

/* Some drivers write "OL CHRG LB" and the like; "WAIT" stands there while a driver starts. */
static bool says_something(const char *status)
{
    return status && *status && !ups_status_has(status, "WAIT");
}

/* A whole number or one with a fraction, with blanks around; NaN: it is none. */
static double number_of(const char *text)
{
    char *end = NULL;
    double value = text ? strtod(text, &end) : NAN;
    if (!text || end == text || end[strspn(end, " ")] || !isfinite(value))
        return NAN;
    return value;
}

static struct reading *add(struct ups_figures *out, const struct profile_set *set,
                           const char *meaning, const char *variable)
{
    const struct meaning *m = set ? profile_meaning(set, meaning) : NULL;
    struct reading *r = &out->items[out->count++];
    *r = (struct reading){.meaning = meaning,
                          .class_ = m && m->class_ ? m->class_ : "",
                          .unit = m && m->unit ? m->unit : "",
                          .index = "0",
                          .oid = variable,
                          .limits = m ? m->limits : reading_no_limits};
    return r;
}

/* What the UPS itself takes for low, where it says so. */
static void limit_by_variables(const struct ups_answer *a, const struct figure *f,
                               struct reading *r)
{
    struct reading_limits own = reading_no_limits;
    if (strcmp(f->variable, "battery.charge") == 0) {
        own.bad_low = number_of(ups_variable(a, "battery.charge.low"));
        own.warn_low = number_of(ups_variable(a, "battery.charge.warning"));
    } else if (strcmp(f->variable, "battery.runtime") == 0) {
        own.bad_low = number_of(ups_variable(a, "battery.runtime.low")) * f->scale;
    }
    r->limits = reading_limits_over(&r->limits, &own);
}

void ups_figures_read(const struct ups_answer *a, const struct profile_set *meanings,
                      const char *object, struct ups_figures *out)
{
    const char *status = ups_variable(a, "ups.status");
    out->count = 0;
    for (size_t i = 0; i < sizeof states / sizeof states[0] && says_something(status); i++) {
        const struct flag *f = states[i].flags;
        struct reading *r = add(out, meanings, states[i].meaning, "ups.status");
        while (f->word && !ups_status_has(status, f->word))
            f++;
        r->label = states[i].label;
        r->value = f->value;
        r->level = f->level;
        r->state = f->state;
        r->object = object;
        r->source = states[i].source;
    }
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        double value = number_of(ups_variable(a, figures[i].variable));
        if (isnan(value))
            continue;
        struct reading *r = add(out, meanings, figures[i].meaning, figures[i].variable);
        r->label = figures[i].label;
        r->value = value * figures[i].scale;
        r->object = object;
        r->source = figures[i].source;
        limit_by_variables(a, &figures[i], r);
    }
}
