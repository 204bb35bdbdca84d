#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "poller/model/counter.h"

#define GIGABIT 1e9
#define PER_S(bits) ((bits) / 8)

static struct mono at_s(double s)
{
    return (struct mono){(int64_t)(s * 1e9)};
}

static double step(struct counter *c, uint64_t value, enum counter_width width, double seconds,
                   double most)
{
    return counter_step(c, &(struct counter_reading){
                               .value = value, .width = width, .seconds = seconds, .most_per_s = most});
}

static void the_first_reading_has_no_rate(void **state)
{
    struct counter c = {0};
    assert_true(isnan(step(&c, 1000, COUNTER_64, 60, 0)));
    assert_float_equal(step(&c, 7000, COUNTER_64, 60, 0), 100, 1e-9);
}

static void a_32_bit_counter_wraps_without_a_gap(void **state)
{
    struct counter c = {0};
    step(&c, 4294967000, COUNTER_32, 60, PER_S(100e6));
    assert_float_equal(step(&c, 5704, COUNTER_32, 60, PER_S(100e6)), 100, 1e-9);
}

static void a_counter_that_may_have_wrapped_twice_is_unknown(void **state)
{
    struct counter c = {0};
    step(&c, 1000, COUNTER_32, 60, PER_S(GIGABIT)); /* 60 s at 1 Gbit/s are 1.7 wraps */
    assert_true(isnan(step(&c, 2000, COUNTER_32, 60, PER_S(GIGABIT))));
    assert_false(isnan(step(&c, 2500, COUNTER_32, 10, PER_S(GIGABIT)))); /* 10 s are not */
}

static void a_reset_drops_the_interval(void **state)
{
    struct counter c = {0};
    step(&c, 1000000, COUNTER_64, 60, 0);
    struct counter_reading reset = {.value = 1600000, .width = COUNTER_64, .seconds = 60, .reset = true};
    assert_true(isnan(counter_step(&c, &reset)));
    assert_float_equal(step(&c, 1606000, COUNTER_64, 60, 0), 100, 1e-9);
}

static void a_64_bit_counter_that_falls_was_reset(void **state)
{
    struct counter c = {0};
    step(&c, UINT64_C(1) << 40, COUNTER_64, 60, 0);
    assert_true(isnan(step(&c, 5000, COUNTER_64, 60, 0)));
    assert_float_equal(step(&c, 11000, COUNTER_64, 60, 0), 100, 1e-9);
}

static void a_64_bit_counter_that_wraps_at_32_is_found_out_once(void **state)
{
    struct counter c = {0};
    double most = PER_S(100e6);
    step(&c, 4294960000, COUNTER_64, 60, most);
    assert_true(isnan(step(&c, 1000, COUNTER_64, 60, most)));
    step(&c, 4294967000, COUNTER_64, 600, most);
    assert_float_equal(step(&c, 5704, COUNTER_64, 60, most), 100, 1e-9);
}

static void a_single_zero_is_skipped_and_its_time_is_kept(void **state)
{
    struct counter c = {0};
    step(&c, 1000000, COUNTER_64, 60, 0);
    assert_true(isnan(step(&c, 0, COUNTER_64, 60, 0)));
    assert_float_equal(step(&c, 1012000, COUNTER_64, 60, 0), 100, 1e-9); /* 12000 in 120 s */
}

static void a_zero_that_stays_was_a_reset(void **state)
{
    struct counter c = {0};
    step(&c, 4000000000, COUNTER_32, 60, 0);
    assert_true(isnan(step(&c, 0, COUNTER_32, 60, 0)));
    assert_true(isnan(step(&c, 600, COUNTER_32, 60, 0))); /* no wrap: it was zero before */
    assert_float_equal(step(&c, 6600, COUNTER_32, 60, 0), 100, 1e-9);
}

static void no_rate_is_above_the_line(void **state)
{
    struct counter c = {0};
    double most = PER_S(10e6);
    step(&c, 0, COUNTER_64, 60, most);
    assert_true(isnan(step(&c, 1000000000, COUNTER_64, 60, most)));
    uint64_t full = (uint64_t)(most * 60);
    assert_float_equal(step(&c, 1000000000 + full * 105 / 100, COUNTER_64, 60, most), most, 1e-9);
    /* what was too much for that interval is in the next one */
    assert_float_equal(step(&c, 1000000000 + full * 105 / 100, COUNTER_64, 60, most), most * 0.05, 1);
}

static void a_counter_that_stands_still_is_zero(void **state)
{
    struct counter c = {0};
    step(&c, 77, COUNTER_64, 60, 0);
    assert_float_equal(step(&c, 77, COUNTER_64, 60, 0), 0, 1e-9);
}

static void a_missing_reading_lengthens_the_next_interval(void **state)
{
    struct counter c = {0};
    step(&c, 1000, COUNTER_64, 60, 0);
    counter_skip(&c, 60);
    assert_float_equal(step(&c, 13000, COUNTER_64, 60, 0), 100, 1e-9);
}

static struct agent_step clock_step(double s1, uint32_t ticks1, double s2, uint32_t ticks2)
{
    struct agent_clock c = {0};
    assert_int_equal(agent_clock_step(&c, ticks1, at_s(s1)).time, AGENT_FIRST);
    return agent_clock_step(&c, ticks2, at_s(s2));
}

static void time_is_the_agents_own(void **state)
{
    struct agent_step s = clock_step(100, 5000, 161.5, 11000); /* answered 1.5 s late */
    assert_int_equal(s.time, AGENT_RAN);
    assert_float_equal(s.seconds, 60, 1e-9);
}

static void the_wrap_after_497_days_is_no_reboot(void **state)
{
    struct agent_step s = clock_step(100, 4294966296u, 160, 5000);
    assert_int_equal(s.time, AGENT_RAN);
    assert_float_equal(s.seconds, 60, 1e-9);
}

static void an_answer_that_overtakes_another_is_no_reboot(void **state)
{
    struct agent_clock c = {0};
    agent_clock_step(&c, 6000, at_s(60));
    agent_clock_step(&c, 12001, at_s(120.001));
    struct agent_step late = agent_clock_step(&c, 12000, at_s(120.002));
    assert_int_equal(late.time, AGENT_RAN);
    assert_float_equal(late.seconds, 0, 1e-9);
    struct agent_step next = agent_clock_step(&c, 18001, at_s(180));
    assert_int_equal(next.time, AGENT_RAN);
    assert_float_equal(next.seconds, 60, 1e-9); /* from the newer one */
    struct agent_clock wrapped = {0};
    agent_clock_step(&wrapped, 1, at_s(60));
    assert_int_equal(agent_clock_step(&wrapped, UINT32_MAX, at_s(60.001)).time, AGENT_RAN);
}

static void a_reboot_is_seen_soon_after_another(void **state)
{
    struct agent_clock c = {0};
    agent_clock_step(&c, 100000, at_s(60));
    assert_int_equal(agent_clock_step(&c, 300, at_s(120)).time, AGENT_RESTARTED);
    assert_int_equal(agent_clock_step(&c, 200, at_s(180)).time, AGENT_RESTARTED);
    assert_int_equal(agent_clock_step(&c, 100, at_s(186)).time, AGENT_RESTARTED);
}

static void a_reboot_is_seen_though_uptime_is_higher_than_before(void **state)
{
    assert_int_equal(clock_step(100, 1000, 700, 3000).time, AGENT_RESTARTED);
    assert_int_equal(clock_step(100, 9000000, 160, 3000).time, AGENT_RESTARTED);
    assert_int_equal(clock_step(100, 4294960000u, 400, 3000).time, AGENT_RESTARTED);
}

static void a_clock_that_jumps_gives_no_rate(void **state)
{
    assert_int_equal(clock_step(100, 100000, 160, 500000).time, AGENT_STRANGE);
    assert_int_equal(clock_step(100, 100000, 160, 100600).time, AGENT_STRANGE); /* ten times slow */
}

static void a_clock_that_stands_is_replaced_by_ours(void **state)
{
    struct agent_step s = clock_step(100, 100000, 160, 100000);
    assert_int_equal(s.time, AGENT_RAN);
    assert_float_equal(s.seconds, 60, 1e-9);
}

/* ---- a million random steps of a line whose truth is known ---- */

#define STEPS 1000000

struct line {
    uint64_t seed;
    double speed_bps;
    enum counter_width width;
    bool narrow64;       /* says 64 bits, wraps at 32 */
    double now_s, booted_s;
    double skew_ticks;   /* jumps of its clock */
    uint64_t shown;      /* the counter, before it is cut to its width */
    double carried;      /* octets since the last usable reading, the truth */
    double carried_s;
    bool zero;           /* the last reading was a false zero */
    bool reset;          /* announced by discontinuity or another index */
};

static uint64_t next_random(struct line *l)
{
    l->seed ^= l->seed << 13;
    l->seed ^= l->seed >> 7;
    l->seed ^= l->seed << 17;
    return l->seed;
}

static double share(struct line *l)
{
    return (double)(next_random(l) >> 11) / 9007199254740992.0;
}

static bool chance(struct line *l, double p)
{
    return share(l) < p;
}

static void begin_line(struct line *l)
{
    static const double speeds[] = {10e6, 100e6, 1e9, 10e9};
    l->width = chance(l, 0.4) ? COUNTER_32 : COUNTER_64;
    l->narrow64 = l->width == COUNTER_64 && chance(l, 0.2);
    l->speed_bps = speeds[next_random(l) % (l->narrow64 ? 2 : 4)];
    l->booted_s = l->now_s - share(l) * 497 * 86400; /* some are about to wrap */
    l->skew_ticks = 0;
    l->shown = (UINT64_C(1) << 33) + next_random(l) % (UINT64_C(1) << 40);
}

static void pass_traffic(struct line *l, double seconds)
{
    double load = chance(l, 0.2) ? 1 : chance(l, 0.2) ? 0 : share(l);
    double octets = floor(load * l->speed_bps / 8 * seconds);
    l->now_s += seconds;
    l->shown += (uint64_t)octets;
    l->carried += octets;
    l->carried_s += seconds;
}

static void befall(struct line *l)
{
    l->reset = false;
    if (chance(l, 0.01)) { /* reboot */
        l->now_s += 10 + share(l) * 100;
        l->booted_s = l->now_s;
        l->skew_ticks = 0;
        l->shown = 0;
        pass_traffic(l, 1 + share(l) * 30);
    }
    if (chance(l, 0.01)) { /* another index, or a discontinuity */
        l->shown = next_random(l) >> (next_random(l) % 40 + 20);
        l->reset = true;
    }
    if (chance(l, 0.005)) /* its clock jumps ahead */
        l->skew_ticks += 100 * (20 + share(l) * 100000);
    if (chance(l, 0.005) && l->width == COUNTER_64 && !l->narrow64 && l->shown >> 33)
        l->shown -= l->shown / 3 * (l->shown >> 40 ? 1 : 0); /* goes back for no reason */
}

static uint64_t visible(struct line *l, bool after_zero)
{
    l->zero = !after_zero && !l->zero && chance(l, 0.01);
    if (l->zero)
        return 0; /* a single one; after a reset or another zero nobody can tell it from the truth */
    return l->width == COUNTER_32 || l->narrow64 ? l->shown & UINT32_MAX : l->shown;
}

static void a_million_steps_store_nothing_false(void **state)
{
    struct line l = {.seed = 88172645463325252u, .now_s = 1e6};
    struct counter c = {0};
    struct agent_clock clock = {0};
    unsigned stored = 0;
    begin_line(&l);
    for (int i = 0; i < STEPS; i++) {
        if (chance(&l, 0.001)) {
            begin_line(&l);
            c = (struct counter){0};
            clock = (struct agent_clock){0};
            l.carried = l.carried_s = 0;
        }
        befall(&l);
        pass_traffic(&l, 20 + share(&l) * 100);
        double ticks = (l.now_s - l.booted_s) * 100 + l.skew_ticks;
        struct agent_step passed =
            agent_clock_step(&clock, (uint32_t)(uint64_t)ticks, at_s(l.now_s + share(&l) * 2));
        bool reset = l.reset || passed.time != AGENT_RAN;
        struct counter_reading r = {.value = visible(&l, reset || c.last == 0),
                                    .width = l.width,
                                    .reset = reset,
                                    .seconds = passed.seconds,
                                    .most_per_s = l.speed_bps / 8};
        double rate = counter_step(&c, &r), truth = l.carried / l.carried_s;
        if (!isnan(rate)) {
            stored++;
            assert_true(rate <= l.speed_bps / 8);
            if (fabs(rate - truth) > 0.01 * truth + 0.001 * l.speed_bps / 8) /* ticks are 10 ms */
                fail_msg("step %d: stored %.0f, truth %.0f, speed %.0f", i, rate, truth, l.speed_bps);
        }
        if (c.held_s == 0)
            l.carried = l.carried_s = 0;
    }
    print_message("# %u of %d intervals stored\n", stored, STEPS);
    assert_true(stored > STEPS / 2); /* refusing everything would be true, too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_reading_has_no_rate),
        cmocka_unit_test(a_32_bit_counter_wraps_without_a_gap),
        cmocka_unit_test(a_counter_that_may_have_wrapped_twice_is_unknown),
        cmocka_unit_test(a_reset_drops_the_interval),
        cmocka_unit_test(a_64_bit_counter_that_falls_was_reset),
        cmocka_unit_test(a_64_bit_counter_that_wraps_at_32_is_found_out_once),
        cmocka_unit_test(a_single_zero_is_skipped_and_its_time_is_kept),
        cmocka_unit_test(a_zero_that_stays_was_a_reset),
        cmocka_unit_test(no_rate_is_above_the_line),
        cmocka_unit_test(a_counter_that_stands_still_is_zero),
        cmocka_unit_test(a_missing_reading_lengthens_the_next_interval),
        cmocka_unit_test(time_is_the_agents_own),
        cmocka_unit_test(the_wrap_after_497_days_is_no_reboot),
        cmocka_unit_test(an_answer_that_overtakes_another_is_no_reboot),
        cmocka_unit_test(a_reboot_is_seen_soon_after_another),
        cmocka_unit_test(a_reboot_is_seen_though_uptime_is_higher_than_before),
        cmocka_unit_test(a_clock_that_jumps_gives_no_rate),
        cmocka_unit_test(a_clock_that_stands_is_replaced_by_ours),
        cmocka_unit_test(a_million_steps_store_nothing_false),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
