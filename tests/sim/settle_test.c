/* The barn is cut off and comes back; its agents then tell whether they kept running. */
#include <string.h>

#include "tests/sim/farm.h"

#define LONG_UP "90000000000000" /* 25 h */
#define JUST_UP "20000000000"    /* 20 s */

static struct world *cut_barn(const char *radio_up, const char *node_up)
{
    struct world *w = farm();
    world_check(w, "bridge-barn", "snmp", "");
    world_check(w, "barn-node", "snmp", "");
    world_fact(w, "bridge-barn", "snmp", 0, "sys.uptime", "", LONG_UP);
    world_fact(w, "barn-node", "snmp", 0, "sys.uptime", "", LONG_UP);
    world_fact(w, "bridge-barn", "snmp", 800, "sys.uptime", "", radio_up);
    world_fact(w, "barn-node", "snmp", 800, "sys.uptime", "", node_up);
    world_down(w, "bridge-barn", 600, 900);
    world_begin(w);
    world_run(w, 1100);
    return w;
}

static void assert_told(struct world *w, const char *part)
{
    const struct kept_incident *i = only_incident(w);
    bool in_timeline = false;
    assert_cause(i, CAUSE_SITE_CUT_OFF);
    assert_true(i->in.resolved.ns > 0);
    assert_non_null(strstr(i->in.evidence[0].fact, part));
    for (size_t k = 0; k < i->in.timeline_count; k++)
        in_timeline = in_timeline || strstr(i->in.timeline[k].text, part);
    assert_true(in_timeline);
    assert_int_equal(world_messages(w, MESSAGE_RESOLVED), 1);
    world_destroy(w);
}

static void all_restarted_was_the_power(void **state)
{
    assert_told(cut_barn(JUST_UP, JUST_UP), "the power was gone there");
}

static void none_restarted_was_the_radio_link(void **state)
{
    assert_told(cut_barn(LONG_UP, LONG_UP), "it was the radio link");
}

static void only_the_radio_restarted_was_that_unit(void **state)
{
    assert_told(cut_barn(JUST_UP, LONG_UP), "it was that unit or what feeds it");
}

static void agents_that_tell_nothing_add_nothing(void **state)
{
    struct world *w = farm();
    world_down(w, "bridge-barn", 600, 900);
    world_begin(w);
    world_run(w, 1100);
    const struct kept_incident *i = only_incident(w);
    assert_true(i->in.resolved.ns > 0);
    for (size_t k = 0; k < i->in.evidence_count; k++)
        assert_null(strstr(i->in.evidence[k].source, "uptimes"));
    world_destroy(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_restarted_was_the_power),
        cmocka_unit_test(none_restarted_was_the_radio_link),
        cmocka_unit_test(only_the_radio_restarted_was_that_unit),
        cmocka_unit_test(agents_that_tell_nothing_add_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
