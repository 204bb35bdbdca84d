#include "tests/sim/farm.h"

#include <stdio.h>

#include "poller/engine/guest_targets.h"

static int64_t vlans[] = {501};
static struct guest_target targets[GUEST_TARGETS_MAX];

/* The farm with addresses, and guests that are given 192.168.50.0/24. */
static struct world *addressed(void)
{
    struct world *w = farm();
    world_internet(w, "router");
    world_address(w, "router", "192.168.1.1");
    world_address(w, "lan-switch", "192.168.1.2");
    world_address(w, "nas", "192.168.1.5");
    world_address(w, "bridge-house", "192.168.1.10");
    world_address(w, "bridge-barn", "192.168.1.11");
    world_address(w, "barn-node", "192.168.50.12"); /* stands among the guests */
    world_network(w, "guest", vlans, 1, 300);
    return w;
}

static void assert_targets(const struct world *w, const char *expected)
{
    char text[256] = "";
    size_t used = 0, count = guest_targets(world_engine(w), "guest", targets, GUEST_TARGETS_MAX);
    assert_in_range(count, 0, GUEST_TARGETS_MAX);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s", i ? " " : "", targets[i].node,
                                 targets[i].router ? "*" : "");
    assert_string_equal(text, expected);
}

static void the_router_and_three_that_answer_are_tried(void **state)
{
    struct world *w = addressed();
    world_begin(w);
    assert_targets(w, ""); /* nobody has answered yet */
    world_run(w, 100);
    assert_targets(w, "router* lan-switch nas bridge-house");
    assert_int_equal(targets[1].addr.bytes[3], 2);
    world_destroy(w);
}

static void whom_the_network_names_comes_first_and_the_router_keeps_its_place(void **state)
{
    char *from[] = {(char *)(uintptr_t) "192.168.1.8/29", (char *)(uintptr_t) "nas"};
    char *all[] = {(char *)(uintptr_t) "192.168.1.0/24"};
    struct world *w = addressed();
    world_isolate(w, "guest", from, 2);
    world_begin(w);
    world_run(w, 100);
    assert_targets(w, "nas bridge-house bridge-barn router*");
    world_isolate(w, "guest", all, 1);
    world_reload(w);
    assert_targets(w, "lan-switch nas bridge-house router*");
    world_destroy(w);
}

static void who_does_not_answer_is_not_tried(void **state)
{
    struct world *w = addressed();
    world_down(w, "lan-switch", 200, 400);
    world_begin(w);
    world_run(w, 250);
    assert_targets(w, "router*");
    world_destroy(w);
}

static void who_stands_among_the_guests_is_no_target(void **state)
{
    char *from[] = {(char *)(uintptr_t) "barn-node", (char *)(uintptr_t) "nas"};
    struct world *w = addressed();
    world_isolate(w, "guest", from, 2);
    world_begin(w);
    world_run(w, 100); /* the first probe was offered an address */
    assert_targets(w, "nas router* lan-switch bridge-house");
    world_destroy(w);
}

static void of_no_network_there_are_none(void **state)
{
    struct world *w = addressed();
    world_lan(w);
    world_begin(w);
    world_run(w, 100);
    assert_int_equal(guest_targets(world_engine(w), "lan", targets, GUEST_TARGETS_MAX), 0);
    assert_int_equal(guest_targets(world_engine(w), "nas", targets, GUEST_TARGETS_MAX), 0);
    assert_int_equal(guest_targets(world_engine(w), "guest", targets, 0), 0);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_router_and_three_that_answer_are_tried),
        cmocka_unit_test(whom_the_network_names_comes_first_and_the_router_keeps_its_place),
        cmocka_unit_test(who_does_not_answer_is_not_tried),
        cmocka_unit_test(who_stands_among_the_guests_is_no_target),
        cmocka_unit_test(of_no_network_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
