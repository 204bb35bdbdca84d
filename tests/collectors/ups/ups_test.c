#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_bed.h"

static struct {
    char *url;
    int64_t timeout_ns;
} options;

static const char *const names[] = {"ups.status", "battery.charge", "device.model"};
static const char *const values[] = {"OB DISCHRG", "71", "Hay 1500"};
static struct check_bed bed;
static struct ups_answer answer;

static int set_up(void **state)
{
    (void)state;
    options.url = "nut://nas.farm.example/barn";
    options.timeout_ns = SECONDS(5);
    answer = (struct ups_answer){.names = names, .values = values, .count = 3};
    check_bed_open(&bed, "ups", &options, sizeof options);
    sim_ups(bed.sim, &answer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    check_bed_close(&bed);
    return 0;
}

static void a_ups_tells_readings_and_a_series(void **state)
{
    (void)state;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_true(r->has_readings);
    assert_int_equal(r->object_count, 1);
    assert_string_equal(r->objects[0].object, "ups");
    assert_true(sim_measure(r, "battery_charge") == 71);
    assert_true(sim_measure(r, "output_source") == 5);
    assert_string_equal(sim_fact(r, "device.model", ""), "Hay 1500");
    assert_false(check_bed_ask(&bed, ROUND_ASK)->has_readings);
}

static void the_address_says_host_port_and_ups(void **state)
{
    static const struct {
        char *url;
        const char *host, *ups;
        int port;
    } all[] = {{(char *)(uintptr_t) "nut://nas/barn", "nas", "barn", 3493},
               {(char *)(uintptr_t) "nut://192.0.2.1:3500/b", "192.0.2.1", "b", 3500},
               {(char *)(uintptr_t) "nut://[2001:db8::1]:3500/b", "2001:db8::1", "b", 3500},
               {(char *)(uintptr_t) "nut://[2001:db8::1]/b", "2001:db8::1", "b", 3493}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        options.url = all[i].url;
        assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
        assert_string_equal(sim_ups_asked(bed.sim)->host, all[i].host);
        assert_string_equal(sim_ups_asked(bed.sim)->ups, all[i].ups);
        assert_int_equal(sim_ups_asked(bed.sim)->port, all[i].port);
    }
}

static unsigned complaints;

static void complain(void *ctx, const char *member, const char *text)
{
    (void)ctx;
    (void)member;
    (void)text;
    complaints++;
}

static void an_address_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {
        "nas/barn",      "nut://nas",    "nut:///barn",       "nut://nas/",      "nut://nas:x/b",
        "nut://nas:0/b", "nut://nas:/b", "nut://nas:70000/b", "nut://[::1/b",    "nut://nas/a b",
        "nut://nas/a/b", "http://nas/b", "nut://[]/b",        "nut://nas:35 /b", "nut://[::1]x/b"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        complaints = 0;
        options.url = (char *)(uintptr_t)wrong[i];
        bed.kind->options->check(&options, complain, NULL);
        if (complaints != 1)
            fail_msg("'%s' is taken", wrong[i]);
    }
}

static void what_the_server_says_is_told_apart(void **state)
{
    (void)state;
    answer = (struct ups_answer){.error = "data-stale", .error_detail = "not heard"};
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "data-stale");
    assert_string_equal(r->detail, "not heard");
    answer = (struct ups_answer){.error = "timeout"};
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_SILENT);
    answer = (struct ups_answer){.own_fault = true, .error = "courier"};
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_OWN_FAULT);
    answer = (struct ups_answer){.count = 0};
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "empty");
}

static void an_answer_after_the_end_is_nobodys(void **state)
{
    (void)state;
    bed.kind->start(bed.instance, 4, 1, ROUND_REGULAR, MONO_NEVER);
    bed.kind->cancel(bed.instance, 4, 1);
    sim_run(bed.sim, SECONDS(20));
    assert_int_equal(sim_reports(bed.sim), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_ups_tells_readings_and_a_series),  T(the_address_says_host_port_and_ups),
        T(an_address_that_is_none_is_refused), T(what_the_server_says_is_told_apart),
        T(an_answer_after_the_end_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
