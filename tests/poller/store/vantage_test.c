/* A vantage's store and its house's, joined by a way that is cut, loses answers and comes back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "graphs/fetch.h"
#include "poller/store/journal.h"
#include "tests/poller/store/road.h"

#define DAY_S 86400

struct fixture {
    struct road road;
    uint64_t sequence; /* of the barn's engine */
    int64_t now_s;     /* a whole minute */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->now_s = wall_seconds(clock_wall()) / 60 * 60;
    road_make(&f->road);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    clock_reckon(NULL);
    road_remove(&f->road);
    free(f);
    return 0;
}

static struct wall at(const struct fixture *f, int64_t s)
{
    return (struct wall){SECONDS(f->now_s + s)};
}

/* --- what the barn's engine says --- */

static void view(struct fixture *f, const char *node, const char *word)
{
    struct vantage_node n = {(char *)(uintptr_t)node, (char *)(uintptr_t)word, at(f, -500), ""};
    struct vantage_view v = {clock_wall(), at(f, -600), at(f, -700), &n, 1};
    assert_true(channel_send(f->road.barn.engine, ES_VIEW, &vantage_view_record, &v));
}

static void change(struct fixture *f, const char *node, enum node_state from, enum node_state to, int64_t s)
{
    struct node_transition t = {(char *)(uintptr_t)node, from, to, at(f, s), "timeout", NULL, NULL};
    struct es_commit c = {.sequence = ++f->sequence, .at = t.at, .transitions = &t, .transitions_count = 1};
    bed_commit(&f->road.barn, &c);
    assert_true(bed_wait_durable(&f->road.barn, f->sequence));
}

static void incident(struct fixture *f, uint32_t revision, const char *sentence, bool resolved)
{
    struct incident in = {.id = "barn-1", .opened = at(f, -400), .resolved = resolved ? at(f, -300) : (struct wall){0},
                          .revision = revision, .severity = SEVERITY_DAY,
                          .cause = {.kind = CAUSE_NODE_DOWN, .node = "barn-cam", .site = "barn",
                                    .sentence = (char *)(uintptr_t)sentence, .check_first = "its plug"}};
    struct es_commit c = {.sequence = ++f->sequence, .at = at(f, -400), .incidents = &in, .incidents_count = 1};
    bed_commit(&f->road.barn, &c);
    assert_true(bed_wait_durable(&f->road.barn, f->sequence));
}

/* Rows of one object with two sources, a minute apart, as many as one message holds. */
static void samples(struct fixture *f, uint32_t object, int64_t from_s, size_t count)
{
    static uint8_t bytes[60000];
    while (count) {
        struct writer w = writer_over(bytes, sizeof bytes);
        for (; count && (size_t)(w.end - w.at) > SAMPLE_ROW_BYTES(2); count--, from_s += 60) {
            uint8_t values[16];
            struct writer v = writer_over(values, sizeof values);
            double both[2] = {(double)(from_s % 1000), 1};
            for (int i = 0; i < 2; i++) {
                uint64_t bits;
                memcpy(&bits, &both[i], sizeof bits);
                wr_u64(&v, bits);
            }
            sample_row_write(&w, &(struct sample_row){object, SECONDS(f->now_s + from_s), values, 2});
        }
        struct es_samples m = {.sequence = ++f->sequence, .rows = {bytes, wr_len(&w)}};
        assert_true(channel_send(f->road.barn.engine, ES_SAMPLES, &es_samples_record, &m));
        assert_true(bed_wait_durable(&f->road.barn, f->sequence));
    }
}

/* --- what the house has --- */

/* Values known of an object's first source in a span, from its file. */
static size_t known_values(struct fixture *f, const char *node, int64_t from_s, int64_t to_s)
{
    char error[FETCH_ERROR_MAX];
    struct fetched got;
    size_t known = 0;
    struct fetch_question q = {.state_dir = f->road.house.folder, .vantage = "barn", .node = node, .object = "ping",
                               .from = at(f, from_s), .to = at(f, to_s), .points = 100000};
    if (!fetch_points(&q, &got, error))
        return 0;
    for (size_t i = 0; i < got.points.rows; i++)
        known += !isnan(points_at(&got.points, i, 0));
    fetched_fini(&got);
    return known;
}

static int64_t at_house(struct fixture *f, const char *sql)
{
    return bed_query(&f->road.house, sql);
}

/* Conditions on numbers of the road. */
struct wanted {
    const struct road *road;
    unsigned posts, taken;
};

static bool has_come(void *ctx)
{
    const struct wanted *w = ctx;
    return w->road->posts >= w->posts && w->road->taken >= w->taken;
}

static void wait_for(struct fixture *f, unsigned more_posts, unsigned more_taken)
{
    struct wanted w = {&f->road, f->road.posts + more_posts, f->road.taken + more_taken};
    assert_true(road_until(&f->road, has_come, &w));
}

struct trouble_wanted {
    const struct bed *bed;
    const char *what;
    bool over;
};

static bool is_trouble(void *ctx)
{
    const struct trouble_wanted *w = ctx;
    const struct se_trouble *t = bed_trouble(w->bed, w->what);
    return t && t->over == w->over;
}

static void wait_for_trouble(struct fixture *f, const char *what, bool over)
{
    struct trouble_wanted w = {&f->road.barn, what, over};
    assert_true(road_until(&f->road, is_trouble, &w));
}

static bool are_told(void *ctx)
{
    return ((const struct bed *)ctx)->vantage_count >= 2;
}

static bool is_courier_wanted(void *ctx)
{
    return ((const struct bed *)ctx)->courier_wanted > 0;
}

static void start_again(struct fixture *f, struct bed *b, const char *boot)
{
    bed_stop(b);
    bed_start(b);
    bed_hello(b, boot);
    road_connect(&f->road);
}

/* --- tests --- */

static void what_the_barn_measures_and_decides_is_at_the_house(void **state)
{
    struct fixture *f = *state;
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    view(f, "barn-cam", "up");
    samples(f, 0, -6000, 100);
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    change(f, "barn-cam", STATE_DOWN, STATE_UP, -400);
    incident(f, 1, "barn-cam is silent", true);
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event WHERE vantage = 'barn'"), 2);
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_incident WHERE cause = 'node-down'"), 1);
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_run WHERE started IS NOT NULL"), 1);
    assert_int_equal(at_house(f, "SELECT count(*) FROM event"), 0);
    assert_int_equal(at_house(f, "SELECT count(*) FROM incident"), 0);
    assert_int_equal(bed_query(&f->road.barn, "SELECT count(*) FROM spool"), 0);
    road_write_files(&f->road);
    assert_true(known_values(f, "barn-cam", -6000, -60) >= 98);
}

static void the_engine_at_the_house_is_told_what_is_new_and_how_it_is_now(void **state)
{
    struct fixture *f = *state;
    view(f, "barn-cam", "down");
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    assert_true(road_all_told(&f->road));
    const struct bed *h = &f->road.house;
    size_t changes = 0, runs = 0;
    for (size_t i = 0; i < h->vantage_count; i++) {
        changes += h->vantage[i].changes_count;
        runs += h->vantage[i].runs_count;
    }
    const struct se_vantage *last = &h->vantage[h->vantage_count - 1];
    assert_string_equal(last->vantage, "barn");
    assert_true(last->reported && last->whole && last->clock_set && last->heard.ns);
    assert_true(llabs(last->skew_ns) < SECONDS(5));
    assert_int_equal(last->every_ns, MILLISECONDS(50));
    assert_int_equal(last->view_count, 1);
    assert_string_equal(last->view->nodes[0].state, "down");
    assert_int_equal(changes, 1);
    assert_int_equal(runs, 1);
}

static void a_lost_answer_costs_a_repetition_that_changes_nothing(void **state)
{
    struct fixture *f = *state;
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    f->road.answers_lost = true;
    samples(f, 0, -6000, 100);
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    incident(f, 1, "barn-cam is silent", false);
    wait_for(f, 0, 5);
    f->road.answers_lost = false;
    incident(f, 2, "barn-cam was silent", true);
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 1);
    assert_int_equal(at_house(f, "SELECT revision FROM vantage_incident"), 2);
    road_write_files(&f->road);
    assert_true(known_values(f, "barn-cam", -6000, -60) >= 98);
}

static void an_older_revision_does_not_replace_a_younger_one(void **state)
{
    struct fixture *f = *state;
    incident(f, 5, "barn-cam was silent", true);
    assert_true(road_all_told(&f->road));
    struct vantage_incident old = {"barn-1", 4, at(f, -400), {0}, "day", "node-down", "barn-cam is silent", NULL, NULL};
    struct vantage_decided d = {.boot = "another-boot", .sequence = 1, .incidents = &old, .incidents_count = 1};
    struct vantage_head head = {"barn", clock_wall(), true, true, {0}, SECONDS(60)};
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_DECIDED, &d);
    road_post(&f->road, out.data, out.len);
    assert_int_equal(f->road.last.taken, VANTAGE_TAKEN);
    assert_int_equal(at_house(f, "SELECT revision FROM vantage_incident"), 5);
    buf_fini(&out);
}

/* Both stores die with reports under way, again and again. */
static void restarts_on_either_side_lose_nothing_and_double_nothing(void **state)
{
    struct fixture *f = *state;
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    for (int i = 0; i < 6; i++) {
        samples(f, 0, -6000 + i * 600, 10);
        change(f, "barn-cam", i % 2 ? STATE_DOWN : STATE_UP, i % 2 ? STATE_UP : STATE_DOWN, -6000 + i * 600);
        wait_for(f, 1, 0);
        start_again(f, i % 2 ? &f->road.barn : &f->road.house, i % 2 ? "barn-boot" : "house-boot");
        if (i % 2)
            bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    }
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 6);
    assert_int_equal(at_house(f, "SELECT count(DISTINCT at) FROM vantage_event"), 6);
    road_write_files(&f->road);
    assert_true(known_values(f, "barn-cam", -6000, -2400) >= 58);
}

/* Offline for a week that is told in a moment: decisions first, then all samples into their series, and the house's
 * own newest sample is not moved by any of it. */
static void a_week_is_filled_in_afterwards(void **state)
{
    struct fixture *f = *state;
    f->road.cut = true;
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    bed_object(&f->road.barn, 1, "barn-node", "ping", 2);
    for (int day = 7; day > 0; day--) {
        samples(f, 0, -day * DAY_S, DAY_S / 60);
        samples(f, 1, -day * DAY_S, DAY_S / 60);
        change(f, "barn-node", STATE_UP, STATE_DOWN, -day * DAY_S + 40000);
        change(f, "barn-node", STATE_DOWN, STATE_UP, -day * DAY_S + 40600);
    }
    assert_int_equal(bed_query(&f->road.barn, "SELECT count(*) FROM spool"), 14);
    f->road.cut = false;
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 14);
    assert_true(f->road.house.vantage[f->road.house.vantage_count - 1].behind.ns == 0);
    road_write_files(&f->road);
    size_t recent = known_values(f, "barn-cam", -DAY_S, -60);
    size_t older = known_values(f, "barn-node", -7 * DAY_S, -5 * DAY_S);
    assert_true(recent > DAY_S / 60 - 5);
    assert_true(older > 2 * DAY_S / 300 - 5); /* of such an age a value is of 5 minutes */
    assert_int_equal(bed_query(&f->road.house, "SELECT count(*) FROM meta WHERE key = 'newest'"), 0);
}

static struct buf report(struct fixture *f, const char *vantage, struct wall sent)
{
    struct vantage_head head = {(char *)(uintptr_t)vantage, sent, true, true, {0}, SECONDS(60)};
    struct vantage_change c = {"barn-cam", "up", "down", at(f, -100), "", NULL};
    struct vantage_decided d = {.boot = "boot", .sequence = 1, .changes = &c, .changes_count = 1};
    struct buf out = {0};
    vantage_begin(&out, &head);
    vantage_put(&out, VANTAGE_DECIDED, &d);
    return out;
}

static void refuse(struct fixture *f, struct buf out, const char *name, enum vantage_taken why)
{
    f->road.name = name;
    road_post(&f->road, out.data, out.len);
    assert_string_equal(vantage_taken_words[f->road.last.taken], vantage_taken_words[why]);
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 0);
    buf_fini(&out);
}

static void what_is_no_report_of_that_vantage_changes_nothing(void **state)
{
    struct fixture *f = *state;
    f->road.cut = true;
    refuse(f, report(f, "barn", clock_wall()), "loft", VANTAGE_UNKNOWN);
    refuse(f, report(f, "stable", clock_wall()), "barn", VANTAGE_MALFORMED);
    struct buf torn = report(f, "barn", clock_wall());
    torn.len--;
    refuse(f, torn, "barn", VANTAGE_MALFORMED);
    refuse(f, report(f, "barn", wall_after(clock_wall(), MINUTES(20))), "barn", VANTAGE_CLOCK);
    assert_non_null(strstr(f->road.last.text, "ahead"));
    struct buf good = report(f, "barn", wall_after(clock_wall(), MINUTES(-300)));
    road_post(&f->road, good.data, good.len);
    assert_int_equal(f->road.last.taken, VANTAGE_TAKEN);
    assert_true(llabs(f->road.last.skew_ns + MINUTES(300)) < SECONDS(5));
    buf_fini(&good);
}

static void a_wrong_clock_at_the_house_takes_nothing(void **state)
{
    struct fixture *f = *state;
    f->road.cut = true;
    struct instant now = clock_now();
    clock_reckon(&now);
    refuse(f, report(f, "barn", clock_wall()), "barn", VANTAGE_CLOCK);
}

/* While the barn's clock is a guess it tells how it is now, and keeps what it would have to move. */
static void a_vantage_whose_clock_is_not_set_tells_only_how_it_is(void **state)
{
    struct fixture *f = *state;
    struct instant now = clock_now();
    f->road.cut = true;
    clock_reckon(&now);
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    view(f, "barn-cam", "up");
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    samples(f, 0, -600, 5);
    wait_for(f, 2, 0);
    assert_false(f->road.report.head.clock_set);
    assert_false(f->road.report.head.whole);
    assert_non_null(f->road.report.view);
    assert_int_equal(f->road.report.decided_count + f->road.report.sample_count, 0);
    clock_reckon(NULL);
    f->road.cut = false;
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 1);
}

static int64_t event_at(struct fixture *f)
{
    return at_house(f, "SELECT at FROM vantage_event WHERE kind = 'state'");
}

static void stamps_of_a_wrong_clock_move_once_at_the_house_too(void **state)
{
    struct fixture *f = *state;
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -5000);
    assert_true(road_all_told(&f->road));
    assert_int_equal(event_at(f), at(f, -5000).ns);
    f->road.answers_lost = true; /* so that it comes several times */
    struct plain_event e = {"clock-set", NULL, "the clock was set", at(f, 0)};
    struct es_commit c = {.sequence = ++f->sequence, .at = at(f, 0), .events = &e, .events_count = 1,
                          .restamp = {at(f, -6000), at(f, -10), SECONDS(1000)}};
    bed_commit(&f->road.barn, &c);
    assert_true(bed_wait_durable(&f->road.barn, f->sequence));
    wait_for(f, 0, 4);
    f->road.answers_lost = false;
    assert_true(road_all_told(&f->road));
    assert_int_equal(event_at(f), at(f, -4000).ns);
    bool anew = false; /* the engine hears of the new times */
    for (size_t i = 0; i < f->road.house.vantage_count; i++)
        anew = anew || (f->road.house.vantage[i].anew && f->road.house.vantage[i].changes_count == 1 &&
                        f->road.house.vantage[i].changes[0].at.ns == at(f, -4000).ns);
    assert_true(anew);
}

static void an_engine_that_starts_is_told_what_was_reported_before(void **state)
{
    struct fixture *f = *state;
    view(f, "barn-cam", "up");
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    change(f, "barn-cam", STATE_DOWN, STATE_UP, -400);
    assert_true(road_all_told(&f->road));
    f->road.cut = true;
    f->road.house.vantage_count = 0;
    start_again(f, &f->road.house, "another-house-boot");
    assert_true(road_until(&f->road, are_told, &f->road.house)); /* barn and stable */
    const struct se_vantage *v = &f->road.house.vantage[0];
    assert_string_equal(v->vantage, "barn");
    assert_true(v->anew && !v->reported && v->heard.ns);
    assert_int_equal(v->changes_count, 2);
    assert_int_equal(v->runs_count, 1);
    assert_string_equal(v->changes[0].to, "down");
    assert_int_equal(f->road.house.vantage[1].heard.ns, 0);
}

/* The journal's ceiling takes the oldest samples, never a decision, and both sides know. */
static void the_spool_is_bounded_and_says_what_it_lost(void **state)
{
    struct fixture *f = *state;
    f->road.cut = true;
    bed_stop(&f->road.barn);
    f->road.barn.settings.journal_ceiling_bytes = 2 * JOURNAL_SEGMENT_BYTES;
    f->road.barn.settings.journal_sync_ns = MILLISECONDS(20);
    f->road.barn.settings.files_sync_ns = MILLISECONDS(50);
    bed_start(&f->road.barn);
    bed_hello(&f->road.barn, "barn-boot-2");
    road_connect(&f->road);
    bed_object(&f->road.barn, 0, "barn-cam", "ping", 2);
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    for (int part = 0; part < 12; part++) { /* 14 MB in all */
        samples(f, 0, INT64_C(-60) * 40000 * (12 - part), 40000);
        wait_for(f, 1, 0);
    }
    wait_for_trouble(f, "journal-ceiling", false);
    f->road.cut = false;
    assert_true(road_all_told(&f->road));
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_event"), 1);
    assert_int_equal(at_house(f, "SELECT count(*) FROM vantage_lost WHERE until_at > from_at"), 1);
    wait_for_trouble(f, "journal-ceiling", true);
}

static void nothing_is_kept_for_an_upstream_that_is_gone(void **state)
{
    struct fixture *f = *state;
    char cursors[128], text[256] = "";
    f->road.cut = true;
    change(f, "barn-cam", STATE_UP, STATE_DOWN, -500);
    assert_int_equal(bed_query(&f->road.barn, "SELECT count(*) FROM spool"), 1);
    bed_stop(&f->road.barn);
    snprintf(cursors, sizeof cursors, "%s/journal/cursors", f->road.barn.folder);
    FILE *file = fopen(cursors, "r");
    assert_true(file && fread(text, 1, sizeof text - 1, file) > 0 && strstr(text, "upstream"));
    fclose(file);
    f->road.barn.settings.upstream_every_ns = 0;
    bed_start(&f->road.barn);
    bed_hello(&f->road.barn, "barn-boot-2");
    f->sequence = 0;
    change(f, "barn-cam", STATE_DOWN, STATE_UP, -400);
    bed_stop(&f->road.barn);
    assert_int_equal(bed_query(&f->road.barn, "SELECT count(*) FROM spool"), 0);
    memset(text, 0, sizeof text);
    file = fopen(cursors, "r");
    assert_true(file && fread(text, 1, sizeof text - 1, file) > 0 && !strstr(text, "upstream"));
    fclose(file);
    bed_start(&f->road.barn);
}

static void a_house_that_is_long_away_or_refuses_is_one_fault_of_ours(void **state)
{
    struct fixture *f = *state;
    bed_stop(&f->road.barn);
    f->road.barn.settings.upstream_patience_ns = MILLISECONDS(200);
    bed_start(&f->road.barn);
    bed_hello(&f->road.barn, "barn-boot-2");
    road_connect(&f->road);
    f->road.cut = true;
    assert_true(bed_wait_trouble(&f->road.barn, "upstream"));
    const struct se_trouble *t = bed_trouble(&f->road.barn, "upstream");
    assert_non_null(strstr(t->detail, "https://house is not reached since "));
    assert_non_null(strstr(t->detail, "no connection"));
    size_t told = f->road.barn.trouble_count;
    wait_for(f, 3, 0);
    assert_int_equal(f->road.barn.trouble_count, told);
    f->road.cut = false;
    wait_for_trouble(f, "upstream", true);
    f->road.answer = 401;
    wait_for_trouble(f, "upstream", false);
    assert_non_null(strstr(bed_trouble(&f->road.barn, "upstream")->detail, "answers 401"));
}

static void a_courier_is_asked_for_and_waited_for(void **state)
{
    struct fixture *f = *state;
    channel_destroy(f->road.courier);
    f->road.courier = NULL;
    f->road.barn.courier_wanted = 0;
    assert_true(road_until(&f->road, is_courier_wanted, &f->road.barn));
    road_connect(&f->road);
    assert_true(road_all_told(&f->road));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_the_barn_measures_and_decides_is_at_the_house),
        CASE(the_engine_at_the_house_is_told_what_is_new_and_how_it_is_now),
        CASE(a_lost_answer_costs_a_repetition_that_changes_nothing),
        CASE(an_older_revision_does_not_replace_a_younger_one),
        CASE(restarts_on_either_side_lose_nothing_and_double_nothing),
        CASE(a_week_is_filled_in_afterwards),
        CASE(what_is_no_report_of_that_vantage_changes_nothing),
        CASE(a_wrong_clock_at_the_house_takes_nothing),
        CASE(a_vantage_whose_clock_is_not_set_tells_only_how_it_is),
        CASE(stamps_of_a_wrong_clock_move_once_at_the_house_too),
        CASE(an_engine_that_starts_is_told_what_was_reported_before),
        CASE(the_spool_is_bounded_and_says_what_it_lost),
        CASE(nothing_is_kept_for_an_upstream_that_is_gone),
        CASE(a_house_that_is_long_away_or_refuses_is_one_fault_of_ours),
        CASE(a_courier_is_asked_for_and_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
