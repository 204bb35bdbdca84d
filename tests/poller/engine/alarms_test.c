#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "poller/engine/alarms.h"

static void alarms_come_in_order_however_they_are_moved_and_stopped(void **state)
{
    enum { COUNT = 1000 };
    struct alarms all = {0};
    static struct alarm a[COUNT];
    srandom(2);
    for (size_t i = 0; i < COUNT; i++)
        alarm_set(&all, &a[i], (struct mono){random() % 100000});
    for (size_t i = 0; i < COUNT; i += 3)
        alarm_set(&all, &a[i], (struct mono){random() % 100000});
    for (size_t i = 0; i < COUNT; i += 5)
        alarm_stop(&all, &a[i]);
    alarm_stop(&all, &a[0]);
    size_t rang = 0;
    int64_t last = 0;
    for (struct alarm *next; (next = alarms_take(&all, (struct mono){100000})); rang++) {
        assert_true(next->at.ns >= last);
        assert_int_equal(next->position, 0);
        last = next->at.ns;
    }
    assert_int_equal(rang, COUNT - COUNT / 5);
    assert_true(alarms_due(&all).ns == MONO_NEVER.ns);
    alarms_fini(&all);
}

static void nothing_rings_before_its_time(void **state)
{
    struct alarms all = {0};
    struct alarm a = {0};
    alarm_set(&all, &a, (struct mono){100});
    assert_null(alarms_take(&all, (struct mono){99}));
    assert_ptr_equal(alarms_take(&all, (struct mono){100}), &a);
    alarms_fini(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_come_in_order_however_they_are_moved_and_stopped),
        cmocka_unit_test(nothing_rings_before_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
