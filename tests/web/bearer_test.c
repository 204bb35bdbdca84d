#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/bearer.h"

static void the_very_token_is_right(void **state)
{
    assert_true(bearer_is("Bearer 0123456789abcdef", "0123456789abcdef"));
    assert_true(bearer_is("bearer 0123456789abcdef", "0123456789abcdef")); /* schemes have no case: RFC 9110 11.1 */
}

static void anything_else_is_wrong(void **state)
{
    static const char *const wrong[] = {
        NULL, "", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "Bearer  0123456789abcdef",
        "Bearer 0123456789ABCDEF", "Basic 0123456789abcdef", "0123456789abcdef", "Bearer0123456789abcdef"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(bearer_is(wrong[i], "0123456789abcdef"));
}

static void without_a_token_nothing_is_right(void **state)
{
    assert_false(bearer_is("Bearer ", NULL));
    assert_false(bearer_is("Bearer ", ""));
    assert_false(bearer_is(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_very_token_is_right),
        cmocka_unit_test(anything_else_is_wrong),
        cmocka_unit_test(without_a_token_nothing_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
