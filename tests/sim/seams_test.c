/* The same day through both seams: real collectors over simulated packets find what made round
 * results find. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "tests/sim/day.h"

#define SEED 7
/* Of a silence: 7 s unbroken at best, 15 s at worst (design, sections 5 and 11). Of what is polled:
 * three polls of up to 3 s, which take no time at the report seam. A mute agent's may be one poll
 * later, see day.h. */
#define OPENED_APART_S   9.0
#define RESOLVED_APART_S 60.0 /* one poll */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct network *day_of_packets(void)
{
    double began_s = seconds();
    struct network *n = network_create(SEED);
    day_farm_of_packets(n);
    day_befall_packets(n);
    network_begin(n);
    network_run(n, DAY_S);
    print_message("# a day of packets in %.1f s: %llu echoes, %llu SNMP requests\n",
                  seconds() - began_s, (unsigned long long)network_echoes(n),
                  (unsigned long long)network_requests(n));
    return n;
}

static struct world *day_of_reports(void)
{
    double began_s = seconds();
    struct world *w = world_create(SEED);
    day_farm_of_reports(w);
    day_befall_reports(w);
    world_begin(w);
    world_run(w, DAY_S);
    print_message("# a day of reports in %.1f s: %llu rounds\n", seconds() - began_s,
                  (unsigned long long)world_rounds(w));
    return w;
}

static void a_day_is_the_same_through_both_seams(void **state)
{
    struct network *n = day_of_packets();
    struct world *w = day_of_reports();
    unsigned wrong = day_compare(network_keeper(n), day_faults, day_fault_count);
    wrong += day_compare(world_keeper(w), day_faults, day_fault_count);
    for (size_t i = 0; i < day_fault_count; i++) {
        const struct kept_incident *p = day_incident(network_keeper(n), &day_faults[i]);
        const struct kept_incident *r = day_incident(world_keeper(w), &day_faults[i]);
        if (!p || !r)
            continue;
        print_message("# %-16s %-16s packets %5.2f s, reports %5.2f s; resolved %6.2f and %6.2f\n",
                      cause_kind_words[p->in.cause.kind], p->in.cause.node ? p->in.cause.node : "-",
                      p->opened_s - day_faults[i].from_s, r->opened_s - day_faults[i].from_s,
                      p->resolved_s - day_faults[i].to_s, r->resolved_s - day_faults[i].to_s);
        double polls_s = day_faults[i].kind == FAULT_AGENT ? 60 : 0;
        assert_true(fabs(p->opened_s - r->opened_s) <= OPENED_APART_S + polls_s);
        assert_true(fabs(p->resolved_s - r->resolved_s) <= RESOLVED_APART_S);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(keeper_events(network_keeper(n), "node-rebooted"), 1);
    assert_int_equal(keeper_events(world_keeper(w), "node-rebooted"), 1);
    network_destroy(n);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_the_same_through_both_seams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
