#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/json.h"
#include "poller/document/documents.h"

static bool give(struct snapshot *s, uint16_t type, const struct record *record, const void *value)
{
    struct buf packed = {0};
    if (record)
        field_pack(record, value, NULL, &packed);
    struct frame f = {.type = type, .payload = (const uint8_t *)packed.data, .len = packed.len, .fd = -1};
    bool taken = snapshot_take(s, &f);
    buf_fini(&packed);
    return taken;
}

static void give_node(struct snapshot *s, const char *name, enum node_state state)
{
    struct ew_node n = {.name = (char *)name, .site = "house", .state = state, .class = CLASS_NETWORK};
    assert_true(give(s, EW_NODE, &ew_node_record, &n));
}

static void nodes_keep_their_order_and_are_found_by_name(void **state)
{
    struct snapshot *s = snapshot_create();
    snapshot_begin(s);
    give_node(s, "router", STATE_UP);
    give_node(s, "barn", STATE_DOWN);
    give_node(s, "router", STATE_DEGRADED);
    assert_int_equal(snapshot_node_count(s), 2);
    assert_string_equal(snapshot_node_at(s, 0)->name, "router");
    assert_int_equal(snapshot_node(s, "router")->state, STATE_DEGRADED);
    assert_string_equal(snapshot_node(s, "barn")->name, "barn");
    assert_null(snapshot_node(s, "shed"));
    snapshot_destroy(s);
}

static void what_a_new_engine_does_not_name_goes_at_the_end(void **state)
{
    struct snapshot *s = snapshot_create();
    snapshot_begin(s);
    give_node(s, "old", STATE_UP);
    give_node(s, "both", STATE_UP);
    give(s, EW_SNAPSHOT_END, NULL, NULL);
    snapshot_begin(s);
    give_node(s, "both", STATE_UP);
    assert_non_null(snapshot_node(s, "old"));
    assert_false(snapshot_is_whole(s));
    assert_true(snapshot_was_whole(s));
    give(s, EW_SNAPSHOT_END, NULL, NULL);
    assert_null(snapshot_node(s, "old"));
    assert_int_equal(snapshot_node_count(s), 1);
    snapshot_destroy(s);
}

static void a_node_that_is_gone_is_forgotten(void **state)
{
    struct snapshot *s = snapshot_create();
    struct ew_name gone = {"router"};
    give_node(s, "router", STATE_UP);
    assert_true(give(s, EW_NODE_GONE, &ew_name_record, &gone));
    assert_int_equal(snapshot_node_count(s), 0);
    assert_false(give(s, EW_NODE_GONE, &ew_name_record, &gone));
    snapshot_destroy(s);
}

static void a_network_that_is_gone_is_forgotten(void **state)
{
    struct snapshot *s = snapshot_create();
    struct ew_name gone = {"guest"};
    struct ew_network guest = {.name = "guest", .kind = "guest"};
    give_node(s, "guest", STATE_UP); /* that is another matter */
    assert_true(give(s, EW_NETWORK, &ew_network_record, &guest));
    assert_true(give(s, EW_NETWORK_GONE, &ew_name_record, &gone));
    assert_int_equal(snapshot_network_count(s), 0);
    assert_int_equal(snapshot_node_count(s), 1);
    snapshot_destroy(s);
}

static void a_seen_device_that_is_watched_now_is_forgotten(void **state)
{
    struct snapshot *s = snapshot_create();
    struct ew_seen phone = {0}, other = {0};
    addr_parse("192.168.1.20", &phone.address);
    other.address = phone.address;
    mac_parse("3c:84:6a:01:02:03", &phone.mac);
    mac_parse("3c:84:6a:01:02:04", &other.mac);
    assert_true(give(s, EW_SEEN, &ew_seen_record, &phone));
    assert_false(give(s, EW_SEEN_GONE, &ew_seen_record, &other));
    assert_int_equal(snapshot_seen_count(s), 1);
    assert_true(give(s, EW_SEEN_GONE, &ew_seen_record, &phone));
    assert_int_equal(snapshot_seen_count(s), 0);
    snapshot_destroy(s);
}

static void a_vantage_that_is_not_named_again_is_forgotten(void **state)
{
    struct snapshot *s = snapshot_create();
    struct ew_vantage barn = {.name = "barn", .site = "barn"}, stable = {.name = "stable"};
    snapshot_begin(s);
    assert_true(give(s, EW_VANTAGE, &ew_vantage_record, &barn));
    assert_true(give(s, EW_VANTAGE, &ew_vantage_record, &stable));
    barn.missed = true;
    assert_true(give(s, EW_VANTAGE, &ew_vantage_record, &barn));
    assert_int_equal(snapshot_vantage_count(s), 2);
    assert_true(snapshot_vantage_at(s, 0)->missed);
    snapshot_begin(s);
    assert_true(give(s, EW_VANTAGE, &ew_vantage_record, &stable));
    assert_true(give(s, EW_SNAPSHOT_END, NULL, NULL));
    assert_int_equal(snapshot_vantage_count(s), 1);
    assert_string_equal(snapshot_vantage_at(s, 0)->name, "stable");
    snapshot_destroy(s);
}

static void nonsense_changes_nothing(void **state)
{
    struct snapshot *s = snapshot_create();
    struct frame f = {.type = EW_NODE, .payload = (const uint8_t *)"\xff\xff", .len = 2, .fd = -1};
    give_node(s, "router", STATE_UP);
    uint64_t version = snapshot_version(s);
    assert_false(snapshot_take(s, &f));
    f.type = 999;
    assert_false(snapshot_take(s, &f));
    assert_int_equal(snapshot_version(s), version);
    snapshot_destroy(s);
}

static void many_nodes_come_in_any_order(void **state)
{
    struct snapshot *s = snapshot_create();
    char name[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%03d", i * 617 % 1000);
        give_node(s, name, STATE_UP);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%03d", i);
        assert_string_equal(snapshot_node(s, name)->name, name);
    }
    snapshot_destroy(s);
}

static void the_nodes_document_has_the_fields_promised(void **state)
{
    struct snapshot *s = snapshot_create();
    struct view_check check = {"ping", "", VERDICT_OK, NULL, {SECONDS(1700000000)}, MINUTES(4), MINUTES(1),
                               MILLISECONDS(6200)};
    struct ew_node n = {.name = "cam", .class = CLASS_FIXED, .site = "barn", .state = STATE_UNREACHABLE,
                        .since = {SECONDS(1700000000)}, .behind = "bridge", .reason = "timeout",
                        .checks = &check, .checks_count = 1};
    addr_parse("192.168.1.20", &n.address);
    assert_true(give(s, EW_NODE, &ew_node_record, &n));
    cJSON *nodes = document_nodes(s), *node = cJSON_GetArrayItem(nodes, 0);
    assert_string_equal(json_text(node, "name"), "cam");
    assert_string_equal(json_text(node, "address"), "192.168.1.20");
    assert_string_equal(json_text(node, "class"), "fixed");
    assert_string_equal(json_text(node, "state"), "unreachable");
    assert_string_equal(json_text(node, "behind"), "bridge");
    const cJSON *first = json_member(node, "checks")->child;
    struct wall at;
    assert_string_equal(json_text(first, "verdict"), "ok");
    assert_true(wall_parse(json_text(first, "last_round"), &at));
    assert_int_equal(wall_seconds(at), 1700000000);
    assert_true(json_number(first, "interval_s", 0) == 240);
    assert_true(json_number(first, "configured_interval_s", 0) == 60);
    assert_true(json_number(first, "answers_take_s", 0) == 6.2);
    assert_string_equal(json_text(first, "interval_reason"),
                        "asked every 4 min instead of every minute: its answers take 6.2 s");
    cJSON_Delete(nodes);
    snapshot_destroy(s);
}

static void a_camera_that_is_off_leaves_its_site_up(void **state)
{
    struct snapshot *s = snapshot_create();
    give_node(s, "switch", STATE_UP);
    struct ew_node cam = {.name = "cam", .site = "house", .class = CLASS_FIXED, .state = STATE_DOWN};
    assert_true(give(s, EW_NODE, &ew_node_record, &cam));
    assert_int_equal(site_verdict_of(s, "house"), VERDICT_DEGRADED);
    assert_int_equal(site_verdict_of(s, "shed"), VERDICT_UNKNOWN);
    give_node(s, "switch", STATE_DOWN);
    assert_int_equal(site_verdict_of(s, "house"), VERDICT_FAILING);
    snapshot_destroy(s);
}

static void give_node_at(struct snapshot *s, const char *name, char *site, char *role)
{
    struct ew_node n = {.name = (char *)name, .site = site, .role = role, .state = STATE_UP,
                        .class = CLASS_NETWORK};
    assert_true(give(s, EW_NODE, &ew_node_record, &n));
}

static void nodes_without_a_site_stand_at_the_one_named_by_the_title(void **state)
{
    char title[] = "Home farm", barn[] = "barn", internet[] = "internet";
    struct ew_status status = {.site = title};
    const char *names[4];
    struct snapshot *s = snapshot_create();
    assert_int_equal(site_names(s, names, 4), 0);
    give_node_at(s, "internet", NULL, internet);
    assert_int_equal(site_names(s, names, 4), 0);
    give_node_at(s, "router", NULL, NULL);
    assert_int_equal(site_names(s, names, 4), 1); /* also before the title is known */
    assert_string_equal(names[0], "Home");
    assert_true(give(s, EW_STATUS, &ew_status_record, &status));
    assert_int_equal(site_names(s, names, 4), 1);
    assert_string_equal(names[0], "Home farm");
    assert_int_equal(site_verdict_of(s, "Home farm"), VERDICT_OK);
    give_node_at(s, "cam", barn, NULL);
    assert_int_equal(site_names(s, names, 4), 2);
    assert_string_equal(names[1], "barn");
    title[0] = '\0';
    assert_true(give(s, EW_STATUS, &ew_status_record, &status));
    assert_int_equal(site_names(s, names, 4), 2);
    assert_int_equal(site_verdict_of(s, "Home"), VERDICT_OK);
    snapshot_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_keep_their_order_and_are_found_by_name),
        cmocka_unit_test(what_a_new_engine_does_not_name_goes_at_the_end),
        cmocka_unit_test(a_node_that_is_gone_is_forgotten),
        cmocka_unit_test(a_network_that_is_gone_is_forgotten),
        cmocka_unit_test(a_seen_device_that_is_watched_now_is_forgotten),
        cmocka_unit_test(a_vantage_that_is_not_named_again_is_forgotten),
        cmocka_unit_test(nonsense_changes_nothing),
        cmocka_unit_test(many_nodes_come_in_any_order),
        cmocka_unit_test(the_nodes_document_has_the_fields_promised),
        cmocka_unit_test(nodes_without_a_site_stand_at_the_one_named_by_the_title),
        cmocka_unit_test(a_camera_that_is_off_leaves_its_site_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
