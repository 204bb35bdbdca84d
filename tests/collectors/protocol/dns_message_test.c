#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/dns_message.h"

/* id 0x1234, recursion desired, one question: a.example A IN */
static const uint8_t golden_query[] = {0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 7,
                                       'e',  'x',  'a',  'm',  'p', 'l', 'e', 0, 0, 1, 0, 1};
/* its answer: a.example CNAME b.example (by pointer), b.example A 192.0.2.9 */
static const uint8_t golden_answer[] = {
    0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, 1, 'A', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1,
    0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'b', 0xc0, 14,
    0xc0, 39, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9};

static void a_query_matches_the_golden_bytes(void **state)
{
    uint8_t out[DNS_QUERY_MAX];
    assert_int_equal(dns_query_write(out, 0x1234, "a.example", DNS_A), sizeof golden_query);
    assert_memory_equal(out, golden_query, sizeof golden_query);
    assert_int_equal(dns_query_write(out, 0x1234, "a.example.", DNS_A), sizeof golden_query);
}

static void impossible_names_are_not_asked(void **state)
{
    uint8_t out[DNS_QUERY_MAX];
    char long_label[80], long_name[300];
    memset(long_label, 'x', 64);
    long_label[64] = '\0';
    memset(long_name, 'y', sizeof long_name - 1);
    for (size_t i = 50; i < sizeof long_name - 1; i += 50)
        long_name[i] = '.';
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(dns_query_write(out, 1, "", DNS_A), 0);
    assert_int_equal(dns_query_write(out, 1, "a..b", DNS_A), 0);
    assert_int_equal(dns_query_write(out, 1, long_label, DNS_A), 0);
    assert_int_equal(dns_query_write(out, 1, long_name, DNS_A), 0);
}

static void an_answer_gives_its_addresses(void **state)
{
    struct dns_answer a;
    char text[ADDR_TEXT_MAX];
    assert_true(dns_answer_read(golden_answer, sizeof golden_answer, &a));
    assert_int_equal(a.id, 0x1234);
    assert_string_equal(a.name, "a.example");
    assert_int_equal(a.address_count, 1);
    assert_string_equal(addr_text(&a.addresses[0], text), "192.0.2.9");
}

static void every_shorter_answer_is_refused(void **state)
{
    struct dns_answer a;
    for (size_t len = 0; len < sizeof golden_answer; len++)
        assert_false(dns_answer_read(golden_answer, len, &a));
    assert_false(dns_answer_read(golden_query, sizeof golden_query, &a));
}

static void names_that_point_forward_or_at_themselves_end(void **state)
{
    struct dns_answer a;
    uint8_t bytes[sizeof golden_answer];
    for (unsigned to = 27; to < sizeof bytes; to++) {
        memcpy(bytes, golden_answer, sizeof bytes);
        bytes[28] = (uint8_t)to;
        assert_false(dns_answer_read(bytes, sizeof bytes, &a));
    }
}

static void names_compare_without_case_or_last_dot(void **state)
{
    assert_true(dns_name_equal("A.example.", "a.EXAMPLE"));
    assert_false(dns_name_equal("a.example", "b.example"));
    assert_false(dns_name_equal("", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_matches_the_golden_bytes),
        cmocka_unit_test(impossible_names_are_not_asked),
        cmocka_unit_test(an_answer_gives_its_addresses),
        cmocka_unit_test(every_shorter_answer_is_refused),
        cmocka_unit_test(names_that_point_forward_or_at_themselves_end),
        cmocka_unit_test(names_compare_without_case_or_last_dot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
