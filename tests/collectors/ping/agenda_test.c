#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collectors/ping/agenda.h"

static void entries_come_out_in_the_order_of_time(void **state)
{
    struct agenda a = {0};
    struct agenda_entry entries[500] = {0};
    srand(7);
    for (int i = 0; i < 500; i++)
        assert_true(agenda_put(&a, &entries[i], (struct mono){rand() % 1000}));
    for (int i = 0; i < 500; i += 3)
        assert_true(agenda_put(&a, &entries[i], (struct mono){rand() % 1000}));
    for (int i = 1; i < 500; i += 7)
        agenda_remove(&a, &entries[i]);
    struct mono last = {-1};
    int seen = 0;
    for (struct agenda_entry *e; (e = agenda_first(&a)); seen++) {
        assert_false(mono_before(e->due, last));
        last = e->due;
        agenda_remove(&a, e);
        assert_int_equal(e->place, 0);
    }
    assert_int_equal(seen, 500 - 72);
    agenda_fini(&a);
}

static void removing_what_is_not_there_is_fine(void **state)
{
    struct agenda a = {0};
    struct agenda_entry e = {0};
    agenda_remove(&a, &e);
    assert_null(agenda_first(&a));
    agenda_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_out_in_the_order_of_time),
        cmocka_unit_test(removing_what_is_not_there_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
