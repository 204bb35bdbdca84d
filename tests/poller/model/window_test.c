#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/model/false_alarm.h"
#include "poller/model/window.h"

static void an_unfilled_window_says_neither_all_nor_none(void **state)
{
    struct window w = {0};
    assert_false(window_all(&w, 1));
    assert_false(window_none(&w, 1));
    window_put(&w, true);
    assert_true(window_all(&w, 1));
    assert_false(window_all(&w, 2));
}

static void only_the_newest_count(void **state)
{
    struct window w = {0};
    for (unsigned i = 0; i < 40; i++)
        window_put(&w, i < 37);
    assert_int_equal(window_yes(&w, 3), 0);
    assert_int_equal(window_yes(&w, 5), 2);
    assert_int_equal(window_yes(&w, WINDOW_MAX), WINDOW_MAX - 3);
    assert_true(window_none(&w, 3));
}

static void chances_add_up(void **state)
{
    assert_true(chance_at_least(0, 10, 0.3) > 0.999999);
    assert_true(chance_at_least(2, 2, 0.5) > 0.2499 && chance_at_least(2, 2, 0.5) < 0.2501);
    assert_true(false_alarms_in_a_row(2, 100, 0.1, 1) > 1.99 &&
                false_alarms_in_a_row(2, 100, 0.1, 1) < 2.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unfilled_window_says_neither_all_nor_none),
        cmocka_unit_test(only_the_newest_count),
        cmocka_unit_test(chances_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
