/* Replies from a wrong source, twice, late, or too few because a device spares itself: none of them
 * changes a state (faults 1 to 4, and 8). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/sim/day.h"

#define HOURS 1
#define NODE  "house-switch-3"

static struct network *farm_with(const struct line *each)
{
    struct network *n = network_create(3);
    day_farm_of_packets(n);
    network_lines(n, each);
    return n;
}

static void assert_calm(struct network *n)
{
    network_begin(n);
    network_run(n, HOURS * 3600);
    assert_int_equal(day_compare(network_keeper(n), NULL, 0), 0);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_DOWN), 0);
    assert_int_equal(keeper_transitions(network_keeper(n), STATE_DEGRADED), 0);
    assert_int_equal(keeper_events(network_keeper(n), "node-rebooted"), 0);
    network_destroy(n);
}

static void doubled_answers_change_nothing(void **state)
{
    assert_calm(farm_with(&(struct line){.duplicate = 0.3, .jitter_ns = MILLISECONDS(40)}));
}

static void late_answers_change_nothing(void **state)
{
    assert_calm(farm_with(&(struct line){.late = 0.02, .late_ns = MILLISECONDS(1700)}));
}

static void answers_from_another_address_change_nothing(void **state)
{
    assert_calm(farm_with(&(struct line){.strange = 0.02}));
}

static void all_of_it_at_once_changes_nothing(void **state)
{
    assert_calm(farm_with(&(struct line){.loss = 0.01,
                                         .duplicate = 0.1,
                                         .late = 0.01,
                                         .strange = 0.01,
                                         .late_ns = MILLISECONDS(2500),
                                         .jitter_ns = MILLISECONDS(20)}));
}

struct losses {
    double worst;
    unsigned rounds;
};

static void note_loss(void *ctx, const struct object *o)
{
    struct losses *l = ctx;
    for (size_t i = 0; i < o->source_count && o->layout == LAYOUT_PING; i++)
        if (strcmp(o->sources[i], "loss") == 0 && !isnan(o->values[i])) {
            l->worst = fmax(l->worst, o->values[i]);
            l->rounds++;
        }
}

static void a_device_that_answers_once_a_second_loses_nothing(void **state)
{
    struct losses losses = {0};
    struct network *n = farm_with(&(struct line){.echoes_apart_s = 0.9});
    network_on_sample(n, note_loss, &losses);
    network_begin(n);
    network_run(n, HOURS * 3600);
    assert_int_equal(day_compare(network_keeper(n), NULL, 0), 0);
    assert_true(losses.rounds > 60 * 60 * HOURS * 0.95);
    assert_true(losses.worst < 0.3); /* never so much that it would count */
    network_destroy(n);
}

static void another_that_answers_for_a_dead_node_does_not_hide_it(void **state)
{
    const struct day_fault echoed = {FAULT_ECHOED,    NODE, 1803.1,       2403.1,
                                     CAUSE_NODE_DOWN, NODE, TOLD_SILENT_S};
    struct network *n = farm_with(&(struct line){.loss = 0.01});
    network_fault(n, echoed.kind, echoed.node, echoed.from_s, echoed.to_s);
    network_begin(n);
    network_run(n, 3600);
    assert_int_equal(day_compare(network_keeper(n), &echoed, 1), 0);
    network_destroy(n);
}

static unsigned said(const struct kept_incident *i, const char *text)
{
    unsigned count = 0;
    for (size_t k = 0; k < i->in.timeline_count; k++)
        count += strncmp(i->in.timeline[k].text, text, strlen(text)) == 0;
    return count;
}

/* What left before the node died arrives while it is dead. */
static void answers_held_back_do_not_wake_the_dead(void **state)
{
    for (unsigned held_s = 2; held_s <= 62; held_s += 10) {
        struct network *n = farm_with(&(struct line){0});
        double dies_s = 1800 + held_s * 0.7;
        network_fault(n, FAULT_HUNG, NODE, dies_s, dies_s + 180);
        network_begin(n);
        network_run(n, dies_s - 8);
        *network_line(n, NODE) = (struct line){.late = 1, .late_ns = SECONDS(held_s)};
        network_run(n, dies_s + 179);
        assert_int_equal(keeper_incident_count(network_keeper(n)), 1);
        const struct kept_incident *i = keeper_incident(network_keeper(n), 0);
        assert_int_equal(i->in.cause.kind, CAUSE_NODE_DOWN);
        assert_int_equal(i->in.resolved.ns, 0);
        assert_int_equal(said(i, "well again"), 0);
        assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_DOWN);
        *network_line(n, NODE) = (struct line){0};
        network_run(n, dies_s + 400);
        assert_int_equal(keeper_open(network_keeper(n)), 0);
        assert_int_equal(keeper_state(network_keeper(n), NODE), STATE_UP);
        network_destroy(n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubled_answers_change_nothing),
        cmocka_unit_test(late_answers_change_nothing),
        cmocka_unit_test(answers_from_another_address_change_nothing),
        cmocka_unit_test(all_of_it_at_once_changes_nothing),
        cmocka_unit_test(a_device_that_answers_once_a_second_loses_nothing),
        cmocka_unit_test(another_that_answers_for_a_dead_node_does_not_hide_it),
        cmocka_unit_test(answers_held_back_do_not_wake_the_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
