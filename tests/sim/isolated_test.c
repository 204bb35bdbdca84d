/* Our own link dies: everything is silent at once. */
#include "tests/sim/farm.h"

static void a_dead_own_link_is_one_incident_about_ourselves(void **state)
{
    for (unsigned offset = 0; offset < 12; offset++) {
        struct world *w = farm();
        world_internet(w, "router");
        double cut = 600 + offset;
        world_down(w, "router", cut, cut + 400);
        world_begin(w);
        world_run(w, cut + 15);
        const struct kept_incident *i = only_incident(w);
        assert_cause(i, CAUSE_WATCHER_ISOLATED);
        assert_int_equal(world_state(w, "router"), STATE_UNREACHABLE);
        assert_string_equal(world_behind(w, "barn-cam"), "here");
        world_run(w, cut + 300);
        assert_cause(only_incident(w), CAUSE_WATCHER_ISOLATED);
        assert_int_equal(world_messages(w, MESSAGE_OPENED), 1);
        world_run(w, cut + 700);
        assert_true(only_incident(w)->in.resolved.ns > 0);
        assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
        assert_int_equal(world_state(w, "router"), STATE_UP);
        assert_int_equal(world_state(w, "internet"), STATE_UP);
        world_destroy(w);
    }
}

static void our_own_carrier_makes_it_certain(void **state)
{
    struct world *w = farm();
    struct own_fact down = {"own.carrier", "eth0", "down"}, up = {"own.carrier", "eth0", "up"};
    world_down(w, "router", 600, 900);
    world_begin(w);
    world_run(w, 602);
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &down});
    world_run(w, 616);
    assert_cause(only_incident(w), CAUSE_WATCHER_ISOLATED);
    assert_int_equal(only_incident(w)->in.cause.confidence, CONFIDENCE_CERTAIN);
    assert_string_equal(only_incident(w)->in.cause.port, "eth0");
    world_run(w, 899);
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &up});
    world_run(w, 1100);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_string_equal(only_incident(w)->in.cause.port, "eth0");
    world_destroy(w);
}

/* The kernel takes its routes away with the carrier: nothing can be sent, and nothing is silent. */
static void a_link_we_cannot_send_by_is_told_as_our_own(void **state)
{
    static const char *const all[] = {"router",      "lan-switch", "nas",     "bridge-house",
                                      "bridge-barn", "barn-node",  "barn-cam"};
    struct world *w = farm();
    struct own_fact down = {"own.carrier", "eth0", "down"}, up = {"own.carrier", "eth0", "up"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        world_fail(w, all[i], "ping", 600, 1200, OUTCOME_OWN_FAULT, "send");
    world_begin(w);
    world_run(w, 602);
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &down});
    world_run(w, 606);
    assert_int_equal(world_incident_count(w), 0); /* a plug that is moved over */
    world_run(w, 615);
    assert_cause(only_incident(w), CAUSE_WATCHER_ISOLATED);
    assert_int_equal(only_incident(w)->in.cause.confidence, CONFIDENCE_CERTAIN);
    assert_int_equal(world_state(w, "barn-cam"), STATE_UNREACHABLE);
    world_run(w, 1199);
    assert_int_equal(only_incident(w)->in.resolved.ns, 0);
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &up});
    world_run(w, 1500);
    assert_true(only_incident(w)->in.resolved.ns > 0);
    assert_int_equal(world_state(w, "barn-cam"), STATE_UP);
    world_destroy(w);
}

static void one_of_two_own_links_isolates_nobody(void **state)
{
    struct world *w = farm();
    struct own_fact one = {"own.carrier", "eth0", "down"}, other = {"own.carrier", "eth1", "up"};
    world_begin(w);
    world_run(w, 600);
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &other});
    world_take(w, &(struct input){.kind = INPUT_OWN_FACT, .own_fact = &one});
    world_run(w, 900);
    assert_int_equal(world_incident_count(w), 0);
    assert_int_equal(world_state(w, "nas"), STATE_UP);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_we_cannot_send_by_is_told_as_our_own),
        cmocka_unit_test(one_of_two_own_links_isolates_nobody),
        cmocka_unit_test(a_dead_own_link_is_one_incident_about_ourselves),
        cmocka_unit_test(our_own_carrier_makes_it_certain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
