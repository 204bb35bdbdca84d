#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/vote.h"

static const struct mono start = {SECONDS(100)};
static const bool three[ROLE_COUNT] = {
    [ROLE_ENGINE] = true, [ROLE_STORE] = true, [ROLE_WEB] = true};

static struct vote opened(void)
{
    struct vote v;
    vote_open(&v, 2, three, start);
    return v;
}

static void all_yes_adopts(void **state)
{
    struct vote v = opened();
    vote_cast(&v, ROLE_ENGINE, 2, true, NULL);
    vote_cast(&v, ROLE_STORE, 2, true, NULL);
    assert_int_equal(vote_count(&v, start), VOTE_OPEN);
    vote_cast(&v, ROLE_WEB, 2, true, NULL);
    assert_int_equal(vote_count(&v, start), VOTE_ADOPT);
}

static void the_first_refusal_is_the_reason(void **state)
{
    struct vote v = opened();
    vote_cast(&v, ROLE_STORE, 2, false, "disk is full");
    vote_cast(&v, ROLE_WEB, 2, false, "port is taken");
    assert_int_equal(vote_count(&v, start), VOTE_FORGET);
    assert_string_equal(v.reason, "store: disk is full");
}

static void a_role_that_ends_refuses(void **state)
{
    struct vote v = opened();
    vote_cast(&v, ROLE_WEB, 2, true, NULL);
    vote_leave(&v, ROLE_WEB);
    assert_int_equal(vote_count(&v, start), VOTE_FORGET);
}

static void one_that_never_took_part_does_not_matter(void **state)
{
    struct vote v = opened();
    vote_leave(&v, ROLE_PAINTER);
    vote_cast(&v, ROLE_PAINTER, 2, false, "no");
    assert_int_equal(vote_count(&v, start), VOTE_OPEN);
}

static void an_answer_to_another_generation_does_not_count(void **state)
{
    struct vote v = opened();
    vote_cast(&v, ROLE_ENGINE, 1, false, "old news");
    assert_int_equal(vote_count(&v, start), VOTE_OPEN);
}

static void silence_refuses_when_its_time_is_over(void **state)
{
    struct vote v = opened();
    vote_cast(&v, ROLE_ENGINE, 2, true, NULL);
    vote_cast(&v, ROLE_STORE, 2, true, NULL);
    assert_int_equal(vote_count(&v, mono_after(start, VOTE_PATIENCE_NS - 1)), VOTE_OPEN);
    assert_int_equal(vote_count(&v, vote_due(&v)), VOTE_FORGET);
    assert_string_equal(v.reason, "web: did not answer in time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_yes_adopts),
        cmocka_unit_test(the_first_refusal_is_the_reason),
        cmocka_unit_test(a_role_that_ends_refuses),
        cmocka_unit_test(one_that_never_took_part_does_not_matter),
        cmocka_unit_test(an_answer_to_another_generation_does_not_count),
        cmocka_unit_test(silence_refuses_when_its_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
