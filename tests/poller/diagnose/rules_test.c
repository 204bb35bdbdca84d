#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "poller/diagnose/diagnose.h"
#include "poller/diagnose/sentence.h"
#include "tests/poller/diagnose/texts.h"

/* A farm of six: router, switch, two radios, a camera in the barn, the Internet. */
enum { ROUTER, SWITCH, NEAR, FAR, CAM, INTERNET, COUNT };

struct farm {
    struct scene scene;
    struct scene_node nodes[COUNT];
    struct dependency hangs[COUNT];
    struct scene_link link;
    struct fact_table facts[COUNT], own;
};

static const uint32_t on_router[] = {ROUTER}, on_switch[] = {SWITCH}, on_near[] = {NEAR},
                      on_far[] = {FAR};

static struct instant at(int64_t s)
{
    return (struct instant){{SECONDS(s)}, {SECONDS(1767225600 + s)}};
}

static void set_up(struct farm *f)
{
    static const char *const names[COUNT] = {"router", "switch", "near", "far", "cam", "internet"};
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < COUNT; i++)
        f->nodes[i] = (struct scene_node){.name = names[i], .site = i == FAR || i == CAM ? "barn" : "house",
                                          .watched = true, .reason = "", .life = "ping",
                                          .facts = &f->facts[i]};
    f->nodes[INTERNET].internet = true;
    f->nodes[INTERNET].site = NULL;
    f->hangs[SWITCH] = f->hangs[INTERNET] = (struct dependency){on_router, 1};
    f->hangs[NEAR] = (struct dependency){on_switch, 1};
    f->hangs[FAR] = (struct dependency){on_near, 1};
    f->hangs[CAM] = (struct dependency){on_far, 1};
    f->link = (struct scene_link){"barn bridge", true, NEAR, FAR};
    f->scene = (struct scene){.now = at(1000), .nodes = f->nodes, .hangs = f->hangs,
                              .node_count = COUNT, .links = &f->link, .link_count = 1,
                              .own = &f->own};
}

static void tear_down(struct farm *f)
{
    for (size_t i = 0; i < COUNT; i++)
        facts_fini(&f->facts[i]);
    facts_fini(&f->own);
}

static void silence(struct farm *f, uint32_t node)
{
    f->nodes[node].silent = true;
    f->nodes[node].reason = "timeout";
    f->nodes[node].silent_since = at(990).mono;
}

static struct finding look(struct farm *f, enum suspect_kind kind, uint32_t node,
                           const uint32_t *group, size_t count)
{
    struct suspect x = {.kind = kind, .node = node, .group = group, .group_count = count,
                        .reason = node == SCENE_NONE ? "disk-full" : f->nodes[node].reason,
                        .check_kind = "tcp", .label = "445"};
    struct finding found;
    diagnose(&f->scene, &x, &found);
    return found;
}

static void assert_kind(const struct finding *f, enum cause_kind kind)
{
    assert_string_equal(cause_kind_words[f->kind], cause_kind_words[kind]);
}

static void a_silent_site_behind_its_far_radio_is_cut_off(void **state)
{
    struct farm f;
    uint32_t group[] = {FAR, CAM};
    set_up(&f);
    silence(&f, FAR);
    silence(&f, CAM);
    struct finding found = look(&f, SUSPECT_SILENCE, FAR, group, 2);
    assert_kind(&found, CAUSE_SITE_CUT_OFF);
    assert_string_equal(found.behind, "barn bridge");
    assert_true(found.evidence_count >= 2);
    tear_down(&f);
}

static void a_far_radio_alone_is_that_radio(void **state)
{
    struct farm f;
    uint32_t group[] = {FAR};
    set_up(&f);
    silence(&f, FAR);
    struct finding found = look(&f, SUSPECT_SILENCE, FAR, group, 1);
    assert_kind(&found, CAUSE_RADIO_SILENT);
    assert_string_equal(found.variant, "far");
    tear_down(&f);
}

static void the_port_of_a_silent_radio_tells_cable_from_hanging(void **state)
{
    static const char *const states[] = {"down", "up"}, *const variants[] = {"port-down", "port-up"};
    for (size_t i = 0; i < 2; i++) {
        struct farm f;
        uint32_t group[] = {NEAR};
        set_up(&f);
        silence(&f, NEAR);
        f.nodes[NEAR].port = "p4";
        facts_put(&f.facts[SWITCH], "port.oper", "p4", states[i], at(995).mono);
        struct finding found = look(&f, SUSPECT_SILENCE, NEAR, group, 1);
        assert_kind(&found, CAUSE_RADIO_SILENT);
        assert_string_equal(found.variant, variants[i]);
        assert_string_equal(found.port, "p4");
        tear_down(&f);
    }
}

static void a_stale_port_fact_proves_nothing(void **state)
{
    struct farm f;
    uint32_t group[] = {NEAR};
    set_up(&f);
    silence(&f, NEAR);
    f.nodes[NEAR].port = "p4";
    facts_put(&f.facts[SWITCH], "port.oper", "p4", "down", at(100).mono);
    struct finding found = look(&f, SUSPECT_SILENCE, NEAR, group, 1);
    assert_null(found.variant);
    assert_string_equal(found.port, "");
    tear_down(&f);
}

static void the_one_port_that_fell_with_the_node_is_named(void **state)
{
    for (unsigned fallen = 1; fallen <= 2; fallen++) {
        struct farm f;
        uint32_t group[] = {SWITCH};
        set_up(&f);
        silence(&f, SWITCH);
        for (unsigned i = 0; i < fallen; i++) {
            char port[] = {'p', (char)('1' + i), 0};
            facts_put(&f.facts[ROUTER], "port.oper", port, "up", at(900).mono);
            facts_put(&f.facts[ROUTER], "port.oper", port, "down", at(995).mono);
        }
        struct finding found = look(&f, SUSPECT_SILENCE, SWITCH, group, 1);
        assert_kind(&found, fallen == 1 ? CAUSE_PORT_DOWN : CAUSE_NODE_DOWN);
        tear_down(&f);
    }
}

static void a_port_that_has_link_again_stays_the_cause_while_its_device_starts(void **state)
{
    static const bool planned[] = {true, false};
    for (size_t i = 0; i < 2; i++) {
        struct farm f;
        uint32_t group[] = {NEAR};
        set_up(&f);
        silence(&f, NEAR);
        f.nodes[NEAR].port = planned[i] ? "p4" : NULL;
        facts_put(&f.facts[SWITCH], "port.oper", "p4", "up", at(900).mono);
        facts_put(&f.facts[SWITCH], "port.oper", "p4", "down", at(995).mono);
        facts_put(&f.facts[SWITCH], "port.oper", "p4", "up", at(1020).mono);
        f.scene.now = at(1030);
        struct finding found = look(&f, SUSPECT_SILENCE, NEAR, group, 1);
        assert_kind(&found, CAUSE_RADIO_SILENT);
        assert_string_equal(found.variant, "port-down");
        assert_string_equal(found.port, "p4");
        assert_true(found.again_ns == SECONDS(50));
        f.scene.now = at(1081);
        found = look(&f, SUSPECT_SILENCE, NEAR, group, 1);
        assert_true(!found.variant || strcmp(found.variant, "port-up") == 0);
        assert_true(found.again_ns == 0);
        tear_down(&f);
    }
}

static void a_port_that_gets_link_beside_a_silent_node_is_not_its(void **state)
{
    struct farm f;
    uint32_t group[] = {SWITCH};
    set_up(&f);
    silence(&f, SWITCH);
    facts_put(&f.facts[ROUTER], "port.oper", "p9", "down", at(100).mono); /* at first sight */
    facts_put(&f.facts[ROUTER], "port.oper", "p9", "up", at(995).mono);
    facts_put(&f.facts[ROUTER], "port.oper", "p8", "up", at(100).mono);
    facts_put(&f.facts[ROUTER], "port.oper", "p8", "down", at(500).mono); /* long before */
    facts_put(&f.facts[ROUTER], "port.oper", "p8", "up", at(995).mono);
    struct finding found = look(&f, SUSPECT_SILENCE, SWITCH, group, 1);
    assert_kind(&found, CAUSE_NODE_DOWN);
    tear_down(&f);
}

static void the_internet_is_told_apart_from_modem_and_names(void **state)
{
    static const struct {
        const char *reason;
        enum suspect_kind suspect;
        enum cause_kind kind;
    } rows[] = {{"isp", SUSPECT_SILENCE, CAUSE_INTERNET_DOWN},
                {"modem", SUSPECT_SILENCE, CAUSE_MODEM_DOWN},
                {"dns", SUSPECT_CHECK, CAUSE_DNS_DOWN},
                {"portal", SUSPECT_CHECK, CAUSE_INTERNET_DOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct farm f;
        uint32_t group[] = {INTERNET};
        set_up(&f);
        f.nodes[INTERNET].silent = rows[i].suspect == SUSPECT_SILENCE;
        f.nodes[INTERNET].reason = rows[i].reason;
        struct finding found = look(&f, rows[i].suspect, INTERNET, group, 1);
        assert_kind(&found, rows[i].kind);
        tear_down(&f);
    }
}

static void an_agent_that_refuses_us_is_told_from_one_that_is_off(void **state)
{
    static const char *const rows[][2] = {{"refused", "refused"}, {"auth-password", "auth"}, {"timeout", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct farm f;
        set_up(&f);
        struct suspect x = {.kind = SUSPECT_CHECK, .node = SWITCH, .check_kind = "snmp", .label = "",
                            .reason = rows[i][0], .detail = "auth failed: the agent knows no user barn"};
        struct finding found;
        diagnose(&f.scene, &x, &found);
        assert_kind(&found, CAUSE_SNMP_SILENT);
        assert_true(rows[i][1] ? found.variant && strcmp(found.variant, rows[i][1]) == 0 : !found.variant);
        tear_down(&f);
    }
}

static void our_own_dead_carrier_is_certain(void **state)
{
    struct farm f;
    uint32_t group[] = {ROUTER, SWITCH};
    set_up(&f);
    silence(&f, ROUTER);
    silence(&f, SWITCH);
    facts_put(&f.own, "own.carrier", "eth0", "down", at(999).mono);
    struct finding found = look(&f, SUSPECT_ALL, ROUTER, group, 2);
    assert_kind(&found, CAUSE_WATCHER_ISOLATED);
    assert_int_equal(found.confidence, CONFIDENCE_CERTAIN);
    assert_string_equal(found.port, "eth0");
    tear_down(&f);
}

static void every_cause_there_is_a_rule_for_has_its_words(void **state)
{
    static const enum cause_kind kinds[] = {
        CAUSE_SITE_CUT_OFF, CAUSE_RADIO_SILENT, CAUSE_PORT_DOWN, CAUSE_INTERNET_DOWN,
        CAUSE_MODEM_DOWN, CAUSE_DNS_DOWN, CAUSE_WATCHER_ISOLATED, CAUSE_NODE_DOWN,
        CAUSE_SNMP_SILENT, CAUSE_IP_CONFLICT, CAUSE_SERVICE_DOWN, CAUSE_CERTIFICATE_EXPIRING,
        CAUSE_OWN_FAULT, CAUSE_VLAN_NOT_MEMBER, CAUSE_VLAN_TAG_EATEN, CAUSE_VLAN_TAG_STRIPPED,
        CAUSE_VLAN_GIANTS_DROPPED, CAUSE_MAC_TRANSLATING, CAUSE_GUEST_DHCP_SILENT, CAUSE_GUEST_DHCP_EXHAUSTED,
        CAUSE_GUEST_DHCP_UNEXPECTED, CAUSE_ROGUE_DHCP, CAUSE_ROGUE_RA, CAUSE_GUEST_GATEWAY_SILENT, CAUSE_GUEST_DNS,
        CAUSE_GUEST_PORTAL, CAUSE_GUEST_HTTP, CAUSE_GUEST_ISOLATION_LEAK, CAUSE_GUEST_ROUTER_EXPOSED,
        CAUSE_GUEST_WIFI_ABSENT, CAUSE_GUEST_WIFI_REFUSED};
    struct arena *a = arena_create(0);
    struct config texts = load_texts(TEXTS, a);
    char key[96];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(key, sizeof key, "%s.sentence", cause_kind_words[kinds[i]]);
        assert_non_null(config_text_find(&texts, key));
        snprintf(key, sizeof key, "%s.check_first", cause_kind_words[kinds[i]]);
        assert_non_null(config_text_find(&texts, key));
    }
    arena_destroy(a);
}

static void a_sentence_names_what_broke_and_leaves_no_place_open(void **state)
{
    struct farm f;
    uint32_t group[] = {NEAR, FAR, CAM};
    struct arena *a = arena_create(0);
    struct config texts = load_texts(TEXTS, a);
    struct buf out = {0};
    set_up(&f);
    silence(&f, NEAR);
    f.nodes[NEAR].port = "p4";
    facts_put(&f.facts[SWITCH], "port.oper", "p4", "down", at(995).mono);
    struct finding found = look(&f, SUSPECT_SILENCE, NEAR, group, 3);
    sentence_render(&texts, &f.scene, &found, "sentence", &out);
    assert_non_null(strstr(buf_string(&out), "near"));
    assert_non_null(strstr(buf_string(&out), "port p4 of switch"));
    assert_non_null(strstr(buf_string(&out), "2 devices"));
    assert_null(strchr(buf_string(&out), '{'));
    buf_fini(&out);
    arena_destroy(a);
    tear_down(&f);
}

/* The place's own hayloft reports after the cut began: then it has power. What it said before proves nothing. */
static void a_place_that_is_seen_from_there_has_power(void **state)
{
    static const struct {
        int64_t at_s;
        const char *value, *variant;
    } cases[] = {{1000, "fine", NULL}, {1020, "fine", "seen"}, {1020, "trouble", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct farm f;
        uint32_t group[] = {FAR, CAM};
        struct arena *a = arena_create(0);
        struct config texts = load_texts(TEXTS, a);
        struct buf out = {0};
        set_up(&f);
        silence(&f, FAR);
        silence(&f, CAM);
        f.scene.now = at(1100);
        facts_put(&f.own, "vantage.lan", "barn", cases[i].value, at(cases[i].at_s).mono);
        struct finding found = look(&f, SUSPECT_SILENCE, FAR, group, 2);
        assert_kind(&found, CAUSE_SITE_CUT_OFF);
        assert_int_equal(found.variant && strcmp(found.variant, "seen") == 0, cases[i].variant != NULL);
        sentence_render(&texts, &f.scene, &found, "sentence", &out);
        assert_null(strchr(buf_string(&out), '{'));
        assert_int_equal(strstr(buf_string(&out), "So there is power") != NULL, cases[i].variant != NULL);
        buf_fini(&out);
        arena_destroy(a);
        tear_down(&f);
    }
}

static void a_vantage_that_does_not_report_has_words_with_its_name(void **state)
{
    struct farm f;
    struct arena *a = arena_create(0);
    struct config texts = load_texts(TEXTS, a);
    struct buf out = {0};
    struct finding found;
    set_up(&f);
    struct suspect x = {.kind = SUSPECT_OWN, .node = SCENE_NONE, .reason = "vantage barn",
                        .detail = "has not reported since 26 Jul 03:12"};
    diagnose(&f.scene, &x, &found);
    sentence_render(&texts, &f.scene, &found, "sentence", &out);
    assert_non_null(strstr(buf_string(&out), "The hayloft at barn has not reported since 26 Jul 03:12"));
    buf_fini(&out);
    arena_destroy(a);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_is_seen_from_there_has_power),
        cmocka_unit_test(a_vantage_that_does_not_report_has_words_with_its_name),
        cmocka_unit_test(a_silent_site_behind_its_far_radio_is_cut_off),
        cmocka_unit_test(a_far_radio_alone_is_that_radio),
        cmocka_unit_test(the_port_of_a_silent_radio_tells_cable_from_hanging),
        cmocka_unit_test(a_stale_port_fact_proves_nothing),
        cmocka_unit_test(the_one_port_that_fell_with_the_node_is_named),
        cmocka_unit_test(a_port_that_has_link_again_stays_the_cause_while_its_device_starts),
        cmocka_unit_test(a_port_that_gets_link_beside_a_silent_node_is_not_its),
        cmocka_unit_test(the_internet_is_told_apart_from_modem_and_names),
        cmocka_unit_test(an_agent_that_refuses_us_is_told_from_one_that_is_off),
        cmocka_unit_test(our_own_dead_carrier_is_certain),
        cmocka_unit_test(every_cause_there_is_a_rule_for_has_its_words),
        cmocka_unit_test(a_sentence_names_what_broke_and_leaves_no_place_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
