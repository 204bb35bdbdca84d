/* Rates from counters that wrap, reset, stick and lie. Pure.
 *
 * Time is the agent's own: sysUpTime comes in the same answer as the counters, so a late answer does not
 * bend the rate. agent_clock_step tells a wrap of sysUpTime (497.1 days) from a reboot by where it puts the
 * moment of boot, seen from our clock: a wrap leaves it where it was, a reboot moves it. Of several answers
 * under way one may overtake another: a moment less is no reboot either.
 *
 * Each counter keeps its last usable reading. A rate is always over the whole time since that reading, so
 * no octet is lost or told twice. What cannot be true is unknown (NaN), never a spike:
 * - after a reset (the caller says so: reboot, discontinuity, other interface) the interval is dropped;
 * - more than the line can carry is dropped; up to a tenth more (agents refresh counters every few
 *   seconds) is stored as the line's speed, and the rest counts for the next interval;
 * - a 32-bit counter that may have wrapped twice in the interval is ambiguous, so unknown;
 * - a single zero is skipped: the next reading decides whether it was a reset;
 * - a 64-bit counter that falls was reset, or it wraps at 32 bits: once it fell from the upper half of 32
 *   bits it is taken for such, until it shows a larger number.
 * Not to be told apart by anybody: a 32-bit counter cleared by hand, and one that wrapped. */
#ifndef HAYLOFT_MODEL_COUNTER_H
#define HAYLOFT_MODEL_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "poller/base/clock.h"

struct agent_clock {
    struct mono at;
    uint32_t ticks; /* sysUpTime, hundredths of a second */
    bool set;
};

enum agent_time {
    AGENT_FIRST,
    AGENT_RAN,       /* seconds are what passed for the agent */
    AGENT_RESTARTED,
    AGENT_STRANGE    /* its clock jumped or runs at another pace than ours: no rate from this interval */
};

struct agent_step {
    enum agent_time time;
    double seconds; /* 0 unless it ran */
};

/* Takes a reading made at `at` on our clock, compares it with the one before. */
struct agent_step agent_clock_step(struct agent_clock *c, uint32_t ticks, struct mono at);

enum counter_width { COUNTER_32, COUNTER_64 };

struct counter {
    uint64_t last;
    float held_s;  /* time that passed since `last` without a usable reading */
    uint8_t flags;
} __attribute__((packed)); /* there are hundreds of each device */

struct counter counter_plain(uint64_t last); /* one that read this, and no more is to be remembered of it */
bool counter_is_plain(const struct counter *c);
bool counter_is_new(const struct counter *c); /* never read */

struct counter_reading {
    uint64_t value;
    enum counter_width width;
    bool reset;        /* the interval up to now means nothing */
    double seconds;    /* since the reading before this one */
    double most_per_s; /* what the line can carry; 0: unknown */
};

/* Per second over the time since the last usable reading; NaN: unknown. */
double counter_step(struct counter *c, const struct counter_reading *r);
/* No reading this time (absent, wrong type, or of no use), but time passed. */
void counter_skip(struct counter *c, double seconds);

#endif
