#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "poller/engine/timekeeper.h"

#define BUILT_S INT64_C(1790000000) /* 21 Sep 2026 */
#define TODAY_S INT64_C(1800000000) /* 15 Jan 2027 */
#define DAY_S   INT64_C(86400)
#define YEAR_S  (365 * DAY_S)
#define AGE_S   40 /* of the machine at the start */

/* The machine, with a clock one may set. */
struct machine {
    int64_t mono_s, wall_s;
};

static struct instant reading(const struct machine *m)
{
    return (struct instant){{SECONDS(m->mono_s)}, {SECONDS(m->wall_s)}};
}

static void pass(struct machine *m, int64_t seconds)
{
    m->mono_s += seconds;
    m->wall_s += seconds;
}

static struct timekeeper_news look(struct timekeeper *t, struct machine *m, int64_t after_s)
{
    pass(m, after_s);
    return timekeeper_look(t, reading(m));
}

/* Started at that time of its clock, and told what is stored. newest_s 0: nothing. */
static struct timekeeper started(struct machine *m, int64_t wall_s, int64_t newest_s)
{
    struct timekeeper t;
    *m = (struct machine){1000, wall_s};
    timekeeper_start(&t, (struct wall){SECONDS(BUILT_S)}, reading(m), SECONDS(AGE_S));
    pass(m, 1);
    timekeeper_look(&t, reading(m));
    timekeeper_learn(&t, (struct wall){SECONDS(newest_s)}, (struct wall){SECONDS(newest_s)});
    return t;
}

static void a_start_is_judged_by_the_build_and_by_what_is_stored(void **state)
{
    static const struct {
        int64_t wall_s, newest_s;
        enum clock_doubt doubt;
    } starts[] = {
        {TODAY_S, 0, CLOCK_BELIEVED},
        {TODAY_S, TODAY_S - 60, CLOCK_BELIEVED},
        {TODAY_S, TODAY_S, CLOCK_BELIEVED},
        {TODAY_S, TODAY_S - YEAR_S, CLOCK_BELIEVED}, /* was off for a year */
        {BUILT_S + 8 * YEAR_S, 0, CLOCK_BELIEVED},   /* an old program on a new machine */
        {0, 0, CLOCK_BEFORE_BUILD},                  /* 1970 */
        {0, TODAY_S, CLOCK_BEFORE_BUILD},
        {1451606400, TODAY_S, CLOCK_BEFORE_BUILD}, /* 2016 */
        {BUILT_S - 10, 0, CLOCK_BEFORE_BUILD},
        {TODAY_S, TODAY_S + 600, CLOCK_BEFORE_STORED}, /* the last shutdown, or before it */
        {TODAY_S, TODAY_S + DAY_S, CLOCK_BEFORE_STORED},
        {TODAY_S + 10 * YEAR_S, TODAY_S, CLOCK_TOO_FAR},
        {BUILT_S + 30 * YEAR_S, 0, CLOCK_TOO_FAR},
        {4294967296, 0, CLOCK_TOO_FAR}, /* 2106 */
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct machine m;
        struct timekeeper t = started(&m, starts[i].wall_s, starts[i].newest_s);
        assert_int_equal(t.doubt, starts[i].doubt);
        bool believed = t.doubt == CLOCK_BELIEVED;
        int64_t now_s = wall_seconds(t.now.wall);
        assert_true(believed ? now_s == m.wall_s : now_s > starts[i].newest_s && now_s > BUILT_S);
    }
}

static void in_doubt_the_time_runs_on_from_what_is_known_and_then_all_of_it_moves(void **state)
{
    struct machine m;
    struct timekeeper t = started(&m, 0, TODAY_S);
    int64_t first_ns = t.now.wall.ns;
    assert_true(first_ns > SECONDS(TODAY_S) && first_ns < SECONDS(TODAY_S + 2 * AGE_S));
    look(&t, &m, 300);
    assert_int_equal(t.now.wall.ns, first_ns + SECONDS(300));
    m.wall_s = TODAY_S + 5 * DAY_S;
    struct timekeeper_news n = look(&t, &m, 10);
    assert_int_equal(t.doubt, CLOCK_BELIEVED);
    assert_int_equal(wall_seconds(t.now.wall), m.wall_s);
    assert_true(n.from.ns > SECONDS(TODAY_S) && n.from.ns <= first_ns);
    assert_int_equal(n.until.ns, first_ns + SECONDS(310));
    assert_int_equal(first_ns + n.shift_ns, SECONDS(m.wall_s - 310));
}

static void steps_of_a_clock_that_runs(void **state)
{
    static const struct {
        int64_t step_s;
        enum clock_doubt doubt;
        bool told;
    } steps[] = {
        {1, CLOCK_BELIEVED, false},           {-1, CLOCK_BELIEVED, false},
        {-600, CLOCK_BELIEVED, true},         {-3600, CLOCK_BELIEVED, true},
        {3 * 3600, CLOCK_BELIEVED, true},     {DAY_S, CLOCK_BELIEVED, true},
        {YEAR_S, CLOCK_BELIEVED, true},       {10 * YEAR_S, CLOCK_TOO_FAR, false},
        {-DAY_S, CLOCK_BEFORE_STORED, false}, {-10 * YEAR_S, CLOCK_BEFORE_BUILD, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct machine m;
        struct timekeeper t = started(&m, TODAY_S, i % 2 ? TODAY_S - 60 : TODAY_S - 3600);
        look(&t, &m, 100);
        m.wall_s += steps[i].step_s;
        struct timekeeper_news n = look(&t, &m, 1);
        assert_int_equal(t.doubt, steps[i].doubt);
        assert_int_equal(n.stepped_ns, steps[i].told ? SECONDS(steps[i].step_s) : 0);
        assert_int_equal(n.shift_ns, 0);
        if (steps[i].doubt == CLOCK_BELIEVED) {
            assert_int_equal(wall_seconds(t.now.wall), m.wall_s);
            continue;
        }
        assert_int_equal(wall_seconds(t.now.wall), TODAY_S + 102); /* the right time goes on */
        look(&t, &m, 10);
        assert_int_equal(t.doubt, steps[i].doubt);
        m.wall_s -= steps[i].step_s;
        n = look(&t, &m, 40);
        assert_int_equal(t.doubt, CLOCK_BELIEVED);
        assert_int_equal(n.shift_ns, 0);
        assert_int_equal(wall_seconds(t.now.wall), TODAY_S + 152);
    }
}

static void
a_correction_of_what_was_ahead_is_followed_even_below_what_was_stored_meanwhile(void **state)
{
    struct machine m;
    struct timekeeper t = started(&m, TODAY_S, TODAY_S - 60);
    look(&t, &m, 10);
    m.wall_s += 200 * DAY_S;
    look(&t, &m, 3600);
    m.wall_s -= 200 * DAY_S;
    struct timekeeper_news n = look(&t, &m, 10);
    assert_int_equal(t.doubt, CLOCK_BELIEVED);
    assert_int_equal(n.stepped_ns, -SECONDS(200 * DAY_S));
}

static void a_clock_left_alone_for_a_day_is_believed_but_not_one_before_the_build(void **state)
{
    struct machine m;
    struct timekeeper t = started(&m, TODAY_S, TODAY_S + YEAR_S);
    look(&t, &m, DAY_S / 2);
    m.wall_s += 3600; /* somebody sets it: the day begins anew */
    look(&t, &m, 1);
    look(&t, &m, DAY_S / 2 + 10);
    assert_int_equal(t.doubt, CLOCK_BEFORE_STORED);
    struct timekeeper_news n = look(&t, &m, DAY_S / 2);
    assert_int_equal(t.doubt, CLOCK_BELIEVED);
    assert_true(n.shift_ns < 0);
    look(&t, &m, 60);
    assert_int_equal(t.doubt, CLOCK_BELIEVED);
    t = started(&m, 0, 0);
    look(&t, &m, 30 * DAY_S);
    assert_int_equal(t.doubt, CLOCK_BEFORE_BUILD);
}

static void a_clock_that_passes_what_is_stored_is_believed_by_itself(void **state)
{
    struct machine m;
    struct timekeeper t = started(&m, TODAY_S - 1200, TODAY_S);
    look(&t, &m, 1100);
    assert_int_equal(t.doubt, CLOCK_BEFORE_STORED);
    look(&t, &m, 120);
    assert_int_equal(t.doubt, CLOCK_BELIEVED);
}

static void an_engine_that_follows_reckons_on_and_moves_what_the_first_one_wrote(void **state)
{
    struct machine m;
    struct timekeeper first = started(&m, 0, TODAY_S), second;
    look(&first, &m, 500);
    struct timekeeper_mark mark = timekeeper_mark(&first);
    int64_t wrote_ns = first.now.wall.ns, wrote_at_s = m.mono_s;
    pass(&m, 20);
    m.wall_s = TODAY_S + 9 * DAY_S; /* set while nobody looked */
    timekeeper_start(&second, (struct wall){SECONDS(BUILT_S)}, reading(&m), SECONDS(AGE_S + 521));
    timekeeper_learn(&second, (struct wall){SECONDS(TODAY_S)}, (struct wall){wrote_ns});
    timekeeper_resume(&second, &mark);
    look(&second, &m, 1); /* parts of what is stored still come */
    assert_int_equal(second.now.wall.ns, wrote_ns + SECONDS(21));
    timekeeper_resumed(&second);
    struct timekeeper_news n = look(&second, &m, 1);
    assert_int_equal(second.doubt, CLOCK_BELIEVED);
    assert_true(wrote_ns >= n.from.ns && wrote_ns <= n.until.ns);
    assert_int_equal(wrote_ns + n.shift_ns, SECONDS(m.wall_s - (m.mono_s - wrote_at_s)));
}

static void what_is_told_names_the_bound_and_not_the_wrong_time(void **state)
{
    static const struct {
        int64_t wall_s, newest_s;
        const char *why;
    } whys[] = {
        {0, 0,
         "the clock of this machine is not set: it is before 21 Sep 2026 14:13, and this program "
         "is younger"},
        {TODAY_S - 3600, TODAY_S,
         "the clock of this machine is not set: it is before 15 Jan 2027 08:00, of which there are "
         "measurements already"},
        {TODAY_S + 10 * YEAR_S, TODAY_S,
         "the clock of this machine is not set: it is years after 15 Jan 2027 08:00, up to when it "
         "was right"},
        {TODAY_S, 0, ""},
    };
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
        struct machine m;
        char why[CLOCK_WHY_MAX];
        struct timekeeper t = started(&m, whys[i].wall_s, whys[i].newest_s);
        timekeeper_why(&t, why);
        assert_string_equal(why, whys[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_is_judged_by_the_build_and_by_what_is_stored),
        cmocka_unit_test(in_doubt_the_time_runs_on_from_what_is_known_and_then_all_of_it_moves),
        cmocka_unit_test(steps_of_a_clock_that_runs),
        cmocka_unit_test(
            a_correction_of_what_was_ahead_is_followed_even_below_what_was_stored_meanwhile),
        cmocka_unit_test(a_clock_left_alone_for_a_day_is_believed_but_not_one_before_the_build),
        cmocka_unit_test(a_clock_that_passes_what_is_stored_is_believed_by_itself),
        cmocka_unit_test(an_engine_that_follows_reckons_on_and_moves_what_the_first_one_wrote),
        cmocka_unit_test(what_is_told_names_the_bound_and_not_the_wrong_time),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
