#include "poller/document/port_ranges.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define RANGE_LEAST 3
#define DIGITS_MAX 9

/* Without the digits at its end. */
static size_t stem_len(const char *name)
{
    size_t len = strlen(name), at = len;
    while (at && isdigit((unsigned char)name[at - 1]) && len - at < DIGITS_MAX)
        at--;
    return at;
}

/* "gi10" follows "gi9", and "gi010" follows "gi009". */
static bool follows(const char *name, const char *before)
{
    size_t stem = stem_len(before);
    if (!name[stem_len(name)] || !before[stem] || stem_len(name) != stem || memcmp(name, before, stem) != 0)
        return false;
    bool same_form = strlen(name) == strlen(before) || before[stem] != '0';
    return same_form && strtoul(name + stem, NULL, 10) == strtoul(before + stem, NULL, 10) + 1;
}

void port_ranges_put(struct buf *out, const char *const *names, size_t count)
{
    for (size_t i = 0, run; i < count; i += run) {
        for (run = 1; i + run < count && follows(names[i + run], names[i + run - 1]);)
            run++;
        if (run < RANGE_LEAST)
            run = 1;
        buf_printf(out, "%s%s", i ? ", " : "", names[i]);
        if (run > 1)
            buf_printf(out, " to %s", names[i + run - 1]);
    }
}
