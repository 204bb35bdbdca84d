/* Which box hangs on which, at which ports, and where we are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/vlan_farm.h"

#define READ_S (FARM_NOW_S - 60)

/* A house and a barn with a radio pair between: the old switch alone tells something. */
#define FARM                                                                                                         \
    "router site=house\n"                                                                                            \
    "lan-switch on=router/1:8 site=house tells=fdb,vlans vlan=501:8t,5t,3t\n"                                        \
    "bridge-house on=lan-switch/5 site=house\n"                                                                      \
    "bridge-barn on=bridge-house site=barn bridge=bridge-house\n"                                                    \
    "barn-node on=bridge-barn site=barn\n"                                                                           \
    "barn-cam on=barn-node thing\n"                                                                                  \
    "monitor on=lan-switch/3 us\n"
/* Two switches that speak, and a third. */
#define SWITCHES                                                                                                     \
    "router\n"                                                                                                       \
    "core on=router/2:1 tells=fdb,lldp\n"                                                                            \
    "barn-switch on=core/7:4 tells=fdb,lldp\n"                                                                       \
    "yard-switch on=barn-switch/9:2 tells=fdb,lldp\n"                                                                \
    "yard-ap on=yard-switch/5\n"                                                                                     \
    "monitor on=core/3 us\n"

static struct farm *look(const char *text, const char *changes)
{
    struct farm *f = farm_begin(text);
    farm_add(f, changes);
    farm_chatter(f);
    farm_look(f, READ_S);
    return f;
}

/* "lan-switch 5>1 fdb certain": the box above, its port, the own one, where that is known from. */
static void assert_edge(const struct farm *f, const char *name, const char *expected)
{
    const struct box *b = &f->topology.boxes[farm_box(f, name)];
    char text[128];
    snprintf(text, sizeof text, "%s %s>%s %s %s%s", topology_name(&f->topology, b->up), b->down_port.name,
             b->up_port.name, edge_source_words[b->source], confidence_words[b->confidence],
             b->doubtful ? " doubtful" : "");
    assert_string_equal(text, expected);
}

/* "bridge-barn? lan-switch(5,8) router": hops, those that may be aside, the ports that are known. */
static void assert_way(struct farm *f, const char *from, const char *to, const char *expected)
{
    struct way way;
    char text[256] = "";
    uint32_t start = from ? farm_box(f, from) : BOX_OWN;
    assert_true(topology_way(&f->topology, start, farm_box(f, to), f->arena, &way));
    for (size_t i = 0; i < way.count; i++) {
        const struct way_hop *h = &way.hops[i];
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s%s", used ? " " : "", topology_name(&f->topology, h->box),
                 h->maybe ? "?" : "");
        used = strlen(text);
        if (*h->in.name || *h->out.name)
            snprintf(text + used, sizeof text - used, "(%s,%s)", h->in.name, h->out.name);
    }
    assert_string_equal(text, expected);
}

static void assert_own(const struct farm *f, const char *expected)
{
    char text[128];
    snprintf(text, sizeof text, "%s %s %s %s", topology_name(&f->topology, f->topology.own.box),
             f->topology.own.port.name, edge_source_words[f->topology.own.source],
             f->topology.own.exact ? "exact" : "behind");
    assert_string_equal(text, expected);
}

static void mute_boxes_hang_as_configured_behind_the_port_that_hears_them(void **state)
{
    struct farm *f = look(FARM, "");
    assert_string_equal(topology_name(&f->topology, f->topology.router), "router");
    assert_edge(f, "lan-switch", "router >8 configuration likely");
    assert_edge(f, "bridge-house", "lan-switch 5> fdb certain");
    assert_edge(f, "bridge-barn", "bridge-house > configuration likely");
    assert_edge(f, "barn-node", "bridge-barn > configuration likely");
    assert_way(f, "router", "barn-node", "router lan-switch(8,5) bridge-house bridge-barn barn-node");
    assert_way(f, "barn-node", "router", "barn-node bridge-barn bridge-house lan-switch(5,8) router");
    assert_own(f, "lan-switch 3 fdb exact");
    assert_way(f, NULL, "router", "lan-switch(3,8) router");
    assert_way(f, NULL, "barn-node", "lan-switch(3,5) bridge-house bridge-barn barn-node");
    farm_end(f);
}

static void without_a_configuration_the_tables_say_behind_which_port(void **state)
{
    struct farm *f = look(FARM, "bridge-house parent=none\nbridge-barn parent=none\nbarn-node parent=none\n");
    assert_edge(f, "bridge-house", "lan-switch 5> fdb likely");
    assert_edge(f, "barn-node", "lan-switch 5> fdb likely");
    assert_way(f, "router", "barn-node", "router lan-switch(8,5) bridge-house? bridge-barn? barn-node");
    farm_end(f);
}

static void neighbours_tell_both_ends_of_a_cable(void **state)
{
    struct farm *f = look(SWITCHES, "barn-switch parent=none\nyard-switch parent=none\nyard-ap parent=none\n");
    assert_edge(f, "barn-switch", "core 7>4 lldp certain");
    assert_edge(f, "yard-switch", "barn-switch 9>2 lldp certain");
    assert_edge(f, "yard-ap", "yard-switch 5> fdb likely");
    assert_way(f, "router", "yard-ap", "router core(1,7) barn-switch(4,9) yard-switch(2,5) yard-ap");
    farm_end(f);
}

static void forwarding_tables_alone_tell_who_is_nearest(void **state)
{
    struct farm *f = look(SWITCHES, "core tells=fdb\nbarn-switch parent=none tells=fdb0\n"
                                    "yard-switch parent=none tells=fdb\nyard-ap parent=none\n");
    assert_edge(f, "barn-switch", "core 7>4 fdb likely");
    assert_edge(f, "yard-switch", "barn-switch 9>2 fdb likely");
    assert_edge(f, "yard-ap", "yard-switch 5> fdb likely");
    farm_end(f);
}

static void what_was_plugged_in_elsewhere_is_where_it_is_heard(void **state)
{
    struct farm *f = look(SWITCHES, "yard-ap parent=core\n");
    assert_edge(f, "yard-ap", "yard-switch 5> fdb likely");
    farm_end(f);
    f = look(SWITCHES, "mast on=yard-switch/6 parent=core\nmast-ap on=mast parent=mast\n");
    assert_edge(f, "mast", "yard-switch 6> fdb likely"); /* and what hangs on it came along */
    assert_edge(f, "mast-ap", "mast > configuration likely");
    farm_end(f);
}

static void what_a_nearer_switch_did_not_hear_yet_may_still_hang_on_it(void **state)
{
    struct farm *f = farm_begin(SWITCHES);
    farm_chatter(f);
    struct farm_box *near = &f->boxes[farm_find(f, "yard-switch")];
    struct mac ap = farm_mac(f, "yard-ap");
    for (size_t i = 0; i < near->row_count; i++)
        if (memcmp(&near->rows[i].mac, &ap, sizeof ap) == 0)
            near->rows[i] = near->rows[--near->row_count];
    farm_look(f, READ_S);
    assert_edge(f, "yard-ap", "yard-switch > configuration likely");
    farm_end(f);
}

static void old_tables_say_nothing_about_now(void **state)
{
    struct farm *f = farm_begin(SWITCHES);
    farm_add(f, "barn-switch parent=none\n");
    farm_chatter(f);
    farm_look(f, FARM_NOW_S - TOPOLOGY_AGE_MAX_S - 1);
    assert_edge(f, "barn-switch", " > unknown likely");
    assert_own(f, "  unknown behind");
    farm_end(f);
}

static void with_two_ways_the_tables_decide_or_it_stays_open(void **state)
{
    static const char two[] = "barn-ap on=barn-switch/3 parent=core,barn-switch\n";
    struct farm *f = look(SWITCHES, two);
    assert_edge(f, "barn-ap", "barn-switch 3> fdb certain");
    farm_end(f);
    f = look(SWITCHES, "barn-ap on=barn-switch/3 parent=yard-switch,barn-switch\nyard-switch tells=lldp\n");
    assert_edge(f, "barn-ap", "barn-switch 3> fdb certain");
    farm_end(f);
    f = look("router\nleft on=router\nright on=router\nap on=left parent=left,right\n", "");
    struct way way;
    assert_edge(f, "ap", "left > configuration possible doubtful");
    assert_true(topology_way(&f->topology, farm_box(f, "router"), farm_box(f, "ap"), f->arena, &way));
    assert_true(way.doubtful);
    farm_end(f);
}

static void a_configuration_that_looks_from_the_watcher_is_turned(void **state)
{
    struct farm *f = look("router parent=none\nlan-switch on=router/1:8 parent=none\nap on=lan-switch\n",
                          "router parent=lan-switch\n");
    assert_edge(f, "lan-switch", "router > configuration likely");
    assert_way(f, "router", "ap", "router lan-switch ap");
    farm_end(f);
}

static void a_circle_in_the_configuration_is_no_way(void **state)
{
    struct way way;
    struct farm *f = look("router\na on=router parent=none\nb on=a parent=a\na parent=b\n", "");
    assert_true(topology_way(&f->topology, farm_box(f, "router"), farm_box(f, "b"), f->arena, &way));
    assert_int_equal(way.count, 0);
    farm_end(f);
}

static void our_plug_is_where_the_nearest_box_hears_us(void **state)
{
    struct farm *f = look(SWITCHES, "");
    assert_own(f, "core 3 fdb exact");
    farm_end(f);
    f = look("router\ncore on=router/2:1 tells=fdb\nbarn-switch on=core/7:4 tells=fdb\n"
             "monitor on=barn-switch/6 us\n", "");
    assert_own(f, "barn-switch 6 fdb exact");
    assert_way(f, NULL, "router", "barn-switch(6,4) core(7,1) router");
    farm_end(f);
}

static void behind_mute_boxes_our_plug_may_be_in_each_of_them(void **state)
{
    static const char barn[] = "router\nlan-switch on=router/1:8 tells=fdb\nbridge-house on=lan-switch/5\n"
                               "bridge-barn on=bridge-house\nbarn-node on=bridge-barn\n";
    struct farm *f = look(barn, "monitor on=barn-node us\n");
    assert_own(f, "lan-switch 5 fdb behind");
    assert_way(f, NULL, "router", "barn-node? bridge-barn? bridge-house? lan-switch(5,8) router");
    assert_way(f, NULL, "barn-node", "bridge-barn? bridge-house? barn-node");
    farm_end(f);
    f = look(barn, "monitor on=barn-node us self planned\n"); /* this machine is a node, with a parent */
    assert_own(f, "barn-node 2 configuration exact");
    assert_way(f, NULL, "router", "barn-node(2,) bridge-barn bridge-house lan-switch(5,8) router");
    farm_end(f);
}

static void a_plug_nobody_hears_may_be_anywhere_among_what_is_mute(void **state)
{
    struct farm *f = look("router\nlan-switch on=router\nap on=lan-switch\nmonitor on=lan-switch us\n", "");
    assert_own(f, "  unknown behind");
    assert_way(f, NULL, "router", "ap? lan-switch? router");
    farm_end(f);
}

static void a_neighbour_at_our_own_port_says_where_it_is(void **state)
{
    struct farm *f = look(SWITCHES, "");
    struct wiring_neighbour heard = {.chassis = "", .remote_port = "6", .remote_port_description = "",
                                     .name = "yard-switch", .description = ""};
    f->given.heard = &heard;
    assert_true(topology_build(&f->given, f->arena, &f->topology));
    assert_own(f, "yard-switch 6 lldp exact");
    farm_end(f);
}

static void the_order_of_rows_makes_no_difference(void **state)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct farm *f = farm_begin(SWITCHES "gone on=core/8\n");
        f->shuffle = seed * 77;
        farm_chatter(f);
        farm_look(f, READ_S);
        assert_edge(f, "yard-ap", "yard-switch 5> fdb certain");
        assert_edge(f, "barn-switch", "core 7>4 lldp certain");
        assert_edge(f, "gone", "core 8> fdb certain");
        assert_own(f, "core 3 fdb exact");
        farm_end(f);
    }
}

static void more_boxes_than_can_be_looked_at_leave_everything_open(void **state)
{
    static struct scene_node nodes[TOPOLOGY_BOXES_MAX + 1];
    static struct dependency hangs[TOPOLOGY_BOXES_MAX + 1];
    struct scene scene = {.nodes = nodes, .hangs = hangs, .node_count = TOPOLOGY_BOXES_MAX + 1};
    struct topology_given given = {.scene = &scene};
    struct topology t;
    struct arena *a = arena_create(0);
    assert_true(topology_build(&given, a, &t));
    assert_int_equal(t.left_out, TOPOLOGY_BOXES_MAX + 1);
    assert_int_equal(t.box_count, 0);
    assert_int_equal(t.router, BOX_NONE);
    arena_destroy(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(mute_boxes_hang_as_configured_behind_the_port_that_hears_them),
        cmocka_unit_test(without_a_configuration_the_tables_say_behind_which_port),
        cmocka_unit_test(neighbours_tell_both_ends_of_a_cable),
        cmocka_unit_test(forwarding_tables_alone_tell_who_is_nearest),
        cmocka_unit_test(what_was_plugged_in_elsewhere_is_where_it_is_heard),
        cmocka_unit_test(what_a_nearer_switch_did_not_hear_yet_may_still_hang_on_it),
        cmocka_unit_test(old_tables_say_nothing_about_now),
        cmocka_unit_test(with_two_ways_the_tables_decide_or_it_stays_open),
        cmocka_unit_test(a_configuration_that_looks_from_the_watcher_is_turned),
        cmocka_unit_test(a_circle_in_the_configuration_is_no_way),
        cmocka_unit_test(our_plug_is_where_the_nearest_box_hears_us),
        cmocka_unit_test(behind_mute_boxes_our_plug_may_be_in_each_of_them),
        cmocka_unit_test(a_plug_nobody_hears_may_be_anywhere_among_what_is_mute),
        cmocka_unit_test(a_neighbour_at_our_own_port_says_where_it_is),
        cmocka_unit_test(the_order_of_rows_makes_no_difference),
        cmocka_unit_test(more_boxes_than_can_be_looked_at_leave_everything_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
