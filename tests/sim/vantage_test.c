/* Two haylofts in one simulated time: one at the house, one at the barn, which reports while the radio stands and tells
 * the rest when it is back. What they tell each other is what their stores would carry. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/engine/view.h"
#include "tests/sim/farm.h"

#define HOUR_S 3600.0
#define DAY_S 86400.0
#define STEP_S 10.0   /* between two looks at whether something is to be told */
#define REPORT_S 60.0
#define CHANGES_MAX 4096

/* The barn's end of the way, as store would keep it. */
struct road {
    struct world *house, *barn;
    struct arena *arena;
    struct vantage_change changes[CHANGES_MAX];
    size_t count;
    struct vantage_run run;
    bool has_run;
    double cut_from, cut_to;  /* nothing passes */
    double reports_from, reports_to; /* the barn's hayloft runs, and tells; to 0: always */
    double reported;
};

static char *kept(struct road *r, const char *text)
{
    return text ? arena_text(r->arena, text, strlen(text)) : NULL;
}

static void on_commit(void *ctx, const struct es_commit *c)
{
    struct road *r = ctx;
    for (size_t i = 0; i < c->transitions_count && r->count < CHANGES_MAX; i++) {
        const struct node_transition *t = &c->transitions[i];
        r->changes[r->count++] = (struct vantage_change){kept(r, t->node), kept(r, node_state_words[t->from]),
                                                         kept(r, node_state_words[t->to]), t->at, NULL, NULL};
    }
}

static struct road *road_create(void)
{
    struct road *r = calloc(1, sizeof *r);
    struct world *w = r->barn = world_create(2);
    r->house = farm();
    r->arena = arena_create(0);
    world_vantage(r->house, "barn", "barn", "");
    world_upstream(w, "barn", false);
    world_node(w, "barn-node", NULL, "barn");
    world_node(w, "barn-cam", "barn-node", "barn");
    world_node(w, "bridge-barn", "barn-node", "barn");
    world_node(w, "bridge-house", "bridge-barn", "house");
    world_node(w, "router", "bridge-house", "house");
    world_bridge(w, "barn bridge", "bridge-barn", "bridge-house");
    world_on_commit(w, on_commit, r);
    return r;
}

static void road_destroy(struct road *r)
{
    world_destroy(r->house);
    world_destroy(r->barn);
    arena_destroy(r->arena);
    free(r);
}

/* One report, with all that waits. */
static void report(struct road *r)
{
    struct arena *a = arena_create(0);
    struct vantage_view view;
    view_for_upstream(world_engine(r->barn), a, &view);
    struct se_vantage m = {.vantage = "barn", .reported = true, .heard = world_wall(world_now(r->house)),
                           .clock_set = true, .whole = true, .every_ns = MINUTES(1), .view = &view, .view_count = 1,
                           .runs = &r->run, .runs_count = r->has_run, .changes = r->changes,
                           .changes_count = r->count};
    world_take(r->house, &(struct input){.kind = INPUT_VANTAGE, .vantage = &m});
    arena_destroy(a);
    r->reported = world_now(r->house);
    r->count = 0;
    r->has_run = false;
}

static bool passes(const struct road *r, double now)
{
    bool runs = now >= r->reports_from && (r->reports_to == 0 || now < r->reports_to);
    return runs && (now < r->cut_from || now >= r->cut_to);
}

static void road_run(struct road *r, double until_s)
{
    for (double t = world_now(r->house) + STEP_S; t <= until_s; t += STEP_S) {
        world_run(r->barn, t);
        world_run(r->house, t);
        if (passes(r, t) && (r->count || t - r->reported >= REPORT_S))
            report(r);
    }
}

/* The radios lose each other. */
static void cut(struct road *r, double from, double to)
{
    world_down(r->house, "bridge-barn", from, to);
    world_down(r->barn, "bridge-house", from, to);
    r->cut_from = from;
    r->cut_to = to;
}

static void begin(struct road *r)
{
    world_begin(r->house);
    world_begin(r->barn);
}

static const struct kept_incident *only_cut_off(const struct road *r)
{
    const struct kept_incident *i = only_incident(r->house);
    assert_cause(i, CAUSE_SITE_CUT_OFF);
    assert_true(i->in.resolved.ns > 0);
    assert_int_equal(world_messages(r->house, MESSAGE_OPENED), 1);
    assert_int_equal(world_messages(r->house, MESSAGE_RESOLVED), 1);
    return i;
}

static void assert_told(const struct kept_incident *i, const char *text)
{
    bool in_timeline = false;
    assert_string_equal(i->in.evidence[0].fact, text);
    assert_string_equal(i->in.evidence[0].source, "the vantage there");
    for (size_t k = 0; k < i->in.timeline_count; k++)
        in_timeline = in_timeline || strcmp(i->in.timeline[k].text, text) == 0;
    assert_true(in_timeline);
}

static void a_barn_that_saw_all_well_says_it_was_the_radio(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    begin(r);
    road_run(r, 6000);
    assert_told(only_cut_off(r), "seen from barn, its LAN was fine throughout: it was the radio link");
    assert_int_equal(world_messages(r->barn, MESSAGE_OPENED), 0); /* the house alone sends */
    assert_true(world_incident_count(r->barn) > 0);
    assert_int_equal(strncmp(world_incident(r->barn, 0)->in.id, "barn-", 5), 0);
    road_destroy(r);
}

static void what_was_silent_there_too_is_told_with_its_times(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    world_down_alone(r->barn, "barn-cam", 2000, 2600); /* 00:50:00 to 01:00:00 */
    begin(r);
    road_run(r, 6000);
    const char *told = only_cut_off(r)->in.evidence[0].fact;
    assert_non_null(strstr(told, "seen from barn, barn-cam was silent there too from 00:"));
    assert_non_null(strstr(told, ", while barn-node, bridge-barn answered"));
    road_destroy(r);
}

static void only_its_radio_was_that_unit(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    world_down(r->barn, "bridge-barn", 1200, 4700);
    begin(r);
    road_run(r, 6000);
    const char *told = only_cut_off(r)->in.evidence[0].fact;
    assert_non_null(strstr(told, "seen from barn, bridge-barn was silent there too from 00:3"));
    assert_non_null(strstr(told, ": it was that unit or what feeds it, as its injector"));
    road_destroy(r);
}

/* A week without the radio, with a life of its own at the barn: at the house one incident, opened and resolved, and
 * nothing about the past. */
static void a_week_offline_raises_nothing_about_the_past(void **state)
{
    struct road *r = road_create();
    cut(r, HOUR_S, HOUR_S + 7 * DAY_S);
    for (int day = 0; day < 7; day++)
        world_down_alone(r->barn, "barn-cam", HOUR_S + day * DAY_S + 30000, HOUR_S + day * DAY_S + 31000);
    begin(r);
    road_run(r, HOUR_S + 7 * DAY_S - 60);
    unsigned events = world_events(r->house, "node-rebooted");
    assert_true(r->count > 14); /* waiting at the barn */
    road_run(r, 2 * HOUR_S + 7 * DAY_S);
    assert_int_equal(r->count, 0);
    const struct kept_incident *i = only_cut_off(r);
    assert_non_null(strstr(i->in.evidence[0].fact, "barn-cam was silent there too from 01 Jan "));
    assert_int_equal(world_events(r->house, "node-rebooted"), events);
    assert_int_equal(world_state(r->house, "barn-cam"), STATE_UP);
    assert_true(world_incident_count(r->barn) >= 8);
    assert_int_equal(world_messages(r->barn, MESSAGE_OPENED), 0);
    road_destroy(r);
}

static void a_machine_that_was_off_says_from_when_to_when(void **state)
{
    struct road *r = road_create();
    world_down(r->house, "bridge-barn", 1230, 1720); /* 00:37:10 to 00:45:20 */
    r->cut_from = 1230;
    r->cut_to = 1750;
    r->run = (struct vantage_run){"second-boot", world_wall(1210), world_wall(1740), world_wall(1700)};
    begin(r);
    road_run(r, 1220);
    r->has_run = true;
    road_run(r, 2600);
    assert_told(only_cut_off(r), "seen from barn, it was without power from 00:37 to 00:45");
    road_destroy(r);
}

/* The barn comes back with its hayloft still starting: its word is waited for, and not for ever. */
static void the_word_of_the_barn_is_waited_for(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    r->cut_to = 4880;
    begin(r);
    road_run(r, 4870);
    assert_int_equal(world_messages(r->house, MESSAGE_RESOLVED), 0);
    road_run(r, 6000);
    assert_told(only_cut_off(r), "seen from barn, its LAN was fine throughout: it was the radio link");
    road_destroy(r);
    r = road_create();
    cut(r, 1200, 4800);
    r->cut_to = 9000;
    begin(r);
    road_run(r, 4800 + 160);
    const struct kept_incident *i = only_cut_off(r);
    for (size_t k = 0; k < i->in.evidence_count; k++)
        assert_string_not_equal(i->in.evidence[k].source, "the vantage there");
    road_destroy(r);
}

static void a_barn_that_reports_by_another_way_sharpens_the_cause_at_once(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    r->cut_from = r->cut_to = 0; /* a mobile network */
    begin(r);
    road_run(r, 1400);
    const struct kept_incident *i = only_incident(r->house);
    assert_cause(i, CAUSE_SITE_CUT_OFF);
    assert_int_equal(i->in.cause.confidence, CONFIDENCE_CERTAIN);
    assert_string_equal(i->in.evidence[0].source, "the vantage there");
    assert_non_null(strstr(i->in.evidence[0].fact, "barn reports by another way that all there answers"));
    road_run(r, 6000);
    assert_int_equal(world_incident_count(r->house), 1);
    road_destroy(r);
}

static bool has_fault(const struct world *w, const char *what)
{
    for (size_t i = 0; i < world_incident_count(w); i++)
        if (!world_incident(w, i)->in.resolved.ns && world_incident(w, i)->in.cause.kind == CAUSE_OWN_FAULT &&
            strstr(world_incident(w, i)->in.evidence[0].fact, what))
            return true;
    return false;
}

static void a_vantage_that_falls_silent_while_its_place_answers_is_one_fault_of_ours(void **state)
{
    struct road *r = road_create();
    r->reports_to = 1200;
    begin(r);
    road_run(r, 1200 + 240);
    assert_int_equal(world_incident_count(r->house), 0);
    road_run(r, 1200 + 400);
    char told[80];
    time_t reported_s = (time_t)wall_seconds(world_wall(r->reported));
    strftime(told, sizeof told, "vantage barn: has not reported since %d %b %H:%M", gmtime(&reported_s));
    assert_true(has_fault(r->house, told));
    assert_int_equal(world_incident_count(r->house), 1);
    world_restart(r->house); /* it is remembered */
    struct se_vantage stored = {.vantage = "barn", .anew = true, .heard = world_wall(r->reported)};
    world_take(r->house, &(struct input){.kind = INPUT_VANTAGE, .vantage = &stored});
    road_run(r, 1200 + 1200);
    assert_true(has_fault(r->house, "vantage barn"));
    assert_int_equal(world_incident_count(r->house), 1);
    r->reports_to = 0;
    road_run(r, 1200 + 1400);
    assert_true(world_incident(r->house, 0)->in.resolved.ns > 0);
    road_destroy(r);
}

static void one_that_never_reported_is_told_after_a_while(void **state)
{
    struct road *r = road_create();
    r->reports_from = 1e9;
    begin(r);
    road_run(r, 280);
    assert_int_equal(world_incident_count(r->house), 0);
    road_run(r, 400);
    assert_true(has_fault(r->house, "vantage barn: has never reported"));
    road_destroy(r);
}

/* Nor while the node it runs on is silent, nor right after the return. */
static void its_silence_is_no_fault_while_its_place_is_cut_off(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    r->cut_to = 5000;
    begin(r);
    road_run(r, 6000);
    only_cut_off(r);
    road_destroy(r);
    r = road_create();
    world_vantage(r->house, "barn", "barn", "barn-node");
    world_down_alone(r->house, "barn-node", 1200, 4800);
    r->cut_from = 1200;
    r->cut_to = 5000;
    begin(r);
    road_run(r, 6000);
    assert_cause(only_incident(r->house), CAUSE_NODE_DOWN);
    road_destroy(r);
}

static void an_engine_at_the_house_that_starts_in_between_knows_what_was_seen(void **state)
{
    struct road *r = road_create();
    cut(r, 1200, 4800);
    begin(r);
    road_run(r, 3000);
    world_restart(r->house);
    struct se_vantage stored = {.vantage = "barn", .anew = true, .heard = world_wall(r->reported)};
    world_take(r->house, &(struct input){.kind = INPUT_VANTAGE, .vantage = &stored});
    road_run(r, 6000);
    assert_told(only_cut_off(r), "seen from barn, its LAN was fine throughout: it was the radio link");
    road_destroy(r);
}

static void a_receiver_that_says_always_is_told_at_the_barn_too(void **state)
{
    struct road *r = road_create();
    world_upstream(r->barn, "barn", true);
    cut(r, 1200, 4800);
    begin(r);
    road_run(r, 2000);
    assert_int_equal(world_messages(r->barn, MESSAGE_OPENED), 1);
    road_destroy(r);
}

/* Clocks that differ by minutes do not make what was before the cut a part of it. */
static void times_are_compared_by_the_clock_of_the_house(void **state)
{
    struct road *r = road_create();
    struct vantage_node n = {"barn-cam", "up", world_wall(900 - 700), NULL};
    struct vantage_view view = {.nodes = &n, .nodes_count = 1};
    struct vantage_change changes[] = {{"barn-cam", "up", "down", world_wall(1300), NULL, NULL},
                                       {"barn-cam", "down", "up", world_wall(1700), NULL, NULL}};
    struct se_vantage m = {.vantage = "barn", .reported = true, .clock_set = true, .whole = true,
                           .every_ns = MINUTES(1), .view = &view, .view_count = 1, .changes = changes,
                           .changes_count = 2, .skew_ns = SECONDS(600)};
    world_down(r->house, "bridge-barn", 1200, 2400); /* the camera was silent from 700 to 1100 by this clock */
    world_begin(r->house);
    for (double t = 60; t < 1200; t += 60) {
        world_run(r->house, t);
        world_take(r->house, &(struct input){.kind = INPUT_VANTAGE, .vantage = &m});
    }
    world_run(r->house, 2415);
    world_take(r->house, &(struct input){.kind = INPUT_VANTAGE, .vantage = &m});
    world_run(r->house, 2600);
    assert_told(only_cut_off(r), "seen from barn, its LAN was fine throughout: it was the radio link");
    road_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_barn_that_saw_all_well_says_it_was_the_radio),
        cmocka_unit_test(what_was_silent_there_too_is_told_with_its_times),
        cmocka_unit_test(only_its_radio_was_that_unit),
        cmocka_unit_test(a_week_offline_raises_nothing_about_the_past),
        cmocka_unit_test(a_machine_that_was_off_says_from_when_to_when),
        cmocka_unit_test(the_word_of_the_barn_is_waited_for),
        cmocka_unit_test(a_barn_that_reports_by_another_way_sharpens_the_cause_at_once),
        cmocka_unit_test(a_vantage_that_falls_silent_while_its_place_answers_is_one_fault_of_ours),
        cmocka_unit_test(one_that_never_reported_is_told_after_a_while),
        cmocka_unit_test(its_silence_is_no_fault_while_its_place_is_cut_off),
        cmocka_unit_test(an_engine_at_the_house_that_starts_in_between_knows_what_was_seen),
        cmocka_unit_test(a_receiver_that_says_always_is_told_at_the_barn_too),
        cmocka_unit_test(times_are_compared_by_the_clock_of_the_house),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
