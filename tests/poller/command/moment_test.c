#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "poller/command/moment.h"

static const struct wall now = {INT64_C(1764000000) * NS_PER_S};

static int64_t read_seconds(const char *text)
{
    struct wall out;
    return moment_read(text, now, &out) ? wall_seconds(out) : -1;
}

static void how_long_ago_is_counted_back_from_now(void **state)
{
    assert_int_equal(read_seconds("now"), 1764000000);
    assert_int_equal(read_seconds("-90m"), 1764000000 - 5400);
    assert_int_equal(read_seconds("-7d"), 1764000000 - 7 * 86400);
    assert_int_equal(read_seconds("-2w"), 1764000000 - 14 * 86400);
}

static void a_time_with_its_zone_is_read(void **state)
{
    assert_int_equal(read_seconds("2025-11-24T17:00:00+01:00"), 1764000000);
    assert_int_equal(read_seconds("2025-11-24T16:00:00Z"), 1764000000);
}

static void what_is_neither_is_refused(void **state)
{
    static const char *const wrong[] = {"", "-", "-d", "-7", "-7x", "7d", "yesterday", "-99999999999999y",
                                        "--7d", "-1000y"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_seconds(wrong[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_long_ago_is_counted_back_from_now),
        cmocka_unit_test(a_time_with_its_zone_is_read),
        cmocka_unit_test(what_is_neither_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
