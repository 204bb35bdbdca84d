#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_agent.h"

static struct snmp_agent agent_at(const char *address)
{
    struct snmp_agent a;
    struct addr addr;
    assert_true(addr_parse(address, &addr));
    assert_true(snmp_agent_init(&a, &addr, SNMP_PORT, SNMP_V2C, "public"));
    return a;
}

static void the_timeout_is_the_configured_one_until_an_answer_came(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    a.timeout_ns = SECONDS(2);
    assert_int_equal(snmp_agent_wait_ns(&a), SECONDS(2));
    snmp_agent_fini(&a);
}

static void the_timeout_follows_the_answers(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    for (int i = 0; i < 50; i++)
        snmp_agent_answered(&a, MILLISECONDS(10));
    assert_true(snmp_agent_wait_ns(&a) < MILLISECONDS(400));
    for (int i = 0; i < 50; i++)
        snmp_agent_answered(&a, SECONDS(3));
    assert_true(snmp_agent_wait_ns(&a) > SECONDS(3));
    assert_true(snmp_agent_wait_ns(&a) <= 4 * a.timeout_ns);
    snmp_agent_fini(&a);
}

static void an_answer_to_either_of_two_tries_says_nothing_of_the_time(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    snmp_agent_answered(&a, MILLISECONDS(10));
    int64_t before = snmp_agent_wait_ns(&a);
    snmp_agent_answered(&a, -1);
    assert_int_equal(snmp_agent_wait_ns(&a), before);
    snmp_agent_fini(&a);
}

static void the_window_grows_by_good_rounds_and_falls_by_one_loss(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    assert_int_equal(a.window, 1);
    for (int i = 0; i < 5; i++)
        snmp_agent_round_over(&a);
    assert_int_equal(a.window, SNMP_WINDOW_MAX);
    snmp_agent_lost(&a);
    snmp_agent_round_over(&a);
    assert_int_equal(a.window, 1);
    snmp_agent_round_over(&a);
    assert_int_equal(a.window, 2);
    snmp_agent_fini(&a);
}

static void a_window_that_lost_is_not_tried_again_for_an_hour(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    a.window = SNMP_WINDOW_MAX;
    snmp_agent_lost(&a);
    snmp_agent_lost(&a); /* by then it is asked one thing at a time: no further down */
    snmp_agent_round_over(&a);
    for (int i = 0; i < 50; i++) {
        snmp_agent_round_over(&a);
        assert_true(a.window <= SNMP_WINDOW_MAX / 2);
    }
    for (int i = 0; i < 20; i++)
        snmp_agent_round_over(&a);
    assert_int_equal(a.window, SNMP_WINDOW_MAX);
    snmp_agent_fini(&a);
}

static void who_fell_silent_is_waited_for_as_at_first(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    snmp_agent_answered(&a, MILLISECONDS(10));
    assert_true(snmp_agent_wait_ns(&a) < a.timeout_ns);
    snmp_agent_silent(&a);
    assert_int_equal(snmp_agent_wait_ns(&a), a.timeout_ns);
    snmp_agent_fini(&a);
}

static void only_its_own_address_port_version_and_community_speak_for_it(void **state)
{
    struct snmp_agent a = agent_at("192.0.2.1");
    struct addr self = a.addr, other;
    struct snmp_message m = {.version = SNMP_V2C, .community = {(const uint8_t *)"public", 6}};
    addr_parse("192.0.2.2", &other);
    assert_true(snmp_agent_is_at(&a, &self, SNMP_PORT));
    assert_false(snmp_agent_is_at(&a, &other, SNMP_PORT));
    assert_false(snmp_agent_is_at(&a, &self, SNMP_PORT + 1));
    assert_true(snmp_agent_speaks(&a, &m));
    m.version = SNMP_V1;
    assert_false(snmp_agent_speaks(&a, &m));
    m.version = SNMP_V2C;
    m.community.len = 5;
    assert_false(snmp_agent_speaks(&a, &m));
    snmp_agent_fini(&a);
}

static void a_community_has_a_longest(void **state)
{
    char text[SNMP_COMMUNITY_MAX + 2];
    struct snmp_agent a;
    struct addr addr = {0};
    memset(text, 'c', sizeof text);
    text[SNMP_COMMUNITY_MAX + 1] = '\0';
    assert_false(snmp_agent_init(&a, &addr, SNMP_PORT, SNMP_V2C, text));
    text[SNMP_COMMUNITY_MAX] = '\0';
    assert_true(snmp_agent_init(&a, &addr, SNMP_PORT, SNMP_V2C, text));
    snmp_agent_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_timeout_is_the_configured_one_until_an_answer_came),
        cmocka_unit_test(the_timeout_follows_the_answers),
        cmocka_unit_test(an_answer_to_either_of_two_tries_says_nothing_of_the_time),
        cmocka_unit_test(the_window_grows_by_good_rounds_and_falls_by_one_loss),
        cmocka_unit_test(a_window_that_lost_is_not_tried_again_for_an_hour),
        cmocka_unit_test(who_fell_silent_is_waited_for_as_at_first),
        cmocka_unit_test(only_its_own_address_port_version_and_community_speak_for_it),
        cmocka_unit_test(a_community_has_a_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
