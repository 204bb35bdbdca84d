#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/icmp.h"

/* ICMP echo request, code 0, checksum 0x6568, id 0x0000, seq 0x0102, data "abcdefgh" */
static const uint8_t golden_request4[] = {0x08, 0x00, 0x65, 0x68, 0x00, 0x00, 0x01, 0x02,
                                          'a',  'b',  'c',  'd',  'e',  'f',  'g',  'h'};
/* ICMPv6 echo request: the kernel fills in the checksum */
static const uint8_t golden_request6[] = {0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02,
                                          'a',  'b',  'c',  'd',  'e',  'f',  'g',  'h'};
/* ICMP echo reply, id 0x1234, seq 0x0007, data 01 02 03 */
static const uint8_t golden_reply4[] = {0x00, 0x00, 0xe9, 0xc2, 0x12, 0x34, 0x00, 0x07, 1, 2, 3};

static void requests_match_the_golden_bytes(void **state)
{
    uint8_t message[16];
    memcpy(message + 8, "abcdefgh", 8);
    icmp_request_finish(AF_INET, 0x0102, message, sizeof message);
    assert_memory_equal(message, golden_request4, sizeof message);
    assert_int_equal(checksum_internet(message, sizeof message), 0);
    icmp_request_finish(AF_INET6, 0x0102, message, sizeof message);
    assert_memory_equal(message, golden_request6, sizeof message);
}

static void a_reply_gives_up_its_parts(void **state)
{
    struct icmp_echo echo;
    assert_true(icmp_reply_read(AF_INET, golden_reply4, sizeof golden_reply4, &echo));
    assert_int_equal(echo.identifier, 0x1234);
    assert_int_equal(echo.sequence, 7);
    assert_int_equal(echo.payload_len, 3);
    assert_int_equal(echo.payload[2], 3);
}

static void short_or_strange_messages_are_refused(void **state)
{
    struct icmp_echo echo;
    for (size_t len = 0; len < ICMP_HEADER_BYTES; len++)
        assert_false(icmp_reply_read(AF_INET, golden_reply4, len, &echo));
    assert_false(icmp_reply_read(AF_INET, golden_request4, sizeof golden_request4, &echo));
    assert_false(icmp_reply_read(AF_INET6, golden_reply4, sizeof golden_reply4, &echo));
    uint8_t with_code[sizeof golden_reply4];
    memcpy(with_code, golden_reply4, sizeof with_code);
    with_code[1] = 1;
    assert_false(icmp_reply_read(AF_INET, with_code, sizeof with_code, &echo));
}

static void a_quote_is_a_request(void **state)
{
    struct icmp_echo echo;
    assert_true(icmp_quote_read(AF_INET, golden_request4, 8, &echo));
    assert_int_equal(echo.sequence, 0x0102);
    assert_int_equal(echo.payload_len, 0);
    assert_false(icmp_quote_read(AF_INET, golden_reply4, sizeof golden_reply4, &echo));
}

static void errors_have_stable_words(void **state)
{
    assert_string_equal(icmp_error_reason(AF_INET, 3, 1), "unreachable");
    assert_string_equal(icmp_error_reason(AF_INET, 3, 13), "prohibited");
    assert_string_equal(icmp_error_reason(AF_INET, 3, 4), "too-big");
    assert_string_equal(icmp_error_reason(AF_INET, 11, 0), "ttl-exceeded");
    assert_string_equal(icmp_error_reason(AF_INET6, 1, 1), "prohibited");
    assert_string_equal(icmp_error_reason(AF_INET6, 1, 3), "unreachable");
    assert_string_equal(icmp_error_reason(AF_INET6, 2, 0), "too-big");
    assert_string_equal(icmp_error_reason(AF_INET6, 3, 0), "ttl-exceeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_match_the_golden_bytes),
        cmocka_unit_test(a_reply_gives_up_its_parts),
        cmocka_unit_test(short_or_strange_messages_are_refused),
        cmocka_unit_test(a_quote_is_a_request),
        cmocka_unit_test(errors_have_stable_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
