#include "poller/engine/shedding.h"

void shedding_configure(struct shedding *s, int64_t configured_ns)
{
    if (s->configured_ns != configured_ns)
        *s = (struct shedding){.configured_ns = configured_ns, .times = 1, .stays_ns = SHEDDING_STAYS_NS};
}

int64_t shedding_interval_ns(const struct shedding *s)
{
    return s->configured_ns * s->times;
}

static bool may_double(const struct shedding *s, unsigned times)
{
    return s->configured_ns * times * 2 <= SHEDDING_LONGEST_NS;
}

/* How many times less often it is to be asked so that it is not busy for more than this part of the time. */
static unsigned times_for(const struct shedding *s, double part)
{
    unsigned times = 1;
    while ((double)s->takes_ns > part * (double)s->configured_ns * times && may_double(s, times))
        times *= 2;
    return times;
}

static void weigh(struct shedding *s)
{
    uint64_t sum = 0;
    uint32_t most = 0;
    for (unsigned i = 0; i < s->count; i++) {
        sum += s->took_ms[i];
        most = s->took_ms[i] > most ? s->took_ms[i] : most;
    }
    s->takes_ns = MILLISECONDS((sum - most) / (s->count - 1));
}

static bool change(struct shedding *s, unsigned times)
{
    s->times = times;
    s->count = s->next = 0;
    return true;
}

static bool ask_less(struct shedding *s, unsigned times, struct mono now)
{
    bool again = s->returned.ns && mono_since(now, s->returned) < SHEDDING_STAYS_MOST_NS;
    s->stays_ns = again ? 2 * s->stays_ns : SHEDDING_STAYS_NS;
    if (s->stays_ns > SHEDDING_STAYS_MOST_NS)
        s->stays_ns = SHEDDING_STAYS_MOST_NS;
    s->stays_until = mono_after(now, s->stays_ns);
    return change(s, times);
}

static bool ask_more(struct shedding *s, unsigned times, struct mono now)
{
    s->returned = now;
    return change(s, times);
}

static void note(struct shedding *s, int64_t busy_ns)
{
    int64_t most_ms = SHEDDING_LONGEST_NS / NS_PER_MS, ms = busy_ns / NS_PER_MS;
    s->took_ms[s->next] = (uint32_t)(ms < most_ms ? ms : most_ms);
    s->next = (s->next + 1) % SHEDDING_ROUNDS;
    s->count += s->count < SHEDDING_ROUNDS;
}

bool shedding_take(struct shedding *s, int64_t busy_ns, struct mono now)
{
    note(s, busy_ns);
    if (s->count < SHEDDING_ROUNDS_LEAST)
        return false;
    weigh(s);
    unsigned needed = times_for(s, SHEDDING_MOST), enough = times_for(s, SHEDDING_FITS);
    if (needed > s->times)
        return ask_less(s, needed, now);
    if (enough < s->times && !mono_before(now, s->stays_until))
        return ask_more(s, enough, now);
    return false;
}

bool shedding_restore(struct shedding *s, unsigned times, int64_t takes_ns, struct mono now)
{
    bool doubled = times > 1 && (times & (times - 1)) == 0;
    if (!doubled || s->times > 1 || takes_ns < 0 || takes_ns > SHEDDING_LONGEST_NS ||
        times > SHEDDING_LONGEST_NS / NS_PER_S || !may_double(s, times / 2))
        return false;
    s->takes_ns = takes_ns;
    s->stays_until = mono_after(now, s->stays_ns);
    return change(s, times);
}
