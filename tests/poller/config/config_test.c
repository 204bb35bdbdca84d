#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/config/config.h"

struct snmp_like {
    char *community;
};

static const struct field snmp_like_fields[] = {
    {FIELD(struct snmp_like, community, FIELD_SECRET)},
};
static const struct record snmp_like_record = RECORD(snmp_like, snmp_like_fields);

static const struct record *resolve(const char *kind)
{
    return strcmp(kind, "snmp") == 0 ? &snmp_like_record : NULL;
}

static struct snmp_like options = {"hidden-community"};
static struct config_check checks[] = {{.kind = {"snmp", &options}, .label = "", .interval_ns = 60}};
static struct config_node nodes[] = {{.name = "router", .checks = checks, .checks_count = 1},
                                     {.name = "barn"}};
static struct config_header headers[] = {{"Authorization", "hidden-header"}};
static struct config_header tokens[] = {{"token", "hidden-token"}};
static struct config_receiver receivers[] = {
    {.name = "me", .url = "http://hidden-url", .password = "hidden-password", .headers = headers,
     .headers_count = 1, .remind_ns = 7, .local = true, .options = tokens, .options_count = 1}};
static struct config_vantage vantages[] = {{"barn", "hidden-vantage", "barn", NULL}};
static struct config_text texts[] = {{"port-down.sentence", "a port is down"}};
static struct config_network networks[] = {
    {.name = "guest", .wifi = {.interface = "wlan1", .ssid = "Barn guests", .password = "hidden-wifi"}}};
static const struct config sample = {
    .generation = 4, .title = "Farm", .state_dir = "/var/lib/x", .nodes = nodes, .nodes_count = 2,
    .receivers = receivers, .receivers_count = 1, .texts = texts, .texts_count = 1,
    .networks = networks, .networks_count = 1,
    .vantage = "stable", .upstream = {.url = "https://house", .token = "hidden-upstream"},
    .vantages = vantages, .vantages_count = 1};

static bool packed_slice_holds(enum role role, const char *text)
{
    struct arena *a = arena_create(0);
    struct config slice;
    struct buf packed = {0};
    assert_true(config_slice(&sample, role, a, &slice));
    config_pack(&slice, resolve, &packed);
    bool found = memmem(packed.data, packed.len, text, strlen(text)) != NULL;
    buf_fini(&packed);
    arena_destroy(a);
    return found;
}

static void only_the_engine_gets_communities(void **state)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(packed_slice_holds((enum role)role, "hidden-community"), role == ROLE_ENGINE);
}

static void only_the_engine_gets_what_guests_type_in(void **state)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(packed_slice_holds((enum role)role, "hidden-wifi"), role == ROLE_ENGINE);
    assert_true(packed_slice_holds(ROLE_WEB, "Barn guests"));
}

static void only_the_courier_gets_where_messages_go(void **state)
{
    static const char *const secrets[] = {"hidden-url", "hidden-password", "hidden-header",
                                          "hidden-token"};
    for (int role = 0; role < ROLE_COUNT; role++)
        for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
            assert_int_equal(packed_slice_holds((enum role)role, secrets[i]), role == ROLE_COURIER);
}

static void a_vantages_token_is_known_where_it_is_used(void **state)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(packed_slice_holds((enum role)role, "hidden-upstream"), role == ROLE_COURIER);
        assert_int_equal(packed_slice_holds((enum role)role, "hidden-vantage"), role == ROLE_WEB);
    }
    assert_true(packed_slice_holds(ROLE_STORE, "https://house"));
    assert_true(packed_slice_holds(ROLE_ENGINE, "https://house"));
}

static void the_web_knows_nodes_by_name_and_the_courier_none(void **state)
{
    assert_true(packed_slice_holds(ROLE_WEB, "barn"));
    assert_false(packed_slice_holds(ROLE_COURIER, "barn"));
    assert_false(packed_slice_holds(ROLE_PAINTER, "barn"));
}

static void a_packed_configuration_comes_back_equal(void **state)
{
    struct arena *a = arena_create(0);
    struct buf packed = {0};
    struct config back;
    config_pack(&sample, resolve, &packed);
    assert_true(config_unpack(packed.data, packed.len, resolve, a, &back));
    assert_true(field_equal(&config_record, &sample, &back, resolve));
    assert_string_equal(((struct snmp_like *)back.nodes[0].checks[0].kind.value)->community,
                        "hidden-community");
    assert_false(config_unpack(packed.data, packed.len - 1, resolve, a, &back));
    buf_fini(&packed);
    arena_destroy(a);
}

static void nodes_and_texts_are_found_by_name(void **state)
{
    assert_ptr_equal(config_node_find(&sample, "barn"), &nodes[1]);
    assert_null(config_node_find(&sample, "shed"));
    assert_string_equal(config_text_find(&sample, "port-down.sentence"), "a port is down");
    assert_null(config_text_find(&sample, "nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_engine_gets_communities),
        cmocka_unit_test(only_the_engine_gets_what_guests_type_in),
        cmocka_unit_test(only_the_courier_gets_where_messages_go),
        cmocka_unit_test(a_vantages_token_is_known_where_it_is_used),
        cmocka_unit_test(the_web_knows_nodes_by_name_and_the_courier_none),
        cmocka_unit_test(a_packed_configuration_comes_back_equal),
        cmocka_unit_test(nodes_and_texts_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
