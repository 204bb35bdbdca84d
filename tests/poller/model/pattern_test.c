#include "poller/model/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static bool matches(const char *pattern, const char *text, size_t len)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern *p = pattern_compile(pattern, error);
    if (!p)
        fail_msg("%s: %s", pattern, error);
    bool found = pattern_match(p, text, len, NULL, 0);
    pattern_destroy(p);
    return found;
}

static void refused(const char *pattern, const char *said)
{
    char error[PATTERN_ERROR_MAX] = "";
    struct pattern *p = pattern_compile(pattern, error);
    if (p || !strstr(error, said))
        fail_msg("%s: %s", pattern, p ? "taken" : error);
}

static void a_text_needs_no_terminator(void **state)
{
    (void)state;
    assert_true(matches("^RouterOS", "RouterOS 7", 10));
    assert_true(matches("OS$", "RouterOS 7", 8));
    assert_false(matches("7", "RouterOS 7", 9));
    assert_true(matches("^$", NULL, 0));
}

static void groups_tell_where_they_stand(void **state)
{
    (void)state;
    char error[PATTERN_ERROR_MAX];
    struct pattern_span spans[4];
    struct pattern *p = pattern_compile("v([0-9]+)(-rc)?", error);
    assert_int_equal(pattern_groups(p), 2);
    assert_true(pattern_match(p, "fw v71", 6, spans, 3));
    assert_true(spans[0].from == 3 && spans[0].to == 6);
    assert_true(spans[1].found && spans[1].from == 4 && spans[1].to == 6);
    assert_false(spans[2].found);
    pattern_destroy(p);
    pattern_destroy(NULL);
}

static void what_would_cost_too_much_is_refused(void **state)
{
    (void)state;
    char longest[PATTERN_MAX_BYTES + 2];
    refused("(a)\\1", "back references");
    refused("a{2001}", "too many repetitions");
    refused("(a{50}){50}", "too many repetitions");
    refused("((((a{1,7}){7,}){0,7}){7})", "too many repetitions");
    refused("a**", "too many repetitions");
    refused("a+{2}", "too many repetitions");
    refused("*a", "too many repetitions");
    refused("(((((((a+)+)+)+)+)+)+)", "within each other");
    refused("(abcdefghijklmnopqrst){101}", "too many repetitions");
    refused("a{99999999999999999999}", "too many repetitions");
    refused("((((((((((((((((((((((((((((((((((a", "within each other");
    refused("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)", "more than 9 groups");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    refused(longest, "longer than 256");
    refused("(", "");
    refused("[", "");
    refused("[[:nope:]]", "");
}

/* Braces and backslashes inside of brackets are mere characters. */
static void brackets_are_read_as_they_are(void **state)
{
    (void)state;
    assert_true(matches("[]{9999}]", "{", 1));
    assert_true(matches("[\\1]", "1", 1));
    assert_true(matches("[^[:alnum:]{(]x", "-x", 2));
    assert_true(matches("a\\{", "a{", 2));
    assert_true(matches("^(a|b){2,3}$", "abb", 3));
    assert_true(matches("a+b+c+d+e+f+g+h+i+j+k+l+[0-9]+", "abcdefghijkl9", 13));
    assert_true(matches("x{0}y{,3}$", "yyy", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_needs_no_terminator),
        cmocka_unit_test(groups_tell_where_they_stand),
        cmocka_unit_test(what_would_cost_too_much_is_refused),
        cmocka_unit_test(brackets_are_read_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
