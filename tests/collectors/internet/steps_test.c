#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/internet/steps.h"

#define OK STEP_OK
#define BAD STEP_FAILING

static struct steps well(void)
{
    struct steps s = {.router_armed = true, .anchor_armed = true};
    for (int i = 0; i < STEP_COUNT; i++)
        s.state[i] = OK;
    return s;
}

static void expect(struct steps s, enum outcome outcome, const char *reason)
{
    struct steps_verdict v = steps_judge(&s);
    assert_int_equal(v.outcome, outcome);
    assert_string_equal(v.reason, reason);
}

static void all_well_is_answered(void **state)
{
    expect(well(), OUTCOME_ANSWERED, "");
}

static void a_silent_gateway_that_forwards_is_no_fault(void **state)
{
    struct steps s = well();
    s.state[STEP_GATEWAY_PING] = BAD;
    expect(s, OUTCOME_ANSWERED, "");
}

static void the_first_silent_thing_on_the_way_is_named(void **state)
{
    struct steps s = well();
    s.state[STEP_ANCHORS] = BAD;
    expect(s, OUTCOME_SILENT, "isp");
    s.state[STEP_MODEM] = BAD;
    expect(s, OUTCOME_SILENT, "modem");
    s.state[STEP_GATEWAY_PING] = BAD;
    expect(s, OUTCOME_SILENT, "modem"); /* the router still answers on the link */
    s.state[STEP_GATEWAY_ARP] = BAD;
    expect(s, OUTCOME_SILENT, "gateway");
    s.state[STEP_LINK] = BAD;
    expect(s, OUTCOME_SILENT, "link");
}

static void names_fail_only_where_there_ever_were_any(void **state)
{
    struct steps s = well();
    s.state[STEP_DNS_ROUTER] = BAD;
    expect(s, OUTCOME_WRONG, "dns");
    s.router_armed = false;
    expect(s, OUTCOME_ANSWERED, "");
    s.state[STEP_DNS_ANCHOR] = BAD;
    expect(s, OUTCOME_WRONG, "dns");
    s.anchor_armed = false; /* nobody here asks either of them */
    expect(s, OUTCOME_ANSWERED, "");
    s.router_armed = s.anchor_armed = true;
    s.state[STEP_DNS_ROUTER] = OK; /* a provider that blocks other resolvers */
    expect(s, OUTCOME_ANSWERED, "");
}

static void a_portal_goes_before_names(void **state)
{
    struct steps s = well();
    s.portal = true;
    s.state[STEP_PAGE] = BAD;
    s.state[STEP_DNS_ROUTER] = BAD;
    expect(s, OUTCOME_WRONG, "portal");
}

static void our_own_fault_accuses_nobody(void **state)
{
    struct steps s = well();
    s.state[STEP_ANCHORS] = BAD;
    s.own_fault = true;
    expect(s, OUTCOME_OWN_FAULT, "own fault");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_well_is_answered),
        cmocka_unit_test(a_silent_gateway_that_forwards_is_no_fault),
        cmocka_unit_test(the_first_silent_thing_on_the_way_is_named),
        cmocka_unit_test(names_fail_only_where_there_ever_were_any),
        cmocka_unit_test(a_portal_goes_before_names),
        cmocka_unit_test(our_own_fault_accuses_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
