#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/cookie.h"

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    char v[16];
    assert_true(cookie_value("a=1; hayloft=abc; b=2", "hayloft", v, sizeof v));
    assert_string_equal(v, "abc");
    assert_true(cookie_value("hayloft=x", "hayloft", v, sizeof v));
    assert_false(cookie_value("xhayloft=abc", "hayloft", v, sizeof v));
    assert_false(cookie_value("hayloftx=abc", "hayloft", v, sizeof v));
    assert_false(cookie_value("a=hayloft=abc", "hayloft", v, sizeof v));
    assert_false(cookie_value(NULL, "hayloft", v, sizeof v));
    assert_false(cookie_value("", "hayloft", v, sizeof v));
}

static void doubtful_values_are_refused(void **state)
{
    char v[16];
    assert_false(cookie_value("hayloft=", "hayloft", v, sizeof v));
    assert_false(cookie_value("hayloft=a b", "hayloft", v, sizeof v));
    assert_false(cookie_value("hayloft=\"a\"", "hayloft", v, sizeof v));
    assert_false(cookie_value("hayloft=0123456789abcdef", "hayloft", v, sizeof v));
}

static void secrets_are_the_same_or_not(void **state)
{
    assert_true(same_secret("abc", "abc"));
    assert_false(same_secret("abc", "abd"));
    assert_false(same_secret("abc", "ab"));
    assert_true(same_secret("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
        cmocka_unit_test(doubtful_values_are_refused),
        cmocka_unit_test(secrets_are_the_same_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
