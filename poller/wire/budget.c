#include "poller/wire/budget.h"

#define FRAME_NS (NS_PER_S / BUDGET_PER_S)

bool budget_take(struct budget *b, struct mono at)
{
    struct mono from = mono_before(b->full_at, at) ? at : b->full_at;
    if (mono_since(from, at) > (BUDGET_MOST - 1) * FRAME_NS)
        return false;
    b->full_at = mono_after(from, FRAME_NS);
    return true;
}
