#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poller/wire/outgoing.h"
#include "tests/poller/wire/frames.h"

static void a_tag_goes_behind_the_addresses(void **state)
{
    uint8_t out[OUTGOING_BYTES_MAX];
    struct bytes_of_frame want = with_tag(COPY_OF(golden_discover), TYPE_VLAN, 501);
    assert_int_equal(outgoing_write(501, golden_discover, sizeof golden_discover, out), want.len);
    assert_memory_equal(out, want.at, want.len);
}

static void without_a_tag_it_leaves_as_it_is(void **state)
{
    uint8_t out[OUTGOING_BYTES_MAX];
    size_t len = outgoing_write(ETHER_UNTAGGED, golden_discover, sizeof golden_discover, out);
    assert_int_equal(len, sizeof golden_discover);
    assert_memory_equal(out, golden_discover, sizeof golden_discover);
}

static void short_frames_are_padded_with_zeros_and_the_tag_comes_on_top(void **state)
{
    uint8_t out[OUTGOING_BYTES_MAX], zeros[OUTGOING_LEAST] = {0};
    memset(out, 0xee, sizeof out);
    assert_int_equal(outgoing_write(ETHER_UNTAGGED, golden_arp, sizeof golden_arp, out), 60);
    assert_memory_equal(out + sizeof golden_arp, zeros, 60 - sizeof golden_arp);
    memset(out, 0xee, sizeof out);
    assert_int_equal(outgoing_write(501, golden_arp, sizeof golden_arp, out), 64);
    assert_memory_equal(out + sizeof golden_arp + 4, zeros, 60 - sizeof golden_arp);
    assert_int_equal(out[64], 0xee);
}

static void the_longest_frame_fits_with_its_tag(void **state)
{
    uint8_t data[ETHER_BYTES_MAX] = {0}, out[OUTGOING_BYTES_MAX];
    assert_int_equal(outgoing_write(4094, data, sizeof data, out), 1518);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_goes_behind_the_addresses),
        cmocka_unit_test(without_a_tag_it_leaves_as_it_is),
        cmocka_unit_test(short_frames_are_padded_with_zeros_and_the_tag_comes_on_top),
        cmocka_unit_test(the_longest_frame_fits_with_its_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
