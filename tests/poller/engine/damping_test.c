#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/engine/damping.h"

static void the_first_time_it_must_be_well_for_the_configured_span(void **state)
{
    struct damping d = {.settle_ns = SECONDS(20)};
    damping_well(&d, (struct mono){SECONDS(100)});
    assert_int_equal(damping_resolve_at(&d).ns, SECONDS(120));
}

static void each_return_makes_the_wait_longer_up_to_a_bound(void **state)
{
    struct damping d = {.settle_ns = SECONDS(20)};
    damping_failed_again(&d);
    assert_int_equal(damping_wait_ns(&d), SECONDS(80));
    damping_failed_again(&d);
    assert_int_equal(damping_wait_ns(&d), SECONDS(140));
    for (int i = 0; i < 1000; i++)
        damping_failed_again(&d);
    assert_int_equal(damping_wait_ns(&d), SECONDS(180));
}

static void what_returns_within_the_window_is_the_same(void **state)
{
    struct damping d = {.settle_ns = SECONDS(20)};
    damping_well(&d, (struct mono){SECONDS(100)});
    assert_true(damping_is_same(&d, (struct mono){SECONDS(699)}));
    assert_false(damping_is_same(&d, (struct mono){SECONDS(700)}));
}

static void all_spans_follow_the_configured_one(void **state)
{
    struct damping d = {.settle_ns = SECONDS(1)};
    damping_failed_again(&d);
    damping_well(&d, (struct mono){SECONDS(10)});
    assert_int_equal(damping_resolve_at(&d).ns, SECONDS(14));
    assert_int_equal(damping_window_ns(&d), SECONDS(30));
    assert_int_equal(damping_forget_at(&d).ns, SECONDS(40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_time_it_must_be_well_for_the_configured_span),
        cmocka_unit_test(each_return_makes_the_wait_longer_up_to_a_bound),
        cmocka_unit_test(what_returns_within_the_window_is_the_same),
        cmocka_unit_test(all_spans_follow_the_configured_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
