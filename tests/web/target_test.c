#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "web/target.h"

static struct target t;
static struct form form;

static void a_path_is_cut_into_decoded_segments(void **state)
{
    assert_true(target_parse("/", &t));
    assert_int_equal(t.segments_count, 0);
    assert_true(target_parse("/node/gi1%2F0%2F5?span=week&object=if-a%20b+c", &t));
    assert_int_equal(t.segments_count, 2);
    assert_string_equal(t.segments[1], "gi1/0/5");
    assert_string_equal(parameter(&t.query, "span"), "week");
    assert_string_equal(parameter(&t.query, "object"), "if-a b c");
    assert_null(parameter(&t.query, "other"));
}

static void a_plus_in_a_path_is_a_plus(void **state)
{
    assert_true(target_parse("/node/a+b", &t));
    assert_string_equal(t.segments[1], "a+b");
}

static void doubtful_targets_are_refused(void **state)
{
    static const char *const refused[] = {
        "", "node", "http://other/", "/a/../b", "/a/%2e%2e/b", "/./a", "/a//b", "/%00", "/%0d%0aX", "/%zz", "/%4",
        "/\x01", "/%ff", "/%c0%af", "/a?x=1&x=2", "/a?x=%00", "/a?%=1", "/1/2/3/4/5/6/7/8/9",
        "/a?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(target_parse(refused[i], &t));
}

static void percent_signs_are_decoded_once(void **state)
{
    assert_true(target_parse("/a/%252e%252e", &t));
    assert_string_equal(t.segments[1], "%2e%2e");
}

static void a_target_that_is_too_long_is_refused(void **state)
{
    char raw[TARGET_MAX_BYTES + 2];
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    raw[sizeof raw - 1] = '\0';
    assert_false(target_parse(raw, &t));
    raw[sizeof raw - 2] = '\0';
    assert_true(target_parse(raw, &t));
}

static void a_form_is_read_like_a_query(void **state)
{
    const char *body = "user=admin&password=a%26b+c&csrf=";
    assert_true(form_parse(body, strlen(body), &form));
    assert_string_equal(parameter(&form.fields, "password"), "a&b c");
    assert_string_equal(parameter(&form.fields, "csrf"), "");
    assert_false(form_parse("a=1\0b", 5, &form));
    assert_true(form_parse("", 0, &form));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_cut_into_decoded_segments),
        cmocka_unit_test(a_plus_in_a_path_is_a_plus),
        cmocka_unit_test(doubtful_targets_are_refused),
        cmocka_unit_test(percent_signs_are_decoded_once),
        cmocka_unit_test(a_target_that_is_too_long_is_refused),
        cmocka_unit_test(a_form_is_read_like_a_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
