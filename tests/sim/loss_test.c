/* Loss of 10, 50 and 100 %: the figure is exact, states change only by the rules for it (fault 2).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/sim/day.h"

#define NODE   "garage-switch-7"
#define FROM_S 600.0
#define SPAN_S 3600.0

struct loss {
    double sent, lost;
};

static void see(void *ctx, const struct object *o)
{
    struct loss *l = ctx;
    double sent = 0, loss = NAN;
    if (o->layout != LAYOUT_PING || strcmp(o->node, NODE) != 0)
        return;
    for (size_t i = 0; i < o->source_count; i++) {
        sent = strcmp(o->sources[i], "sent") == 0 ? o->values[i] : sent;
        loss = strcmp(o->sources[i], "loss") == 0 ? o->values[i] : loss;
    }
    if (isnan(loss))
        return;
    l->sent += sent;
    l->lost += sent * loss;
}

static struct network *lossy(double share, struct loss *l)
{
    struct network *n = network_create(8);
    day_farm_of_packets(n);
    network_lines(n, &(struct line){0});
    network_begin(n);
    network_run(n, FROM_S);
    network_line(n, NODE)->loss = share;
    network_run(n, FROM_S + 60); /* the round under way began without */
    network_on_sample(n, see, l);
    network_run(n, FROM_S + SPAN_S);
    return n;
}

static void a_tenth_is_measured_and_not_told(void **state)
{
    struct loss l = {0};
    struct network *n = lossy(0.1, &l);
    assert_true(l.sent >= 580);
    assert_true(fabs(l.lost / l.sent - 0.1) < 0.04);
    assert_int_equal(day_compare(network_keeper(n), NULL, 0), 0);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_DOWN), 0);
    network_destroy(n);
}

static void a_half_degrades_and_is_no_outage(void **state)
{
    struct loss l = {0};
    struct network *n = lossy(0.5, &l);
    assert_true(fabs(l.lost / l.sent - 0.5) < 0.07);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_DEGRADED);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_DOWN), 0);
    network_line(n, NODE)->loss = 0;
    network_run(n, FROM_S + SPAN_S + 300);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UP);
    network_destroy(n);
}

static void all_of_it_is_an_outage(void **state)
{
    struct loss l = {0};
    struct network *n = lossy(1, &l);
    assert_true(l.sent >= 580 && l.lost == l.sent);
    assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_DOWN);
    assert_int_equal(keeper_incident_count(network_keeper(n)), 1);
    network_destroy(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_is_measured_and_not_told),
        cmocka_unit_test(a_half_degrades_and_is_no_outage),
        cmocka_unit_test(all_of_it_is_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
