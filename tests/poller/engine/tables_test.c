#include "poller/engine/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/engine/engine_internal.h"

#define CHECK 3
#define MINUTE SECONDS(60)

static struct mono at_s(int64_t s)
{
    return (struct mono){SECONDS(s)};
}

/* ---- when ---- */

static bool due(const struct tables_turn *t, int64_t now_s, bool *all)
{
    return tables_are_due(t, at_s(now_s), MINUTE, 1, all);
}

static void the_first_time_all_are_read(void **state)
{
    struct tables_turn t = {0};
    bool all = false;
    assert_true(due(&t, 1, &all));
    assert_true(all);
}

static void the_round_nearest_to_ten_minutes_is_the_next(void **state)
{
    struct tables_turn t = {0};
    bool all;
    tables_turn_begins(&t, at_s(100), true);
    tables_turn_ends(&t, true);
    assert_false(due(&t, 100 + 569, &all));
    assert_true(due(&t, 100 + 571, &all));
    assert_false(all);
    assert_true(tables_are_due(&t, at_s(100 + 300), 2 * SECONDS(600), 1, &all)); /* asked every 20 minutes */
}

static void a_device_that_is_asked_less_often_is_asked_for_them_as_much_less(void **state)
{
    struct tables_turn t = {0};
    bool all;
    tables_turn_begins(&t, at_s(100), true);
    tables_turn_ends(&t, true);
    assert_false(tables_are_due(&t, at_s(100 + 600), 4 * MINUTE, 4, &all));
    assert_true(tables_are_due(&t, at_s(100 + 2400), 4 * MINUTE, 4, &all));
    assert_false(all);
    assert_true(tables_are_due(&t, at_s(100 + 4 * 3600), 4 * MINUTE, 4, &all));
    assert_true(all);
}

static void after_an_hour_none_is_spared(void **state)
{
    struct tables_turn t = {0};
    bool all;
    tables_turn_begins(&t, at_s(100), true);
    tables_turn_ends(&t, true);
    for (int i = 1; i <= 6; i++) {
        assert_true(due(&t, 100 + 600 * i, &all));
        assert_int_equal(all, i == 6);
        tables_turn_begins(&t, at_s(100 + 600 * i), all);
        tables_turn_ends(&t, true);
    }
}

static void other_ports_want_all_of_them_but_not_each_minute(void **state)
{
    struct tables_turn t = {0};
    bool all;
    tables_turn_begins(&t, at_s(100), true);
    tables_turn_ends(&t, true);
    t.outdated = true;
    assert_false(due(&t, 160, &all));
    assert_true(due(&t, 280, &all));
    assert_true(all);
    tables_turn_begins(&t, at_s(280), all);
    tables_turn_ends(&t, true);
    assert_false(t.outdated);
    assert_false(due(&t, 500, &all));
}

static void what_was_lost_is_tried_in_the_next_rounds_then_in_its_turn(void **state)
{
    struct tables_turn t = {0};
    bool all;
    for (int turn = 0; turn < 2; turn++) {
        int64_t from = 100 + 900 * turn;
        for (int i = 0; i < TABLES_TRIES; i++) {
            assert_true(due(&t, from + 60 * i, &all));
            tables_turn_begins(&t, at_s(from + 60 * i), all);
            tables_turn_ends(&t, false);
        }
        assert_false(due(&t, from + 60 * TABLES_TRIES, &all));
    }
}

/* ---- keeping ---- */

static struct wiring_address *many(size_t count)
{
    struct wiring_address *all = calloc(count, sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct wiring_address){.vid = 1, .port = 7, .mac = {{2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i}}};
    return all;
}

static struct wiring_arp *many_arps(size_t count)
{
    struct wiring_arp *all = calloc(count, sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct wiring_arp){.port = 7, .addr = {.family = AF_INET6, .bytes = {0xfd, (uint8_t)i}}};
    return all;
}

static const struct wiring_port here[] = {{7, "gi7"}}, renamed[] = {{7, "gi8"}};

static struct wiring told(int64_t s, const struct wiring_address *addresses, size_t count)
{
    struct wiring w = {.ports = here, .port_count = 1, .addresses = addresses, .address_count = count};
    for (int i = 0; i < WIRING_LISTS; i++)
        w.at[i] = at_s(s);
    return w;
}

static void a_copy_is_kept_with_its_time(void **state)
{
    struct node n = {.name = "switch"};
    struct wiring_address *addresses = many(2);
    struct wiring w = told(50, addresses, 2);
    tables_take(&n, CHECK, &w);
    memset(addresses, 0, 2 * sizeof *addresses);
    assert_int_equal(n.tables->wiring.address_count, 2);
    assert_int_equal(n.tables->wiring.addresses[1].mac.bytes[5], 1);
    assert_int_equal(n.tables->wiring.at[WIRING_LIST_FDB].ns, SECONDS(50));
    assert_string_equal(wiring_port_name(&n.tables->wiring, 7), "gi7");
    assert_int_equal(n.tables->wiring.cut, 0);
    tables_destroy(&n);
    assert_null(n.tables);
    free(addresses);
}

static void what_is_empty_costs_no_arena(void **state)
{
    struct node n = {.name = "radio"};
    struct wiring w = told(50, NULL, 0);
    tables_take(&n, CHECK, &w);
    assert_null(n.tables->arena);
    assert_int_equal(n.tables->wiring.at[WIRING_LIST_VLANS].ns, SECONDS(50)); /* it was read: there is nothing */
    tables_destroy(&n);
}

static void a_list_that_could_not_be_read_stays_as_old_as_it_is(void **state)
{
    struct node n = {.name = "switch"};
    struct wiring_address *addresses = many(3);
    static const struct wiring_vlan vlans[] = {{.vid = 20, .name = "cameras"}};
    struct wiring w = told(50, addresses, 3);
    w.cut = 1u << WIRING_LIST_FDB;
    tables_take(&n, CHECK, &w);
    w = told(650, NULL, 0);
    w.at[WIRING_LIST_FDB] = (struct mono){0};
    w.vlans = vlans;
    w.vlan_count = 1;
    tables_take(&n, CHECK, &w);
    assert_int_equal(n.tables->wiring.address_count, 3);
    assert_int_equal(n.tables->wiring.at[WIRING_LIST_FDB].ns, SECONDS(50));
    assert_int_equal(n.tables->wiring.cut, 1u << WIRING_LIST_FDB);
    assert_int_equal(n.tables->wiring.vlan_count, 1);
    assert_int_equal(n.tables->wiring.at[WIRING_LIST_VLANS].ns, SECONDS(650));
    tables_destroy(&n);
    free(addresses);
}

static void rows_whose_numbers_mean_other_ports_now_are_gone(void **state)
{
    struct node n = {.name = "switch"};
    struct wiring_address *addresses = many(3);
    struct wiring w = told(50, addresses, 3);
    tables_take(&n, CHECK, &w);
    w = told(650, NULL, 0);
    w.at[WIRING_LIST_FDB] = (struct mono){0};
    w.ports = renamed;
    tables_take(&n, CHECK, &w);
    assert_int_equal(n.tables->wiring.address_count, 0);
    assert_int_equal(n.tables->wiring.at[WIRING_LIST_FDB].ns, 0);
    tables_destroy(&n);
    free(addresses);
}

static void a_full_switch_fits(void **state)
{
    struct node n = {.name = "switch"};
    struct wiring_address *addresses = many(WIRING_ROWS_MAX);
    struct wiring_arp *arps = many_arps(WIRING_ROWS_MAX);
    struct wiring w = told(50, addresses, WIRING_ROWS_MAX);
    w.arps = arps;
    w.arp_count = WIRING_ROWS_MAX;
    tables_take(&n, CHECK, &w);
    assert_int_equal(n.tables->wiring.address_count, WIRING_ROWS_MAX);
    assert_int_equal(n.tables->wiring.arp_count, WIRING_ROWS_MAX);
    assert_int_equal(n.tables->wiring.cut, 0);
    tables_destroy(&n);
    free(addresses);
    free(arps);
}

static void a_device_that_says_too_much_is_cut_and_it_is_said(void **state)
{
    static char long_text[256];
    struct wiring_neighbour *all = calloc(WIRING_NEIGHBOURS_MAX, sizeof *all);
    struct node n = {.name = "hostile"};
    struct wiring w = told(50, NULL, 0);
    memset(long_text, 'x', sizeof long_text - 1);
    for (size_t i = 0; i < WIRING_NEIGHBOURS_MAX; i++)
        all[i] = (struct wiring_neighbour){7, long_text, long_text, long_text, long_text, long_text};
    w.neighbours = all;
    w.neighbour_count = WIRING_NEIGHBOURS_MAX;
    tables_take(&n, CHECK, &w);
    assert_true(n.tables->wiring.neighbour_count >= WIRING_NEIGHBOURS_MAX / 4);
    assert_true(n.tables->wiring.neighbour_count < WIRING_NEIGHBOURS_MAX);
    assert_int_equal(n.tables->wiring.cut, 1u << WIRING_LIST_NEIGHBOURS);
    assert_true(arena_used(n.tables->arena) <= TABLES_BYTES_MAX);
    tables_destroy(&n);
    free(all);
}

static void only_its_own_check_forgets_them(void **state)
{
    struct node n = {.name = "switch"};
    struct wiring w = told(50, NULL, 0);
    tables_take(&n, CHECK, &w);
    tables_forget(&n, CHECK + 1);
    assert_non_null(n.tables);
    tables_forget(&n, CHECK);
    assert_null(n.tables);
}

static void people_are_told_what_was_found(void **state)
{
    static const struct wiring_vlan vlans[] = {{.vid = 1, .name = ""}, {.vid = 2, .name = ""}};
    char text[128];
    struct wiring w = {0};
    assert_string_equal(tables_describe(&w, text, sizeof text), "it has none");
    w.vlans = vlans;
    w.vlan_count = 2;
    w.address_count = 231;
    assert_string_equal(tables_describe(&w, text, sizeof text), "vlans 2, fdb 231");
    assert_int_equal(strlen(tables_describe(&w, text, 10)), 9); /* cut, not past its end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_time_all_are_read),
        cmocka_unit_test(the_round_nearest_to_ten_minutes_is_the_next),
        cmocka_unit_test(a_device_that_is_asked_less_often_is_asked_for_them_as_much_less),
        cmocka_unit_test(after_an_hour_none_is_spared),
        cmocka_unit_test(other_ports_want_all_of_them_but_not_each_minute),
        cmocka_unit_test(what_was_lost_is_tried_in_the_next_rounds_then_in_its_turn),
        cmocka_unit_test(a_copy_is_kept_with_its_time),
        cmocka_unit_test(what_is_empty_costs_no_arena),
        cmocka_unit_test(a_list_that_could_not_be_read_stays_as_old_as_it_is),
        cmocka_unit_test(rows_whose_numbers_mean_other_ports_now_are_gone),
        cmocka_unit_test(a_full_switch_fits),
        cmocka_unit_test(a_device_that_says_too_much_is_cut_and_it_is_said),
        cmocka_unit_test(only_its_own_check_forgets_them),
        cmocka_unit_test(people_are_told_what_was_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
