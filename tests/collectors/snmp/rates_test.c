#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/snmp/rates.h"

static void what_one_gives_back_the_next_one_takes(void **state)
{
    struct rates *spare = NULL, *one = rates_take(&spare, 4), *two = rates_take(&spare, 4);
    assert_non_null(one);
    assert_non_null(two);
    assert_ptr_not_equal(one, two);
    rates_give_back(&spare, one);
    rates_give_back(&spare, NULL);
    assert_ptr_equal(rates_take(&spare, 3), one);
    assert_null(spare);
    rates_give_back(&spare, one);
    rates_give_back(&spare, two);
    rates_free_all(&spare);
    assert_null(spare);
}

static void one_that_is_too_small_is_made_larger(void **state)
{
    struct rates *spare = NULL;
    rates_give_back(&spare, rates_take(&spare, 1));
    struct rates *r = rates_take(&spare, 200);
    assert_null(spare);
    assert_int_equal(r->capacity, 200);
    r->ports[199].of[PORT_OUT_PACKETS] = 1;
    rates_give_back(&spare, r);
    rates_free_all(&spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_gives_back_the_next_one_takes),
        cmocka_unit_test(one_that_is_too_small_is_made_larger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
