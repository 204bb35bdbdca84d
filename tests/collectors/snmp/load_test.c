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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_told_in_parts),
        cmocka_unit_test(tables_read_in_each_round_count_in_full),
        cmocka_unit_test(what_has_no_tables_counts_its_rows),
        cmocka_unit_test(over_a_day_the_parts_sum_up_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
