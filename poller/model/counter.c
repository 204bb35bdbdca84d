#include "poller/model/counter.h"

#include <math.h>

#define TICK_S 0.01
#define BOOT_SLACK_S 5.0          /* answers may come this late; agents round */
#define BOOT_SLACK_SHARE 0.005    /* clocks drift */
#define OVERSHOOT 1.1             /* counters refreshed every few seconds bunch up */
#define SPAN_32 4294967296.0
#define HALF_32 (UINT64_C(1) << 31)
#define TOP_32 (UINT64_C(1) << 32)

enum { FLAG_SET = 1, FLAG_ZERO = 2, FLAG_NARROW = 4 };

struct counter counter_plain(uint64_t last)
{
    return (struct counter){.last = last, .flags = FLAG_SET};
}

bool counter_is_plain(const struct counter *c)
{
    return c->flags == FLAG_SET && c->held_s == 0;
}

bool counter_is_new(const struct counter *c)
{
    return !(c->flags & FLAG_SET);
}

/* An answer made before the one that came before it. */
static bool is_overtaken(const struct agent_clock *c, uint32_t ticks)
{
    int32_t passed = (int32_t)(ticks - c->ticks); /* right also across the wrap */
    return passed < 0 && passed * TICK_S >= -BOOT_SLACK_S;
}

static struct agent_step judge_clock(const struct agent_clock *c, uint32_t ticks, struct mono at)
{
    double ours = (double)mono_since(at, c->at) / (double)NS_PER_S;
    double theirs = (uint32_t)(ticks - c->ticks) * TICK_S; /* right also across the wrap */
    double slack = BOOT_SLACK_S + BOOT_SLACK_SHARE * ours;
    double boot_moved = ours - theirs;
    if (is_overtaken(c, ticks) && ours + (uint32_t)(c->ticks - ticks) * TICK_S <= slack)
        return (struct agent_step){AGENT_RAN, 0};
    if (ticks == c->ticks && ours > slack)
        return (struct agent_step){AGENT_RAN, ours}; /* it stands still: all we have is our own clock */
    if (boot_moved <= slack && boot_moved >= -slack)
        return (struct agent_step){AGENT_RAN, theirs};
    if (ticks < c->ticks || ticks * TICK_S <= ours + slack)
        return (struct agent_step){AGENT_RESTARTED, 0};
    return (struct agent_step){AGENT_STRANGE, 0};
}

struct agent_step agent_clock_step(struct agent_clock *c, uint32_t ticks, struct mono at)
{
    struct agent_step step = {AGENT_FIRST, 0};
    if (c->set)
        step = judge_clock(c, ticks, at);
    if (step.time == AGENT_RAN && is_overtaken(c, ticks))
        return step; /* the newer one stays the one to count from */
    *c = (struct agent_clock){at, ticks, true};
    return step;
}

static double start_over(struct counter *c, uint64_t value)
{
    c->last = value;
    c->held_s = 0;
    c->flags = (uint8_t)(FLAG_SET | (c->flags & FLAG_NARROW));
    return NAN;
}

/* What the counter grew by; false when it cannot be told. */
static bool growth(struct counter *c, const struct counter_reading *r, double seconds, uint64_t *out)
{
    bool narrow = r->width == COUNTER_32 || (c->flags & FLAG_NARROW);
    if (r->value >= c->last) {
        *out = r->value - c->last;
    } else if (c->flags & FLAG_ZERO) {
        return false; /* it was zero before: reset, not wrapped */
    } else if (narrow) {
        *out = r->value + TOP_32 - c->last;
    } else {
        if (c->last < TOP_32 && c->last >= HALF_32)
            c->flags |= FLAG_NARROW;
        return false;
    }
    return !narrow || r->most_per_s <= 0 || (double)*out + SPAN_32 > r->most_per_s * seconds * OVERSHOOT;
}

static void judge_width(struct counter *c, const struct counter_reading *r)
{
    if (r->value >= TOP_32)
        c->flags &= (uint8_t)~FLAG_NARROW;
}

void counter_skip(struct counter *c, double seconds)
{
    if (c->flags & FLAG_SET)
        c->held_s += (float)seconds;
}

/* Nearly every reading: 64 bits that went on, in an interval that means something. */
static bool step_on(struct counter *c, const struct counter_reading *r, double seconds, double *rate)
{
    if (c->flags != FLAG_SET || r->reset || r->width != COUNTER_64 || r->value < c->last || seconds <= 0)
        return false;
    *rate = (double)(r->value - c->last) / seconds;
    if (r->most_per_s > 0 && *rate > r->most_per_s)
        return false;
    c->last = r->value;
    c->held_s = 0;
    return true;
}

double counter_step(struct counter *c, const struct counter_reading *r)
{
    double seconds = (double)c->held_s + r->seconds, usual;
    uint64_t grown;
    if (step_on(c, r, seconds, &usual))
        return usual;
    judge_width(c, r);
    if (!(c->flags & FLAG_SET) || r->reset)
        return start_over(c, r->value);
    if (seconds <= 0)
        return NAN; /* asked twice within a tick: the next reading covers both */
    if (r->value == 0 && c->last != 0 && !(c->flags & FLAG_ZERO)) {
        c->flags |= FLAG_ZERO;
        c->held_s = (float)seconds;
        return NAN;
    }
    if (!growth(c, r, seconds, &grown))
        return start_over(c, r->value);
    double rate = (double)grown / seconds;
    double most = r->most_per_s;
    if (most > 0 && rate > most) {
        if (rate > most * OVERSHOOT)
            return start_over(c, r->value);
        uint64_t excess = grown - (uint64_t)(most * seconds);
        start_over(c, r->value >= excess ? r->value - excess : r->value);
        return most;
    }
    start_over(c, r->value);
    return rate;
}
