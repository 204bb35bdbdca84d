#include "poller/model/window.h"

#include <assert.h>

static uint32_t mask(unsigned newest)
{
    assert(newest <= WINDOW_MAX);
    return newest == WINDOW_MAX ? UINT32_MAX : (UINT32_C(1) << newest) - 1;
}

void window_put(struct window *w, bool outcome)
{
    w->bits = w->bits << 1 | outcome;
    if (w->count < WINDOW_MAX)
        w->count++;
}

void window_clear(struct window *w)
{
    *w = (struct window){0};
}

unsigned window_yes(const struct window *w, unsigned newest)
{
    return (unsigned)__builtin_popcount(w->bits & mask(newest));
}

bool window_all(const struct window *w, unsigned newest)
{
    return w->count >= newest && window_yes(w, newest) == newest;
}

bool window_none(const struct window *w, unsigned newest)
{
    return w->count >= newest && window_yes(w, newest) == 0;
}
