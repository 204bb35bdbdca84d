#include "poller/command/lines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "poller/base/clock.h"
#include "poller/base/json.h"

#define PAIR_NAME_CELLS 12

void put_safely(const char *text, enum colour colour)
{
    struct buf safe = {0};
    terminal_put(&safe, text ? text : "-");
    printf("%s%s%s", colour_begin(colour, stdout), buf_string(&safe), colour_end(colour, stdout));
    buf_fini(&safe);
}

void put_pair(const char *name, const char *value)
{
    if (!value || !*value)
        return;
    printf("  %-*s ", PAIR_NAME_CELLS, name);
    put_safely(value, COLOUR_NONE);
    putchar('\n');
}

const char *since_text(const char *rfc3339, char *out, size_t size)
{
    struct wall at;
    char span[CLOCK_TEXT_MAX];
    if (!rfc3339 || !wall_parse(rfc3339, &at))
        return "-";
    int64_t ns = clock_wall().ns - at.ns;
    snprintf(out, size, "%s", span_text(ns > 0 ? ns : 0, span));
    return out;
}

const char *moment_text(const char *rfc3339, char *out, size_t size)
{
    struct wall at;
    struct tm local;
    if (!rfc3339 || !wall_parse(rfc3339, &at))
        return "-";
    time_t seconds = (time_t)wall_seconds(at);
    if (!localtime_r(&seconds, &local) || !strftime(out, size, "%d %b %H:%M", &local))
        return "-";
    return out;
}

static const char *scaled(double v, const char *unit, char *out, size_t size)
{
    static const char prefixes[] = " kMGT";
    size_t i = 0;
    while (fabs(v) >= 1000 && prefixes[i + 1]) {
        v /= 1000;
        i++;
    }
    if (i)
        snprintf(out, size, "%.3g %c%s", v, prefixes[i], unit);
    else
        snprintf(out, size, v >= 1000 || v <= -1000 ? "%.0f%s%s" : "%.4g%s%s", v, *unit ? " " : "", unit);
    return out;
}

const char *number_text(const cJSON *object, const char *name, const char *unit, char *out, size_t size)
{
    double v = json_number(object, name, NAN);
    if (isnan(v))
        return "-";
    if (strcmp(unit, "bit/s") == 0 || strcmp(unit, "B/s") == 0)
        return scaled(v, unit, out, size);
    snprintf(out, size, "%.3g%s%s", v, *unit ? " " : "", unit);
    return out;
}
