#include "poller/config/thresholds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_BYTES 32
#define SHOWN 40 /* bytes of a refused value */

/* A number at *at; false when none stands there. */
static bool take_number(const char **at, double *number)
{
    static const char digits[] = "0123456789";
    char text[NUMBER_MAX_BYTES + 1];
    size_t sign = **at == '-' || **at == '+', len = sign + strspn(*at + sign, digits);
    if (len == sign)
        return false;
    if ((*at)[len] == '.' && strspn(*at + len + 1, digits)) /* "5..60": two points are no fraction */
        len += 1 + strspn(*at + len + 1, digits);
    if (len > NUMBER_MAX_BYTES)
        return false;
    memcpy(text, *at, len);
    text[len] = '\0';
    *number = strtod(text, NULL);
    *at += len;
    return true;
}

/* What was written: one number (low), or a range of which a side may be open (NaN). */
struct written_value {
    bool is_range;
    double low, high;
    const char *unit; /* what stands behind */
};

static bool take_value(const char *text, struct written_value *v)
{
    const char *p = text;
    *v = (struct written_value){.low = NAN, .high = NAN};
    bool first = take_number(&p, &v->low);
    v->is_range = p[0] == '.' && p[1] == '.';
    p += v->is_range ? 2 : 0;
    bool second = v->is_range && take_number(&p, &v->high);
    v->unit = p + strspn(p, " ");
    return first || second;
}

/* Rates may be written in thousands; everything else in its unit. 0: not this unit. */
static double factor_of(const char *unit, const char *wanted)
{
    static const char *const rates[] = {"bps", "kbps", "Mbps", "Gbps"};
    static const double factors[] = {1, 1e3, 1e6, 1e9};
    for (size_t i = 0; strcmp(wanted, "bps") == 0 && i < 4; i++)
        if (strcmp(unit, rates[i]) == 0)
            return factors[i];
    return strcmp(unit, wanted) == 0 ? 1 : 0;
}

static bool is_counted(const char *unit)
{
    static const char *const counted[] = {"count", "index", "id", "ratio", NULL};
    return field_word_index(counted, unit) >= 0;
}

static bool scale(const struct meaning *m, const char *text, struct written_value *v, struct buf *why)
{
    const char *unit = m->unit ? m->unit : "count";
    double factor = !*v->unit && is_counted(unit) ? 1 : factor_of(v->unit, unit);
    v->low *= factor;
    v->high *= factor;
    if (factor)
        return true;
    if (*v->unit)
        buf_printf(why, "%s is measured in %s, not in '%.*s'", m->name, unit, SHOWN, v->unit);
    else
        buf_printf(why, "%s is measured in %s: write %.*s %s", m->name, unit, SHOWN, text, unit);
    return false;
}

static void put(struct reading_limits *l, bool bad, const double *low, const double *high)
{
    if (low)
        *(bad ? &l->bad_low : &l->warn_low) = *low;
    if (high)
        *(bad ? &l->bad_high : &l->warn_high) = *high;
}

static bool put_value(const struct meaning *m, const struct written_value *v, bool bad, struct reading_limits *l,
                      struct buf *why)
{
    const char *unit = m->unit ? m->unit : "";
    if (v->is_range && v->low > v->high) {
        buf_text(why, "the range ends below its beginning");
        return false;
    }
    if (v->is_range)
        put(l, bad, isnan(v->low) ? NULL : &v->low, isnan(v->high) ? NULL : &v->high);
    else if (m->worse == MEANING_WORSE_LOW)
        put(l, bad, &v->low, NULL);
    else if (m->worse == MEANING_WORSE_HIGH)
        put(l, bad, NULL, &v->low);
    else
        buf_printf(why, "%s may get worse either way: write ..%g %s for what lies above, %g.. %s for what lies "
                   "below, or both", m->name, v->low, unit, v->low, unit);
    return why->len == 0;
}

bool threshold_read(const struct meaning *m, const char *text, bool bad, struct reading_limits *l,
                    struct buf *why)
{
    static const char *const off[] = {"off", "no", "none", "false", NULL};
    const double lowest = -INFINITY, highest = INFINITY;
    struct written_value v;
    if (strcmp(m->class_, "state") == 0) {
        buf_printf(why, "%s is a state: its words carry the level, not a limit", m->name);
        return false;
    }
    if (field_word_index(off, text) >= 0) {
        put(l, bad, &lowest, &highest);
        return true;
    }
    if (!take_value(text, &v)) {
        buf_printf(why, "expected a value as -70 dBm, a range as 5..60 C, or off, not '%.*s'", SHOWN, text);
        return false;
    }
    return scale(m, text, &v, why) && put_value(m, &v, bad, l, why);
}

struct thresholds {
    struct binder *b;
    const struct profile_set *profiles;
    struct config_threshold *list;
    size_t count;
};

static struct config_threshold *of_meaning(struct thresholds *t, const struct meaning *m)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->list[i].meaning, m->name) == 0)
            return &t->list[i];
    t->list[t->count] = (struct config_threshold){m->name, reading_no_limits};
    return &t->list[t->count++];
}

static void complain_of_meaning(struct thresholds *t, const struct yaml *y)
{
    struct nearest near = nearest_to(y->key);
    for (size_t i = 0; i < t->profiles->meanings_count; i++)
        nearest_offer(&near, t->profiles->meanings[i].name);
    complain(t->b->complaints, y->key_at, "no figure is called '%.80s'" NEAREST_FORMAT, y->key, NEAREST_ARGS(near));
}

static bool comes_first(const struct reading_limits *l)
{
    return l->bad_low > l->warn_low || l->bad_high < l->warn_high;
}

static void read_one(struct thresholds *t, const struct yaml *y, const char *text, bool bad)
{
    const struct meaning *m = profile_meaning(t->profiles, y->key);
    struct buf why = {0};
    if (!m) {
        complain_of_meaning(t, y);
        return;
    }
    struct config_threshold *one = of_meaning(t, m);
    if (!threshold_read(m, text, bad, &one->limits, &why))
        complain(t->b->complaints, y->at, "%s", buf_string(&why));
    else if (bad && comes_first(&one->limits))
        complain(t->b->complaints, y->at, "%s would be bad before it warns", m->name);
    buf_fini(&why);
}

static void read_map(struct thresholds *t, const struct yaml *map, const struct config_header *written,
                     size_t count, bool bad)
{
    const struct yaml *y = map && map->kind == YAML_MAP ? map->first : NULL;
    for (size_t i = 0; y && i < count; i++, y = y->next)
        if (written[i].value)
            read_one(t, y, written[i].value, bad);
}

void thresholds_bind(struct binder *b, const struct profile_set *profiles, const struct yaml *entry,
                     const struct written_thresholds *w)
{
    size_t most = *w->warn_count + *w->bad_count;
    if (!most || !profiles || !profiles->meanings_count)
        return;
    struct thresholds t = {.b = b, .profiles = profiles, .list = arena_take(b->arena, most * sizeof *t.list)};
    if (!t.list)
        return;
    read_map(&t, yaml_get(entry, "warn"), *w->warn, *w->warn_count, false);
    read_map(&t, yaml_get(entry, "bad"), *w->bad, *w->bad_count, true);
    *w->list = t.list;
    *w->count = t.count;
}
