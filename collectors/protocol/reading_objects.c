#include "collectors/protocol/reading_objects.h"

#include <string.h>

#define SOURCES_MAX 64 /* of one object */

static enum value_unit unit_of(const char *word)
{
    static const struct {
        const char *word;
        enum value_unit unit;
    } units[] = {{"dBm", UNIT_DBM},       {"C", UNIT_CELSIUS},     {"V", UNIT_VOLT},
                 {"bps", UNIT_BIT_PER_S}, {"s", UNIT_SECONDS},     {"%", UNIT_PERCENT},
                 {"dB", UNIT_DB},         {"A", UNIT_AMPERE},      {"W", UNIT_WATT},
                 {"Hz", UNIT_HERTZ},      {"MHz", UNIT_MEGAHERTZ}, {"min", UNIT_MINUTES},
                 {"km", UNIT_KILOMETRES}, {"rpm", UNIT_RPM}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].word, word) == 0)
            return units[i].unit;
    return UNIT_NONE;
}

static bool has_source(const struct object_measures *o, const char *source)
{
    for (size_t i = 0; i < o->measure_count; i++)
        if (strcmp(o->measures[i].source, source) == 0)
            return true;
    return false;
}

static bool is_of(const struct reading *r, const char *object)
{
    return r->object && strcmp(r->object, object) == 0;
}

static bool fill(const struct reading *readings, size_t count, const char *object,
                 struct arena *arena, struct object_measures *o)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += is_of(&readings[i], object);
    struct measure *m = arena_take(arena, most * sizeof *m);
    *o = (struct object_measures){.object = object, .layout = LAYOUT_READINGS, .measures = m};
    for (size_t i = 0; m && i < count && o->measure_count < SOURCES_MAX; i++) {
        const struct reading *r = &readings[i];
        if (is_of(r, object) && !has_source(o, r->source))
            m[o->measure_count++] = (struct measure){r->source, r->value, unit_of(r->unit)};
    }
    return m != NULL;
}

bool reading_objects(const struct reading *readings, size_t count, struct arena *arena,
                     struct object_measures *out, size_t *made)
{
    *made = 0;
    for (size_t i = 0; i < count; i++) {
        const char *object = readings[i].object;
        size_t k = 0;
        while (object && k < *made && strcmp(out[k].object, object) != 0)
            k++;
        if (!object || !*object || k < *made)
            continue;
        if (!fill(readings, count, object, arena, &out[(*made)++]))
            return false;
    }
    return true;
}
