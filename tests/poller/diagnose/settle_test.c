#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/diagnose/settle.h"

static void says(const struct settle_node *nodes, size_t count, enum settlement expected,
                 const char *sentence)
{
    struct buf text = {0};
    assert_int_equal(settle(nodes, count), expected);
    settle_render(expected, nodes, count, true, &text);
    assert_string_equal(buf_string(&text), sentence);
    buf_fini(&text);
}

static void all_restarted_means_power(void **state)
{
    const struct settle_node n[] = {{"radio", true, true}, {"switch", false, true}};
    says(n, 2, SETTLEMENT_POWER, "radio, switch restarted meanwhile: the power was gone there");
}

static void none_restarted_means_the_link(void **state)
{
    const struct settle_node n[] = {{"radio", true, false}, {"switch", false, false}};
    says(n, 2, SETTLEMENT_LINK, "radio, switch ran all the time: it was the radio link");
}

static void without_word_of_the_radio_only_the_power_is_cleared(void **state)
{
    const struct settle_node n[] = {{"switch", false, false}};
    says(n, 1, SETTLEMENT_NOT_POWER, "switch ran all the time: the power was not gone there");
}

static void only_the_radio_restarted_means_that_unit_or_its_injector(void **state)
{
    const struct settle_node n[] = {{"radio", true, true}, {"switch", false, false}};
    says(n, 2, SETTLEMENT_UNIT,
         "radio restarted meanwhile: it was that unit or what feeds it, as its injector; "
         "switch ran on");
}

static void a_radio_that_restarted_alone_among_mutes_may_have_lost_the_places_power(void **state)
{
    const struct settle_node n[] = {{"radio", true, true}};
    says(n, 1, SETTLEMENT_UNIT_OR_POWER,
         "radio restarted meanwhile: the power there, that unit or its injector");
}

static void some_of_them_means_power_in_a_part_of_the_place(void **state)
{
    const struct settle_node n[] = {
        {"radio", true, true}, {"switch", false, true}, {"nas", false, false}};
    says(n, 3, SETTLEMENT_PART,
         "radio, switch restarted meanwhile: the power was gone in a part of the place; "
         "nas ran on");
}

static void nobody_who_tells_leaves_it_open(void **state)
{
    says(NULL, 0, SETTLEMENT_OPEN, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_restarted_means_power),
        cmocka_unit_test(none_restarted_means_the_link),
        cmocka_unit_test(without_word_of_the_radio_only_the_power_is_cleared),
        cmocka_unit_test(only_the_radio_restarted_means_that_unit_or_its_injector),
        cmocka_unit_test(a_radio_that_restarted_alone_among_mutes_may_have_lost_the_places_power),
        cmocka_unit_test(some_of_them_means_power_in_a_part_of_the_place),
        cmocka_unit_test(nobody_who_tells_leaves_it_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
