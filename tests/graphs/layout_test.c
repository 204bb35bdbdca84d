#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "graphs/layout.h"

static void a_port_has_average_and_most_a_ping_least_too(void **state)
{
    struct layout_archive a[LAYOUT_ARCHIVES_MAX];
    assert_int_equal(layout_archives(LAYOUT_PORT, 60, NULL, 0, a), 8);
    assert_int_equal(layout_archives(LAYOUT_PING, 60, NULL, 0, a), 12);
    assert_string_equal(a[0].function, "AVERAGE");
    assert_int_equal(a[0].rows, 2 * 1440);
    assert_int_equal(a[1].steps, 5);
    assert_int_equal(a[3].rows, 1825);
    assert_string_equal(a[8].function, "MIN");
}

static void a_data_source_costs_what_is_promised(void **state)
{
    uint64_t port = layout_file_bytes(LAYOUT_PORT, 60, NULL, 0, 10) / 10;
    uint64_t ping = layout_file_bytes(LAYOUT_PING, 60, NULL, 0, 8) / 8;
    assert_in_range(port, 205 << 10, 220 << 10);
    assert_in_range(ping, 310 << 10, 325 << 10);
}

static void spans_finer_than_the_step_share_one_archive(void **state)
{
    struct layout_archive a[LAYOUT_ARCHIVES_MAX];
    assert_int_equal(layout_archives(LAYOUT_TIMES, 300, NULL, 0, a), 6);
    assert_int_equal(a[0].steps, 1);
    assert_int_equal(a[0].rows, 16 * 288);
}

static void bounds_and_names_are_known(void **state)
{
    assert_true(layout_source_bounds(LAYOUT_PING, "loss").max == 1);
    assert_true(layout_source_bounds(LAYOUT_PORT, "in_octets").min == 0);
    assert_true(layout_source_bounds(LAYOUT_STEPS, "dns").max == 1);
    assert_true(isnan(layout_source_bounds(LAYOUT_STEPS, "dns_time").max));
    assert_true(isnan(layout_source_bounds(LAYOUT_READINGS, "signal").min));
    assert_true(layout_source_name_valid("in_octets"));
    assert_false(layout_source_name_valid(""));
    assert_false(layout_source_name_valid("a:b"));
    assert_false(layout_source_name_valid("twenty_characters_xx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_has_average_and_most_a_ping_least_too),
        cmocka_unit_test(a_data_source_costs_what_is_promised),
        cmocka_unit_test(spans_finer_than_the_step_share_one_archive),
        cmocka_unit_test(bounds_and_names_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
