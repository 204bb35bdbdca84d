/* Time ticks walk by the broken-down local time, so that "00:00" stays midnight on the days the clock is
 * turned forward or back. */
#include "graphs/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

double axis_step(double range, int wanted)
{
    if (!(range > 0) || wanted < 1)
        return 1;
    double rough = range / wanted;
    double power = pow(10, floor(log10(rough)));
    double times = rough / power;
    return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

struct scale {
    double least;
    double factor;
    const char *unit;
};

static const struct scale second_scales[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {0, 1e6, "\xc2\xb5s"}};
static const struct scale bit_scales[] = {{1e9, 1e-9, "Gbit/s"}, {1e6, 1e-6, "Mbit/s"},
                                          {1e3, 1e-3, "kbit/s"}, {0, 1, "bit/s"}};
static const struct scale ratio_scales[] = {{0, 100, "%"}};
static const struct scale plain_scales[] = {{1e9, 1e-9, "G"}, {1e6, 1e-6, "M"}, {1e3, 1e-3, "k"}, {0, 1, ""}};

static const struct scale number_scales[] = {{0, 1, ""}};

enum axis_unit axis_unit_of(const char *word)
{
    if (word && strcmp(word, "s") == 0)
        return AXIS_SECONDS;
    if (word && strcmp(word, "bit/s") == 0)
        return AXIS_BIT_PER_S;
    return word && strcmp(word, "ratio") == 0 ? AXIS_RATIO : AXIS_NUMBER;
}

static const struct scale *scales_of(enum axis_unit unit)
{
    switch (unit) {
    case AXIS_SECONDS: return second_scales;
    case AXIS_BIT_PER_S: return bit_scales;
    case AXIS_RATIO: return ratio_scales;
    case AXIS_PLAIN: return plain_scales;
    case AXIS_NUMBER: return number_scales;
    }
    return plain_scales;
}

char *axis_value_text(double value, enum axis_unit unit, char out[static AXIS_TEXT_MAX])
{
    const struct scale *s = scales_of(unit);
    if (!isfinite(value)) {
        snprintf(out, AXIS_TEXT_MAX, "\xe2\x80\x93");
        return out;
    }
    if (value == 0) {
        snprintf(out, AXIS_TEXT_MAX, "0");
        return out;
    }
    while (fabs(value) < s->least * (1 - 1e-9))
        s++;
    double shown = value * s->factor;
    int digits = fabs(shown) >= 100 ? 0 : fabs(shown) >= 10 ? 1 : fabs(shown) >= 0.1 ? 2 : 4;
    int n = snprintf(out, AXIS_TEXT_MAX - 8, "%.*f", digits, shown);
    while (digits > 0 && n > 0 && (out[n - 1] == '0' || out[n - 1] == '.'))
        if (out[--n] == '.')
            break;
    snprintf(out + n, (size_t)(AXIS_TEXT_MAX - n), "%s%s", *s->unit ? "\xc2\xa0" : "", s->unit);
    return out;
}

enum tick_text { TICK_HOUR, TICK_DAY_HOUR, TICK_WEEKDAY, TICK_DAY, TICK_MONTH, TICK_MONTH_YEAR, TICK_YEAR };

/* One way of walking through local time. */
struct stride {
    int64_t about_s;  /* its length, for choosing */
    int minutes, days, months;
    enum tick_text text;
};

static const struct stride strides[] = {
    {60, 1, 0, 0, TICK_HOUR},
    {300, 5, 0, 0, TICK_HOUR},
    {900, 15, 0, 0, TICK_HOUR},
    {1800, 30, 0, 0, TICK_HOUR},
    {3600, 60, 0, 0, TICK_HOUR},
    {3 * 3600, 180, 0, 0, TICK_HOUR},
    {6 * 3600, 360, 0, 0, TICK_HOUR},
    {12 * 3600, 720, 0, 0, TICK_DAY_HOUR},
    {86400, 0, 1, 0, TICK_WEEKDAY},
    {2 * 86400, 0, 2, 0, TICK_DAY},
    {7 * 86400, 0, 7, 0, TICK_DAY},
    {30 * 86400, 0, 0, 1, TICK_MONTH},
    {91 * 86400, 0, 0, 3, TICK_MONTH_YEAR},
    {365 * 86400, 0, 0, 12, TICK_YEAR},
    {INT64_C(1825) * 86400, 0, 0, 60, TICK_YEAR},
};

static void tick_write(enum tick_text text, const struct tm *tm, char out[static AXIS_TEXT_MAX])
{
    switch (text) {
    case TICK_HOUR: strftime(out, AXIS_TEXT_MAX, "%H:%M", tm); break;
    case TICK_DAY_HOUR: strftime(out, AXIS_TEXT_MAX, "%a %H:%M", tm); break;
    case TICK_WEEKDAY: strftime(out, AXIS_TEXT_MAX, "%a %d", tm); break;
    case TICK_DAY: strftime(out, AXIS_TEXT_MAX, "%d %b", tm); break;
    case TICK_MONTH: strftime(out, AXIS_TEXT_MAX, "%b", tm); break;
    case TICK_MONTH_YEAR: strftime(out, AXIS_TEXT_MAX, "%b %Y", tm); break;
    case TICK_YEAR: strftime(out, AXIS_TEXT_MAX, "%Y", tm); break;
    }
}

static const struct stride *stride_for(int64_t span_s, size_t wanted)
{
    size_t i = 0, last = sizeof strides / sizeof strides[0] - 1;
    while (i < last && span_s / strides[i].about_s > (int64_t)wanted)
        i++;
    return &strides[i];
}

static struct tm start_of(const struct stride *s, time_t from)
{
    struct tm tm;
    localtime_r(&from, &tm);
    tm.tm_sec = 0;
    if (s->minutes) {
        int minutes = (tm.tm_hour * 60 + tm.tm_min) / s->minutes * s->minutes;
        tm.tm_hour = minutes / 60;
        tm.tm_min = minutes % 60;
        return tm;
    }
    tm.tm_hour = tm.tm_min = 0;
    tm.tm_isdst = -1;
    if (s->days == 7)
        tm.tm_mday -= (tm.tm_wday + 6) % 7; /* weeks begin on Monday */
    if (s->months) {
        tm.tm_mday = 1;
        tm.tm_mon -= tm.tm_mon % s->months;
    }
    return tm;
}

size_t axis_times(struct wall from, struct wall to, size_t wanted, struct axis_tick out[static AXIS_TICKS_MAX])
{
    size_t count = 0, most = wanted < AXIS_TICKS_MAX ? wanted : AXIS_TICKS_MAX;
    const struct stride *s = stride_for(wall_seconds(to) - wall_seconds(from), most ? most : 1);
    struct tm at = start_of(s, (time_t)wall_seconds(from));
    for (int guard = 0; guard < 4 * AXIS_TICKS_MAX && count < most; guard++) {
        struct tm shown = at;
        time_t t = mktime(&shown);
        if (t == (time_t)-1 || t > wall_seconds(to))
            break;
        if (t >= wall_seconds(from)) {
            out[count].at = (struct wall){SECONDS(t)};
            tick_write(s->text, &shown, out[count].text);
            count++;
        }
        at.tm_min += s->minutes;
        at.tm_mday += s->days;
        at.tm_mon += s->months;
        at.tm_isdst = -1;
    }
    return count;
}
