#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ethernet.h"

/* Ethernet II, Src: 02:00:00:00:00:0a, Dst: 02:00:00:00:00:0b, Type: ARP (0x0806)
 * Address Resolution Protocol (reply): 10.51.0.1 is at 02:00:00:00:00:0a */
static const uint8_t golden[42] = {
    0x02, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06,
    0x04, 0x00, 0x02, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x0a, 0x33, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x0b,
    0x0a, 0x33, 0x00, 0x35};

static void a_frame_gives_up_its_header(void **state)
{
    struct ethernet_frame f;
    char text[MAC_TEXT_MAX];
    assert_true(ethernet_read(golden, sizeof golden, &f));
    assert_string_equal(mac_text(&f.to, text), "02:00:00:00:00:0b");
    assert_string_equal(mac_text(&f.from, text), "02:00:00:00:00:0a");
    assert_int_equal(f.type, ETHERNET_ARP);
    assert_int_equal(f.payload_len, sizeof golden - ETHERNET_HEADER_BYTES);
    assert_ptr_equal(f.payload, golden + ETHERNET_HEADER_BYTES);
}

static void a_header_is_written_as_it_was_read(void **state)
{
    struct ethernet_frame f;
    uint8_t out[ETHERNET_HEADER_BYTES];
    struct writer w = writer_over(out, sizeof out);
    ethernet_read(golden, sizeof golden, &f);
    assert_true(ethernet_write(&w, &f.to, &f.from, f.type));
    assert_memory_equal(out, golden, sizeof out);
    assert_false(ethernet_write(&w, &f.to, &f.from, f.type)); /* it is full */
}

static void what_is_short_or_has_a_length_for_a_type_is_no_frame(void **state)
{
    struct ethernet_frame f;
    uint8_t bytes[sizeof golden];
    for (size_t len = 0; len < ETHERNET_HEADER_BYTES; len++)
        assert_false(ethernet_read(golden, len, &f));
    assert_true(ethernet_read(golden, ETHERNET_HEADER_BYTES, &f));
    memcpy(bytes, golden, sizeof bytes);
    bytes[12] = 0x05;
    bytes[13] = 0xff;
    assert_false(ethernet_read(bytes, sizeof bytes, &f));
}

static void groups_and_link_local_addresses_are_made_from_others(void **state)
{
    struct addr group;
    struct mac m;
    char text[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    addr_parse("ff02::1:ff00:a", &group);
    m = ethernet_group6(&group);
    assert_string_equal(mac_text(&m, mac), "33:33:ff:00:00:0a");
    assert_true(ethernet_is_group(&m) && ethernet_is_group(&ethernet_broadcast));
    mac_parse("3c:84:6a:01:02:03", &m);
    assert_false(ethernet_is_group(&m));
    group = ethernet_link_local(&m);
    assert_string_equal(addr_text(&group, text), "fe80::3e84:6aff:fe01:203");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_gives_up_its_header),
        cmocka_unit_test(a_header_is_written_as_it_was_read),
        cmocka_unit_test(what_is_short_or_has_a_length_for_a_type_is_no_frame),
        cmocka_unit_test(groups_and_link_local_addresses_are_made_from_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
