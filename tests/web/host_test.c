#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/host.h"

static char *const listed[] = {"hayloft.example"};

static bool allowed(const char *host)
{
    return host_is_allowed(host, "farm-pi", listed, 1);
}

static void numbers_and_own_names_pass(void **state)
{
    static const char *const good[] = {"127.0.0.1", "127.0.0.1:8480", "192.168.1.5:8480", "[::1]:8480", "[fe80::1]",
                                       "localhost:8480", "LOCALHOST", "farm-pi", "farm-pi.local:8480", "farm-pi.lan",
                                       "hayloft.example:443"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(allowed(good[i]));
}

static void names_of_others_do_not(void **state)
{
    static const char *const bad[] = {"evil.example", "evil.example:8480", "farm-pi.evil.example",
                                      "localhost.evil.example",
                                      "127.0.0.1.nip.io", "", ":80", "[::1", "127.0.0.1:80x", "a b", "xfarm-pi",
                                      "hayloft.example.evil"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(allowed(bad[i]));
    assert_false(allowed(NULL));
    assert_false(host_is_allowed("farm-pi", NULL, NULL, 0));
    assert_false(host_is_allowed(".local", "", NULL, 0));
}

static void an_origin_is_the_same_place_or_not(void **state)
{
    assert_true(host_is_origin("http://192.168.1.5:8480", "192.168.1.5:8480"));
    assert_true(host_is_origin("https://Hayloft.example", "hayloft.example"));
    assert_false(host_is_origin("null", "192.168.1.5:8480"));
    assert_false(host_is_origin("http://192.168.1.5", "192.168.1.5:8480"));
    assert_false(host_is_origin("http://evil.example", "192.168.1.5:8480"));
    assert_false(host_is_origin("ftp://192.168.1.5:8480", "192.168.1.5:8480"));
    assert_false(host_is_origin("http://a", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_own_names_pass),
        cmocka_unit_test(names_of_others_do_not),
        cmocka_unit_test(an_origin_is_the_same_place_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
