#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/guest/fullness.h"

static void expect(unsigned pairs, unsigned short_back, unsigned full_back, enum fullness_judgement wanted)
{
    struct fullness f = {pairs, short_back, full_back};
    assert_int_equal(fullness_judge(&f), wanted);
}

static void one_full_frame_that_comes_back_is_enough(void **state)
{
    expect(8, 8, 8, FULLNESS_FINE);
    expect(8, 6, 5, FULLNESS_FINE);
    expect(8, 3, 1, FULLNESS_LOSSY);
}

static void eight_lost_ones_in_a_row_among_short_ones_that_come_back_are_dropped(void **state)
{
    expect(8, 8, 0, FULLNESS_GIANTS_DROPPED);
    expect(8, 6, 0, FULLNESS_GIANTS_DROPPED);
}

static void doubts_are_tried_again_and_with_heavy_loss_nothing_is_told(void **state)
{
    expect(8, 5, 0, FULLNESS_MORE);
    expect(16, 11, 0, FULLNESS_MORE);
    expect(24, 13, 0, FULLNESS_GIANTS_DROPPED);
    expect(24, 11, 0, FULLNESS_UNTOLD);
    expect(24, 0, 0, FULLNESS_SILENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_full_frame_that_comes_back_is_enough),
        cmocka_unit_test(eight_lost_ones_in_a_row_among_short_ones_that_come_back_are_dropped),
        cmocka_unit_test(doubts_are_tried_again_and_with_heavy_loss_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
