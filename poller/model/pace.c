#include "poller/model/pace.h"

#include <inttypes.h>
#include <stdio.h>

#include "poller/base/clock.h"

#define EVERY_TEXT_MAX 24

/* After the word "every". */
static const char *every(int64_t ns, char out[static EVERY_TEXT_MAX])
{
    if (ns == MINUTES(1))
        return "minute";
    if (ns % MINUTES(1) == 0)
        snprintf(out, EVERY_TEXT_MAX, "%" PRId64 " min", ns / MINUTES(1));
    else
        snprintf(out, EVERY_TEXT_MAX, "%" PRId64 " s", ns / NS_PER_S);
    return out;
}

char *pace_text(const struct pace *p, char out[static PACE_TEXT_MAX])
{
    char now[EVERY_TEXT_MAX], configured[EVERY_TEXT_MAX];
    double takes_s = (double)p->takes_ns / (double)NS_PER_S;
    out[0] = '\0';
    if (p->interval_ns <= p->configured_ns)
        return out;
    int n = snprintf(out, PACE_TEXT_MAX, "asked every %s instead of every %s", every(p->interval_ns, now),
                     every(p->configured_ns, configured));
    if (p->takes_ns && n > 0 && n < PACE_TEXT_MAX)
        snprintf(out + n, PACE_TEXT_MAX - (size_t)n, ": its answers take %.*f s", takes_s < 10, takes_s);
    return out;
}
