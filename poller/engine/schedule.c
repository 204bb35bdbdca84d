#include "poller/engine/schedule.h"

static uint64_t hash_text(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3); /* FNV-1a */
    return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

int64_t schedule_phase(const char *node, const char *kind, const char *label, int64_t interval_ns)
{
    uint64_t h = hash_text(UINT64_C(0xcbf29ce484222325), node);
    h = hash_text(hash_text(h, kind), label);
    h ^= h >> 29; /* the low bits of FNV are its weak ones */
    h *= UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    int64_t grid_ns = interval_ns < SCHEDULE_COARSE_NS ? SCHEDULE_SLOT_NS : SCHEDULE_GRID_NS;
    int64_t slots = interval_ns / grid_ns;
    return slots > 0 ? (int64_t)(h % (uint64_t)slots) * grid_ns : 0;
}

struct mono schedule_next(struct mono now, int64_t phase_ns, int64_t interval_ns)
{
    int64_t rounds = (now.ns - phase_ns) / interval_ns + 1;
    if (now.ns < phase_ns)
        rounds = 0;
    return (struct mono){rounds * interval_ns + phase_ns};
}

struct mono schedule_slot(struct mono t)
{
    return (struct mono){(t.ns + SCHEDULE_SLOT_NS - 1) / SCHEDULE_SLOT_NS * SCHEDULE_SLOT_NS};
}
