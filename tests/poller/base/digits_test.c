/* The same digits as printf's. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/digits.h"

#define TRIES 200000

static void assert_digits(uint64_t number)
{
    char out[DIGITS_ROOM], wanted[DIGITS_ROOM];
    snprintf(wanted, sizeof wanted, "%" PRIu64, number);
    size_t len = digits_put(number, out);
    assert_int_equal(len, strlen(wanted));
    assert_memory_equal(out, wanted, len);
}

static void every_number_below_a_hundred_thousand_is_right(void **state)
{
    for (uint64_t n = 0; n < 100000; n++)
        assert_digits(n);
}

static void every_length_is_right_at_both_its_ends(void **state)
{
    uint64_t power = 1;
    for (unsigned digits = 1; digits <= 20; digits++, power *= 10) {
        assert_digits(power);
        assert_digits(power - 1);
        assert_digits(power + 1);
    }
    assert_digits(UINT64_MAX);
}

static void numbers_of_any_size_are_right(void **state)
{
    srand48(1);
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t bits = (uint64_t)mrand48() << 32 ^ (uint32_t)mrand48();
        assert_digits(bits >> (unsigned)lrand48() % 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_below_a_hundred_thousand_is_right),
        cmocka_unit_test(every_length_is_right_at_both_its_ends),
        cmocka_unit_test(numbers_of_any_size_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
