#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_bed.h"
#include "tests/support/dns_server.h"

static struct {
    char *name;
    struct addr expect;
    int64_t timeout_ns;
} options;

static struct check_bed bed;
static struct dns_server server;

static int set_up(void **state)
{
    memset(&options, 0, sizeof options);
    options.name = "farm.example";
    options.timeout_ns = SECONDS(4);
    memset(&server, 0, sizeof server);
    addr_parse("198.51.100.9", &server.answer);
    check_bed_open(&bed, "dns", &options, sizeof options);
    dns_server_start(&server, bed.sim);
    return 0;
}

static int tear_down(void **state)
{
    check_bed_close(&bed);
    return 0;
}

static void an_address_is_an_answer(void **state)
{
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->objects[0].object, "dns-farm.example");
    assert_true(fabs(sim_measure(r, "time") - 0.012) < 1e-6);
}

static void the_expected_address_has_to_be_in_it(void **state)
{
    addr_parse("198.51.100.9", &options.expect);
    assert_int_equal(check_bed_ask(&bed, ROUND_REGULAR)->outcome, OUTCOME_ANSWERED);
    addr_parse("198.51.100.10", &options.expect);
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "other-address");
    assert_string_equal(r->detail, "gave 198.51.100.9");
}

static void a_silent_server_is_asked_twice(void **state)
{
    server.silent = bed.address;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_int_equal(server.asked, 2);
}

static void its_errors_have_words(void **state)
{
    server.rcode = 2;
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "server-failure");
    server.rcode = 5;
    assert_string_equal(check_bed_ask(&bed, ROUND_REGULAR)->reason, "refused");
    server.rcode = 3;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_string_equal(r->reason, "no-such-name");
    assert_int_equal(r->outcome, OUTCOME_WRONG);
}

static void an_answer_from_elsewhere_is_ignored(void **state)
{
    server.silent = bed.address;
    bed.kind->start(bed.instance, 4, 1, ROUND_REGULAR, MONO_NEVER);
    uint8_t reply[] = {0, 0, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1};
    struct packet p = {.port = 53, .data = reply, .len = sizeof reply};
    addr_parse("192.0.2.66", &p.peer);
    sim_deliver(bed.sim, PACKETS_UDP, &p, MILLISECONDS(1));
    p.peer = bed.address; /* right server, guessed identifier and name */
    sim_deliver(bed.sim, PACKETS_UDP, &p, MILLISECONDS(1));
    sim_run(bed.sim, SECONDS(1));
    assert_int_equal(sim_reports(bed.sim), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(an_address_is_an_answer), T(the_expected_address_has_to_be_in_it),
        T(a_silent_server_is_asked_twice), T(its_errors_have_words),
        T(an_answer_from_elsewhere_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
