#include "collectors/guest/object.h"

#include <math.h>
#include <stdio.h>

static double value_of(const struct guest_step_result *s)
{
    if (!s->done || s->verdict == VERDICT_UNKNOWN)
        return NAN;
    return s->verdict == VERDICT_OK ? 1 : s->verdict == VERDICT_DEGRADED ? 0.5 : 0;
}

static void name_object(int64_t vid, char out[static OBJECT_NAME_MAX])
{
    if (vid == GUEST_UNTAGGED)
        snprintf(out, OBJECT_NAME_MAX, "guest-untagged");
    else
        snprintf(out, OBJECT_NAME_MAX, "guest-%d", (int)vid);
}

void guest_object_fill(const struct guest_result *r, struct guest_object *out)
{
    size_t first = r->steps[GUEST_SCAN].done ? GUEST_SCAN : GUEST_LINK, count = GUEST_CONTROL + 1 - first;
    name_object(r->vid, out->name);
    for (size_t i = 0; i < count; i++) {
        const struct guest_step_result *s = &r->steps[first + i];
        char *value = out->sources[2 * i], *time = out->sources[2 * i + 1];
        snprintf(value, sizeof out->sources[0], "%s", guest_step_words[first + i]);
        snprintf(time, sizeof out->sources[0], "%s_time", guest_step_words[first + i]);
        double seconds = s->done && s->took_ns > 0 ? (double)s->took_ns / (double)NS_PER_S : NAN;
        out->measures[2 * i] = (struct measure){value, value_of(s), UNIT_STATE};
        out->measures[2 * i + 1] = (struct measure){time, seconds, UNIT_SECONDS};
    }
    out->object = (struct object_measures){.object = out->name, .layout = LAYOUT_STEPS, .measures = out->measures,
                                           .measure_count = 2 * count};
}
