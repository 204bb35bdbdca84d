#include "poller/document/wiring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/json.h"
#include "poller/document/stations.h"

static const struct wiring_port ports[] = {{7, "gi7"}, {8, "gi8"}};
static const uint32_t both[] = {7, 8, 99}, only[] = {8};
static const struct wiring_vlan vlans[] = {{.vid = 20, .name = "cameras", .members = both, .member_count = 3,
                                            .untagged = only, .untagged_count = 1, .ports_known = true},
                                           {.vid = 30, .name = ""}};
static const struct wiring_address addresses[] = {{.vid = 20, .mac = {{2, 0, 0, 0, 0, 1}}, .port = 7},
                                                  {.mac = {{2, 0, 0, 0, 0, 2}}, .bridge_port = 77},
                                                  {.mac = {{2, 0, 0, 0, 0, 3}}, .port = 7, .own = true},
                                                  {.mac = {{2, 0, 0, 0, 0, 4}}, .port = 7},
                                                  {.mac = {{2, 0, 0, 0, 0, 5}}, .port = 7}};
static const struct wiring_neighbour neighbours[] = {{7, "02:00:00:00:00:01", "ath0", "", "barn", "a radio"},
                                                     {8, "02:00:00:00:00:09", "", "uplink", "", ""}};
static const struct wiring_bridge_port bridge_ports[] = {{.port = 7, .pvid = 20, .stp = WIRING_STP_FORWARDING}};
static const struct wiring_poe_port poe[] = {{7, 1, 7, true, WIRING_POE_DELIVERING, 3},
                                             {8, 1, 8, true, WIRING_POE_FAULT, WIRING_POE_NO_CLASS}};
static struct wall at[WIRING_LISTS];
static char *nodes[] = {"bridge-barn", NULL};
static struct view_owner owners[] = {{{{2, 0, 0, 0, 0, 1}}, "bridge-barn"},
                                     {{{2, 0, 0, 0, 0, 4}}, "barn-cam"},
                                     {{{2, 0, 0, 0, 0, 5}}, "switch"}};

static struct ew_tables tables(void)
{
    struct ew_tables t = {.found = true,
                          .at = at,
                          .at_count = WIRING_LISTS,
                          .neighbour_nodes = nodes,
                          .neighbour_nodes_count = 2,
                          .owners = owners,
                          .owners_count = 3};
    t.wiring = (struct wiring){.ports = ports, .port_count = 2, .vlans = vlans, .vlan_count = 2,
                               .addresses = addresses, .address_count = 5, .neighbours = neighbours,
                               .neighbour_count = 2, .bridge_ports = bridge_ports, .bridge_port_count = 1,
                               .poe_ports = poe, .poe_port_count = 2, .cut = 1u << WIRING_LIST_FDB};
    for (int i = 0; i < WIRING_LISTS; i++)
        at[i] = (struct wall){SECONDS(1767225600 + i)};
    at[WIRING_LIST_ARP] = (struct wall){0};
    return t;
}

static cJSON *document, *port_list;

static int up(void **state)
{
    struct ew_tables t = tables();
    document = cJSON_CreateObject();
    json_put_text(document, "name", "switch");
    port_list = json_put_array(document, "ports");
    for (int i = 0; i < 2; i++)
        json_put_text(json_add_object(port_list), "name", ports[i].name);
    wiring_put(document, port_list, &t);
    return 0;
}

static int down(void **state)
{
    cJSON_Delete(document);
    return 0;
}

static void expect(const cJSON *value, const char *want)
{
    char *text = cJSON_PrintUnformatted(value);
    assert_string_equal(text, want);
    cJSON_free(text);
}

static const cJSON *row(const char *list, int i)
{
    return cJSON_GetArrayItem(json_member(document, list), i);
}

static void vlans_name_their_ports(void **state)
{
    expect(row("vlans", 0),
           "{\"vid\":20,\"name\":\"cameras\",\"members\":[\"gi7\",\"gi8\",99],\"untagged\":[\"gi8\"]}");
    expect(row("vlans", 1), "{\"vid\":30,\"name\":\"\"}"); /* it did not say who is in it */
}

static void addresses_have_vlan_port_and_whose_they_are(void **state)
{
    expect(row("fdb", 0), "{\"mac\":\"02:00:00:00:00:01\",\"port\":7,\"port_name\":\"gi7\",\"vid\":20,"
                          "\"node\":\"bridge-barn\"}");
    expect(row("fdb", 1), "{\"mac\":\"02:00:00:00:00:02\",\"bridge_port\":77}");
    expect(row("fdb", 2), "{\"mac\":\"02:00:00:00:00:03\",\"port\":7,\"port_name\":\"gi7\",\"own\":true}");
}

static void neighbours_say_how_they_are_known(void **state)
{
    expect(row("neighbours", 0),
           "{\"port\":7,\"port_name\":\"gi7\",\"chassis\":\"02:00:00:00:00:01\",\"remote_port\":\"ath0\","
           "\"remote_port_description\":\"\",\"name\":\"barn\",\"description\":\"a radio\",\"source\":\"lldp\","
           "\"node\":\"bridge-barn\"}");
    assert_null(json_member(row("neighbours", 1), "node"));
}

static void power_is_told_by_port(void **state)
{
    expect(row("poe", 0), "{\"port\":7,\"port_name\":\"gi7\",\"group\":1,\"number\":7,\"enabled\":true,"
                          "\"detection\":\"delivering\",\"class\":3}");
    assert_null(json_member(row("poe", 1), "class"));
}

static void each_list_has_its_own_time_and_says_when_it_is_cut(void **state)
{
    const cJSON *told = json_member(document, "tables");
    struct wall read;
    assert_true(wall_parse(json_text(json_member(told, "fdb"), "at"), &read));
    assert_int_equal(read.ns, at[WIRING_LIST_FDB].ns);
    assert_int_equal((int)json_number(json_member(told, "fdb"), "count", -1), 5);
    assert_true(cJSON_IsTrue(json_member(json_member(told, "fdb"), "cut")));
    assert_true(cJSON_IsFalse(json_member(json_member(told, "vlans"), "cut")));
    expect(json_member(told, "arp"), "{\"at\":null,\"count\":0,\"cut\":false}"); /* never read */
    assert_true(wall_parse(json_text(document, "tables_at"), &read));
    assert_int_equal(read.ns, at[WIRING_LIST_STP].ns); /* the newest */
}

static void a_port_has_its_vlan_and_leads_to_whom_is_there(void **state)
{
    expect(cJSON_GetArrayItem(port_list, 0),
           "{\"name\":\"gi7\",\"pvid\":20,\"stp\":\"forwarding\",\"leads_to\":["
           "{\"name\":\"bridge-barn\",\"node\":\"bridge-barn\",\"port\":\"ath0\",\"known_by\":\"lldp\"},"
           "{\"name\":\"barn-cam\",\"node\":\"barn-cam\",\"port\":null,\"known_by\":\"fdb\"}],\"addresses\":3}");
    expect(cJSON_GetArrayItem(port_list, 1),
           "{\"name\":\"gi8\",\"leads_to\":[{\"name\":\"02:00:00:00:00:09\",\"node\":null,\"port\":\"uplink\","
           "\"known_by\":\"lldp\"}]}");
}

static void without_tables_the_lists_are_there_and_empty(void **state)
{
    static const char *const lists[] = {"neighbours", "vlans", "fdb", "arp", "poe"};
    cJSON *bare = cJSON_CreateObject();
    struct ew_tables never = {.found = true};
    for (int i = 0; i < 2; i++) {
        wiring_put(bare, NULL, i ? &never : NULL);
        for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
            expect(json_member(bare, lists[k]), "[]");
        assert_true(cJSON_IsNull(json_member(bare, "tables_at")));
        cJSON_Delete(bare);
        bare = cJSON_CreateObject();
    }
    cJSON_Delete(bare);
}

/* --- stations --- */

static void add_reading(cJSON *list, const char *meaning, const char *mac, double value)
{
    cJSON *r = json_add_object(list);
    json_put_text(r, "meaning", meaning);
    json_put_text(r, "label", "a label");
    json_put_text(r, "unit", "dBm");
    json_put_text(r, "level", "good");
    json_put_text(r, "at", "2026-01-01T00:00:00+00:00");
    json_put_text(r, "mac", mac);
    json_put_number(r, "value", value);
}

static void readings_of_one_partner_make_a_station(void **state)
{
    struct ew_tables t = tables();
    cJSON *readings = cJSON_CreateArray(), *o = cJSON_CreateObject();
    add_reading(readings, "snr", "02:00:00:00:00:01", 30);
    add_reading(readings, "cpu-load", NULL, 3);
    add_reading(readings, "signal", "02:00:00:00:00:01", -61);
    add_reading(readings, "cpu-load", "02:00:00:00:00:08", 3); /* of another box of a cluster: no partner */
    add_reading(readings, "rssi", "02:00:00:00:00:09", -70);
    stations_put(o, readings, &t);
    const cJSON *list = json_member(o, "stations"), *first = cJSON_GetArrayItem(list, 0);
    assert_int_equal(cJSON_GetArraySize(list), 2);
    assert_string_equal(json_text(first, "mac"), "02:00:00:00:00:01");
    assert_string_equal(json_text(first, "node"), "bridge-barn");
    assert_int_equal((int)json_number(first, "signal", 0), -61); /* before what is only a difference */
    assert_int_equal(cJSON_GetArraySize(json_member(first, "values")), 2);
    assert_null(json_member(cJSON_GetArrayItem(list, 1), "node"));
    cJSON_Delete(readings);
    cJSON_Delete(o);
}

#define test_of(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(vlans_name_their_ports),
        test_of(addresses_have_vlan_port_and_whose_they_are),
        test_of(neighbours_say_how_they_are_known),
        test_of(power_is_told_by_port),
        test_of(each_list_has_its_own_time_and_says_when_it_is_cut),
        test_of(a_port_has_its_vlan_and_leads_to_whom_is_there),
        cmocka_unit_test(without_tables_the_lists_are_there_and_empty),
        cmocka_unit_test(readings_of_one_partner_make_a_station),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
