#include "poller/document/port_ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect(const char *want, const char *const *names, size_t count)
{
    struct buf out = {0};
    port_ranges_put(&out, names, count);
    assert_string_equal(buf_string(&out), want);
    buf_fini(&out);
}

#define EXPECT(want, ...)                                                                                    \
    expect(want, (const char *const[]){__VA_ARGS__},                                                         \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void three_in_a_row_are_told_by_their_ends(void **state)
{
    EXPECT("gi1 to gi3", "gi1", "gi2", "gi3");
    EXPECT("gi1, gi2", "gi1", "gi2");
    EXPECT("gi1 to gi3, gi5, uplink, ge-0/0/8 to ge-0/0/11", "gi1", "gi2", "gi3", "gi5", "uplink", "ge-0/0/8",
           "ge-0/0/9", "ge-0/0/10", "ge-0/0/11");
    expect("", NULL, 0);
}

static void other_names_are_no_row(void **state)
{
    EXPECT("gi1, te2, gi3", "gi1", "te2", "gi3");
    EXPECT("gi3, gi2, gi1", "gi3", "gi2", "gi1");
    EXPECT("1, 3, 5", "1", "3", "5");
    EXPECT("a, b, c", "a", "b", "c");
    EXPECT("gi, gi1, gi2", "gi", "gi1", "gi2");
    EXPECT(", 1, 2", "", "1", "2");
}

static void zeros_in_front_count(void **state)
{
    EXPECT("p08 to p10", "p08", "p09", "p10");
    EXPECT("p08, p9, p10", "p08", "p9", "p10");
}

static void numbers_too_long_for_a_number_are_names(void **state)
{
    EXPECT("5@99999999999999999999, 5@100000000000000000000", "5@99999999999999999999", "5@100000000000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_in_a_row_are_told_by_their_ends),
        cmocka_unit_test(other_names_are_no_row),
        cmocka_unit_test(zeros_in_front_count),
        cmocka_unit_test(numbers_too_long_for_a_number_are_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
