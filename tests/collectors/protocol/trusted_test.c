#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/played_mac.h"
#include "collectors/protocol/trusted.h"
#include "tests/support/sim_packets.h"

static struct sim *sim;

static int set_up(void **state)
{
    sim = sim_create(1);
    return 0;
}

static int tear_down(void **state)
{
    sim_destroy(sim);
    return 0;
}

static struct addr at(const char *text)
{
    struct addr a;
    assert_true(addr_parse(text, &a));
    return a;
}

static void where_nobody_is_named_the_first_one_is_trusted_for_ever(void **state)
{
    const struct env *env = sim_env(sim);
    struct addr first = at("10.51.0.1"), second = at("10.51.0.9"), none = {0};
    struct trusted t = trusted_recall(env, "guest", "server", NULL, 0);
    assert_false(trusted_knows(&t) || trusted_has(&t, &first) || trusted_has(&t, &none));
    trusted_learn(&t, env, "guest", "server", &none);
    assert_false(trusted_knows(&t));
    trusted_learn(&t, env, "guest", "server", &first);
    trusted_learn(&t, env, "guest", "server", &second);
    assert_true(trusted_has(&t, &first) && !trusted_has(&t, &second));
    t = trusted_recall(env, "guest", "server", NULL, 0); /* after a restart */
    assert_true(trusted_has(&t, &first));
}

static void who_is_named_counts_and_nobody_else(void **state)
{
    const struct env *env = sim_env(sim);
    struct addr named[] = {at("10.51.0.2"), at("10.51.0.3")}, learned = at("10.51.0.1");
    env->remember(env->ctx, "guest", "server", "10.51.0.1");
    struct trusted t = trusted_recall(env, "guest", "server", named, 2);
    assert_true(trusted_has(&t, &named[0]) && trusted_has(&t, &named[1]));
    assert_false(trusted_has(&t, &learned));
}

static void an_address_of_our_making_is_made_once(void **state)
{
    struct mac first, again, other;
    assert_true(played_mac(sim_env(sim), "guest", "mac", &first));
    assert_true(played_mac(sim_env(sim), "guest", "mac", &again));
    assert_true(played_mac(sim_env(sim), "guest", "control", &other));
    assert_int_equal(first.bytes[0] & 3, 2);
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &other, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(where_nobody_is_named_the_first_one_is_trusted_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_named_counts_and_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_of_our_making_is_made_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
