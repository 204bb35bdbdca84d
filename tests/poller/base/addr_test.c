#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "poller/base/addr.h"

static void addresses_survive_text_and_back(void **state)
{
    const char *texts[] = {"192.168.1.10", "2001:db8::1", "::1"};
    for (int i = 0; i < 3; i++) {
        struct addr a;
        char back[ADDR_TEXT_MAX];
        assert_true(addr_parse(texts[i], &a));
        assert_string_equal(addr_text(&a, back), texts[i]);
    }
}

static void a_host_name_is_no_address(void **state)
{
    struct addr a;
    assert_false(addr_parse("router.lan", &a));
    assert_false(addr_is_set(&a));
}

static void a_prefix_holds_its_own(void **state)
{
    struct prefix p;
    struct addr inside, outside;
    assert_true(prefix_parse("192.168.5.64/26", &p));
    addr_parse("192.168.5.100", &inside);
    addr_parse("192.168.5.130", &outside);
    assert_true(prefix_contains(&p, &inside));
    assert_false(prefix_contains(&p, &outside));
    assert_false(prefix_parse("192.168.5.0/33", &p));
    assert_false(prefix_parse("192.168.5.0/x", &p));
}

static void macs_are_read_in_both_manners(void **state)
{
    struct mac a, b;
    char text[MAC_TEXT_MAX];
    assert_true(mac_parse("3C-84-6A-01-02-03", &a));
    assert_true(mac_parse("3c:84:6a:01:02:03", &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(mac_text(&a, text), "3c:84:6a:01:02:03");
    assert_false(mac_parse("3c:84:6a:01:02", &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_survive_text_and_back),
        cmocka_unit_test(a_host_name_is_no_address),
        cmocka_unit_test(a_prefix_holds_its_own),
        cmocka_unit_test(macs_are_read_in_both_manners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
