/* The wall clock is wrong, is set, jumps; the watch goes by the other one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/farm.h"

#define HOUR    3600.0
#define DAY     86400.0
#define YEAR    (365 * DAY)
#define TO_1970 (-56 * YEAR) /* from 2026, where the world begins */
#define TO_2016 (-10 * YEAR)

#define FROM_S 600 /* the camera is down */
#define TO_S   1200

static struct world *farm_with_samples(void)
{
    struct world *w = farm();
    world_samples(w);
    world_built(w, -100 * DAY);
    world_down(w, "barn-cam", FROM_S, TO_S);
    return w;
}

static const struct kept_incident *incident_of(const struct world *w, enum cause_kind kind)
{
    const struct kept_incident *found = NULL;
    for (size_t i = 0; i < world_incident_count(w); i++)
        if (world_incident(w, i)->in.cause.kind == kind) {
            assert_null(found); /* one of a kind */
            found = world_incident(w, i);
        }
    return found;
}

static void assert_near(double is, double wanted, double within)
{
    if (!(fabs(is - wanted) <= within))
        fail_msg("%.3f is not within %.3f of %.3f", is, within, wanted);
}

static void assert_all_up(const struct world *w)
{
    static const char *const names[] = {"router",       "lan-switch",  "nas",
                                        "bridge-house", "bridge-barn", "barn-node"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(world_state(w, names[i]), STATE_UP);
}

/* Every sample taken has reached store, with the time it was taken at. */
static void assert_samples_true(const struct world *w)
{
    assert_true(world_sample_count(w) > 20);
    assert_int_equal(world_sample_count(w), world_samples_taken(w));
    for (size_t i = 0; i < world_sample_count(w); i++)
        assert_near(world_sample(w, i).stamp_s, world_sample(w, i).taken_s, 1);
}

static void assert_incident_true(const struct world *w)
{
    const struct kept_incident *i = incident_of(w, CAUSE_NODE_DOWN);
    assert_non_null(i);
    assert_near(world_true(w, i->in.opened), i->opened_s, 1);
    for (size_t k = 0; k < i->in.timeline_count; k++)
        assert_in_range(world_true(w, i->in.timeline[k].at), FROM_S, world_now(w));
    for (size_t k = 0; k < i->in.evidence_count; k++)
        assert_in_range(world_true(w, i->in.evidence[k].at), FROM_S - 60, world_now(w));
    for (size_t k = 0; world_outbox(w, k); k++)
        assert_in_range(world_true(w, world_outbox(w, k)->created), 0, world_now(w));
}

static const char *argument(const struct incident *in, const char *name)
{
    for (size_t i = 0; i < in->cause.arguments_count; i++)
        if (strcmp(in->cause.arguments[i].name, name) == 0)
            return in->cause.arguments[i].value;
    return "";
}

static bool can_be(double true_s) /* not from before anything we know */
{
    return true_s >= -101 * DAY;
}

static void assert_nobody_reads_1970(const struct world *w)
{
    for (size_t i = 0; i < world_incident_count(w); i++) {
        const struct incident *in = &world_incident(w, i)->in;
        assert_true(can_be(world_true(w, in->opened)));
        for (size_t k = 0; k < in->timeline_count; k++)
            assert_true(can_be(world_true(w, in->timeline[k].at)));
    }
    for (size_t k = 0; world_outbox(w, k); k++)
        assert_true(can_be(world_true(w, world_outbox(w, k)->created)));
    assert_true(can_be(world_true(w, world_since(w, "barn-cam"))));
}

static const struct {
    const char *name;
    double at_start;         /* how far the clock is ahead then */
    double goes_wrong_s, to; /* and what it becomes while we run; 0: it does not */
    double newest;           /* true time of what an earlier life stored; 0: nothing */
    double restart_s;        /* the engine restarts then; 0: it does not */
} wrongs[] = {
    {"1970, first start", TO_1970, 0, 0, 0, 0},
    {"1970", TO_1970, 0, 0, -2 * DAY, 0},
    {"2016", TO_2016, 0, 0, -2 * DAY, 0},
    {"the last shutdown, an hour before the power went", -2 * DAY - HOUR, 0, 0, -2 * DAY, 0},
    {"ten years ahead", 10 * YEAR, 0, 0, -2 * DAY, 0},
    {"leaps ten years ahead", 0, 300, 10 * YEAR, 0, 0},
    {"falls back ten years", 0, 300, -10 * YEAR, -DAY, 0},
    {"falls back to 1970", 0, 300, TO_1970, 0, 0},
    {"1970, and the engine restarts meanwhile", TO_1970, 0, 0, -2 * DAY, 700},
    {"leaps ten years ahead, and the engine restarts", 0, 300, 10 * YEAR, 0, 700},
    {"ten years ahead, set while the engine is away", 10 * YEAR, 0, 0, -2 * DAY, 900},
    {"1970, set while the engine is away", TO_1970, 0, 0, 0, 900},
};

#define SET_S 900 /* and at this time it is right again */

static void begin_wrong(struct world *w, size_t i)
{
    print_message("#   %s\n", wrongs[i].name);
    if (wrongs[i].newest != 0)
        world_newest(w, wrongs[i].newest);
    world_set_clock(w, wrongs[i].at_start);
    world_begin(w);
    if (wrongs[i].goes_wrong_s > 0) {
        world_run(w, wrongs[i].goes_wrong_s);
        assert_null(incident_of(w, CAUSE_OWN_FAULT));
        world_set_clock(w, wrongs[i].to);
    }
    world_run(w, 500);
}

static void a_wrong_clock_is_told_and_what_it_stamped_is_true_in_the_end(void **state)
{
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct world *w = farm_with_samples();
        begin_wrong(w, i);
        const struct kept_incident *own = incident_of(w, CAUSE_OWN_FAULT);
        assert_non_null(own);
        assert_string_equal(argument(&own->in, "what"), "clock");
        assert_non_null(
            strstr(argument(&own->in, "detail"), "the clock of this machine is not set"));
        assert_int_equal(own->in.resolved.ns, 0);
        assert_all_up(w);
        size_t stored = world_sample_count(w);
        if (wrongs[i].goes_wrong_s == 0)
            assert_int_equal(stored, 0);
        bool lost = wrongs[i].restart_s > 0; /* what waited in memory died with it */
        if (wrongs[i].restart_s > 0 && wrongs[i].restart_s < SET_S) {
            world_run(w, wrongs[i].restart_s);
            world_restart(w);
        }
        world_run(w, SET_S);
        assert_int_equal(world_state(w, "barn-cam"), STATE_DOWN);
        assert_int_equal(world_messages(w, MESSAGE_OPENED), 2); /* the clock's and the camera's */
        assert_int_equal(world_sample_count(w), stored);        /* nothing meanwhile */
        assert_nobody_reads_1970(w);
        world_set_clock(w, 0);
        if (wrongs[i].restart_s >= SET_S)
            world_restart(w);
        world_run(w, SET_S + 100);
        assert_true(incident_of(w, CAUSE_OWN_FAULT)->in.resolved.ns > 0);
        assert_near(world_true(w, incident_of(w, CAUSE_OWN_FAULT)->in.resolved), SET_S, 90);
        assert_incident_true(w);
        assert_near(world_true(w, world_since(w, "barn-cam")), FROM_S, 15);
        assert_near(world_true(w, world_since(w, "router")), 10, 15);
        world_run(w, TO_S + 200);
        assert_near(world_true(w, incident_of(w, CAUSE_NODE_DOWN)->in.resolved), TO_S, 90);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 2);
        assert_int_equal(world_incident_count(w), 2);
        assert_all_up(w);
        if (!lost)
            assert_samples_true(w);
        world_destroy(w);
    }
}

static void a_clock_that_is_set_at_once_is_told_to_nobody(void **state)
{
    struct world *w = farm_with_samples();
    world_set_clock(w, TO_1970);
    world_begin(w);
    world_run(w, 20);
    world_set_clock(w, 0);
    world_run(w, 500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0);
    assert_samples_true(w);
    world_destroy(w);
}

static void a_right_clock_is_not_spoken_of(void **state)
{
    struct world *w = farm_with_samples();
    world_newest(w, -1);
    world_begin(w);
    world_run(w, 500);
    assert_int_equal(world_incident_count(w), 0);
    world_restart(w);
    world_run(w, 590);
    assert_int_equal(world_incident_count(w), 0);
    assert_samples_true(w);
    world_destroy(w);
}

/* The clock was years ahead, samples were stored so, and it was corrected while we were off: it is
 * right and still before what is stored. A day later it is believed, and what waited is stored. */
static void a_clock_that_is_right_after_all_is_believed_in_the_end(void **state)
{
    struct world *w = farm_with_samples();
    world_newest(w, YEAR);
    world_begin(w);
    world_run(w, DAY - 100);
    assert_int_equal(world_sample_count(w), 0);
    world_run(w, DAY + 200);
    assert_samples_true(w);
    assert_true(incident_of(w, CAUSE_OWN_FAULT)->in.resolved.ns > 0);
    assert_incident_true(w);
    world_destroy(w);
}

static void assert_quiet_step(double step_s)
{
    struct world *w = farm_with_samples();
    print_message("#   %.0f s\n", step_s);
    world_report(w, "07:00");
    world_fact(w, "nas", "tcp", 0, "tls.expires", "https", "1775865600"); /* in 100 days */
    world_newest(w, -2 * HOUR);
    world_begin(w);
    world_run(w, 300);
    world_step_clock(w, step_s);
    unsigned before = world_starts(w, "router", ROUND_REGULAR);
    world_run(w, 590);
    /* one a minute, no more */
    assert_in_range(world_starts(w, "router", ROUND_REGULAR) - before, 4, 5);
    assert_int_equal(world_incident_count(w), 0);
    assert_all_up(w);
    world_run(w, 620);
    assert_cause(only_incident(w), CAUSE_NODE_DOWN);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0); /* held 30 s, whatever the clock did */
    world_step_clock(w, -step_s);
    world_run(w, 630);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 0);
    world_run(w, 900);
    assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
    world_run(w, TO_S + 200);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    assert_true(world_messages(w, MESSAGE_REPORT) <= 1);
    /* each is handed to store, which skips the overlap */
    assert_int_equal(world_sample_count(w), world_samples_taken(w));
    world_destroy(w);
}

static void steps_of_the_clock_raise_nothing_hide_nothing_and_hasten_nothing(void **state)
{
    static const double steps[] = {1, -1, -60, -600, -HOUR, 600, 3 * HOUR, 12 * HOUR, 10 * DAY};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assert_quiet_step(steps[i]);
}

static void a_day_of_steps_sends_one_report_a_day(void **state)
{
    struct world *w = farm_with_samples();
    world_report(w, "07:00");
    world_begin(w);
    for (unsigned hour = 1; hour <= 72; hour++) { /* three days, each hour some clock nonsense */
        world_step_clock(w, hour % 2 ? 5 * HOUR : -5 * HOUR);
        world_run(w, hour * HOUR);
    }
    assert_in_range(world_messages(w, MESSAGE_REPORT), 3, 4);
    world_destroy(w);
}

static void a_report_of_a_day_to_come_holds_none_back(void **state)
{
    struct world *w = farm_with_samples();
    world_report(w, "07:00");
    world_begin(w);
    world_run(w, 100);
    world_step_clock(w, 40 * DAY);
    world_run(w, 10 * HOUR);
    unsigned sent = world_messages(w, MESSAGE_REPORT);
    assert_int_equal(sent, 1); /* of a day that is still to come */
    world_step_clock(w, -40 * DAY);
    world_run(w, 20 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), sent); /* today's was that one */
    world_run(w, 40 * HOUR);
    assert_int_equal(world_messages(w, MESSAGE_REPORT), sent + 1);
    world_destroy(w);
}

static void no_certificate_ends_because_a_clock_does_not_know(void **state)
{
    struct world *w = farm_with_samples();
    world_fact(w, "nas", "tcp", 0, "tls.expires", "https", "1775865600"); /* in 100 days */
    world_begin(w);
    world_run(w, 300);
    world_set_clock(w, 10 * YEAR);
    world_run(w, 500);
    world_set_clock(w, 0);
    world_run(w, 590);
    assert_cause(only_incident(w), CAUSE_OWN_FAULT);
    world_destroy(w);
}

static void sleep_raises_nothing_at_waking(void **state)
{
    struct world *w = farm();
    world_down(w, "router", 600, 620);
    world_begin(w);
    world_run(w, 600);
    world_step_clock(w, 8 * HOUR); /* the monotonic clock stood still */
    world_take(w, &(struct input){.kind = INPUT_RESUMED});
    world_run(w, 900);
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

/* A paused machine, or one so busy that nobody ran: every answer of that time is lost. */
static void starvation_raises_nothing_and_is_not_made_up_for(void **state)
{
    static const double spans[] = {90, 8 * HOUR};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct world *w = farm_with_samples();
        double after = 500 + spans[i];
        world_down(w, "router", 500, after + 20); /* links come up a little later than we do */
        world_begin(w);
        world_run(w, 500);
        world_starve(w, spans[i]);
        unsigned before = world_starts(w, "barn-node", ROUND_REGULAR);
        world_run(w, after + 120);
        assert_in_range(world_starts(w, "barn-node", ROUND_REGULAR) - before, 2, 3);
        world_run(w, after + 400);
        const struct kept_incident *cam = incident_of(w, CAUSE_NODE_DOWN);
        assert_int_equal(world_incident_count(w), cam != NULL); /* its own outage may lie there */
        assert_all_up(w);
        world_destroy(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_clock_is_told_and_what_it_stamped_is_true_in_the_end),
        cmocka_unit_test(a_clock_that_is_set_at_once_is_told_to_nobody),
        cmocka_unit_test(a_right_clock_is_not_spoken_of),
        cmocka_unit_test(a_clock_that_is_right_after_all_is_believed_in_the_end),
        cmocka_unit_test(steps_of_the_clock_raise_nothing_hide_nothing_and_hasten_nothing),
        cmocka_unit_test(a_day_of_steps_sends_one_report_a_day),
        cmocka_unit_test(a_report_of_a_day_to_come_holds_none_back),
        cmocka_unit_test(no_certificate_ends_because_a_clock_does_not_know),
        cmocka_unit_test(sleep_raises_nothing_at_waking),
        cmocka_unit_test(starvation_raises_nothing_and_is_not_made_up_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
