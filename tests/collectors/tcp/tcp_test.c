#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_bed.h"

static struct {
    int64_t port, timeout_ns;
} options = {445, SECONDS(5)};

static struct check_bed bed;

static int set_up(void **state)
{
    check_bed_open(&bed, "tcp", &options, sizeof options);
    return 0;
}

static int tear_down(void **state)
{
    check_bed_close(&bed);
    return 0;
}

static void an_open_port_answers_with_its_time(void **state)
{
    struct sim_host *nas = sim_host(bed.sim, "192.0.2.7");
    nas->open_ports[0] = 445;
    nas->rtt_ns = MILLISECONDS(7);
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->objects[0].object, "tcp-445");
    assert_true(fabs(sim_measure(r, "time") - 0.007) < 1e-6);
    assert_true(sim_measure(r, "ok") == 1);
}

static void a_closed_port_is_refused(void **state)
{
    sim_host(bed.sim, "192.0.2.7");
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "refused");
    assert_true(sim_measure(r, "ok") == 0 && isnan(sim_measure(r, "time")));
}

static void a_silent_host_times_out(void **state)
{
    const struct report *r = check_bed_ask(&bed, ROUND_CONFIRM);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_true(mono_since(r->ended, r->started) == SECONDS(5));
    assert_int_equal(r->object_count, 0);
}

static void no_socket_is_our_own_fault(void **state)
{
    sim_host(bed.sim, "192.0.2.7")->send_errno = EMFILE;
    const struct report *r = check_bed_ask(&bed, ROUND_REGULAR);
    assert_int_equal(r->outcome, OUTCOME_OWN_FAULT);
    assert_non_null(strstr(r->detail, "Too many open files"));
}

static void dropping_a_check_ends_its_round(void **state)
{
    bed.kind->start(bed.instance, 4, 1, ROUND_REGULAR, MONO_NEVER);
    bed.kind->drop(bed.instance, 4);
    assert_int_equal(sim_reports(bed.sim), 1);
    assert_int_equal(sim_last_report(bed.sim)->outcome, OUTCOME_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(an_open_port_answers_with_its_time), T(a_closed_port_is_refused), T(a_silent_host_times_out),
        T(no_socket_is_our_own_fault), T(dropping_a_check_ends_its_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
