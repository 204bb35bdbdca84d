#include "tests/poller/diagnose/texts.h"

#include <stdlib.h>

#include "poller/diagnose/diagnose.h"
#include "poller/diagnose/sentence.h"
#include "tests/support/told_guest.h"

/* The router, a switch with a forwarding table, and the network. */
enum { ROUTER, SWITCH, GUEST, COUNT };

struct bed {
    struct scene scene;
    struct scene_node nodes[COUNT];
    struct dependency hangs[COUNT];
    struct fact_table facts, own;
    struct arena *arena;
    struct config texts;
    struct told_guest told;
    struct network_trouble troubles[3];
    struct network_suspect about;
    const char *names[2];
};

static void set_up(struct bed *b)
{
    static const char *const names[COUNT] = {"fritz", "lan-switch", "guest"};
    memset(b, 0, sizeof *b);
    b->arena = arena_create(0);
    b->texts = load_texts(TEXTS, b->arena);
    for (size_t i = 0; i < COUNT; i++)
        b->nodes[i] = (struct scene_node){.name = names[i], .watched = i != GUEST, .reason = "", .life = "ping",
                                          .facts = &b->facts, .router = i == ROUTER, .network = i == GUEST};
    b->scene = (struct scene){.now = {{SECONDS(1000)}, {SECONDS(1767225600)}}, .nodes = b->nodes, .hangs = b->hangs,
                              .node_count = COUNT, .own = &b->own};
    b->names[0] = "guest";
    b->about = (struct network_suspect){.names = b->names, .name_count = 1, .troubles = b->troubles,
                                        .count = 1};
}

static void fails(struct bed *b, size_t i, int64_t vid, enum guest_step step, enum guest_reason reason)
{
    told_failing(&b->told, vid, step, reason);
    b->troubles[i] = (struct network_trouble){.network = "guest", .vid = vid,
                                              .failure = {VERDICT_FAILING, step, reason},
                                              .result = &b->told.result, .control_was_well = true,
                                              .since = {SECONDS(900)}, .at = {SECONDS(990)}};
}

static struct finding look(struct bed *b)
{
    struct suspect x = {.kind = SUSPECT_NETWORK, .node = GUEST, .check_kind = "guest", .label = "",
                        .reason = guest_reason_words[b->troubles->failure.reason], .network = &b->about};
    struct finding found;
    diagnose(&b->scene, &x, &found);
    return found;
}

static const char *sentence(struct bed *b, const struct finding *f, const char *part)
{
    struct buf text = {0};
    sentence_render(&b->texts, &b->scene, f, part, &text);
    char *kept = arena_text(b->arena, buf_string(&text), text.len);
    buf_fini(&text);
    return kept;
}

static const char *argument(const struct finding *f, const char *name)
{
    for (size_t i = 0; i < f->argument_count; i++)
        if (strcmp(f->arguments[i].name, name) == 0)
            return f->arguments[i].value;
    return "(none)";
}

static void assert_kind(const struct finding *f, enum cause_kind kind)
{
    assert_string_equal(cause_kind_words[f->kind], cause_kind_words[kind]);
}

/* Nothing in a sentence may be left open, empty or doubled. */
static void assert_reads_well(const char *text)
{
    static const char *const odd[] = {"{", "}", "  ", "()", ": .", " ,", "(null)", ".."};
    assert_true(strlen(text) > 20);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (strstr(text, odd[i]))
            fail_msg("'%s' in: %s", odd[i], text);
}

static void each_failure_has_its_cause_and_a_sentence_that_reads_well(void **state)
{
    static const struct {
        enum guest_matter matter;
        enum guest_step step;
        enum guest_reason reason;
        enum cause_kind kind;
        const char *says;
    } all[] = {
        {GUEST_MATTER_SERVICE, GUEST_SCAN, GUEST_WIFI_ABSENT, CAUSE_GUEST_WIFI_ABSENT, "on the air"},
        {GUEST_MATTER_SERVICE, GUEST_JOIN, GUEST_WIFI_REFUSED, CAUSE_GUEST_WIFI_REFUSED, "let us in"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_SILENCE, CAUSE_GUEST_DHCP_SILENT, "as ever"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_OTHER_VLAN, CAUSE_VLAN_NOT_MEMBER, "another VLAN"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_STRIPPED, CAUSE_VLAN_TAG_STRIPPED, "land in the main network"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_OTHER_SUBNET, CAUSE_GUEST_DHCP_UNEXPECTED, "another network"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_NO_GATEWAY, CAUSE_GUEST_DHCP_UNEXPECTED, "no way out"},
        {GUEST_MATTER_SERVICE, GUEST_OFFER, GUEST_BAD_OFFER, CAUSE_GUEST_DHCP_UNEXPECTED, "is wrong"},
        {GUEST_MATTER_SERVICE, GUEST_LEASE, GUEST_SILENCE, CAUSE_GUEST_DHCP_SILENT, "offered addresses"},
        {GUEST_MATTER_SERVICE, GUEST_LEASE, GUEST_REFUSED, CAUSE_GUEST_DHCP_UNEXPECTED, "refused it"},
        {GUEST_MATTER_SERVICE, GUEST_LEASE, GUEST_IN_USE, CAUSE_GUEST_DHCP_UNEXPECTED, "uses already"},
        {GUEST_MATTER_SERVICE, GUEST_GATEWAY, GUEST_SILENCE, CAUSE_GUEST_GATEWAY_SILENT, "does not answer"},
        {GUEST_MATTER_SERVICE, GUEST_DNS, GUEST_DNS_FAILED, CAUSE_GUEST_DNS, "not resolved"},
        {GUEST_MATTER_SERVICE, GUEST_DNS, GUEST_DNS_LIES, CAUSE_GUEST_DNS, "wrong addresses"},
        {GUEST_MATTER_SERVICE, GUEST_HTTP, GUEST_PORTAL, CAUSE_GUEST_PORTAL, "login page"},
        {GUEST_MATTER_SERVICE, GUEST_HTTP, GUEST_REFUSED, CAUSE_GUEST_HTTP, "no page (seen so)"},
        {GUEST_MATTER_SERVICE, GUEST_FULLSIZE, GUEST_GIANTS_DROPPED, CAUSE_VLAN_GIANTS_DROPPED, "four bytes"},
        {GUEST_MATTER_ISOLATION, GUEST_ISOLATION, GUEST_LEAK_ICMP, CAUSE_GUEST_ISOLATION_LEAK, "nas by icmp"},
        {GUEST_MATTER_ISOLATION, GUEST_ISOLATION, GUEST_ROUTER_OPEN, CAUSE_GUEST_ROUTER_EXPOSED, "nas by icmp"},
        {GUEST_MATTER_DHCP, GUEST_OFFER, GUEST_STRANGE_SERVER, CAUSE_ROGUE_DHCP,
         "10.9.9.1, with the MAC 3c:84:6a:01:02:03"},
        {GUEST_MATTER_RA, GUEST_OFFER, GUEST_ROGUE_RA, CAUSE_ROGUE_RA, "fe80::666, with the MAC 3c:84:6a:01:02:04"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct bed b;
        set_up(&b);
        fails(&b, 0, 501, all[i].step, all[i].reason);
        b.told.steps[all[i].step].detail = (char *)"seen so";
        told_leak(&b.told, "10.0.0.5", "nas", "icmp");
        told_stranger(&b.told, "10.9.9.1");
        told_router(&b.told, "fe80::1", true);
        told_router(&b.told, "fe80::666", false);
        b.about.matter = all[i].matter;
        struct finding f = look(&b);
        assert_kind(&f, all[i].kind);
        assert_string_equal(f.network, "guest");
        const char *text = sentence(&b, &f, "sentence");
        assert_reads_well(text);
        assert_reads_well(sentence(&b, &f, "check_first"));
        if (!strstr(text, all[i].says))
            fail_msg("'%s' is not in: %s", all[i].says, text);
        assert_non_null(strstr(text, "guest"));
        assert_true(f.evidence_count > 0);
        arena_destroy(b.arena);
    }
}

static void a_server_dead_for_both_is_no_vlan_s_fault(void **state)
{
    struct bed b;
    set_up(&b);
    fails(&b, 0, 501, GUEST_OFFER, GUEST_SILENCE);
    struct finding f = look(&b);
    assert_string_equal(f.variant, "served");
    assert_int_equal(f.others[0], CAUSE_GUEST_DHCP_EXHAUSTED); /* the same on the wire */
    b.told.steps[GUEST_CONTROL].verdict = VERDICT_FAILING;
    f = look(&b);
    assert_string_equal(f.variant, "both");
    assert_non_null(strstr(sentence(&b, &f, "sentence"), "VLANs and switches are not at fault"));
    b.troubles->control_was_well = false; /* there never was a server there: its silence says nothing */
    f = look(&b);
    assert_null(f.variant);
    arena_destroy(b.arena);
}

static void vlans_that_fail_alike_are_named_together(void **state)
{
    struct bed b;
    set_up(&b);
    fails(&b, 0, 501, GUEST_OFFER, GUEST_SILENCE);
    b.troubles[1] = b.troubles[2] = b.troubles[0];
    b.troubles[1].vid = 502;
    b.troubles[2].vid = 503;
    b.about.count = 3;
    struct finding f = look(&b);
    assert_string_equal(argument(&f, "vlans"), "VLANs 501, 502 and 503");
    b.troubles[2].failure = (struct guest_saying){VERDICT_FAILING, GUEST_DNS, GUEST_DNS_FAILED};
    f = look(&b);
    assert_string_equal(argument(&f, "vlans"), "VLANs 501 and 502");
    assert_string_equal(argument(&f, "vids"), "501 502 503"); /* for after a restart */
    b.about.count = 1;
    b.troubles[0].vid = GUEST_UNTAGGED;
    f = look(&b);
    assert_string_equal(argument(&f, "vlans"), "untagged");
    arena_destroy(b.arena);
}

static void networks_that_fail_alike_are_named_together(void **state)
{
    struct bed b;
    set_up(&b);
    fails(&b, 0, 501, GUEST_OFFER, GUEST_SILENCE);
    b.troubles[1] = b.troubles[0];
    b.troubles[1].network = b.names[1] = "workers";
    b.troubles[1].vid = 502;
    b.about.count = b.about.name_count = 2;
    struct finding f = look(&b);
    assert_string_equal(f.network, "guest");
    assert_non_null(strstr(sentence(&b, &f, "sentence"), "guests on guest and workers (VLANs 501 and 502)"));
    b.troubles[1].failure = (struct guest_saying){VERDICT_FAILING, GUEST_DNS, GUEST_DNS_FAILED};
    f = look(&b);
    assert_non_null(strstr(sentence(&b, &f, "sentence"), "guests on guest (VLAN 501)"));
    arena_destroy(b.arena);
}

static void a_stranger_is_named_with_the_port_where_it_is_heard(void **state)
{
    static const struct wiring_port ports[] = {{1, "p1"}, {7, "p7"}};
    static const struct wiring_address heard[] = {
        {.vid = 501, .mac = {{2, 0, 0, 0, 0, 1}}, .port = 1},
        {.vid = 501, .mac = {{0x3c, 0x84, 0x6a, 1, 2, 3}}, .port = 7},
    };
    static const struct wiring table = {.at = {[WIRING_LIST_FDB] = {SECONDS(980)}}, .ports = ports, .port_count = 2,
                                        .addresses = heard, .address_count = 2};
    struct bed b;
    set_up(&b);
    fails(&b, 0, 501, GUEST_OFFER, GUEST_STRANGE_SERVER);
    told_stranger(&b.told, "10.9.9.1");
    b.about.matter = GUEST_MATTER_DHCP;
    b.nodes[SWITCH].wiring = &table;
    struct finding f = look(&b);
    assert_int_equal(f.node, SWITCH);
    assert_string_equal(f.port, "p7");
    assert_non_null(strstr(sentence(&b, &f, "sentence"), "It is heard at port p7 of lan-switch."));
    arena_destroy(b.arena);
}

/* Every cause and variant that tables may name, with a box and with a stretch. */
static void what_tables_name_has_a_sentence_that_reads_well(void **state)
{
    static const struct {
        enum cause_kind kind;
        const char *variant;
        bool stretch;
    } all[] = {
        {CAUSE_VLAN_NOT_MEMBER, NULL, false},          {CAUSE_VLAN_NOT_MEMBER, "vlan-unknown", false},
        {CAUSE_VLAN_NOT_MEMBER, "not-member", false},  {CAUSE_VLAN_NOT_MEMBER, "wrong-vlan", false},
        {CAUSE_VLAN_NOT_MEMBER, "untagged", false},    {CAUSE_VLAN_NOT_MEMBER, "wrong-pvid", false},
        {CAUSE_VLAN_TAG_EATEN, NULL, false},           {CAUSE_VLAN_TAG_EATEN, NULL, true},
        {CAUSE_VLAN_TAG_STRIPPED, NULL, false},        {CAUSE_VLAN_TAG_STRIPPED, NULL, true},
        {CAUSE_VLAN_GIANTS_DROPPED, NULL, false},      {CAUSE_VLAN_GIANTS_DROPPED, NULL, true},
        {CAUSE_MAC_TRANSLATING, NULL, false},
    };
    for (size_t i = 0; i < 2 * sizeof all / sizeof *all; i++) {
        struct bed b;
        size_t k = i / 2;
        struct finding_evidence seen = {"VLAN 501 is not in its table", "VLANs of lan-switch", {SECONDS(980)}};
        struct vlan_finding v = {.kind = all[k].kind, .variant = all[k].variant, .confidence = CONFIDENCE_CERTAIN,
                                 .node = all[k].stretch ? SCENE_NONE : SWITCH, .port = all[k].stretch ? NULL : "port5",
                                 .site = i % 2 ? "barn" : NULL, .evidence = &seen, .evidence_count = 1,
                                 .fix = "add VLAN 501 to port5, tagged",
                                 .stretch = "between port5 of lan-switch and barn-node: bridge-house or bridge-barn"};
        set_up(&b);
        fails(&b, 0, 501, GUEST_OFFER, GUEST_SILENCE);
        b.about.tables = &v;
        b.about.vid = 501;
        b.about.count = i % 2; /* with a probe that fails, and without one */
        struct finding f = look(&b);
        assert_kind(&f, all[k].kind);
        assert_int_equal(f.confidence, CONFIDENCE_CERTAIN);
        assert_string_equal(f.evidence[0].fact, "VLAN 501 is not in its table");
        const char *text = sentence(&b, &f, "sentence");
        assert_reads_well(text);
        assert_reads_well(sentence(&b, &f, "check_first"));
        assert_non_null(strstr(text, "VLAN 501"));
        assert_non_null(strstr(text, all[k].stretch ? "bridge-house or bridge-barn" : "lan-switch"));
        arena_destroy(b.arena);
    }
}

static void tables_say_nothing_of_names_that_are_not_resolved(void **state)
{
    struct bed b;
    struct vlan_finding v = {.kind = CAUSE_VLAN_NOT_MEMBER, .node = SWITCH, .site = "barn"};
    set_up(&b);
    fails(&b, 0, 501, GUEST_DNS, GUEST_DNS_FAILED);
    b.about.tables = &v;
    struct finding f = look(&b);
    assert_kind(&f, CAUSE_GUEST_DNS);
    v.kind = CAUSE_NONE;
    fails(&b, 0, 501, GUEST_OFFER, GUEST_SILENCE);
    f = look(&b);
    assert_kind(&f, CAUSE_GUEST_DHCP_SILENT);
    arena_destroy(b.arena);
}

static bool has_evidence(const struct finding *f, const char *fact, const char *source)
{
    for (size_t i = 0; i < f->evidence_count; i++)
        if (strstr(f->evidence[i].fact, fact) && strcmp(f->evidence[i].source, source) == 0)
            return true;
    return false;
}

static void a_guest_on_the_air_is_told_from_one_by_wire(void **state)
{
    struct bed b;
    set_up(&b);
    fails(&b, 0, GUEST_UNTAGGED, GUEST_JOIN, GUEST_WIFI_REFUSED);
    b.told.steps[GUEST_SCAN] = (struct guest_step_result){.done = true, .verdict = VERDICT_OK};
    b.told.steps[GUEST_JOIN].detail = (char *)(uintptr_t) "the password is wrong";
    struct finding f = look(&b);
    assert_non_null(strstr(sentence(&b, &f, "sentence"), "the password is wrong"));
    assert_true(has_evidence(&f, "scan: ok", "probe of Wi-Fi"));
    fails(&b, 0, GUEST_UNTAGGED, GUEST_OFFER, GUEST_SILENCE);
    assert_string_equal(argument((f = look(&b), &f), "vlans"), "untagged");
    b.told.steps[GUEST_SCAN] = b.told.steps[GUEST_JOIN] =
        (struct guest_step_result){.done = true, .verdict = VERDICT_OK};
    f = look(&b);
    assert_string_equal(argument(&f, "vlans"), "Wi-Fi");
    assert_true(has_evidence(&f, "join: ok", "probe of Wi-Fi"));
    arena_destroy(b.arena);
}

static void what_is_left_to_chance_is_not_called_certain(void **state)
{
    struct bed b;
    set_up(&b);
    fails(&b, 0, 501, GUEST_GATEWAY, GUEST_SILENCE);
    assert_int_equal(look(&b).confidence, CONFIDENCE_LIKELY);
    fails(&b, 0, 501, GUEST_HTTP, GUEST_PORTAL);
    assert_int_equal(look(&b).confidence, CONFIDENCE_CERTAIN);
    arena_destroy(b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_has_its_cause_and_a_sentence_that_reads_well),
        cmocka_unit_test(a_server_dead_for_both_is_no_vlan_s_fault),
        cmocka_unit_test(vlans_that_fail_alike_are_named_together),
        cmocka_unit_test(networks_that_fail_alike_are_named_together),
        cmocka_unit_test(a_stranger_is_named_with_the_port_where_it_is_heard),
        cmocka_unit_test(what_tables_name_has_a_sentence_that_reads_well),
        cmocka_unit_test(tables_say_nothing_of_names_that_are_not_resolved),
        cmocka_unit_test(a_guest_on_the_air_is_told_from_one_by_wire),
        cmocka_unit_test(what_is_left_to_chance_is_not_called_certain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
