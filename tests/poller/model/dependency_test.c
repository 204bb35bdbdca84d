#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/model/dependency.h"

/* 0 is the top; 1 and 2 hang on it; 3 on both; 4 on 3; 5 and 6 hang on each other */
static const uint32_t to_0[] = {0}, to_both[] = {1, 2}, to_3[] = {3}, to_6[] = {6}, to_5[] = {5};
static const struct dependency nodes[] = {{NULL, 0},   {to_0, 1}, {to_0, 1}, {to_both, 2},
                                          {to_3, 1}, {to_6, 1}, {to_5, 1}};
#define COUNT (sizeof nodes / sizeof *nodes)

static void a_node_hangs_behind_the_failing_one_nearest_to_us(void **state)
{
    bool failing[COUNT] = {[3] = true, [4] = true};
    uint32_t behind[COUNT];
    dependency_behind(nodes, COUNT, failing, behind);
    assert_int_equal(behind[4], 3);
    assert_int_equal(behind[3], DEPENDENCY_NONE);
    failing[0] = failing[1] = failing[2] = true;
    dependency_behind(nodes, COUNT, failing, behind);
    assert_int_equal(behind[4], 0);
    assert_int_equal(behind[1], 0);
    assert_int_equal(behind[0], DEPENDENCY_NONE);
}

static void one_free_path_is_enough(void **state)
{
    bool failing[COUNT] = {[1] = true};
    uint32_t behind[COUNT];
    dependency_behind(nodes, COUNT, failing, behind);
    assert_int_equal(behind[3], DEPENDENCY_NONE);
    failing[2] = true;
    dependency_behind(nodes, COUNT, failing, behind);
    assert_int_equal(behind[3], 1);
}

static void a_circle_does_no_harm(void **state)
{
    bool failing[COUNT] = {[5] = true, [6] = true}, beneath[COUNT];
    uint32_t behind[COUNT];
    dependency_behind(nodes, COUNT, failing, behind);
    dependency_beneath(nodes, COUNT, 5, beneath);
    assert_true(beneath[6]);
    assert_false(beneath[5]);
}

static void everything_below_a_node_is_beneath_it(void **state)
{
    bool beneath[COUNT];
    dependency_beneath(nodes, COUNT, 1, beneath);
    assert_true(beneath[3] && beneath[4]);
    assert_false(beneath[0] || beneath[1] || beneath[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_hangs_behind_the_failing_one_nearest_to_us),
        cmocka_unit_test(one_free_path_is_enough),
        cmocka_unit_test(a_circle_does_no_harm),
        cmocka_unit_test(everything_below_a_node_is_beneath_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
