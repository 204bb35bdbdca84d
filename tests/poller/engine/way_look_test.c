/* What audit and trace say of a way, as it stands beside a guest's check: finding, boxes, sites, steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/engine/way_look.h"
#include "tests/support/vlan_farm.h"

#define BEGAN_S (FARM_NOW_S - 120)
#define FIRST_S (FARM_NOW_S - 100)
#define SENT_S (FARM_NOW_S - 70)
#define SECOND_S (FARM_NOW_S - 60)

#define FARM                                                                                                         \
    "router site=house\n"                                                                                            \
    "lan-switch on=router/1:8 site=house tells=fdb,vlans vlan=501:8t,5t,3t\n"                                        \
    "bridge-house on=lan-switch/5 site=house\n"                                                                      \
    "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"
#define MUTE_BARN "barn-node on=bridge-barn:1 site=barn\n"
#define BARN_SWITCH                                                                                                  \
    "barn-switch on=bridge-barn:1 site=barn tells=fdb,vlans vlan=501:1t,2t,6t\n"                                     \
    "barn-ap on=barn-switch/2 site=barn\n"
#define IN_THE_HOUSE "monitor on=lan-switch/3 us\n"
#define IN_THE_BARN "monitor on=barn-switch/6 us\n"

static const char *const sites[] = {"house", "barn"};
static struct farm *f;
static struct network_look *l;
static const struct wiring *first[FARM_BOXES_MAX + 1];

static int end(void **state)
{
    network_look_destroy(l);
    farm_end(f);
    f = NULL;
    l = NULL;
    return 0;
}

static struct mono at(double s)
{
    return (struct mono){(int64_t)(s * 1e9)};
}

static enum trace_symptom probe(void)
{
    uint16_t tag = 0;
    bool answered = farm_probe(f, 501, &tag);
    return !answered ? TRACE_SILENCE : tag == 501 ? TRACE_WELL : TRACE_STRIPPED;
}

static enum trace_symptom read_twice(const char *text, const char *fault)
{
    f = farm_begin(text);
    farm_chatter(f);
    farm_add(f, fault);
    farm_chatter(f);
    probe();
    farm_look(f, FIRST_S);
    memcpy(first, f->wirings, sizeof first);
    enum trace_symptom symptom = probe();
    farm_look(f, SECOND_S);
    return symptom;
}

static void look_as(enum trace_symptom symptom, enum trace_answer gateway, bool also_main)
{
    struct network_view n = {.name = "guest", .vid = 501, .sites = sites, .site_count = 2, .gateway = &f->gateway};
    struct trace_look look = {.topology = &f->topology, .first = first, .control = f->control, .began = at(BEGAN_S),
                              .sent = at(SENT_S), .stripped = symptom == TRACE_STRIPPED};
    struct trace_question q = {.network = &n, .symptom = symptom, .probe = f->probe, .gateway = gateway};
    struct audit audit;
    struct trace trace;
    assert_true(audit_network(&f->topology, &n, NULL, f->arena, &audit));
    assert_true(trace_network(&look, &q, f->arena, &trace));
    network_look_destroy(l);
    l = way_look_make(&(struct way_told){.topology = &f->topology, .network = &n, .audit = &audit, .trace = &trace,
                                         .symptom = symptom, .also_main = also_main});
    assert_non_null(l);
}

static void look(const char *text, const char *fault)
{
    look_as(read_twice(text, fault), TRACE_SILENT, false);
}

/* "router unknown, lan-switch failing (8,5), ...": out is away from the router. */
static void assert_hops(const char *expected)
{
    char text[512] = "";
    for (size_t i = 0; i < l->hop_count; i++) {
        const struct view_hop *h = &l->hops[i];
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s %s", used ? ", " : "", h->node, verdict_words[h->verdict]);
        used = strlen(text);
        if (h->in || h->out)
            snprintf(text + used, sizeof text - used, " (%s,%s)", h->in ? h->in : "", h->out ? h->out : "");
    }
    assert_string_equal(text, expected);
}

static const struct look_site *site(const char *name)
{
    for (size_t i = 0; i < l->site_count; i++)
        if (strcmp(l->sites[i].site, name) == 0)
            return &l->sites[i];
    fail_msg("no site %s", name);
    return NULL;
}

static void assert_box(const char *name, enum cause_kind kind, const char *variant)
{
    assert_string_equal(cause_kind_words[l->finding.kind], cause_kind_words[kind]);
    assert_int_equal(l->finding.node, farm_node(f, name));
    if (variant)
        assert_string_equal(l->finding.variant, variant);
    else
        assert_null(l->finding.variant);
}

static void a_way_that_is_well_names_nothing(void **state)
{
    look(FARM BARN_SWITCH IN_THE_HOUSE, "");
    assert_int_equal(l->finding.kind, CAUSE_NONE);
    assert_hops("router ok, lan-switch ok (8,3)");
    assert_int_equal(site("house")->reach, LOOK_CROSSED);
    assert_int_equal(site("barn")->reach, LOOK_HEARD);
    assert_string_equal(site("barn")->text, "barn-switch hears the guest");
    assert_int_equal(l->audit.verdict, VERDICT_OK);
    assert_false(l->trace.done);
}

static void the_old_switch_is_named_with_what_to_do(void **state)
{
    look("router site=house\nlan-switch on=router/1:8 site=house tells=fdb,vlans vlan=20:8t\n"
         "bridge-house on=lan-switch/5 site=house\nbridge-barn on=bridge-house site=barn bridge=bridge-house\n"
         MUTE_BARN IN_THE_HOUSE, "");
    assert_box("lan-switch", CAUSE_VLAN_NOT_MEMBER, "vlan-unknown");
    assert_true(l->finding.in_settings);
    assert_null(l->finding.site); /* in the house nobody gets an address either */
    assert_non_null(strstr(l->finding.fix, "make VLAN 501"));
    assert_int_equal(site("barn")->reach, LOOK_BROKEN);
    assert_string_equal(site("barn")->text, "lan-switch does not know VLAN 501");
    assert_int_equal(l->audit.verdict, VERDICT_FAILING);
    assert_string_equal(l->audit.detail, "lan-switch does not know VLAN 501");
    assert_int_equal(l->trace.verdict, VERDICT_FAILING);
    assert_true(l->finding.evidence_count > 0);
}

static void a_port_left_out_is_of_its_site_alone(void **state)
{
    look(FARM MUTE_BARN IN_THE_HOUSE, "lan-switch vlan=501:8t,3t\n");
    assert_box("lan-switch", CAUSE_VLAN_NOT_MEMBER, NULL);
    assert_string_equal(l->finding.port, "port 5");
    assert_string_equal(l->finding.fix, "put port 5 into VLAN 501, tagged");
    assert_string_equal(l->finding.site, "barn");
    assert_string_equal(l->finding.evidence[0].source, "vlans lan-switch");
    assert_hops("router ok, lan-switch failing (8,5), bridge-house unknown, bridge-barn unknown, barn-node unknown");
    assert_string_equal(l->hops[1].detail, "lan-switch does not have port 5 in VLAN 501");
    assert_string_equal(l->hops[2].detail, "tells nothing");
    assert_int_equal(site("house")->reach, LOOK_CROSSED);
}

static void a_stretch_is_named_in_the_direction_of_the_probe(void **state)
{
    look(FARM BARN_SWITCH IN_THE_BARN, "bridge-barn eats=*\n");
    assert_string_equal(cause_kind_words[l->finding.kind], "vlan-tag-eaten");
    assert_int_equal(l->finding.node, SCENE_NONE);
    assert_string_equal(l->finding.stretch,
                        "between port 1 of barn-switch and port 5 of lan-switch: bridge-barn or bridge-house");
    assert_false(l->finding.in_settings);
    assert_hops("router unknown, lan-switch failing (8,5), bridge-house failing, bridge-barn failing, "
                "barn-switch ok (1,6)");
    assert_string_equal(l->trace.detail, l->finding.stretch);
    assert_int_equal(l->finding.evidence_count, 2);
}

static void a_branch_that_breaks_is_shown_to_its_end(void **state)
{
    look(FARM BARN_SWITCH IN_THE_HOUSE, "bridge-barn eats=*\n");
    assert_string_equal(cause_kind_words[l->finding.kind], "vlan-tag-eaten");
    assert_string_equal(l->finding.site, "barn");
    assert_hops("router ok, lan-switch ok (8,5), bridge-house failing, bridge-barn failing, barn-switch "
                "failing (1,2), barn-ap unknown");
    assert_int_equal(site("barn")->reach, LOOK_BROKEN);
    assert_non_null(strstr(site("barn")->text, "gets lost between port 5 of lan-switch"));
    assert_int_equal(site("house")->reach, LOOK_CROSSED);
}

static void radios_that_translate_bring_their_link(void **state)
{
    look(FARM BARN_SWITCH IN_THE_BARN, "bridge-barn translates=1 eats=*\n");
    assert_box("bridge-barn", CAUSE_MAC_TRANSLATING, NULL);
    assert_non_null(l->finding.link);
}

static void what_is_only_possible_is_told_by_the_step_alone(void **state)
{
    look_as(read_twice("router site=house\nlan-switch on=router site=house\nmonitor on=lan-switch us self\n",
                       "lan-switch eats=*\n"), TRACE_NOT_ASKED, false);
    assert_int_equal(l->finding.kind, CAUSE_NONE);
    assert_string_equal(l->finding.stretch, "between router and our own port: lan-switch");
    assert_true(l->trace.done);
    assert_int_equal(l->trace.verdict, VERDICT_UNKNOWN);
    assert_string_equal(l->trace.detail, "between router and our own port: lan-switch");
    assert_false(l->audit.done); /* nobody tells of VLANs */
    assert_true(l->settings_untold);
}

static void the_main_network_silent_too_is_no_fault_of_a_vlan(void **state)
{
    look_as(read_twice(FARM BARN_SWITCH IN_THE_BARN, "bridge-barn eats=*\n"), TRACE_SILENT, true);
    assert_int_equal(l->finding.kind, CAUSE_NONE);
}

static void boxes_that_may_stand_there_are_one_hop(void **state)
{
    look(FARM MUTE_BARN "monitor on=barn-node us\n", "");
    assert_hops("router ok, lan-switch ok (8,5), bridge-house or bridge-barn or barn-node unknown");
}

static void old_tables_are_told_from_none(void **state)
{
    f = farm_begin(FARM MUTE_BARN IN_THE_HOUSE);
    farm_chatter(f);
    farm_look(f, FARM_NOW_S - TOPOLOGY_AGE_MAX_S - 60);
    look_as(TRACE_WELL, TRACE_ANSWERS, false);
    assert_true(l->settings_old);
    assert_int_equal(l->audit.verdict, VERDICT_UNKNOWN);
}

#define test_of(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        test_of(a_way_that_is_well_names_nothing),
        test_of(the_old_switch_is_named_with_what_to_do),
        test_of(a_port_left_out_is_of_its_site_alone),
        test_of(a_stretch_is_named_in_the_direction_of_the_probe),
        test_of(a_branch_that_breaks_is_shown_to_its_end),
        test_of(radios_that_translate_bring_their_link),
        test_of(what_is_only_possible_is_told_by_the_step_alone),
        test_of(the_main_network_silent_too_is_no_fault_of_a_vlan),
        test_of(boxes_that_may_stand_there_are_one_hop),
        test_of(old_tables_are_told_from_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
