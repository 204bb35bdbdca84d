#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/dhcp.h"

/* DHCP Discover: XID 0x12345678, 4 s, broadcast, client 02:00:00:00:00:0b; options 53 Discover,
 *     61 client id Ethernet 02:00:00:00:00:0b, 12 "hayloft-guest", 55 (mask, router, DNS, lease), end, padding */
static const uint8_t golden_discover[300] = {
    0x01, 0x01, 0x06, 0x00, 0x12, 0x34, 0x56, 0x78, 0x00, 0x04, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [236] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x01, 0x3d, 0x07, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x0c,
    0x0d, 0x68, 0x61, 0x79, 0x6c, 0x6f, 0x66, 0x74, 0x2d, 0x67, 0x75, 0x65, 0x73, 0x74, 0x37, 0x04, 0x01, 0x03, 0x06,
    0x33, 0xff};

/* DHCP Request: the same XID, broadcast; options 53 Request, 61, 50 requested 10.51.0.53,
 *     54 server 10.51.0.1, 12, 55, end */
static const uint8_t golden_request[300] = {
    0x01, 0x01, 0x06, 0x00, 0x12, 0x34, 0x56, 0x78, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [236] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x03, 0x3d, 0x07, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x32,
    0x04, 0x0a, 0x33, 0x00, 0x35, 0x36, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x0c, 0x0d, 0x68, 0x61, 0x79, 0x6c, 0x6f, 0x66,
    0x74, 0x2d, 0x67, 0x75, 0x65, 0x73, 0x74, 0x37, 0x04, 0x01, 0x03, 0x06, 0x33, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* DHCP Release: XID 0x12345679, client address 10.51.0.53; options 53 Release, 61, 54 server 10.51.0.1, end */
static const uint8_t golden_release[300] = {
    0x01, 0x01, 0x06, 0x00, 0x12, 0x34, 0x56, 0x79, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x33, 0x00, 0x35, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [236] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x07, 0x3d, 0x07, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x36,
    0x04, 0x0a, 0x33, 0x00, 0x01, 0xff};

/* DHCP Offer of dnsmasq 2.90: XID 0x4f4ff528, your address 10.51.0.53, next server 10.51.0.1,
 *     client 02:00:00:00:00:0b; options 53 Offer, 54 server 10.51.0.1, 51 lease 120 s, 58 60 s, 59 105 s,
 *     1 mask 255.255.255.0, 28 broadcast, 3 router 10.51.0.1, 6 DNS 10.51.0.1, end, padding */
static const uint8_t golden_offer[300] = {
    0x02, 0x01, 0x06, 0x00, 0x4f, 0x4f, 0xf5, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x33, 0x00,
    0x35, 0x0a, 0x33, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    [236] = 0x63, 0x82, 0x53, 0x63, 0x35, 0x01, 0x02, 0x36, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x33, 0x04, 0x00, 0x00,
    0x00, 0x78, 0x3a, 0x04, 0x00, 0x00, 0x00, 0x3c, 0x3b, 0x04, 0x00, 0x00, 0x00, 0x69, 0x01, 0x04, 0xff, 0xff, 0xff,
    0x00, 0x1c, 0x04, 0x0a, 0x33, 0x00, 0xff, 0x03, 0x04, 0x0a, 0x33, 0x00, 0x01, 0x06, 0x04, 0x0a, 0x33, 0x00, 0x01,
    0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

#define OPTIONS_AT 240

static struct addr at(const char *text)
{
    struct addr a;
    assert_true(addr_parse(text, &a));
    return a;
}

static const struct mac client = {{2, 0, 0, 0, 0, 0x0b}};

static void assert_written(const struct dhcp_question *q, const uint8_t *golden, size_t len)
{
    uint8_t out[DHCP_QUESTION_MAX];
    assert_int_equal(dhcp_write(q, out), len);
    assert_memory_equal(out, golden, len);
}

static void questions_match_the_golden_bytes(void **state)
{
    struct dhcp_question q = {.type = DHCP_DISCOVER, .xid = 0x12345678, .seconds = 4, .broadcast = true,
                              .client = client, .host_name = "hayloft-guest"};
    assert_written(&q, golden_discover, sizeof golden_discover);
    q = (struct dhcp_question){.type = DHCP_REQUEST, .xid = 0x12345678, .broadcast = true, .client = client,
                               .address = at("10.51.0.53"), .server = at("10.51.0.1"),
                               .host_name = "hayloft-guest"};
    assert_written(&q, golden_request, sizeof golden_request);
    q = (struct dhcp_question){.type = DHCP_RELEASE, .xid = 0x12345679, .client = client,
                               .address = at("10.51.0.53"), .server = at("10.51.0.1")};
    assert_written(&q, golden_release, sizeof golden_release);
}

static void a_long_host_name_is_cut_and_still_fits(void **state)
{
    uint8_t out[DHCP_QUESTION_MAX];
    char name[200];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    struct dhcp_question q = {.type = DHCP_REQUEST, .client = client, .address = at("10.51.0.53"),
                              .server = at("10.51.0.1"), .host_name = name};
    size_t len = dhcp_write(&q, out);
    assert_true(len >= 300 && len <= sizeof out);
    assert_null(memmem(out, len, name, 32));
    assert_non_null(memmem(out, len, name, 31));
}

static void an_offer_gives_up_all_it_says(void **state)
{
    struct dhcp_answer a;
    struct addr offered = at("10.51.0.53"), server = at("10.51.0.1"), mask = at("255.255.255.0");
    assert_true(dhcp_read(golden_offer, sizeof golden_offer, &a));
    assert_int_equal(a.type, DHCP_OFFER);
    assert_int_equal(a.flaws, 0);
    assert_string_equal(dhcp_flaw_text(a.flaws), "");
    assert_int_equal(a.xid, 0x4f4ff528);
    assert_memory_equal(&a.client, &client, sizeof client);
    assert_true(addr_equal(&a.address, &offered) && addr_equal(&a.server, &server) && addr_equal(&a.mask, &mask));
    assert_int_equal(a.gateway_count, 1);
    assert_true(addr_equal(&a.gateways[0], &server));
    assert_int_equal(a.resolver_count, 1);
    assert_true(addr_equal(&a.resolvers[0], &server));
    assert_true(a.has_lease && a.lease_s == 120);
    assert_false(addr_is_set(&a.relay));
}

static void a_question_is_no_answer(void **state)
{
    struct dhcp_answer a;
    assert_false(dhcp_read(golden_discover, sizeof golden_discover, &a));
}

static void what_is_cut_is_refused_or_has_a_flaw(void **state)
{
    struct dhcp_answer a;
    for (size_t len = 0; len < 236; len++)
        assert_false(dhcp_read(golden_offer, len, &a));
    for (size_t len = 236; len < OPTIONS_AT; len++) {
        assert_true(dhcp_read(golden_offer, len, &a));
        assert_int_equal(a.flaws, DHCP_FLAW_NO_COOKIE);
        assert_int_equal(a.type, DHCP_NO_TYPE);
    }
    for (size_t len = OPTIONS_AT; len < 288; len++) { /* the end of the options stands at 291 */
        assert_true(dhcp_read(golden_offer, len, &a));
        assert_true(a.flaws & (DHCP_FLAW_OVERLONG | DHCP_FLAW_NO_END));
    }
}

/* An offer with these options instead. */
static bool read_with(const uint8_t *options, size_t len, struct dhcp_answer *out)
{
    uint8_t *bytes = test_malloc(OPTIONS_AT + len); /* exact: an over-read is seen */
    memcpy(bytes, golden_offer, OPTIONS_AT);
    memcpy(bytes + OPTIONS_AT, options, len);
    bool read = dhcp_read(bytes, OPTIONS_AT + len, out);
    test_free(bytes);
    return read;
}

static void another_cookie_makes_it_bootp(void **state)
{
    uint8_t bytes[sizeof golden_offer];
    struct dhcp_answer a;
    memcpy(bytes, golden_offer, sizeof bytes);
    bytes[236] = 0;
    assert_true(dhcp_read(bytes, sizeof bytes, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_NO_COOKIE);
    assert_string_equal(dhcp_flaw_text(a.flaws), "the answer is BOOTP, not DHCP");
}

static void an_option_that_runs_over_the_end_is_a_flaw_and_what_came_before_counts(void **state)
{
    static const uint8_t options[] = {53, 1, 2, 54, 4, 10, 51, 0, 1, 3, 200, 10, 51, 0, 1};
    struct dhcp_answer a;
    assert_true(read_with(options, sizeof options, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_OVERLONG);
    assert_int_equal(a.type, DHCP_OFFER);
    assert_true(addr_is_set(&a.server));
    assert_int_equal(a.gateway_count, 0);
}

static void options_without_an_end_are_a_flaw(void **state)
{
    static const uint8_t options[] = {53, 1, 2, 54, 4, 10, 51, 0, 1};
    struct dhcp_answer a;
    assert_true(read_with(options, sizeof options, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_NO_END);
    assert_int_equal(a.type, DHCP_OFFER);
}

static void a_split_option_is_put_together(void **state)
{
    static const uint8_t options[] = {53, 1, 2, 54, 2, 10, 51, 0, 6, 3, 1, 1, 1, 54, 2, 0, 1, 6, 5, 1, 8, 8, 8, 8, 255};
    struct dhcp_answer a;
    struct addr server = at("10.51.0.1"), second = at("8.8.8.8");
    assert_true(read_with(options, sizeof options, &a));
    assert_int_equal(a.flaws, 0);
    assert_true(addr_equal(&a.server, &server));
    assert_int_equal(a.resolver_count, 2);
    assert_true(addr_equal(&a.resolvers[1], &second));
}

static void an_overloaded_answer_goes_on_in_its_names(void **state)
{
    static const uint8_t options[] = {53, 1, 2, 52, 1, 3, 255}, in_file[] = {54, 4, 10, 51, 0, 1, 255},
                         in_name[] = {3, 4, 10, 51, 0, 254, 255};
    uint8_t bytes[OPTIONS_AT + sizeof options];
    struct dhcp_answer a;
    struct addr server = at("10.51.0.1"), gateway = at("10.51.0.254");
    memcpy(bytes, golden_offer, OPTIONS_AT);
    memcpy(bytes + OPTIONS_AT, options, sizeof options);
    memcpy(bytes + 108, in_file, sizeof in_file);
    memcpy(bytes + 44, in_name, sizeof in_name);
    assert_true(dhcp_read(bytes, sizeof bytes, &a));
    assert_int_equal(a.flaws, 0);
    assert_true(addr_equal(&a.server, &server) && addr_equal(&a.gateways[0], &gateway));
    bytes[OPTIONS_AT + 5] = 2; /* the server's name only */
    assert_true(dhcp_read(bytes, sizeof bytes, &a));
    assert_true(!addr_is_set(&a.server) && a.gateway_count == 1);
}

static void values_of_zero_or_odd_length_are_a_flaw(void **state)
{
    static const uint8_t empty[] = {53, 1, 2, 54, 0, 1, 0, 51, 0, 3, 0, 255}, no_type[] = {53, 0, 255},
                         odd[] = {53, 1, 2, 51, 3, 0, 0, 1, 3, 5, 10, 51, 0, 1, 9, 255};
    struct dhcp_answer a;
    assert_true(read_with(empty, sizeof empty, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_EMPTY);
    assert_true(!addr_is_set(&a.server) && !addr_is_set(&a.mask) && !a.has_lease && !a.gateway_count);
    assert_true(read_with(odd, sizeof odd, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_EMPTY);
    assert_true(!a.has_lease && a.gateway_count == 1);
    assert_true(read_with(no_type, sizeof no_type, &a));
    assert_int_equal(a.flaws, DHCP_FLAW_EMPTY | DHCP_FLAW_NO_TYPE);
}

static void a_relay_and_a_refusal_are_read(void **state)
{
    static const uint8_t options[] = {53, 1, 6, 54, 4, 10, 9, 9, 9, 56, 9, 'n', 'o', ' ', 27, '[', 'm', 'o', 'r', 'e',
                                      82, 4, 1, 2, 0, 7, 255};
    uint8_t bytes[OPTIONS_AT + sizeof options];
    struct dhcp_answer a;
    struct addr relay = at("10.51.0.1");
    memcpy(bytes, golden_offer, OPTIONS_AT);
    memcpy(bytes + OPTIONS_AT, options, sizeof options);
    memcpy(bytes + 24, relay.bytes, 4);
    assert_true(dhcp_read(bytes, sizeof bytes, &a));
    assert_int_equal(a.type, DHCP_NAK);
    assert_true(addr_equal(&a.relay, &relay));
    assert_string_equal(a.message, "no ?[more"); /* hostile to a terminal */
}

static void long_lists_are_cut(void **state)
{
    uint8_t options[3 + 2 + 252 + 1] = {53, 1, 2, 6, 252};
    struct dhcp_answer a;
    memset(options + 5, 9, 252);
    options[sizeof options - 1] = 255;
    assert_true(read_with(options, sizeof options, &a));
    assert_int_equal(a.resolver_count, DHCP_ADDRESSES_MAX);
    assert_int_equal(a.flaws, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_match_the_golden_bytes),
        cmocka_unit_test(a_long_host_name_is_cut_and_still_fits),
        cmocka_unit_test(an_offer_gives_up_all_it_says),
        cmocka_unit_test(a_question_is_no_answer),
        cmocka_unit_test(what_is_cut_is_refused_or_has_a_flaw),
        cmocka_unit_test(another_cookie_makes_it_bootp),
        cmocka_unit_test(an_option_that_runs_over_the_end_is_a_flaw_and_what_came_before_counts),
        cmocka_unit_test(options_without_an_end_are_a_flaw),
        cmocka_unit_test(a_split_option_is_put_together),
        cmocka_unit_test(an_overloaded_answer_goes_on_in_its_names),
        cmocka_unit_test(values_of_zero_or_odd_length_are_a_flaw),
        cmocka_unit_test(a_relay_and_a_refusal_are_read),
        cmocka_unit_test(long_lists_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
