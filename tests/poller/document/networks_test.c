#include "poller/document/networks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "poller/model/guest.h"

static int64_t vlans[] = {501};
static struct view_vlan states[] = {
    {501, VERDICT_FAILING, "silence", "", true, {SECONDS(1767225600)}, "guest-501"},
    {GUEST_UNTAGGED, VERDICT_UNKNOWN, "", "", false, {0}, NULL},
};
static struct view_network_step steps[] = {
    {501, "offer", VERDICT_FAILING, "silence", NULL, SECONDS(12)},
    {GUEST_UNTAGGED, "link", VERDICT_OK, "", "eth1", 1500000},
};
static struct view_hop hops[] = {{"lan-switch", "port1", "port5", "house", VERDICT_FAILING, "does not know VLAN 501"}};
static struct site_verdict sites[] = {{"house", VERDICT_FAILING, "played from here"},
                                      {"barn", VERDICT_UNKNOWN, "nothing in the barn can ask"}};
static const struct ew_network guest = {
    .name = "guest", .kind = "guest", .vlans = vlans, .vlans_count = 1, .verdict = VERDICT_FAILING,
    .sentence = "Nobody gives guests an address.", .states = states, .states_count = 2, .steps = steps,
    .steps_count = 2, .hops = hops, .hops_count = 1, .sites = sites, .sites_count = 2};

static void assert_document(cJSON *document, const char *expected)
{
    char *text = cJSON_PrintUnformatted(document);
    assert_string_equal(text, expected);
    cJSON_free(text);
    cJSON_Delete(document);
}

/* Programs rely on these names. */
static void a_probe_is_told_in_the_words_of_the_contract(void **state)
{
    assert_document(document_network_probe(&guest),
                    "{\"name\":\"guest\",\"vantage\":\"here\",\"verdict\":\"failing\","
                    "\"sentence\":\"Nobody gives guests an address.\",\"steps\":["
                    "{\"step\":\"offer\",\"vlan\":501,\"verdict\":\"failing\",\"reason\":\"silence\","
                    "\"detail\":null,\"ms\":12000},"
                    "{\"step\":\"link\",\"vlan\":null,\"verdict\":\"ok\",\"reason\":null,"
                    "\"detail\":\"eth1\",\"ms\":1.5}],"
                    "\"hops\":[{\"node\":\"lan-switch\",\"in\":\"port1\",\"out\":\"port5\","
                    "\"site\":\"house\",\"verdict\":\"failing\",\"detail\":\"does not know VLAN 501\"}],"
                    "\"coverage\":[{\"site\":\"house\",\"verdict\":\"failing\","
                    "\"proved_by\":\"played from here\"},{\"site\":\"barn\",\"verdict\":\"unknown\","
                    "\"proved_by\":\"nothing in the barn can ask\"}]}");
}

static void a_network_has_its_vlans_and_sites(void **state)
{
    cJSON *n = document_network(&guest), *first = cJSON_GetObjectItem(n, "states")->child;
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(n, "kind")), "guest");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(n, "vlans")), 1);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(first, "carried")));
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(first, "object")), "guest-501");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(first->next, "vlan")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(first->next, "last_round")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(n, "last_round")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(n, "sites")), 2);
    cJSON_Delete(n);
}

static void only_the_network_we_stand_in_has_no_guests(void **state)
{
    assert_true(network_has_guests(&guest));
    assert_true(network_has_guests(&(struct ew_network){.name = "old"})); /* of an engine that does not tell */
    assert_false(network_has_guests(&(struct ew_network){.name = "lan", .kind = "lan"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_probe_is_told_in_the_words_of_the_contract),
        cmocka_unit_test(a_network_has_its_vlans_and_sites),
        cmocka_unit_test(only_the_network_we_stand_in_has_no_guests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
