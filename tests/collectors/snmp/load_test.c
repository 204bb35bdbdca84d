#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/snmp/load.h"

#define USUAL 10

static int64_t round_of(struct load *l, int64_t rows_ns, int64_t tables_ns)
{
    load_begin(l);
    load_add_rows(l, rows_ns);
    load_add_tables(l, tables_ns);
    return load_round_over(l, USUAL);
}

static void tables_are_told_in_parts(void **state)
{
    struct load l = {0};
    assert_int_equal(round_of(&l, 5, 1000), 5 + 1000 / USUAL);
    for (int i = 1; i < USUAL; i++)
        assert_int_equal(round_of(&l, 5, 0), 5 + 1000 / USUAL);
    assert_int_equal(round_of(&l, 5, 2000), 5 + 2000 / USUAL);
}

static void tables_read_in_each_round_count_in_full(void **state)
{
    struct load l = {0};
    round_of(&l, 5, 1000);
    for (int i = 0; i < USUAL; i++)
        assert_int_equal(round_of(&l, 5, 1000), 5 + 1000);
}

static void what_has_no_tables_counts_its_rows(void **state)
{
    struct load l = {0};
    for (int i = 0; i < USUAL; i++)
        assert_int_equal(round_of(&l, 7, 0), 7);
}

static void over_a_day_the_parts_sum_up_to_the_whole(void **state)
{
    struct load l = {0};
    int64_t told = 0, spent = 0;
    for (int i = 0; i < 1440; i++) {
        int64_t tables = i % USUAL ? 0 : 100000 + i;
        spent += 50 + tables;
        told += round_of(&l, 50, tables);
    }
    assert_in_range(told, spent - USUAL * 50, spent + USUAL * 50);
}

static void wiring_that_is_read_beside_the_rounds_is_told_in_parts_too(void **state)
{
    struct load l = {0};
    load_add_wiring(&l, 3000);
    assert_int_equal(round_of(&l, 5, 0), 5); /* it is not over yet */
    load_add_wiring(&l, 3000);
    load_wiring_over(&l, USUAL);
    for (int i = 0; i < 2 * USUAL; i++)
        assert_int_equal(round_of(&l, 5, 0), 5 + 6000 / USUAL);
    load_add_wiring(&l, 6000); /* after twice as many rounds */
    load_wiring_over(&l, USUAL);
    assert_int_equal(round_of(&l, 5, 1000), 5 + 6000 / (2 * USUAL + 1) + 1000 / USUAL);
}

static void what_a_person_asks_for_is_no_load_of_ours(void **state)
{
    struct load l = {0};
    for (int i = 0; i < 5; i++) {
        load_add_wiring(&l, 6000);
        load_wiring_over(&l, USUAL);
        assert_int_equal(round_of(&l, 5, 0), 5 + 6000 / USUAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_told_in_parts),
        cmocka_unit_test(tables_read_in_each_round_count_in_full),
        cmocka_unit_test(what_has_no_tables_counts_its_rows),
        cmocka_unit_test(wiring_that_is_read_beside_the_rounds_is_told_in_parts_too),
        cmocka_unit_test(what_a_person_asks_for_is_no_load_of_ours),
        cmocka_unit_test(over_a_day_the_parts_sum_up_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
