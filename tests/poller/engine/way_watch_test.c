/* When tables are worth reading for what a guest says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "poller/engine/way_watch.h"
#include "tests/support/told_guest.h"

static struct told_guest t;
static struct way_watch w;

static int begin(void **state)
{
    w = (struct way_watch){0};
    return 0;
}

static struct mono at(int64_t s)
{
    return (struct mono){SECONDS(s)};
}

/* A probe of 20 s that ends then. */
static bool take(int64_t end_s)
{
    struct report r = {.kind = ROUND_REGULAR, .outcome = OUTCOME_ANSWERED, .reason = "", .guest = &t.result,
                       .started = at(end_s - 20), .ended = at(end_s)};
    return way_watch_take(&w, &r);
}

static bool well(int64_t end_s)
{
    told_well(&t, 501);
    return take(end_s);
}

static bool failing(int64_t end_s, enum guest_step step, enum guest_reason reason)
{
    told_failing(&t, 501, step, reason);
    return take(end_s);
}

static void assert_wants(const struct trace *trace, int64_t now_s, int64_t expected_s)
{
    assert_int_equal(way_watch_wants(&w, trace, at(now_s)).ns, at(expected_s).ns);
}

static void assert_wants_nothing(const struct trace *trace, int64_t now_s)
{
    assert_int_equal(way_watch_wants(&w, trace, at(now_s)).ns, MONO_NEVER.ns);
}

static void a_guest_that_fails_wants_tables_at_once_and_again(void **state)
{
    struct trace later = {.again = at(1400)}, never = {.again = MONO_NEVER};
    assert_true(well(700));
    assert_wants_nothing(NULL, 700);
    assert_true(failing(1000, GUEST_OFFER, GUEST_SILENCE));
    assert_wants(NULL, 1000, 1000);
    way_watch_asked(&w, at(1000));
    assert_wants(NULL, 1001, 1000 + WAY_APART_S);
    way_watch_asked(&w, at(1032));
    assert_wants_nothing(NULL, 1040);
    assert_wants_nothing(&never, 1040);
    assert_wants(&later, 1040, 1400); /* when what may be left over has gone */
    assert_true(failing(1050, GUEST_OFFER, GUEST_SILENCE)); /* the same failure */
    assert_wants(&later, 1050, 1400);
    assert_int_equal(w.began.ns, at(980).ns);
    assert_int_equal(w.sent.ns, at(1050).ns);
    assert_int_equal(w.well.ns, at(700).ns);
}

static void one_failure_wants_them_only_so_often(void **state)
{
    struct trace always = {.again = at(0)};
    failing(1000, GUEST_OFFER, GUEST_SILENCE);
    for (int i = 0; i < WAY_ASKS_MAX; i++) {
        int64_t now_s = 1000 + i * 100;
        assert_true(way_watch_wants(&w, &always, at(now_s)).ns <= at(now_s).ns);
        way_watch_asked(&w, at(now_s));
    }
    assert_wants_nothing(&always, 9000);
    well(9300);
    failing(9600, GUEST_OFFER, GUEST_SILENCE); /* another one */
    assert_wants(&always, 9600, 9600);
}

static void a_guest_that_is_well_wants_them_only_where_a_table_lacks_it(void **state)
{
    struct trace lacks = {.again = MONO_NEVER, .once = true}, fine = {.again = MONO_NEVER};
    well(1000);
    assert_wants_nothing(&fine, 1010);
    assert_wants(&lacks, 1010, 1010);
    assert_wants_nothing(&lacks, 1000 + WAY_AFTER_PROBE_S + 1); /* its address is no longer fresh everywhere */
    way_watch_asked(&w, at(1010));
    assert_wants(&lacks, 1011, 1010 + WAY_APART_S);
    way_watch_asked(&w, at(1042));
    well(1300);
    assert_wants_nothing(&lacks, 1310);
    well(1700);
    assert_wants(&lacks, 1710, 1710);
}

static void a_site_that_was_cut_off_is_looked_at_after_each_probe(void **state)
{
    struct trace fine = {.again = MONO_NEVER};
    well(1000);
    w.site_broken = true;
    assert_wants(&fine, 1005, 1005);
    way_watch_asked(&w, at(1005));
    way_watch_asked(&w, at(1037));
    assert_wants_nothing(&fine, 1050);
    well(1300);
    assert_wants(&fine, 1305, 1305);
}

static void a_wrong_answer_came_all_the_way(void **state)
{
    failing(1000, GUEST_LEASE, GUEST_REFUSED);
    assert_int_equal(w.symptom, TRACE_WELL);
    failing(1000, GUEST_DNS, GUEST_DNS_FAILED);
    assert_int_equal(w.symptom, TRACE_WELL);
    failing(1000, GUEST_LEASE, GUEST_SILENCE);
    assert_int_equal(w.symptom, TRACE_WELL);
    failing(1000, GUEST_OFFER, GUEST_STRIPPED);
    assert_int_equal(w.symptom, TRACE_STRIPPED);
    failing(1000, GUEST_OFFER, GUEST_OTHER_VLAN);
    assert_int_equal(w.symptom, TRACE_MOVED);
    failing(1000, GUEST_OFFER, GUEST_OTHER_SUBNET); /* from a network it is not in */
    assert_int_equal(w.symptom, TRACE_MOVED);
    failing(1000, GUEST_OFFER, GUEST_STRANGE_SERVER);
    assert_int_equal(w.symptom, TRACE_MOVED);
    failing(1300, GUEST_FULLSIZE, GUEST_GIANTS_DROPPED);
    assert_int_equal(w.symptom, TRACE_GIANTS);
    assert_wants_nothing(NULL, 1300); /* tables tell nothing of the length of frames */
}

static void what_could_not_be_played_changes_nothing(void **state)
{
    well(1000);
    told_failing(&t, 501, GUEST_LINK, GUEST_NO_LINK);
    t.result.own_fault = true;
    assert_false(take(1300));
    told_failing(&t, 501, GUEST_OFFER, GUEST_NOT_CARRIED);
    t.result.armed = false;
    assert_false(take(1300));
    told_well(&t, 501);
    for (int s = 0; s < GUEST_STEPS; s++)
        t.steps[s].verdict = t.steps[s].done ? VERDICT_DEGRADED : VERDICT_UNKNOWN;
    assert_false(take(1300)); /* lost too much to tell */
    assert_int_equal(w.sent.ns, at(1000).ns);
    assert_int_equal(w.symptom, TRACE_WELL);
}

static void a_guest_is_at_home_where_it_was_well_twice(void **state)
{
    well(1000);
    way_watch_seen_in(&w, 501);
    way_watch_seen_in(&w, 501);
    assert_int_equal(w.home_vid, 0);
    well(1300);
    way_watch_seen_in(&w, 501);
    assert_int_equal(w.home_vid, 501);
    way_watch_seen_in(&w, 502); /* its port was moved since */
    way_watch_seen_in(&w, 502);
    assert_int_equal(w.home_vid, 501);
    failing(1600, GUEST_OFFER, GUEST_STRANGE_SERVER);
    way_watch_seen_in(&w, 502);
    assert_int_equal(w.home_vid, 501);
    well(1900);
    way_watch_seen_in(&w, 502);
    assert_int_equal(w.home_vid, 502); /* somebody meant it so */
}

static void a_gateway_that_answers_says_so(void **state)
{
    well(1000);
    assert_int_equal(w.gateway, TRACE_ANSWERS);
    failing(1300, GUEST_OFFER, GUEST_SILENCE);
    assert_int_equal(w.gateway, TRACE_NOT_ASKED);
    t.steps[GUEST_GATEWAY] = (struct guest_step_result){.done = true, .verdict = VERDICT_FAILING,
                                                        .reason = GUEST_SILENCE};
    take(1320);
    assert_int_equal(w.gateway, TRACE_SILENT);
}

#define test_of(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        test_of(a_guest_that_fails_wants_tables_at_once_and_again),
        test_of(one_failure_wants_them_only_so_often),
        test_of(a_guest_that_is_well_wants_them_only_where_a_table_lacks_it),
        test_of(a_site_that_was_cut_off_is_looked_at_after_each_probe),
        test_of(a_wrong_answer_came_all_the_way),
        test_of(what_could_not_be_played_changes_nothing),
        test_of(a_guest_is_at_home_where_it_was_well_twice),
        test_of(a_gateway_that_answers_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
