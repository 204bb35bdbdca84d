#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_bed.h"

static struct {
    char *profile;
    char *user, *password;
    char *url;
    int64_t timeout_ns;
    bool verify_tls;
    char *pin;
} options;

static struct http_profile profiles[] = {
    {.name = "mesh", .vendor = "ASUS", .family = "ASUSWRT", .kind = "router", .scheme = "https"}};
static struct profile_set set = {.http_profiles = profiles, .http_profiles_count = 1};
static struct reading readings[] = {{.meaning = "signal",
                                     .class_ = "rssi",
                                     .label = "barn",
                                     .index = "1",
                                     .oid = "mesh /list/1/rssi",
                                     .unit = "dBm",
                                     .value = -67,
                                     .object = "mesh-barn",
                                     .source = "signal"},
                                    {.meaning = "mesh-state",
                                     .class_ = "state",
                                     .label = "barn",
                                     .index = "1",
                                     .oid = "mesh /list/1/online",
                                     .unit = "",
                                     .value = 1,
                                     .state = "joined",
                                     .level = READING_GOOD,
                                     .object = "mesh-barn",
                                     .source = "mesh_state"},
                                    {.meaning = "uptime",
                                     .class_ = "runtime",
                                     .label = "uptime",
                                     .index = "0",
                                     .oid = "info /uptime",
                                     .unit = "min",
                                     .value = 7}};

static struct check_bed bed;
static struct consult_answer answer;

static int set_up(void **state)
{
    (void)state;
    memset(&options, 0, sizeof options);
    options.profile = "mesh";
    options.user = "farmer";
    options.password = "hay";
    options.timeout_ns = SECONDS(20);
    answer = (struct consult_answer){.end = CONSULTATION_READ,
                                     .reason = "",
                                     .readings = readings,
                                     .reading_count = 3,
                                     .model = "RT-AX92U",
                                     .total_ns = MILLISECONDS(90)};
    check_bed_open(&bed, "api", &options, sizeof options);
    sim_profiles(bed.sim, &set);
    sim_consult(bed.sim, &answer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    check_bed_close(&bed);
    return 0;
}

static void figures_come_as_readings_and_as_series(void **state)
{
    (void)state;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_true(r->has_readings);
    assert_int_equal(r->reading_count, 3);
    assert_int_equal(r->object_count, 1);
    assert_string_equal(r->objects[0].object, "mesh-barn");
    assert_int_equal(r->objects[0].layout, LAYOUT_READINGS);
    assert_int_equal(r->objects[0].measure_count, 2);
    assert_true(sim_measure(r, "signal") == -67);
    assert_true(sim_measure(r, "mesh_state") == 1);
    assert_int_equal(r->busy_ns, MILLISECONDS(90));
}

static void who_it_is_is_told_when_it_is_news(void **state)
{
    (void)state;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_string_equal(sim_fact(r, "device.vendor", ""), "ASUS");
    assert_string_equal(sim_fact(r, "device.model", ""), "RT-AX92U");
    assert_string_equal(sim_fact(r, "profile.name", ""), "mesh");
    assert_null(sim_fact(check_bed_ask(&bed, ROUND_REGULAR), "device.model", ""));
    answer.version = "388";
    assert_string_equal(sim_fact(check_bed_ask(&bed, ROUND_REGULAR), "device.version", ""), "388");
}

static void the_address_and_the_profile_say_where_it_is_unless_the_node_does(void **state)
{
    (void)state;
    check_bed_ask(&bed, ROUND_REGULAR);
    assert_string_equal(sim_consulted(bed.sim)->url, "https://192.0.2.7");
    options.url = "http://router.farm.example:8080";
    check_bed_ask(&bed, ROUND_REGULAR);
    assert_string_equal(sim_consulted(bed.sim)->url, "http://router.farm.example:8080");
}

static void a_profile_that_is_gone_is_our_own_fault(void **state)
{
    (void)state;
    sim_profiles(bed.sim, NULL);
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_string_equal(r->reason, "profile");
}

static void silence_a_wrong_answer_and_our_own_courier_are_told_apart(void **state)
{
    (void)state;
    answer = (struct consult_answer){.end = CONSULTATION_SILENT, .reason = "timeout"};
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_SILENT);
    answer =
        (struct consult_answer){.end = CONSULTATION_WRONG, .reason = "json", .detail = "no JSON"};
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "json");
    assert_false(r->has_readings);
    answer = (struct consult_answer){.end = CONSULTATION_OURS, .reason = "busy", .detail = "too many"};
    r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_string_equal(r->reason, "busy");
    answer = (struct consult_answer){.own_fault = true, .reason = "courier"};
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_OWN_FAULT);
}

/* Rounds of a minute, so long: how often it was asked. */
static size_t asked_in(int minutes)
{
    size_t before = sim_consults(bed.sim);
    for (int i = 0; i < minutes; i++) {
        check_bed_ask(&bed, ROUND_REGULAR); /* half a minute */
        sim_run(bed.sim, SECONDS(30));
    }
    return sim_consults(bed.sim) - before;
}

static void a_wrong_password_is_not_tried_again_and_again(void **state)
{
    (void)state;
    answer = (struct consult_answer){
        .end = CONSULTATION_REFUSED, .reason = "auth-refused", .detail = "wrong"};
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "auth-refused");
    sim_run(bed.sim, SECONDS(30));
    r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_non_null(strstr(r->detail, "asked again after 5 min"));
    sim_run(bed.sim, SECONDS(30));
    size_t tries = asked_in(180);
    assert_true(tries >= 3 && tries <= 6); /* after 5, 10, 20, 40, 60 minutes */
}

static void what_worked_once_is_tried_again_at_the_next_round(void **state)
{
    (void)state;
    struct consult_answer good = answer;
    check_bed_ask(&bed, ROUND_REGULAR);
    answer = (struct consult_answer){.end = CONSULTATION_REFUSED, .reason = "auth-refused"};
    check_bed_ask(&bed, ROUND_REGULAR);
    answer = good;
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
}

static void a_locked_door_is_left_alone(void **state)
{
    (void)state;
    check_bed_ask(&bed, ROUND_REGULAR);
    answer = (struct consult_answer){.end = CONSULTATION_LOCKED, .reason = "auth-locked"};
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "auth-locked");
    sim_run(bed.sim, SECONDS(30));
    assert_int_equal(asked_in(4), 0);
    assert_int_equal(asked_in(1), 1);
}

static void somebody_who_wants_to_know_now_gets_one_try_a_minute(void **state)
{
    (void)state;
    answer = (struct consult_answer){.end = CONSULTATION_REFUSED, .reason = "auth-refused"};
    check_bed_ask(&bed, ROUND_REGULAR);
    check_bed_ask(&bed, ROUND_ASK);
    assert_int_equal(sim_consults(bed.sim), 1);
    sim_run(bed.sim, SECONDS(30));
    check_bed_ask(&bed, ROUND_ASK);
    assert_int_equal(sim_consults(bed.sim), 2);
}

static void one_answer_is_for_all_rounds_that_wait(void **state)
{
    (void)state;
    bed.kind->start(bed.instance, 4, 50, ROUND_REGULAR, MONO_NEVER);
    bed.kind->start(bed.instance, 4, 51, ROUND_ASK, MONO_NEVER);
    bed.kind->start(bed.instance, 4, 52, ROUND_CONFIRM, MONO_NEVER);
    bed.kind->cancel(bed.instance, 4, 52);
    sim_run(bed.sim, SECONDS(1));
    assert_int_equal(sim_consults(bed.sim), 1);
    assert_int_equal(sim_reports(bed.sim), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct report *r = sim_report(bed.sim, i);
        assert_int_equal(r->outcome, r->round == 52 ? OUTCOME_CANCELLED : OUTCOME_ANSWERED);
        assert_int_equal(r->has_readings, r->round == 50);
    }
}

static void an_answer_for_a_check_that_is_gone_is_nobodys(void **state)
{
    (void)state;
    bed.kind->start(bed.instance, 4, 1, ROUND_REGULAR, MONO_NEVER);
    bed.kind->drop(bed.instance, 4);
    assert_int_equal(sim_last_report(bed.sim)->outcome, OUTCOME_CANCELLED);
    sim_run(bed.sim, SECONDS(1));
    assert_int_equal(sim_reports(bed.sim), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(figures_come_as_readings_and_as_series),
        T(who_it_is_is_told_when_it_is_news),
        T(the_address_and_the_profile_say_where_it_is_unless_the_node_does),
        T(a_profile_that_is_gone_is_our_own_fault),
        T(silence_a_wrong_answer_and_our_own_courier_are_told_apart),
        T(a_wrong_password_is_not_tried_again_and_again),
        T(what_worked_once_is_tried_again_at_the_next_round),
        T(a_locked_door_is_left_alone),
        T(somebody_who_wants_to_know_now_gets_one_try_a_minute),
        T(one_answer_is_for_all_rounds_that_wait),
        T(an_answer_for_a_check_that_is_gone_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
