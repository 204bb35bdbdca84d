/* What must hold whatever a device's answers take, over simulated days. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "poller/engine/shedding.h"

#define DAY_S 86400

struct device {
    struct shedding s;
    struct mono now;
    unsigned changes, returns; /* returns: of those, towards what is configured */
    uint64_t random;
    double busy_s; /* in all */
};

static struct device device_asked_every(int64_t interval_ns)
{
    struct device d = {.now = {SECONDS(1000)}, .random = 88172645463325252u};
    shedding_configure(&d.s, interval_ns);
    return d;
}

static double draw(struct device *d) /* [0, 1) */
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return (double)(d->random >> 11) * 0x1p-53;
}

static void round_takes(struct device *d, double busy_s)
{
    d->now = mono_after(d->now, shedding_interval_ns(&d->s));
    d->busy_s += busy_s;
    unsigned times = d->s.times;
    d->changes += shedding_take(&d->s, (int64_t)(busy_s * 1e9), d->now);
    d->returns += d->s.times < times;
}

/* Each round takes so long, and as much up and down by chance; never longer than the time there is. */
static void live(struct device *d, double busy_s, double noise_s, int seconds)
{
    struct mono until = mono_after(d->now, SECONDS(seconds));
    while (mono_before(d->now, until)) {
        double most_s = (double)shedding_interval_ns(&d->s) * 1e-9, s = busy_s + noise_s * (2 * draw(d) - 1);
        round_takes(d, s < most_s ? s : most_s);
    }
}

static double part(struct device *d, double busy_s)
{
    return busy_s * 1e9 / (double)shedding_interval_ns(&d->s);
}

static void a_light_device_is_asked_as_configured_for_ever(void **state)
{
    for (double busy_s = 0; busy_s < 3.0; busy_s += 0.1) {
        struct device d = device_asked_every(MINUTES(1));
        live(&d, busy_s, 0, DAY_S);
        assert_int_equal(d.changes, 0);
        assert_int_equal(shedding_interval_ns(&d.s), MINUTES(1));
    }
}

/* For all loads and intervals: it is asked just so much less often that it has nineteen twentieths of its
 * time for itself, or as rarely as may be. */
static void a_busy_device_is_asked_just_rarely_enough(void **state)
{
    const int64_t intervals_s[] = {5, 30, 60, 120, 300, 600};
    for (size_t i = 0; i < sizeof intervals_s / sizeof intervals_s[0]; i++)
        for (double busy_s = 0.05; busy_s < 120; busy_s *= 1.37) {
            struct device d = device_asked_every(SECONDS(intervals_s[i]));
            live(&d, busy_s, 0, DAY_S);
            double at_most = (double)SHEDDING_LONGEST_NS / 2;
            assert_true(part(&d, busy_s) <= SHEDDING_MOST ||
                        (double)shedding_interval_ns(&d.s) > at_most);
            assert_true(d.s.times == 1 || part(&d, busy_s) > SHEDDING_MOST / 2 / (1 + 1e-9) - 1e-3);
            assert_true(shedding_interval_ns(&d.s) <= SHEDDING_LONGEST_NS);
            assert_int_equal(d.returns, 0);
        }
}

static void six_seconds_a_minute_become_four_minutes(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    live(&d, 6.2, 0, 600);
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(4));
    assert_int_equal(d.s.takes_ns, MILLISECONDS(6200));
}

static void one_long_round_decides_nothing(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    for (int day = 0; day < 3; day++) {
        live(&d, 0.4, 0, 7200);
        round_takes(&d, 55);
    }
    assert_int_equal(d.changes, 0);
}

/* Near the limit the load wavers over it all the time. */
static void a_load_around_the_limit_does_not_flap(void **state)
{
    for (double busy_s = 2.0; busy_s < 4.0; busy_s += 0.05) {
        struct device d = device_asked_every(MINUTES(1));
        live(&d, busy_s, 0.5, 7 * DAY_S);
        assert_true(d.changes <= 14);
    }
}

static void it_is_asked_as_configured_again_when_that_fits(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    live(&d, 10, 1, 3600);
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(4));
    live(&d, 0.5, 0.1, 7200);
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(1));
    live(&d, 0.5, 0.1, DAY_S);
    assert_true(d.changes - d.returns == 1 && d.returns <= 2); /* by way of two minutes, perhaps */
}

/* The answer to being asked often is what keeps it busy: no interval is right, and it must not be said a
 * hundred times a day. */
static void what_is_slow_because_it_is_asked_often_settles(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    unsigned first_day = 0;
    for (int day = 0; day < 10; day++) {
        struct mono until = mono_after(d.now, SECONDS(DAY_S));
        unsigned before = d.changes;
        while (mono_before(d.now, until))
            round_takes(&d, d.s.times > 1 ? 0.2 : 5);
        if (day == 0)
            first_day = d.changes - before;
        else
            assert_true(d.changes - before <= 4);
    }
    assert_true(first_day <= 12);
}

static void a_restart_goes_on_where_it_was(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    assert_true(shedding_restore(&d.s, 4, MILLISECONDS(6200), d.now));
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(4));
    live(&d, 6.2, 0, DAY_S);
    assert_int_equal(d.changes, 0);
    live(&d, 0.2, 0, 7200);
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(1));
}

static void what_cannot_have_been_is_not_restored(void **state)
{
    const struct {
        int64_t interval_ns;
        unsigned times;
        int64_t takes_ns;
    } wrong[] = {{MINUTES(1), 0, 0}, {MINUTES(1), 1, 0}, {MINUTES(1), 3, 0}, {MINUTES(1), 16, 0},
                 {MINUTES(10), 2, 0}, {MINUTES(1), 4, -1}, {MINUTES(1), 0x80000000u, 0}, {MINUTES(30), 2, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct device d = device_asked_every(wrong[i].interval_ns);
        assert_false(shedding_restore(&d.s, wrong[i].times, wrong[i].takes_ns, d.now));
        assert_int_equal(shedding_interval_ns(&d.s), wrong[i].interval_ns);
    }
}

static void another_interval_begins_anew(void **state)
{
    struct device d = device_asked_every(MINUTES(1));
    live(&d, 10, 0, 3600);
    shedding_configure(&d.s, MINUTES(1));
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(4));
    shedding_configure(&d.s, MINUTES(5));
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(5));
    live(&d, 10, 0, DAY_S);
    assert_int_equal(shedding_interval_ns(&d.s), MINUTES(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_light_device_is_asked_as_configured_for_ever),
        cmocka_unit_test(a_busy_device_is_asked_just_rarely_enough),
        cmocka_unit_test(six_seconds_a_minute_become_four_minutes),
        cmocka_unit_test(one_long_round_decides_nothing),
        cmocka_unit_test(a_load_around_the_limit_does_not_flap),
        cmocka_unit_test(it_is_asked_as_configured_again_when_that_fits),
        cmocka_unit_test(what_is_slow_because_it_is_asked_often_settles),
        cmocka_unit_test(a_restart_goes_on_where_it_was),
        cmocka_unit_test(what_cannot_have_been_is_not_restored),
        cmocka_unit_test(another_interval_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
