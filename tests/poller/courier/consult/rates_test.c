#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "poller/courier/consult/rates.h"

#define TOP_32 4294967296.0

static double take(struct rates *r, const char *whose, double value, int64_t at_s)
{
    return rates_take(r, whose, strlen(whose), value, (struct mono){SECONDS(at_s)});
}

/* One reading with one counter. */
static double read_at(struct rates *r, double value, int64_t at_s)
{
    rates_begin(r, (struct mono){SECONDS(at_s)});
    return take(r, "rx", value, at_s);
}

static int set_up(void **state)
{
    *state = rates_create();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    rates_destroy(*state);
    return 0;
}

static void a_rate_needs_two_readings(void **state)
{
    assert_true(isnan(read_at(*state, 1000, 100)));
    assert_true(read_at(*state, 7000, 160) == 100);
    assert_true(read_at(*state, 7000, 220) == 0);
}

static void a_reading_left_out_is_made_up_for_by_the_next(void **state)
{
    read_at(*state, 1000, 100);
    assert_true(isnan(read_at(*state, NAN, 160)));
    assert_true(read_at(*state, 13000, 220) == 100);
    rates_begin(*state, (struct mono){SECONDS(280)}); /* not even a place for it */
    assert_true(read_at(*state, 25000, 340) == 100);
}

static void a_restart_is_unknown_and_no_spike(void **state)
{
    read_at(*state, 5e12, 100);
    assert_true(read_at(*state, 5e12 + 600, 160) == 10);
    assert_true(isnan(read_at(*state, 30, 220)));
    assert_true(read_at(*state, 90, 280) == 1);
}

static void a_wrap_at_32_bits_is_learned(void **state)
{
    read_at(*state, TOP_32 - 600, 100);
    assert_true(isnan(read_at(*state, 0 + 60, 160))); /* cleared, or wrapped? */
    for (int i = 0; i < 3; i++) {
        read_at(*state, TOP_32 - 600, 220 + 120 * i);
        assert_true(read_at(*state, 600, 280 + 120 * i) == 20);
    }
}

static void what_is_no_count_is_unknown(void **state)
{
    const double strange[] = {-1, NAN, INFINITY, 1e300, 0x1p53 + 2};
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        int64_t at_s = 1000 * (int64_t)(i + 1);
        read_at(*state, 100, at_s);
        assert_true(isnan(read_at(*state, strange[i], at_s + 60)));
        assert_true(read_at(*state, 220, at_s + 120) == 1);
        read_at(*state, 0, at_s + 180);
    }
}

static void each_counter_is_its_own_in_any_order(void **state)
{
    for (int i = 0; i < 20; i++) {
        rates_begin(*state, (struct mono){SECONDS(60 * i + 60)});
        for (int k = 0; k < 50; k++) {
            char whose[16];
            int which = i % 2 ? k : 49 - k;
            snprintf(whose, sizeof whose, "port %d", which);
            double rate = take(*state, whose, 1000.0 * which + 60.0 * which * i, 60 * i + 60);
            assert_true(i ? rate == which : isnan(rate));
        }
    }
}

static void two_that_cannot_be_told_apart_are_unknown(void **state)
{
    for (int i = 0; i < 4; i++) {
        rates_begin(*state, (struct mono){SECONDS(60 * i + 60)});
        assert_true(isnan(take(*state, "rx", 1e6 + 60 * i, 60 * i + 60)));
        assert_true(isnan(take(*state, "rx", 60 * i, 60 * i + 60)));
    }
}

static void what_was_not_read_for_long_begins_anew(void **state)
{
    const int64_t long_s = RATES_REMEMBERED_NS / NS_PER_S + 1;
    read_at(*state, 0, 100);
    assert_true(rates_are_remembered(*state, (struct mono){SECONDS(160)}));
    assert_false(rates_are_remembered(*state, (struct mono){SECONDS(100 + long_s)}));
    assert_true(isnan(read_at(*state, 1e9, 100 + long_s)));
}

static void too_many_are_unknown_and_the_first_go_on(void **state)
{
    for (int i = 0; i < 2; i++) {
        rates_begin(*state, (struct mono){SECONDS(60 * i + 60)});
        for (int k = 0; k < RATES_MAX + 5; k++) {
            char whose[16];
            snprintf(whose, sizeof whose, "%d", k);
            double rate = take(*state, whose, 60 * i, 60 * i + 60);
            assert_true(i && k < RATES_MAX ? rate == 1 : isnan(rate));
        }
    }
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_rate_needs_two_readings),
        T(a_reading_left_out_is_made_up_for_by_the_next),
        T(a_restart_is_unknown_and_no_spike),
        T(a_wrap_at_32_bits_is_learned),
        T(what_is_no_count_is_unknown),
        T(each_counter_is_its_own_in_any_order),
        T(two_that_cannot_be_told_apart_are_unknown),
        T(what_was_not_read_for_long_begins_anew),
        T(too_many_are_unknown_and_the_first_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
