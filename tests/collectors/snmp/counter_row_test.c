#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collectors/snmp/port.h"

#define ROUNDS 20000
#define GIGABIT UINT64_C(1000000000)
#define WIDE_AND_ERRORS (IF_BIT(IF_COUNTERS) - 1)
#define NARROW (WIDE_AND_ERRORS & ~IF_WIDE_BITS)

static unsigned chance(unsigned most)
{
    return (unsigned)lrand48() % most;
}

static void plain_counters_need_nothing_beside_their_numbers(void **state)
{
    struct counter_row row = {0};
    struct counter in[IF_COUNTERS] = {{0}}, out[IF_COUNTERS];
    for (unsigned i = 0; i < IF_COUNTERS; i += 2)
        in[i] = counter_plain(i * 1000);
    counter_row_put(&row, in);
    assert_null(row.rest);
    counter_row_get(&row, out);
    assert_memory_equal(in, out, sizeof in);
}

static void what_one_has_to_remember_is_kept_while_it_has(void **state)
{
    struct counter_row row = {0};
    struct counter in[IF_COUNTERS] = {{0}}, out[IF_COUNTERS];
    in[3] = counter_plain(7);
    counter_skip(&in[3], 60);
    counter_row_put(&row, in);
    assert_non_null(row.rest);
    counter_row_get(&row, out);
    assert_memory_equal(in, out, sizeof in);
    in[3] = counter_plain(9);
    counter_row_put(&row, in);
    assert_null(row.rest);
    counter_row_get(&row, out);
    assert_memory_equal(in, out, sizeof in);
}

static void one_that_went_back_stops_all(void **state)
{
    struct counter_row row = {.read = WIDE_AND_ERRORS};
    uint64_t now[IF_COUNTERS], grown[IF_COUNTERS];
    struct counter_limits most = {1000, 1000};
    for (unsigned i = 0; i < IF_COUNTERS; i++)
        row.last[i] = 500, now[i] = 600;
    now[5] = 499;
    assert_false(counter_row_went_on(&row, WIDE_AND_ERRORS, now, most, grown));
    assert_int_equal(row.last[0], 500);
    now[5] = 500;
    assert_true(counter_row_went_on(&row, WIDE_AND_ERRORS, now, most, grown));
    assert_int_equal(row.last[0], 600);
    assert_int_equal(grown[5], 0);
    now[5] = 2000;
    assert_false(counter_row_went_on(&row, WIDE_AND_ERRORS, now, most, grown));
    assert_false(counter_row_went_on(&row, IF_WIDE_BITS, now, most, grown)); /* fewer than before */
    row.last[5] = UINT64_MAX - 1;
    now[5] = 3; /* 64 bits that wrap are no growth of five */
    assert_false(counter_row_went_on(&row, WIDE_AND_ERRORS, now, most, grown));
}

/* --- a port beside counters that are stepped one by one --- */

struct reference {
    struct counter counters[IF_COUNTERS];
    double rates[IF_COUNTERS];
};

static void step(struct reference *ref, const struct port_reading *r, double seconds, bool reset, double bps)
{
    for (unsigned i = 0; i < IF_COUNTERS; i++) {
        struct counter_reading reading = {.value = r->value[i],
                                          .width = r->narrow & IF_BIT(i) ? COUNTER_32 : COUNTER_64,
                                          .reset = reset,
                                          .seconds = seconds,
                                          .most_per_s = i <= IF_HC_OUT_OCTETS ? bps / 8 : bps / 512};
        ref->rates[i] = NAN;
        if (r->have & IF_BIT(i))
            ref->rates[i] = counter_step(&ref->counters[i], &reading);
        else
            counter_skip(&ref->counters[i], seconds);
    }
}

static void expect_rate(float rate, double expected)
{
    if (isnan(expected))
        assert_true(isnan(rate));
    else
        assert_true(fabs((double)rate - expected) <= 1e-5 * (1 + fabs(expected)));
}

static void expect_same(const struct port *p, const struct port_rates *rates, const struct reference *ref)
{
    const double *r = ref->rates;
    struct counter counters[IF_COUNTERS];
    for (int i = 0; i < 2; i++) {
        expect_rate(rates->of[PORT_IN_OCTETS + i], r[IF_HC_IN_OCTETS + i]);
        expect_rate(rates->of[PORT_IN_ERRORS + i], r[IF_IN_ERRORS + i]);
        expect_rate(rates->of[PORT_IN_DISCARDS + i], r[IF_IN_DISCARDS + i]);
        expect_rate(rates->of[PORT_IN_PACKETS + i],
                    r[IF_HC_IN_UCAST + i] + r[IF_HC_IN_MULTICAST + i] + r[IF_HC_IN_BROADCAST + i]);
    }
    counter_row_get(&p->counters, counters);
    for (unsigned i = 0; i < IF_COUNTERS; i++) {
        assert_true(counters[i].last == ref->counters[i].last);
        assert_true(counters[i].flags == ref->counters[i].flags);
        assert_true(fabsf(counters[i].held_s - ref->counters[i].held_s) < 1e-3f);
    }
}

/* Mostly they go on; sometimes one stands, goes back, is zero once, jumps, is not there, wraps. */
static void next_reading(struct port_reading *r)
{
    r->have = WIDE_AND_ERRORS | IF_BIT(IF_HIGH_SPEED);
    r->narrow = NARROW;
    for (unsigned i = 0; i < IF_COUNTERS; i++) {
        unsigned what = chance(400);
        if (what == 0)
            r->value[i] /= 2;
        else if (what == 1)
            r->value[i] += UINT64_C(1) << 45;
        else if (what == 2)
            r->value[i] = 0;
        else if (what != 3)
            r->value[i] += chance(i <= IF_HC_OUT_OCTETS ? 1u << 30 : 1u << 16);
        if (what == 4)
            r->have &= ~IF_BIT(i);
        if (r->narrow & IF_BIT(i))
            r->value[i] &= UINT32_MAX;
    }
    if (chance(50) == 0)
        r->value[chance(IF_COUNTERS)] |= UINT64_C(0xfffffff0);
    for (unsigned i = 0; i < IF_COUNTERS; i++)
        if (r->narrow & IF_BIT(i))
            r->value[i] &= UINT32_MAX;
    r->value[IF_HIGH_SPEED] = GIGABIT / 1000000;
}

static void a_port_counts_as_its_counters_would_one_by_one(void **state)
{
    struct port p = {.type = 6, .restart = true, .speed_bps = GIGABIT};
    struct reference ref = {0};
    struct port_reading r = {.ticks = 1000, .at = {SECONDS(10)}};
    unsigned plain = 0;
    srand48(9);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct port_reading asked;
        struct port_rates rates;
        next_reading(&r);
        asked = r;
        for (unsigned c = 0; c < IF_COUNTERS; c++)
            asked.value[c] = r.have & IF_BIT(c) ? r.value[c] : 0;
        port_take(&p, &asked, &(struct port_interval){0}, &rates);
        p.over_speed = 0; /* the claimed speed is true here, whatever the numbers do */
        step(&ref, &r, i ? 60 : 0, i == 0, (double)GIGABIT);
        expect_same(&p, &rates, &ref);
        plain += !p.counters.rest;
        r.ticks += 6000;
        r.at = mono_after(r.at, SECONDS(60));
    }
    assert_in_range(plain, ROUNDS / 4, ROUNDS - ROUNDS / 20); /* both ways were gone often */
    counter_row_fini(&p.counters);
}

static void ports_read_together_share_their_interval(void **state)
{
    struct port one = {.restart = true}, two = {.restart = true};
    struct port_rates one_s, two_s;
    struct port_interval interval = {0};
    struct port_reading r = {
        .have = IF_BIT(IF_HC_IN_OCTETS) | IF_BIT(IF_HC_OUT_OCTETS), .ticks = 100, .at = {SECONDS(1)}};
    port_take(&one, &r, &interval, &one_s);
    port_take(&two, &r, &interval, &two_s);
    r.ticks += 1000;
    r.at = mono_after(r.at, SECONDS(10));
    r.value[IF_HC_IN_OCTETS] = 5000;
    interval = (struct port_interval){0};
    port_take(&one, &r, &interval, &one_s);
    port_take(&two, &r, &interval, &two_s);
    assert_float_equal(one_s.of[PORT_IN_OCTETS], 500, 1e-3);
    assert_float_equal(two_s.of[PORT_IN_OCTETS], 500, 1e-3);
    assert_int_equal(two.ticks, r.ticks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_counters_need_nothing_beside_their_numbers),
        cmocka_unit_test(what_one_has_to_remember_is_kept_while_it_has),
        cmocka_unit_test(one_that_went_back_stops_all),
        cmocka_unit_test(a_port_counts_as_its_counters_would_one_by_one),
        cmocka_unit_test(ports_read_together_share_their_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
