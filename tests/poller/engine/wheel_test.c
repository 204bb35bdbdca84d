#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "poller/engine/wheel.h"

struct rung {
    struct timer timer;
    struct wheel *wheel;
    int64_t when_ms, rang_ms;
    unsigned count;
};

static int64_t now_ms;

static struct mono ms(int64_t n)
{
    return (struct mono){MILLISECONDS(n)};
}

static void ring(void *arg)
{
    struct rung *r = arg;
    r->rang_ms = now_ms;
    r->count++;
}

static void timers_ring_in_their_slot_whatever_their_distance(void **state)
{
    enum { COUNT = 500 };
    static struct wheel w;
    static struct rung r[COUNT];
    wheel_init(&w, ms(1000));
    srandom(1);
    for (size_t i = 0; i < COUNT; i++) {
        r[i] = (struct rung){.timer = {.ring = ring, .arg = &r[i]}};
        r[i].when_ms = 1000 + random() % (i % 2 ? 3000 : 200000);
        wheel_add(&w, &r[i].timer, ms(r[i].when_ms));
    }
    for (struct mono due; (due = wheel_due(&w)).ns != MONO_NEVER.ns;) {
        now_ms = due.ns / NS_PER_MS;
        wheel_turn(&w, due);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(r[i].count, 1);
        assert_true(r[i].rang_ms >= r[i].when_ms);
        assert_true(r[i].rang_ms < r[i].when_ms + 5);
    }
}

static void a_removed_timer_stays_silent(void **state)
{
    static struct wheel w;
    struct rung a = {.timer = {.ring = ring}}, b = a;
    a.timer.arg = &a;
    b.timer.arg = &b;
    wheel_init(&w, ms(0));
    wheel_add(&w, &a.timer, ms(50));
    wheel_add(&w, &b.timer, ms(90000));
    wheel_remove(&w, &a.timer);
    wheel_remove(&w, &b.timer);
    wheel_remove(&w, &b.timer);
    assert_true(wheel_due(&w).ns == MONO_NEVER.ns);
    wheel_turn(&w, ms(100000));
    assert_int_equal(a.count + b.count, 0);
}

static void ring_and_add_again(void *arg)
{
    struct rung *r = arg;
    if (++r->count < 10)
        wheel_add(r->wheel, &r->timer, ms(0));
}

static void a_timer_set_again_while_it_rings_waits_for_the_next_slot(void **state)
{
    static struct wheel w;
    struct rung r = {.timer = {.ring = ring_and_add_again, .arg = &r}, .wheel = &w};
    wheel_init(&w, ms(0));
    wheel_add(&w, &r.timer, ms(10));
    wheel_turn(&w, ms(10));
    assert_int_equal(r.count, 1);
    wheel_turn(&w, ms(15));
    assert_int_equal(r.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_ring_in_their_slot_whatever_their_distance),
        cmocka_unit_test(a_removed_timer_stays_silent),
        cmocka_unit_test(a_timer_set_again_while_it_rings_waits_for_the_next_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
