#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_engine.h"
#include "collectors/protocol/snmp_usm.h"

static const struct mono start = {SECONDS(500)};

static struct snmp_oid_view id(const char *text)
{
    return (struct snmp_oid_view){(const uint8_t *)text, strlen(text)};
}

static struct mono later(int64_t seconds)
{
    return mono_after(start, SECONDS(seconds));
}

static struct snmp_engine proven(uint32_t boots, uint32_t time_s)
{
    struct snmp_engine e = {0};
    assert_true(snmp_engine_rename(&e, id("barn")));
    snmp_engine_set(&e, boots, time_s, start, true);
    return e;
}

static void its_clock_runs_on_with_ours(void **state)
{
    struct snmp_engine e = proven(3, 1000);
    assert_int_equal(snmp_engine_time(&e, start), 1000);
    assert_int_equal(snmp_engine_time(&e, later(77)), 1077);
    snmp_engine_set(&e, 3, SNMP_USM_NUMBER_MAX - 5, start, true);
    assert_int_equal(snmp_engine_time(&e, later(77)),
                     SNMP_USM_NUMBER_MAX); /* it has no more numbers */
}

static void an_answer_may_be_150_s_old_and_not_more(void **state)
{
    struct snmp_engine e = proven(3, 1000);
    assert_true(snmp_engine_accepts(&e, 3, 1000, start));
    assert_true(snmp_engine_accepts(&e, 3, 850, start));
    assert_false(snmp_engine_accepts(&e, 3, 849, start));
    assert_true(snmp_engine_accepts(&e, 3, 5000, start)); /* its clock ran faster than ours */
    assert_false(snmp_engine_accepts(&e, 3, 1000, later(151)));
}

static void an_answer_of_an_earlier_start_is_never_taken(void **state)
{
    struct snmp_engine e = proven(3, 10);
    assert_false(snmp_engine_accepts(&e, 2, 90000, start));
    assert_true(snmp_engine_accepts(&e, 4, 0, start));
}

static void an_engine_that_stopped_counting_proves_nothing(void **state)
{
    struct snmp_engine e = proven(3, 10);
    assert_false(snmp_engine_accepts(&e, SNMP_USM_NUMBER_MAX, 10, start));
    e.proven = false;
    assert_false(snmp_engine_accepts(&e, SNMP_USM_NUMBER_MAX, 10, start));
}

static void a_guess_is_no_measure(void **state)
{
    struct snmp_engine e = proven(3, 1000);
    e.proven = false;
    assert_true(snmp_engine_accepts(&e, 1, 5, start));
    snmp_engine_hear(&e, 1, 5, start);
    assert_true(e.proven);
    assert_int_equal(e.boots, 1);
    assert_int_equal(snmp_engine_time(&e, later(1)), 6);
}

static void what_is_heard_moves_the_clock_forward_only(void **state)
{
    struct snmp_engine e = proven(3, 1000);
    snmp_engine_hear(&e, 3, 900, start);
    assert_int_equal(snmp_engine_time(&e, start), 1000);
    snmp_engine_hear(&e, 3, 1100, start);
    assert_int_equal(snmp_engine_time(&e, start), 1100);
    snmp_engine_hear(&e, 4, 2, later(5));
    assert_int_equal(e.boots, 4);
    assert_int_equal(snmp_engine_time(&e, later(6)), 3);
}

static void another_id_is_another_engine(void **state)
{
    struct snmp_engine e = proven(3, 1000);
    assert_false(snmp_engine_rename(&e, id("barn")));
    assert_int_equal(e.boots, 3);
    assert_false(snmp_engine_rename(&e, id("")));
    assert_false(snmp_engine_rename(&e, id("an id that is longer than any may be")));
    assert_true(snmp_engine_rename(&e, id("shed")));
    assert_false(e.proven);
    assert_int_equal(e.boots, 0);
}

static void an_id_is_shown_in_hexadecimal(void **state)
{
    char text[SNMP_ENGINE_TEXT_MAX];
    struct snmp_engine e = {0};
    assert_string_equal(snmp_engine_text(&e, text), "");
    e = proven(1, 1);
    assert_string_equal(snmp_engine_text(&e, text), "6261726e");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_clock_runs_on_with_ours),
        cmocka_unit_test(an_answer_may_be_150_s_old_and_not_more),
        cmocka_unit_test(an_answer_of_an_earlier_start_is_never_taken),
        cmocka_unit_test(an_engine_that_stopped_counting_proves_nothing),
        cmocka_unit_test(a_guess_is_no_measure),
        cmocka_unit_test(what_is_heard_moves_the_clock_forward_only),
        cmocka_unit_test(another_id_is_another_engine),
        cmocka_unit_test(an_id_is_shown_in_hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
