#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/base/clock.h"
#include "poller/model/pace.h"

static void assert_text(int64_t configured_ns, int64_t interval_ns, int64_t takes_ns, const char *wanted)
{
    char text[PACE_TEXT_MAX];
    assert_string_equal(pace_text(&(struct pace){configured_ns, interval_ns, takes_ns}, text), wanted);
}

static void less_often_is_said_with_its_reason(void **state)
{
    assert_text(MINUTES(1), MINUTES(4), MILLISECONDS(6200),
                "asked every 4 min instead of every minute: its answers take 6.2 s");
    assert_text(SECONDS(30), MINUTES(1), SECONDS(2),
                "asked every minute instead of every 30 s: its answers take 2.0 s");
    assert_text(SECONDS(45), SECONDS(90), SECONDS(12), "asked every 90 s instead of every 45 s: its answers take 12 s");
}

static void as_configured_is_not_worth_a_word(void **state)
{
    assert_text(MINUTES(1), MINUTES(1), SECONDS(1), "");
    assert_text(0, 0, 0, "");
}

static void what_is_not_known_is_not_said(void **state)
{
    assert_text(MINUTES(5), MINUTES(10), 0, "asked every 10 min instead of every 5 min");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(less_often_is_said_with_its_reason),
        cmocka_unit_test(as_configured_is_not_worth_a_word),
        cmocka_unit_test(what_is_not_known_is_not_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
