#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_bed.h"

static struct {
    char *url;
    int64_t status;
    char *expect;
    int64_t timeout_ns;
    bool verify_tls;
} options;

static struct check_bed bed;
static struct fetch_answer page;

static int set_up(void **state)
{
    memset(&options, 0, sizeof options);
    options.url = "https://nas.example:8443/login?x=1";
    options.status = 200;
    options.timeout_ns = SECONDS(10);
    page = (struct fetch_answer){.status = 200, .body = (const uint8_t *)"welcome", .body_len = 7,
                                 .total_ns = MILLISECONDS(90)};
    check_bed_open(&bed, "http", &options, sizeof options);
    sim_fetch(bed.sim, &page);
    return 0;
}

static int tear_down(void **state)
{
    check_bed_close(&bed);
    return 0;
}

static void the_right_page_answers(void **state)
{
    options.expect = "come";
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->objects[0].object, "http-nas.example:8443");
    assert_string_equal(sim_fact(r, "http.status", ""), "200");
    assert_true(sim_measure(r, "time") == 0.09);
}

static void without_a_url_the_address_is_asked(void **state)
{
    options.url = NULL;
    check_bed_ask(&bed, ROUND_REGULAR);
    assert_string_equal(sim_fetched(bed.sim)->url, "http://192.0.2.7/");
}

static void status_and_text_are_judged(void **state)
{
    page.status = 503;
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "status");
    page.status = 302;
    options.status = 0;
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
    options.expect = "goodbye";
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "body");
}

static void the_end_of_the_certificate_is_told_whatever_our_own_clock_says(void **state)
{
    page.certificate_expires = (struct wall){SECONDS(1900000000)};
    const char *ends = sim_fact(check_bed_ask(&bed, ROUND_REGULAR), "tls.expires", "");
    assert_non_null(ends);
    assert_string_equal(ends, "1900000000");
}

static void silence_tls_trouble_and_our_own_courier_are_told_apart(void **state)
{
    page.error = "timeout";
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_SILENT);
    page.error = "tls";
    page.error_detail = "self-signed certificate";
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->detail, "self-signed certificate");
    page.error = NULL;
    page.own_fault = true;
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_OWN_FAULT);
}

static void an_answer_after_the_end_is_nobodys(void **state)
{
    bed.kind->start(bed.instance, 4, 1, ROUND_REGULAR, MONO_NEVER);
    bed.kind->cancel(bed.instance, 4, 1);
    sim_run(bed.sim, SECONDS(20));
    assert_int_equal(sim_reports(bed.sim), 1);
    assert_int_equal(sim_last_report(bed.sim)->outcome, OUTCOME_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(the_right_page_answers), T(without_a_url_the_address_is_asked), T(status_and_text_are_judged),
        T(the_end_of_the_certificate_is_told_whatever_our_own_clock_says),
        T(silence_tls_trouble_and_our_own_courier_are_told_apart), T(an_answer_after_the_end_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
