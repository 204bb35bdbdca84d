#include "poller/engine/damping.h"

void damping_failed_again(struct damping *d)
{
    if (d->flaps < UINT8_MAX)
        d->flaps++;
}

void damping_well(struct damping *d, struct mono now)
{
    d->ended = now;
}

int64_t damping_wait_ns(const struct damping *d)
{
    int64_t units = 1 + (int64_t)d->flaps * DAMPING_STEP;
    return d->settle_ns * (units < DAMPING_WAIT_MAX ? units : DAMPING_WAIT_MAX);
}

int64_t damping_window_ns(const struct damping *d)
{
    return d->settle_ns * DAMPING_WINDOW;
}

struct mono damping_resolve_at(const struct damping *d)
{
    return mono_after(d->ended, damping_wait_ns(d));
}

bool damping_is_same(const struct damping *d, struct mono now)
{
    return mono_before(now, damping_forget_at(d));
}

struct mono damping_forget_at(const struct damping *d)
{
    return mono_after(d->ended, damping_window_ns(d));
}
