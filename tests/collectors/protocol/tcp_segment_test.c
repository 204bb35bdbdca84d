#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "collectors/protocol/ipv4.h"
#include "collectors/protocol/tcp_segment.h"

/* IPv4 10.51.0.53 -> 10.51.0.1; TCP 40000 -> 80 [SYN] Seq=1000 Win=4288 MSS=536, checksum [correct] */
static const uint8_t golden_syn[44] = {
    0x45, 0x00, 0x00, 0x2c, 0x00, 0x07, 0x40, 0x00, 0x40, 0x06, 0x26, 0x2a, 0x0a, 0x33, 0x00, 0x35, 0x0a, 0x33, 0x00,
    0x01, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x60, 0x02, 0x10, 0xc0, 0xd5, 0xee,
    0x00, 0x00, 0x02, 0x04, 0x02, 0x18};

/* IPv4 10.51.0.53 -> 10.51.0.1; TCP 40000 -> 80 [PSH, ACK] Seq=1001 Ack=2001 Win=4288 Len=18, checksum
 *     [correct]; HTTP GET / HTTP/1.0 */
static const uint8_t golden_get[58] = {
    0x45, 0x00, 0x00, 0x3a, 0x00, 0x07, 0x40, 0x00, 0x40, 0x06, 0x26, 0x1c, 0x0a, 0x33, 0x00, 0x35, 0x0a, 0x33, 0x00,
    0x01, 0x9c, 0x40, 0x00, 0x50, 0x00, 0x00, 0x03, 0xe9, 0x00, 0x00, 0x07, 0xd1, 0x50, 0x18, 0x10, 0xc0, 0x03, 0x75,
    0x00, 0x00, 0x47, 0x45, 0x54, 0x20, 0x2f, 0x20, 0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e, 0x30, 0x0d, 0x0a, 0x0d,
    0x0a};

/* IPv4 10.51.0.1 -> 10.51.0.53 (a Linux kernel); TCP 80 -> 39550 [SYN, ACK] Win=65160 MSS=1460 SACK_PERM
 *     timestamps WS=1024, checksum [correct] */
static const uint8_t golden_syn_ack[60] = {
    0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06, 0x26, 0x21, 0x0a, 0x33, 0x00, 0x01, 0x0a, 0x33, 0x00,
    0x35, 0x00, 0x50, 0x9a, 0x7e, 0x8d, 0x3d, 0x93, 0x11, 0x5a, 0x08, 0x64, 0x8d, 0xa0, 0x12, 0xfe, 0x88, 0x6f, 0x36,
    0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x7b, 0xa3, 0x59, 0x20, 0x5a, 0x06, 0x1d, 0x15, 0x01,
    0x03, 0x03, 0x0a};

static void assert_written(const uint8_t *golden, size_t len, uint16_t mss)
{
    struct ip_packet p;
    struct tcp_segment s;
    uint8_t out[64];
    struct writer w = writer_over(out, sizeof out);
    assert_true(ipv4_read(golden, len, &p) && tcp_read(&p, &s));
    assert_false(s.bad_sum);
    assert_int_equal(s.mss, mss);
    assert_true(tcp_write(&w, &p.from, &p.to, &s));
    assert_int_equal(wr_len(&w), p.payload_len);
    assert_memory_equal(out, p.payload, p.payload_len);
}

static void segments_match_the_golden_bytes(void **state)
{
    assert_written(golden_syn, sizeof golden_syn, 536);
    assert_written(golden_get, sizeof golden_get, 0);
}

static void a_kernels_answer_gives_up_its_parts(void **state)
{
    struct ip_packet p;
    struct tcp_segment s;
    assert_true(ipv4_read(golden_syn_ack, sizeof golden_syn_ack, &p) && tcp_read(&p, &s));
    assert_int_equal(s.from, 80);
    assert_int_equal(s.to, 39550);
    assert_int_equal(s.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(s.mss, 1460);
    assert_int_equal(s.payload_len, 0);
    assert_int_equal(tcp_extent(&s), 1);
    assert_false(s.bad_sum);
}

static void what_is_cut_or_lies_about_its_header_is_refused(void **state)
{
    struct ip_packet p;
    struct tcp_segment s;
    uint8_t bytes[sizeof golden_syn_ack];
    memcpy(bytes, golden_syn_ack, sizeof bytes);
    assert_true(ipv4_read(bytes, sizeof bytes, &p));
    size_t whole = p.payload_len;
    for (p.payload_len = 0; p.payload_len < whole; p.payload_len++)
        assert_false(tcp_read(&p, &s));
    bytes[32] = 0xf0; /* a header of 60 bytes */
    assert_false(tcp_read(&p, &s));
    bytes[32] = 0x40;
    assert_false(tcp_read(&p, &s));
    bytes[32] = 0xa0;
    bytes[41] = 0; /* an option of no length */
    assert_true(tcp_read(&p, &s) && !s.mss && s.bad_sum);
    bytes[41] = 200; /* one that runs over the end */
    assert_true(tcp_read(&p, &s) && !s.mss);
    p.fragment = true;
    assert_false(tcp_read(&p, &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_match_the_golden_bytes),
        cmocka_unit_test(a_kernels_answer_gives_up_its_parts),
        cmocka_unit_test(what_is_cut_or_lies_about_its_header_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
