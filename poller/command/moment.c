#include "poller/command/moment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t unit_ns(const char *unit)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"s", NS_PER_S}, {"m", MINUTES(1)}, {"h", MINUTES(60)}, {"d", MINUTES(24 * 60)},
                 {"w", MINUTES(7 * 24 * 60)}, {"y", MINUTES(365 * 24 * 60)}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].ns;
    return 0;
}

bool moment_read(const char *text, struct wall now, struct wall *out)
{
    char *unit;
    int64_t ago;
    *out = now;
    if (strcmp(text, "now") == 0)
        return true;
    if (text[0] != '-')
        return wall_parse(text, out);
    errno = 0;
    long long count = strtoll(text + 1, &unit, 10);
    int64_t ns = unit_ns(unit);
    if (errno || count < 0 || unit == text + 1 || !ns || __builtin_mul_overflow(count, ns, &ago) ||
        ago > now.ns)
        return false;
    out->ns = now.ns - ago;
    return true;
}
