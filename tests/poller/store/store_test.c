#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/poller/store/bed.h"

static struct incident an_incident(const char *id)
{
    static struct evidence evidence = {"port 5 of lan-switch is down", "snmp lan-switch", {1}};
    static char *affected[] = {"barn-node", "bridge-barn"};
    return (struct incident){.id = (char *)(uintptr_t)id, .opened = clock_wall(), .revision = 1,
                             .severity = SEVERITY_WAKE,
                             .cause = {.kind = CAUSE_SITE_CUT_OFF, .site = "barn",
                                       .sentence = "The barn is cut off", .check_first = "The injector"},
                             .affected = affected, .affected_count = 2, .evidence = &evidence,
                             .evidence_count = 1};
}

static void a_commit_is_durable_when_acknowledged_and_comes_back_after_a_restart(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot-a");
    struct incident in = an_incident("here-1");
    struct node_transition t = {"barn-node", STATE_UP, STATE_UNREACHABLE, clock_wall(), "silent",
                                "bridge-barn", "here-1"};
    struct outbox_entry out = {"here-1 me opened 1", "here-1", "me", MESSAGE_OPENED, clock_wall(), NULL};
    struct es_commit c = {.sequence = 1, .at = clock_wall(), .transitions = &t, .transitions_count = 1,
                          .incidents = &in, .incidents_count = 1, .outbox = &out, .outbox_count = 1};
    bed_commit(&b, &c);
    assert_true(bed_wait_durable(&b, 1));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 1);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM incident_affected"), 2);
    bed_stop(&b);
    bed_start(&b);
    bed_hello(&b, "boot-b");
    assert_int_equal(b.node_count, 1);
    assert_int_equal(b.nodes[0].state, STATE_UNREACHABLE);
    assert_int_equal(b.open_count, 1);
    assert_string_equal(b.open[0].cause.sentence, "The barn is cut off");
    assert_string_equal(b.open[0].evidence[0].source, "snmp lan-switch");
    assert_int_equal(b.sent_count, 1);
    assert_string_equal(b.sent[0].key, "here-1 me opened 1");
    bed_remove(&b);
}

static void a_record_that_comes_twice_changes_nothing(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot-a");
    struct plain_event e = {"rebooted", "router", "router restarted", clock_wall()};
    struct es_commit c = {.sequence = 1, .at = clock_wall(), .events = &e, .events_count = 1};
    bed_commit(&b, &c);
    assert_true(bed_wait_durable(&b, 1));
    bed_stop(&b);
    bed_start(&b);
    bed_hello(&b, "boot-a"); /* the same engine, a new store */
    bed_commit(&b, &c);
    assert_true(bed_wait_durable(&b, 1));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 1);
    bed_remove(&b);
}

static void what_was_learned_comes_back(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot-a");
    bed_keep(&b, 1, "router", "snmp.version", "2c");
    bed_keep(&b, 2, "router", "boot_s", "40");
    bed_keep(&b, 3, "router", "boot_s", "45");
    bed_keep(&b, 4, "router", "snmp.version", NULL);
    assert_true(bed_wait_durable(&b, 4));
    bed_hello(&b, "boot-b");
    assert_int_equal(b.kept_count, 1);
    assert_string_equal(b.kept[0].value, "45");
    bed_remove(&b);
}

static void an_unreadable_record_is_left_out_and_the_next_is_taken(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot-a");
    struct es_samples nonsense = {.sequence = 1, .rows = {(uint8_t *)"abc", 3}};
    assert_true(channel_send(b.engine, ES_SAMPLES, &es_samples_record, &nonsense));
    struct incident nameless = {.opened = clock_wall()};
    struct es_commit bad = {.sequence = 2, .at = clock_wall(), .incidents = &nameless,
                            .incidents_count = 1};
    struct plain_event e = {"rebooted", "router", "router restarted", clock_wall()};
    struct es_commit good = {.sequence = 3, .at = clock_wall(), .events = &e, .events_count = 1};
    bed_commit(&b, &bad);
    bed_commit(&b, &good);
    assert_true(bed_wait_durable(&b, 3));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 1);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM incident"), 0);
    bed_remove(&b);
}

static void commit_incident(struct bed *b, uint64_t sequence, const struct incident *in,
                            struct outbox_entry *message)
{
    struct es_commit c = {.sequence = sequence, .at = clock_wall(),
                          .incidents = (struct incident *)(uintptr_t)in, .incidents_count = 1,
                          .outbox = message, .outbox_count = message != NULL};
    bed_commit(b, &c);
}

/* The commits stand in the channel, on their way and in the queue, in all shares, when the next one comes. */
static void a_new_engine_hears_all_that_the_one_before_had_said(void **state)
{
    struct bed b;
    char id[16], boot[16];
    bed_make(&b);
    bed_hello(&b, "boot-a");
    for (int round = 0; round < 20; round++) {
        snprintf(boot, sizeof boot, "boot-%d", round);
        for (uint64_t n = 1; n <= 10; n++) {
            snprintf(id, sizeof id, "here-%d", round);
            struct incident in = an_incident(id);
            in.revision = (uint32_t)n;
            in.resolved = n == 10 && round ? clock_wall() : (struct wall){0};
            commit_incident(&b, n, &in, NULL);
            for (int turns = 0; turns < round; turns++)
                uv_run(&b.loop, UV_RUN_NOWAIT);
        }
        bed_hello(&b, boot);
        assert_int_equal(b.open_count, 1);
        assert_string_equal(b.open[0].id, "here-0");
        assert_int_equal(b.open[0].revision, 10);
    }
    bed_remove(&b);
}

static void an_end_nobody_was_told_of_yet_comes_back(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot-a");
    struct incident told = an_incident("here-told"), untold = an_incident("here-untold"),
                    quiet = an_incident("here-quiet");
    told.resolved = untold.resolved = quiet.resolved = clock_wall();
    struct outbox_entry messages[] = {
        {"a", "here-told", "me", MESSAGE_OPENED, {1}, NULL},
        {"b", "here-untold", "me", MESSAGE_OPENED, {2}, NULL},
        {"c", "here-told", "me", MESSAGE_RESOLVED, {3}, NULL},
        {"d", "here-untold", "me", MESSAGE_REMINDER, {4}, NULL}};
    commit_incident(&b, 1, &told, &messages[0]);
    commit_incident(&b, 2, &untold, &messages[1]);
    commit_incident(&b, 3, &told, &messages[2]);
    commit_incident(&b, 4, &untold, &messages[3]);
    commit_incident(&b, 5, &quiet, NULL); /* gone within the hold: nobody need know */
    assert_true(bed_wait_durable(&b, 5));
    bed_hello(&b, "boot-b");
    assert_int_equal(b.open_count, 1);
    assert_string_equal(b.open[0].id, "here-untold");
    assert_true(b.open[0].resolved.ns > 0);
    assert_int_equal(b.sent_count, 2);
    assert_string_equal(b.sent[0].key, "b");
    assert_string_equal(b.sent[1].key, "d");
    bed_remove(&b);
}

/* What the database knows of the newest sample, so that only the journal tells of it. */
static void forget_newest(struct bed *b)
{
    char path[128];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/hayloft.db", b->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM meta WHERE key = 'newest'", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_close(db);
}

/* The journal keeps rows by number; when the file of names is lost, those rows must not become another's. */
static void rows_whose_name_was_lost_are_nobody_elses(void **state)
{
    struct bed b;
    char names[128];
    bed_make(&b);
    bed_hello(&b, "boot-a");
    bed_object(&b, 0, "router", "ping", 1);
    bed_sample(&b, 1, 0, clock_wall().ns, 1, 1);
    assert_true(bed_wait_durable(&b, 1));
    bed_stop(&b);
    snprintf(names, sizeof names, "%s/journal/names", b.folder);
    assert_int_equal(truncate(names, 3), 0);
    forget_newest(&b);
    for (int start = 0; start < 2; start++) {
        bed_start(&b);
        bed_hello(&b, "boot-b");
        bed_object(&b, 0, "barn", "ping", 1);
        bed_turn(&b);
        bed_stop(&b);
    }
    bed_start(&b); /* a damaged replay would now have a row for the barn */
    bed_hello(&b, "boot-c");
    assert_int_equal(b.newest.ns, 0);
    bed_remove(&b);
}

static void after_a_clean_stop_the_newest_sample_is_known(void **state)
{
    struct bed b;
    struct wall at = clock_wall();
    bed_make(&b);
    bed_hello(&b, "boot-a");
    bed_object(&b, 0, "router", "ping", 1);
    bed_sample(&b, 1, 0, at.ns, 1, 1);
    assert_true(bed_wait_durable(&b, 1));
    bed_stop(&b);
    bed_start(&b);
    bed_hello(&b, "boot-b");
    assert_int_equal(b.newest.ns, at.ns);
    bed_remove(&b);
}

/* The board woke up by a clock that was not set: an incident began, a device fell silent, a message left. */
static void times_that_were_guesses_move_and_others_do_not(void **state)
{
    struct bed b;
    const int64_t from = SECONDS(1800000000), shift = SECONDS(1000000), old = from - SECONDS(60);
    struct incident in = an_incident("here-1"), past = an_incident("here-0");
    struct timeline_entry story[] = {{{old}, "opened"}, {{from + 7}, "failing again"}};
    in.opened.ns = from + 5;
    in.timeline = past.timeline = story;
    in.timeline_count = past.timeline_count = 2;
    past.opened.ns = past.resolved.ns = old;
    struct incident both[] = {in, past};
    struct node_transition t[] = {{"nas", STATE_UP, STATE_DOWN, {old}, "timeout", NULL, NULL},
                                  {"cam", STATE_UP, STATE_DOWN, {from + 6}, "timeout", NULL, NULL}};
    struct outbox_entry out = {"k", "here-1", "me", MESSAGE_OPENED, {from + 8}, NULL};
    struct es_commit guesses = {.sequence = 1, .transitions = t, .transitions_count = 2, .incidents = both,
                                .incidents_count = 2, .outbox = &out, .outbox_count = 1};
    struct es_commit truth = {.sequence = 2, .restamp = {{from}, {from + SECONDS(60)}, shift}};
    bed_make(&b);
    bed_hello(&b, "boot-a");
    bed_commit(&b, &guesses);
    bed_commit(&b, &truth);
    assert_true(bed_wait_durable(&b, 2));
    assert_int_equal(bed_query(&b, "SELECT opened FROM incident WHERE id = 'here-1'"), from + 5 + shift);
    assert_int_equal(bed_query(&b, "SELECT opened FROM incident WHERE id = 'here-0'"), old);
    assert_int_equal(bed_query(&b, "SELECT resolved FROM incident WHERE id = 'here-0'"), old);
    assert_int_equal(bed_query(&b, "SELECT min(at) FROM incident_timeline"), old);
    assert_int_equal(bed_query(&b, "SELECT max(at) FROM incident_timeline"), from + 7 + shift);
    assert_int_equal(bed_query(&b, "SELECT since FROM node WHERE name = 'nas'"), old);
    assert_int_equal(bed_query(&b, "SELECT since FROM node WHERE name = 'cam'"), from + 6 + shift);
    assert_int_equal(bed_query(&b, "SELECT at FROM event ORDER BY id DESC LIMIT 1"), from + 6 + shift);
    assert_int_equal(bed_query(&b, "SELECT created FROM outbox"), from + 8 + shift);
    bed_hello(&b, "boot-b");
    assert_int_equal(b.open_count, 1);
    assert_int_equal(b.open[0].opened.ns, from + 5 + shift);
    assert_int_equal(b.open[0].timeline[0].at.ns, old);
    assert_int_equal(b.open[0].timeline[1].at.ns, from + 7 + shift);
    assert_int_equal(b.nodes[0].since.ns + b.nodes[1].since.ns, old + from + 6 + shift);
    bed_remove(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_is_durable_when_acknowledged_and_comes_back_after_a_restart),
        cmocka_unit_test(a_record_that_comes_twice_changes_nothing),
        cmocka_unit_test(what_was_learned_comes_back),
        cmocka_unit_test(a_new_engine_hears_all_that_the_one_before_had_said),
        cmocka_unit_test(an_end_nobody_was_told_of_yet_comes_back),
        cmocka_unit_test(rows_whose_name_was_lost_are_nobody_elses),
        cmocka_unit_test(an_unreadable_record_is_left_out_and_the_next_is_taken),
        cmocka_unit_test(after_a_clean_stop_the_newest_sample_is_known),
        cmocka_unit_test(times_that_were_guesses_move_and_others_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
