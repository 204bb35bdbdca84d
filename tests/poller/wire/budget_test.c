#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poller/wire/budget.h"

static unsigned taken(struct budget *b, unsigned frames, int64_t from_ns, int64_t gap_ns)
{
    unsigned n = 0;
    for (unsigned i = 0; i < frames; i++)
        n += budget_take(b, (struct mono){from_ns + i * gap_ns});
    return n;
}

static void after_quiet_a_burst_comes_through_and_then_no_more(void **state)
{
    struct budget b = {0};
    assert_int_equal(taken(&b, 10000, SECONDS(100), 0), BUDGET_MOST);
    assert_int_equal(taken(&b, 10000, SECONDS(1000), 0), BUDGET_MOST);
}

static void a_storm_is_cut_down_to_the_rate(void **state)
{
    struct budget b = {0};
    unsigned first = taken(&b, 100000, SECONDS(100), NS_PER_S / 100000); /* a second of it */
    assert_in_range(first, BUDGET_MOST + BUDGET_PER_S - 2, BUDGET_MOST + BUDGET_PER_S + 2);
    assert_in_range(taken(&b, 100000, SECONDS(101), NS_PER_S / 100000), BUDGET_PER_S - 2, BUDGET_PER_S + 2);
}

static void what_is_below_the_rate_is_never_cut(void **state)
{
    struct budget b = {0};
    assert_int_equal(taken(&b, 20000, SECONDS(5), NS_PER_S / BUDGET_PER_S), 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_quiet_a_burst_comes_through_and_then_no_more),
        cmocka_unit_test(a_storm_is_cut_down_to_the_rate),
        cmocka_unit_test(what_is_below_the_rate_is_never_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
