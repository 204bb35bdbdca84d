/* A probe's addresses in forwarding tables, and the box or stretch that follows from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/buf.h"
#include "poller/diagnose/trace.h"
#include "tests/support/vlan_farm.h"

#define BEGAN_S (FARM_NOW_S - 120)
#define FIRST_S (FARM_NOW_S - 100)
#define SENT_S (FARM_NOW_S - 70)
#define SECOND_S (FARM_NOW_S - 60)
#define GUEST 501

/* The farm as it really is, set right. */
#define FARM                                                                                                         \
    "router site=house\n"                                                                                            \
    "lan-switch on=router/1:8 site=house tells=fdb,vlans vlan=501:8t,5t,3t\n"                                        \
    "bridge-house on=lan-switch/5 site=house\n"                                                                      \
    "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"                                                    \
    "barn-node on=bridge-barn:1 site=barn\n"
#define IN_THE_HOUSE FARM "monitor on=lan-switch/3 us\n"
#define IN_THE_BARN FARM "monitor on=barn-node us\n"
/* The barn has a switch of its own, and it tells. */
#define BARN_SWITCH                                                                                                  \
    "router site=house\n"                                                                                            \
    "lan-switch on=router/1:8 site=house tells=fdb,vlans vlan=501:8t,5t,3t\n"                                        \
    "bridge-house on=lan-switch/5 site=house\n"                                                                      \
    "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"                                                    \
    "barn-switch on=bridge-barn:1 site=barn tells=fdb,vlans vlan=501:1t,2t,6t\n"                                     \
    "barn-ap on=barn-switch/2 site=barn\n"
#define BARN_SWITCH_FROM_HOUSE BARN_SWITCH "monitor on=lan-switch/3 us\n"
#define BARN_SWITCH_FROM_BARN BARN_SWITCH "monitor on=barn-switch/6 us\n"

static const char *const sites[] = {"house", "barn"};

struct scenario {
    struct farm *f;
    struct network_view network;
    struct trace_look look;
    struct trace_question question;
    const struct wiring *first[FARM_BOXES_MAX + 1];
    struct trace trace;
};

static struct mono at(double s)
{
    return (struct mono){(int64_t)(s * 1e9)};
}

static void probe(struct scenario *s)
{
    uint16_t tag = 0;
    bool answered = farm_probe(s->f, s->question.untagged ? 0 : GUEST, &tag);
    uint16_t right = s->question.untagged ? 0 : GUEST;
    s->question.symptom = !answered ? TRACE_SILENCE : tag == right ? TRACE_WELL : TRACE_STRIPPED;
    s->look.stripped = s->question.symptom == TRACE_STRIPPED;
}

static void read_first(struct scenario *s)
{
    farm_look(s->f, FIRST_S);
    memcpy(s->first, s->f->wirings, sizeof s->first);
}

/* The farm with its fault, probed and read twice. */
static void begin_untold(struct scenario *s, const char *text, const char *fault)
{
    *s = (struct scenario){.f = farm_begin(text)};
    farm_chatter(s->f);
    farm_add(s->f, fault);
    s->network = (struct network_view){.name = "guest", .vid = GUEST, .sites = sites, .site_count = 2,
                                       .gateway = &s->f->gateway};
    s->question = (struct trace_question){.network = &s->network, .probe = s->f->probe, .gateway = TRACE_SILENT};
    s->look = (struct trace_look){.topology = &s->f->topology, .first = s->first, .control = s->f->control,
                                  .began = at(BEGAN_S), .sent = at(SENT_S)};
}

static void begin(struct scenario *s, const char *text, const char *fault)
{
    begin_untold(s, text, fault);
    farm_chatter(s->f);
    probe(s);
    read_first(s);
    probe(s);
    farm_look(s->f, SECOND_S);
}

static void put_words(const struct scenario *s, struct buf *out)
{
    const struct trace *t = &s->trace;
    char stretch[256];
    buf_printf(out, "%s", cause_kind_words[t->kind]);
    if (t->kind != CAUSE_NONE)
        buf_printf(out, " %s", confidence_words[t->confidence]);
    if (t->site)
        buf_printf(out, " for the %s", t->site);
    if (t->kind == CAUSE_MAC_TRANSLATING)
        buf_printf(out, ": %s", topology_name(&s->f->topology, t->translation.radio));
    else if (t->stretch.decided)
        buf_printf(out, ": %s %s port %s", topology_name(&s->f->topology, t->stretch.suspects[0].box),
                   audit_fault_words[t->stretch.fault], t->stretch.port.plug.name);
    else if (t->stretch.found)
        buf_printf(out, ": %s%s", t->stretch.back ? "back " : "",
                   trace_stretch_text(&s->f->topology, &t->stretch, stretch, sizeof stretch));
}

static void expect(struct scenario *s, const char *expected)
{
    struct buf text = {0};
    assert_true(trace_network(&s->look, &s->question, s->f->arena, &s->trace));
    put_words(s, &text);
    assert_string_equal(buf_string(&text), expected);
    buf_fini(&text);
}

static void end(struct scenario *s)
{
    farm_end(s->f);
}

static void expect_of(const char *text, const char *fault, const char *expected)
{
    struct scenario s;
    begin(&s, text, fault);
    expect(&s, expected);
    end(&s);
}

/* "lan-switch=ok router=unknown" of one way. */
static void expect_hops(const struct scenario *s, size_t way, const char *expected)
{
    struct buf text = {0};
    const struct trace_way *w = &s->trace.ways[way];
    for (size_t i = 0; i < w->hop_count; i++)
        buf_printf(&text, "%s%s=%s", i ? " " : "", topology_name(&s->f->topology, w->hops[i].at.box),
                   trace_part_words[w->hops[i].part]);
    assert_string_equal(buf_string(&text), expected);
    buf_fini(&text);
}

static enum trace_reach reach_of(const struct scenario *s, const char *site)
{
    for (size_t i = 0; i < s->trace.site_count; i++)
        if (strcmp(s->trace.sites[i].site, site) == 0)
            return s->trace.sites[i].reach;
    fail_msg("no site %s", site);
    return TRACE_REACH_UNKNOWN;
}

/* --- nothing wrong --- */

static void a_network_that_works_names_nothing(void **state)
{
    struct scenario s;
    begin(&s, IN_THE_HOUSE, "");
    assert_int_equal(s.question.symptom, TRACE_WELL);
    expect(&s, "none");
    expect_hops(&s, 0, "lan-switch=ok router=ok");
    assert_int_equal(reach_of(&s, "house"), TRACE_REACH_CROSSED);
    assert_int_equal(reach_of(&s, "barn"), TRACE_REACH_UNKNOWN); /* nobody there tells */
    end(&s);
    begin(&s, BARN_SWITCH_FROM_HOUSE, "");
    expect(&s, "none");
    assert_int_equal(reach_of(&s, "barn"), TRACE_REACH_HEARD);
    end(&s);
    begin(&s, BARN_SWITCH_FROM_BARN, "");
    expect(&s, "none");
    assert_int_equal(reach_of(&s, "barn"), TRACE_REACH_CROSSED);
    assert_int_equal(reach_of(&s, "house"), TRACE_REACH_CROSSED);
    end(&s);
}

/* --- tags eaten --- */

static void eaten_between_two_that_speak_names_what_lies_between(void **state)
{
    static const char between[] = "vlan-tag-eaten likely: between port 1 of barn-switch and port 5 of lan-switch: "
                                  "bridge-barn or bridge-house";
    expect_of(BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "bridge-house eats=*\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "lan-switch eats=5\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "barn-switch eats_out=1\n", between);
}

static void eaten_before_the_first_box_is_at_our_own_port(void **state)
{
    expect_of(IN_THE_HOUSE, "lan-switch eats=3\n",
              "vlan-tag-eaten likely: between port 3 of lan-switch and our own port");
}

static void eaten_beyond_the_last_that_speaks_goes_as_far_as_the_router(void **state)
{
    /* the way of the question is known up to lan-switch; that of the answer is not */
    expect_of(IN_THE_HOUSE, "lan-switch eats_out=8\n",
              "vlan-tag-eaten likely: between router and our own port: lan-switch");
    expect_of(IN_THE_HOUSE, "router eats=1\n", "vlan-tag-eaten likely: between router and our own port: lan-switch");
}

static void the_way_of_the_answer_is_followed_by_the_gateway(void **state)
{
    static const char between[] = "vlan-tag-eaten likely: back between port 1 of barn-switch and port 5 of "
                                  "lan-switch: bridge-barn or bridge-house";
    expect_of(BARN_SWITCH_FROM_BARN, "lan-switch eats_out=5\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "bridge-barn eats_out=2\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "barn-switch eats=1\n", between);
    expect_of(IN_THE_HOUSE, "lan-switch eats_out=3\n",
              "vlan-tag-eaten likely: back between port 3 of lan-switch and our own port");
}

static void from_the_barn_the_mute_boxes_before_the_old_switch_are_named(void **state)
{
    struct scenario s;
    begin(&s, FARM "monitor on=barn-node us self\n", "bridge-barn eats=*\n");
    expect(&s, "vlan-tag-eaten likely: between port 5 of lan-switch and our own port: barn-node, bridge-barn or "
               "bridge-house");
    expect_hops(&s, 0, "barn-node=broken bridge-barn=broken bridge-house=broken lan-switch=broken router=unknown");
    end(&s);
    begin(&s, IN_THE_BARN, "bridge-barn eats=*\n"); /* where in the barn we are, nobody said */
    expect(&s, "vlan-tag-eaten likely: between port 5 of lan-switch and our own port: bridge-house, bridge-barn or "
               "barn-node");
    end(&s);
}

static void without_any_table_the_whole_way_is_the_stretch(void **state)
{
    struct scenario s;
    begin(&s, FARM "lan-switch tells=\nmonitor on=barn-node us self\n", "lan-switch vlan=501:8t,3t\n");
    expect(&s, "vlan-tag-eaten likely: between router and our own port: barn-node, bridge-barn, bridge-house or "
               "lan-switch");
    s.question.gateway = TRACE_NOT_ASKED; /* then a server may be dead as well */
    expect(&s, "vlan-tag-eaten possible: between router and our own port: barn-node, bridge-barn, bridge-house or "
               "lan-switch");
    end(&s);
}

static void a_branch_that_is_broken_is_found_from_elsewhere(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_HOUSE, "bridge-barn eats=*\n");
    assert_int_equal(s.question.symptom, TRACE_WELL);
    expect(&s, "vlan-tag-eaten likely for the barn: between port 5 of lan-switch and port 1 of barn-switch: "
               "bridge-house or bridge-barn");
    expect_hops(&s, 0, "lan-switch=ok router=ok");
    expect_hops(&s, 1, "lan-switch=ok bridge-house=broken bridge-barn=broken barn-switch=broken barn-ap=unknown");
    assert_int_equal(reach_of(&s, "barn"), TRACE_REACH_BROKEN);
    assert_int_equal(reach_of(&s, "house"), TRACE_REACH_CROSSED);
    end(&s);
}

/* --- settings decide --- */

static void a_port_that_is_no_member_decides(void **state)
{
    expect_of(BARN_SWITCH_FROM_BARN, "lan-switch vlan=501:8t,3t\n",
              "vlan-not-member certain: lan-switch not-member port 5");
    expect_of(BARN_SWITCH_FROM_BARN, "barn-switch vlan=501:2t,6t\n",
              "vlan-not-member certain: barn-switch not-member port 1");
    expect_of(IN_THE_HOUSE, "lan-switch vlan=501:8t,5t\n", "vlan-not-member certain: lan-switch not-member port 3");
    expect_of(IN_THE_HOUSE, "lan-switch vlan=501:5t,3t\n", "vlan-not-member certain: lan-switch not-member port 8");
}

static void a_switch_that_does_not_know_the_vlan_decides(void **state)
{
    static const char old[] = "router\nlan-switch on=router/1:8 tells=fdb,vlans vlan=20:8t\n"
                              "monitor on=lan-switch/3 us\n";
    expect_of(old, "", "vlan-not-member certain: lan-switch vlan-unknown port 3");
}

static void a_port_that_sends_it_bare_is_where_the_tag_goes(void **state)
{
    expect_of(BARN_SWITCH_FROM_BARN, "barn-switch vlan=501:1u,2t,6t\n",
              "vlan-tag-stripped certain: barn-switch untagged port 1");
}

static void a_guest_port_in_another_vlan_is_named_with_it(void **state)
{
    struct scenario s;
    begin_untold(&s, "router\nlan-switch on=router/1:8 tells=fdb,vlans vlan=501:8t,3u vlan=502:8t,4u pvid=3:501,4:502\n"
                     "monitor on=lan-switch/4 us\n", "");
    s.question.untagged = true;
    probe(&s);
    read_first(&s);
    probe(&s);
    farm_look(s.f, SECOND_S);
    expect(&s, "vlan-not-member certain: lan-switch wrong-vlan port 4");
    assert_int_equal(s.trace.stretch.port.instead, 502);
    end(&s);
}

/* --- tags stripped --- */

static void a_tag_that_is_lost_between_two_shows_on_two_vlans(void **state)
{
    static const char between[] = "vlan-tag-stripped likely: between port 1 of barn-switch and port 5 of lan-switch: "
                                  "bridge-barn or bridge-house";
    expect_of(BARN_SWITCH_FROM_BARN, "bridge-barn strips=*\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "bridge-house strips_out=1\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "lan-switch strips=5\n", between);
    expect_of(BARN_SWITCH_FROM_BARN, "barn-switch strips_out=1\n", between);
    expect_of(IN_THE_HOUSE, "lan-switch strips=3\n",
              "vlan-tag-stripped likely: between port 3 of lan-switch and our own port");
}

static void a_tag_lost_on_the_way_back_leaves_the_whole_way_or_less(void **state)
{
    expect_of(BARN_SWITCH_FROM_BARN, "lan-switch strips_out=5\n",
              "vlan-tag-stripped likely: back between port 1 of barn-switch and port 5 of lan-switch: bridge-barn or "
              "bridge-house");
    expect_of(IN_THE_HOUSE, "router strips_out=1\n",
              "vlan-tag-stripped likely: between router and our own port: lan-switch");
}

static void what_stands_there_beside_is_from_before_when_answers_come_bare(void **state)
{
    struct scenario s;
    begin_untold(&s, BARN_SWITCH_FROM_BARN, "");
    probe(&s); /* well a minute ago: both switches have it on its VLAN */
    farm_add(s.f, "bridge-barn strips=*\n");
    s.look.well = at(BEGAN_S - 10);
    probe(&s);
    read_first(&s);
    probe(&s);
    farm_look(s.f, SECOND_S);
    expect(&s, "vlan-tag-stripped likely: between port 5 of lan-switch and our own port: bridge-barn, bridge-house or "
               "barn-switch");
    end(&s);
}

/* --- giants, radios, servers --- */

static void giants_are_dropped_somewhere_on_the_whole_way(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "");
    s.question.symptom = TRACE_GIANTS;
    expect(&s, "vlan-giants-dropped likely: between router and our own port: bridge-barn, bridge-house, barn-switch or "
               "lan-switch");
    expect_hops(&s, 0, "barn-switch=unknown bridge-barn=unknown bridge-house=unknown lan-switch=unknown "
                       "router=unknown");
    end(&s);
}

static void a_radio_that_translates_explains_it(void **state)
{
    expect_of(BARN_SWITCH "barn-cam on=barn-switch thing\nmonitor on=barn-switch/6 us\n",
              "bridge-barn translates=1 eats=*\n", "mac-translating likely: bridge-barn");
    expect_of(BARN_SWITCH_FROM_HOUSE, "bridge-barn translates=1 eats=*\n",
              "mac-translating likely for the barn: bridge-barn");
}

static void a_dead_server_is_no_fault_of_the_way(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "router eats=1\n"); /* as if it said nothing */
    s.question.gateway = TRACE_ANSWERS;
    expect(&s, "none");
    s.question.gateway = TRACE_NOT_ASKED;
    expect(&s, "none: between router and our own port: bridge-barn, bridge-house, barn-switch or lan-switch");
    end(&s);
}

/* --- uncertainty --- */

static void one_reading_proves_no_absence(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    s.look.first = NULL;
    expect(&s, "vlan-tag-eaten likely: between router and our own port: bridge-barn, bridge-house, barn-switch or "
               "lan-switch");
    assert_true(s.trace.again.ns == at(SECOND_S + TRACE_APART_S).ns);
    end(&s);
}

static const char whole_way[] = "vlan-tag-eaten likely: between router and our own port: bridge-barn, bridge-house, "
                                "barn-switch or lan-switch";

static void two_readings_too_near_prove_none_either(void **state)
{
    struct scenario s;
    begin_untold(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    farm_chatter(s.f);
    probe(&s);
    farm_look(s.f, SECOND_S - TRACE_APART_S + 1);
    memcpy(s.first, s.f->wirings, sizeof s.first);
    farm_look(s.f, SECOND_S);
    expect(&s, whole_way);
    end(&s);
}

static void without_the_control_in_it_a_table_proves_nothing(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    s.look.control = (struct mac){{2, 1, 2, 3, 4, 5}};
    expect(&s, whole_way);
    assert_int_equal(s.trace.ways[0].hops[3].probe.doubt, TRACE_NO_CONTROL);
    end(&s);
}

static void a_table_that_was_cut_proves_nothing(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    struct wiring w = *s.f->wirings[farm_node(s.f, "lan-switch")];
    w.cut = 1u << WIRING_LIST_FDB;
    s.f->topology.boxes = arena_copy(s.f->arena, s.f->topology.boxes, s.f->topology.box_count * sizeof(struct box));
    ((struct box *)(uintptr_t)s.f->topology.boxes)[farm_box(s.f, "lan-switch")].wiring = &w;
    expect(&s, whole_way);
    assert_int_equal(s.trace.ways[0].hops[3].probe.doubt, TRACE_CUT);
    end(&s);
}

static void a_probe_that_stopped_long_before_proves_no_absence(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    s.look.sent = at(SECOND_S - TRACE_REPEATS_S - 1);
    expect(&s, whole_way);
    end(&s);
}

static void tables_from_before_the_fault_are_no_readings(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    s.look.began = at(SECOND_S + 1);
    expect(&s, whole_way);
    assert_int_equal(s.trace.ways[0].hops[0].probe.doubt, TRACE_EARLY);
    end(&s);
}

static void what_may_be_left_over_is_not_believed_until_it_would_be_gone(void **state)
{
    struct scenario s;
    begin_untold(&s, BARN_SWITCH_FROM_BARN, "");
    probe(&s);
    farm_add(s.f, "bridge-barn eats=*\n");
    s.look.well = at(BEGAN_S - 10);
    probe(&s);
    read_first(&s);
    farm_look(s.f, SECOND_S);
    expect(&s, whole_way);
    assert_true(s.trace.again.ns == at(BEGAN_S - 10 + TRACE_AGEING_S + TRACE_AGEING_SLACK_S).ns);
    s.look.well = at(BEGAN_S - TRACE_AGEING_S - TRACE_AGEING_SLACK_S - 1000); /* had it been so long ago, it is true */
    assert_true(trace_network(&s.look, &s.question, s.f->arena, &s.trace));
    assert_int_equal(s.trace.ways[0].hops[3].probe.mark, TRACE_HEARD);
    end(&s);
}

static void a_table_that_says_how_long_it_remembers_is_believed_sooner(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    s.look.well = at(SECOND_S - 60);
    s.look.began = at(SECOND_S - 50);
    struct wiring w = *s.f->wirings[farm_node(s.f, "barn-switch")];
    s.f->topology.boxes = arena_copy(s.f->arena, s.f->topology.boxes, s.f->topology.box_count * sizeof(struct box));
    ((struct box *)(uintptr_t)s.f->topology.boxes)[farm_box(s.f, "barn-switch")].wiring = &w;
    assert_true(trace_network(&s.look, &s.question, s.f->arena, &s.trace));
    assert_int_equal(s.trace.ways[0].hops[0].probe.doubt, TRACE_LEFT_OVER);
    w.ageing_s = 15;
    assert_true(trace_network(&s.look, &s.question, s.f->arena, &s.trace));
    assert_int_equal(s.trace.ways[0].hops[0].probe.mark, TRACE_HEARD);
    end(&s);
}

static void an_address_that_comes_and_goes_proves_nothing(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "");
    farm_forget(s.f, s.f->probe);
    farm_add(s.f, "router eats=1\n");
    farm_look(s.f, SECOND_S);
    s.question.symptom = TRACE_SILENCE;
    expect(&s, whole_way);
    assert_int_equal(s.trace.ways[0].hops[3].probe.doubt, TRACE_ONCE);
    end(&s);
}

static void without_vlans_in_the_table_only_presence_is_known(void **state)
{
    struct scenario s;
    static const char plain[] = "lan-switch tells=fdb0,vlans\nbarn-switch tells=fdb0\n";
    char fault[128];
    snprintf(fault, sizeof fault, "%sbridge-barn eats=*\n", plain);
    begin(&s, BARN_SWITCH_FROM_BARN, fault);
    expect(&s, "vlan-tag-eaten likely: between port 1 of barn-switch and port 5 of lan-switch: bridge-barn or "
               "bridge-house");
    assert_int_equal(s.trace.ways[0].hops[0].probe.mark, TRACE_SOMEHOW);
    end(&s);
    snprintf(fault, sizeof fault, "%sbridge-barn strips=*\n", plain);
    begin(&s, BARN_SWITCH_FROM_BARN, fault); /* where it lost its tag, nobody tells */
    expect(&s, "vlan-tag-stripped likely: between router and our own port: bridge-barn, bridge-house, barn-switch or "
               "lan-switch");
    end(&s);
}

static void what_is_heard_farther_on_was_not_lost_before(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "router eats=1\n");
    struct farm_box *near = &s.f->boxes[farm_find(s.f, "barn-switch")];
    for (size_t i = 0; i < near->row_count; i++) /* a table that does not learn everything */
        if (memcmp(&near->rows[i].mac, &s.f->probe, sizeof(struct mac)) == 0)
            near->rows[i] = near->rows[--near->row_count];
    read_first(&s);
    farm_look(s.f, SECOND_S);
    s.question.gateway = TRACE_NOT_ASKED;
    expect(&s, "none: between router and our own port: bridge-barn, bridge-house, barn-switch or lan-switch");
    end(&s);
}

static void two_ways_that_may_be_leave_it_possible(void **state)
{
    struct scenario s;
    begin(&s, "router\nleft on=router\nright on=router\nap-switch on=left parent=left,right tells=fdb,vlans "
              "vlan=501:1t,2t\nmonitor on=ap-switch/2 us\n", "left eats=*\n");
    expect(&s, "vlan-tag-eaten possible: between router and our own port: left or ap-switch");
    end(&s);
}

static void nobody_knows_where_the_router_is(void **state)
{
    struct scenario s;
    begin(&s, IN_THE_HOUSE, "lan-switch eats=3\n");
    s.f->topology.router = BOX_NONE;
    expect(&s, "none");
    end(&s);
}

static void evidence_says_what_whose_and_when(void **state)
{
    struct scenario s;
    begin(&s, BARN_SWITCH_FROM_BARN, "bridge-barn eats=*\n");
    assert_true(trace_network(&s.look, &s.question, s.f->arena, &s.trace));
    assert_int_equal(s.trace.evidence_count, 2);
    assert_string_equal(s.trace.evidence[0].fact, "barn-switch hears the guest on VLAN 501 at port 6");
    assert_string_equal(s.trace.evidence[0].source, "fdb barn-switch");
    assert_true(s.trace.evidence[0].at.ns == at(SECOND_S).ns);
    assert_string_equal(s.trace.evidence[1].fact,
                        "lan-switch does not hear the guest, though it hears us on the main network");
    end(&s);
    begin(&s, BARN_SWITCH_FROM_BARN, "lan-switch vlan=501:8t,3t\n");
    assert_true(trace_network(&s.look, &s.question, s.f->arena, &s.trace));
    assert_string_equal(s.trace.evidence[0].fact, "lan-switch has VLAN 501 not at port 5");
    end(&s);
}

static void the_order_of_rows_makes_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct scenario s;
        begin_untold(&s, BARN_SWITCH_FROM_BARN, "bridge-barn strips=*\n");
        s.f->shuffle = seed * 31;
        farm_chatter(s.f);
        probe(&s);
        read_first(&s);
        probe(&s);
        farm_look(s.f, SECOND_S);
        expect(&s, "vlan-tag-stripped likely: between port 1 of barn-switch and port 5 of lan-switch: bridge-barn or "
                   "bridge-house");
        end(&s);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_that_works_names_nothing),
        cmocka_unit_test(eaten_between_two_that_speak_names_what_lies_between),
        cmocka_unit_test(eaten_before_the_first_box_is_at_our_own_port),
        cmocka_unit_test(eaten_beyond_the_last_that_speaks_goes_as_far_as_the_router),
        cmocka_unit_test(the_way_of_the_answer_is_followed_by_the_gateway),
        cmocka_unit_test(from_the_barn_the_mute_boxes_before_the_old_switch_are_named),
        cmocka_unit_test(without_any_table_the_whole_way_is_the_stretch),
        cmocka_unit_test(a_branch_that_is_broken_is_found_from_elsewhere),
        cmocka_unit_test(a_port_that_is_no_member_decides),
        cmocka_unit_test(a_switch_that_does_not_know_the_vlan_decides),
        cmocka_unit_test(a_port_that_sends_it_bare_is_where_the_tag_goes),
        cmocka_unit_test(a_guest_port_in_another_vlan_is_named_with_it),
        cmocka_unit_test(a_tag_that_is_lost_between_two_shows_on_two_vlans),
        cmocka_unit_test(a_tag_lost_on_the_way_back_leaves_the_whole_way_or_less),
        cmocka_unit_test(what_stands_there_beside_is_from_before_when_answers_come_bare),
        cmocka_unit_test(giants_are_dropped_somewhere_on_the_whole_way),
        cmocka_unit_test(a_radio_that_translates_explains_it),
        cmocka_unit_test(a_dead_server_is_no_fault_of_the_way),
        cmocka_unit_test(one_reading_proves_no_absence),
        cmocka_unit_test(two_readings_too_near_prove_none_either),
        cmocka_unit_test(without_the_control_in_it_a_table_proves_nothing),
        cmocka_unit_test(a_table_that_was_cut_proves_nothing),
        cmocka_unit_test(a_probe_that_stopped_long_before_proves_no_absence),
        cmocka_unit_test(tables_from_before_the_fault_are_no_readings),
        cmocka_unit_test(what_may_be_left_over_is_not_believed_until_it_would_be_gone),
        cmocka_unit_test(a_table_that_says_how_long_it_remembers_is_believed_sooner),
        cmocka_unit_test(an_address_that_comes_and_goes_proves_nothing),
        cmocka_unit_test(without_vlans_in_the_table_only_presence_is_known),
        cmocka_unit_test(what_is_heard_farther_on_was_not_lost_before),
        cmocka_unit_test(two_ways_that_may_be_leave_it_possible),
        cmocka_unit_test(nobody_knows_where_the_router_is),
        cmocka_unit_test(evidence_says_what_whose_and_when),
        cmocka_unit_test(the_order_of_rows_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
