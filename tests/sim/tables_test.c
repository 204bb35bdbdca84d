/* The tables that show the wiring: when they are read, and what is kept of them. */
#include <string.h>

#include "poller/engine/view.h"
#include "tests/sim/farm.h"

#define SWITCH "lan-switch"

static const struct wiring_port ports[] = {{1, "gi1"}, {2, "gi2"}};
static const struct wiring_address addresses[] = {{.vid = 1, .mac = {{2, 0, 0, 0, 0, 1}}, .port = 2}};
static const struct wiring whole = {.at = {{1}, {1}, {1}, {1}, {1}, {1}},
                                    .ports = ports,
                                    .port_count = 2,
                                    .addresses = addresses,
                                    .address_count = 1};

static unsigned read_so_often(const struct world *w)
{
    return world_starts(w, SWITCH, ROUND_TABLES) + world_starts(w, SWITCH, ROUND_ALL_TABLES);
}

/* When its forwarding table was read, in seconds of the world; -1: never, or nothing is kept. */
static double fdb_read(const struct world *w)
{
    struct arena *a = arena_create(0);
    struct ew_tables t;
    double at = -1;
    view_tables(world_engine(w), SWITCH, NULL, 0, a, &t);
    if (t.at_count && t.at[WIRING_LIST_FDB].ns)
        at = world_true(w, t.at[WIRING_LIST_FDB]);
    assert_int_equal(t.wiring.address_count, at >= 0);
    arena_destroy(a);
    return at;
}

static void they_are_read_every_ten_minutes(void **state)
{
    struct world *w = farm();
    world_tables(w, SWITCH, 0, 1e9, &whole);
    world_begin(w);
    world_run(w, 30);
    assert_int_equal(read_so_often(w), 1); /* at once */
    for (unsigned i = 1; i <= 24; i++) {
        world_run(w, i * 600 + 62);
        assert_int_equal(read_so_often(w), 1 + i);
        double age_s = world_now(w) - fdb_read(w);
        assert_true(age_s >= 0 && age_s < 65);
    }
    assert_int_equal(world_starts(w, SWITCH, ROUND_ALL_TABLES), 5); /* the first, and each hour */
    assert_int_equal(world_starts(w, "nas", ROUND_TABLES) + world_starts(w, "nas", ROUND_ALL_TABLES), 0);
    world_destroy(w);
}

static void what_cannot_be_read_leaves_what_was_with_its_time(void **state)
{
    struct world *w = farm();
    world_tables(w, SWITCH, 0, 900, &whole);
    world_begin(w);
    world_run(w, 890);
    double before = fdb_read(w);
    unsigned reads = read_so_often(w);
    assert_true(before > 500);
    world_run(w, 890 + 1800);
    assert_true(fdb_read(w) > before - 1 && fdb_read(w) < before + 1);
    assert_int_equal(read_so_often(w), reads + 3 + 3 + 1); /* three tries each time, the last turn has begun */
    assert_int_equal(world_state(w, SWITCH), STATE_UP); /* and nobody is blamed */
    assert_int_equal(world_incident_count(w), 0);
    world_destroy(w);
}

static void a_silent_device_is_not_asked_for_them(void **state)
{
    struct world *w = farm();
    world_tables(w, SWITCH, 0, 1e9, &whole);
    world_down(w, SWITCH, 300, 4000);
    world_begin(w);
    world_run(w, 4000);
    assert_int_equal(read_so_often(w), 1);
    world_run(w, 4200);
    assert_int_equal(read_so_often(w), 2);
    world_destroy(w);
}

static void a_node_that_goes_takes_them_along(void **state)
{
    struct world *w = farm();
    struct arena *a = arena_create(0);
    struct ew_tables t;
    world_tables(w, SWITCH, 0, 1e9, &whole);
    world_begin(w);
    world_run(w, 100);
    assert_true(fdb_read(w) >= 0);
    world_unplug(w, SWITCH);
    world_reload(w);
    view_tables(world_engine(w), SWITCH, NULL, 0, a, &t);
    assert_false(t.found);
    assert_int_equal(t.at_count, 0);
    arena_destroy(a);
    world_destroy(w);
}

static void a_person_gets_them_at_once(void **state)
{
    struct world *w = farm();
    struct we_name who = {.request = 7, .name = SWITCH};
    world_tables(w, SWITCH, 0, 1e9, &whole);
    world_begin(w);
    world_run(w, 300);
    unsigned all = world_starts(w, SWITCH, ROUND_ALL_TABLES);
    world_take(w, &(struct input){.kind = INPUT_PROBE, .name = &who});
    assert_int_equal(world_starts(w, SWITCH, ROUND_ALL_TABLES), all + 1);
    world_take(w, &(struct input){.kind = INPUT_PROBE, .name = &who}); /* those under way will do */
    assert_int_equal(world_starts(w, SWITCH, ROUND_ALL_TABLES), all + 1);
    world_run(w, 301);
    assert_true(fdb_read(w) > 299);
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_read_every_ten_minutes),
        cmocka_unit_test(what_cannot_be_read_leaves_what_was_with_its_time),
        cmocka_unit_test(a_silent_device_is_not_asked_for_them),
        cmocka_unit_test(a_node_that_goes_takes_them_along),
        cmocka_unit_test(a_person_gets_them_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
