#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>

#include "collectors/guest/rising.h"

static void note(struct rising *r, uint8_t last)
{
    rising_note(r, &(struct addr){.family = AF_INET, .bytes = {10, 51, 0, last}});
}

static void the_same_address_or_a_few_in_turn_are_fine(void **state)
{
    struct rising r = {0};
    for (int i = 0; i < 100; i++) {
        note(&r, (uint8_t)(i % 3));
        assert_false(rising_is_too_many(&r));
    }
}

static void a_new_one_each_time_is_too_many_and_an_old_one_ends_it(void **state)
{
    struct rising r = {0};
    for (uint8_t i = 0; i < RISING_TOO_MANY; i++) {
        note(&r, i);
        assert_false(rising_is_too_many(&r));
    }
    note(&r, RISING_TOO_MANY);
    assert_true(rising_is_too_many(&r));
    note(&r, 3);
    assert_false(rising_is_too_many(&r));
}

static void only_the_newest_are_kept(void **state)
{
    struct rising r = {0};
    for (uint8_t i = 0; i < 100; i++)
        note(&r, i);
    assert_int_equal(r.count, RISING_KEPT);
    note(&r, 99);
    assert_false(rising_is_too_many(&r));
    for (uint8_t i = 0; i < RISING_TOO_MANY; i++)
        note(&r, i); /* so long ago that they are new */
    assert_true(rising_is_too_many(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_address_or_a_few_in_turn_are_fine),
        cmocka_unit_test(a_new_one_each_time_is_too_many_and_an_old_one_ends_it),
        cmocka_unit_test(only_the_newest_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
