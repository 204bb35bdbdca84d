#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/guest/name_query.h"

static struct addr resolvers[2];
static struct name_query query;

static int begin(void **state)
{
    addr_parse("10.51.0.1", &resolvers[0]);
    addr_parse("9.9.9.9", &resolvers[1]);
    return name_query_begin(&query, "a.example", resolvers, 2, 0x00071234) ? 0 : -1;
}

/* The answer of a server to the query as it went out: 192.0.2.9, or that code. */
static size_t answer(uint8_t code, uint8_t out[static 64])
{
    static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9};
    memcpy(out, query.message, query.message_len);
    out[2] = 0x81;
    out[3] = 0x80 | code;
    out[7] = !code;
    memcpy(out + query.message_len, record, sizeof record);
    return query.message_len + (code ? 0 : sizeof record);
}

static void resolvers_are_asked_in_turn_until_tries_are_used_up(void **state)
{
    struct addr to;
    struct udp_datagram d;
    for (int i = 0; i < NAME_QUERY_TRIES; i++) {
        assert_true(name_query_next(&query, &to, &d));
        assert_true(addr_equal(&to, &resolvers[i % 2]));
        assert_int_equal(d.to, 53);
        assert_true(d.from >= 32768 && d.from < 49152);
    }
    assert_false(name_query_next(&query, &to, &d));
}

static void only_the_answer_to_this_question_from_one_who_was_asked_counts(void **state)
{
    uint8_t message[64];
    struct udp_datagram d = {.from = 53, .to = query.port, .payload = message, .payload_len = answer(0, message)};
    struct addr stranger;
    addr_parse("10.51.0.9", &stranger);
    assert_false(name_query_take(&query, &stranger, &d));
    d.to++;
    assert_false(name_query_take(&query, &resolvers[1], &d));
    d.to--;
    message[1]++;
    assert_false(name_query_take(&query, &resolvers[1], &d));
    message[1]--;
    message[13] = 'b';
    assert_false(name_query_take(&query, &resolvers[1], &d));
    message[13] = 'a';
    assert_true(name_query_take(&query, &resolvers[1], &d));
    assert_true(name_query_has_address(&query));
    assert_true(addr_equal(&query.answered_by, &resolvers[1]));
}

static void an_error_is_an_answer_without_an_address(void **state)
{
    uint8_t message[64];
    struct udp_datagram d = {.from = 53, .to = query.port, .payload = message, .payload_len = answer(2, message)};
    assert_true(name_query_take(&query, &resolvers[0], &d));
    assert_false(name_query_has_address(&query));
    assert_int_equal(query.answer.rcode, 2);
}

static void nothing_to_ask_or_nobody_to_be_asked_is_refused(void **state)
{
    assert_false(name_query_begin(&query, "", resolvers, 2, 1));
    assert_false(name_query_begin(&query, "a.example", resolvers, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(resolvers_are_asked_in_turn_until_tries_are_used_up, begin),
        cmocka_unit_test_setup(only_the_answer_to_this_question_from_one_who_was_asked_counts, begin),
        cmocka_unit_test_setup(an_error_is_an_answer_without_an_address, begin),
        cmocka_unit_test_setup(nothing_to_ask_or_nobody_to_be_asked_is_refused, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
