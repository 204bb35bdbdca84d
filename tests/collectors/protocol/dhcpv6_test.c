#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/dhcpv6.h"

/* DHCPv6 Solicit: XID 0xabcdef, client DUID link-layer Ethernet 02:00:00:00:00:0b, elapsed 0,
 *     wants 23 (DNS), identity association for an address */
static const uint8_t golden_solicit[46] = {
    0x01, 0xab, 0xcd, 0xef, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x03, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x00,
    0x08, 0x00, 0x02, 0x00, 0x00, 0x00, 0x06, 0x00, 0x02, 0x00, 0x17, 0x00, 0x03, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x0b,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* DHCPv6 Information-request: the same without an association */
static const uint8_t golden_question[30] = {
    0x0b, 0xab, 0xcd, 0xef, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x03, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x00,
    0x08, 0x00, 0x02, 0x00, 0x00, 0x00, 0x06, 0x00, 0x02, 0x00, 0x17};

/* DHCPv6 Reply of dnsmasq 2.90: XID 0xabcdef, client DUID link-layer Ethernet 02:00:00:00:00:0b,
 *     server DUID link-layer plus time 02:00:00:00:00:0a, DNS server fd51::1, refresh after 86400 s */
static const uint8_t golden_reply[64] = {
    0x07, 0xab, 0xcd, 0xef, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x03, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x00,
    0x02, 0x00, 0x0e, 0x00, 0x01, 0x00, 0x01, 0x32, 0x9c, 0x8e, 0xf2, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x17,
    0x00, 0x10, 0xfd, 0x51, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
    0x20, 0x00, 0x04, 0x00, 0x01, 0x51, 0x80};

static const struct mac client = {{2, 0, 0, 0, 0, 0x0b}};

static void questions_match_the_golden_bytes(void **state)
{
    uint8_t out[DHCPV6_QUESTION_MAX];
    struct dhcpv6_question q = {.type = DHCPV6_SOLICIT, .transaction = 0xff000000u | 0xabcdef, .client = client};
    assert_int_equal(dhcpv6_write(&q, out), sizeof golden_solicit);
    assert_memory_equal(out, golden_solicit, sizeof golden_solicit);
    q.type = DHCPV6_INFORMATION_REQUEST;
    assert_int_equal(dhcpv6_write(&q, out), sizeof golden_question);
    assert_memory_equal(out, golden_question, sizeof golden_question);
}

static void a_reply_gives_up_its_resolver(void **state)
{
    struct dhcpv6_answer a;
    char text[ADDR_TEXT_MAX];
    assert_true(dhcpv6_read(golden_reply, sizeof golden_reply, &a));
    assert_int_equal(a.type, DHCPV6_REPLY);
    assert_int_equal(a.transaction, 0xabcdef);
    assert_memory_equal(&a.client, &client, sizeof client);
    assert_true(a.has_server);
    assert_int_equal(a.resolver_count, 1);
    assert_string_equal(addr_text(&a.resolvers[0], text), "fd51::1");
    assert_int_equal(a.status, 0);
}

/* Advertise with an association that holds fd51::7 and, in it, a status. */
static const uint8_t advertise[] = {
    2, 0, 0, 1, 0, 3, 0, 46, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 30, 0xfd, 0x51, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 60, 0, 0, 0, 60, 0, 13, 0, 2, 0, 2};

static void an_offered_address_stands_two_deep(void **state)
{
    struct dhcpv6_answer a;
    char text[ADDR_TEXT_MAX];
    assert_true(dhcpv6_read(advertise, sizeof advertise, &a));
    assert_int_equal(a.type, DHCPV6_ADVERTISE);
    assert_string_equal(addr_text(&a.address, text), "fd51::7");
    assert_int_equal(a.status, 2);
    assert_false(a.has_server);
}

static void what_is_cut_within_an_option_is_refused(void **state)
{
    struct dhcpv6_answer a;
    bool between[sizeof golden_reply] = {[4] = true, [18] = true, [36] = true, [56] = true};
    for (size_t len = 0; len < sizeof golden_reply; len++)
        assert_int_equal(dhcpv6_read(golden_reply, len, &a), between[len]);
    for (size_t len = 5; len < sizeof advertise; len++)
        assert_false(dhcpv6_read(advertise, len, &a));
}

static void questions_and_strange_duids_are_no_answer_to_us(void **state)
{
    struct dhcpv6_answer a;
    uint8_t bytes[sizeof golden_reply];
    assert_false(dhcpv6_read(golden_solicit, sizeof golden_solicit, &a));
    memcpy(bytes, golden_reply, sizeof bytes);
    bytes[9] = 2;
    assert_true(dhcpv6_read(bytes, sizeof bytes, &a));
    assert_false(mac_is_set(&a.client));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_match_the_golden_bytes),
        cmocka_unit_test(a_reply_gives_up_its_resolver),
        cmocka_unit_test(an_offered_address_stands_two_deep),
        cmocka_unit_test(what_is_cut_within_an_option_is_refused),
        cmocka_unit_test(questions_and_strange_duids_are_no_answer_to_us),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
