#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_ber.h"

static bool take(const char *bytes, size_t len, uint8_t *tag, size_t *content)
{
    struct reader r = reader_over(bytes, len), inside = {NULL, NULL};
    bool fine = ber_take(&r, tag, &inside);
    *content = fine ? rd_left(&inside) : 0;
    return fine;
}

static void lengths_are_read_in_all_forms(void **state)
{
    uint8_t tag;
    size_t len;
    assert_true(take("\x04\x02hi", 4, &tag, &len));
    assert_int_equal(tag, BER_OCTETS);
    assert_int_equal(len, 2);
    assert_true(take("\x04\x81\x02hi", 5, &tag, &len)); /* longer than needed is legal BER */
    assert_int_equal(len, 2);
    assert_true(take("\x04\x83\0\0\x02hi", 7, &tag, &len));
    assert_int_equal(len, 2);
}

static void lengths_that_lie_are_refused(void **state)
{
    uint8_t tag;
    size_t len;
    assert_false(take("\x04\x03hi", 4, &tag, &len));
    assert_false(take("\x04\x80hi\0\0", 6, &tag, &len));     /* indefinite */
    assert_false(take("\x04\x84\0\0\0\x02hi", 8, &tag, &len)); /* four bytes of length */
    assert_false(take("\x04\x82\x01", 3, &tag, &len));
    assert_false(take("\x04", 1, &tag, &len));
    assert_false(take("", 0, &tag, &len));
    assert_false(take("\x1f\x22\x00", 3, &tag, &len)); /* a tag of several bytes */
}

static bool read_signed(const char *bytes, size_t len, int64_t *out)
{
    return ber_signed(reader_over(bytes, len), out);
}

static void integers_keep_their_sign(void **state)
{
    int64_t v;
    assert_true(read_signed("\x7f", 1, &v) && v == 127);
    assert_true(read_signed("\xff", 1, &v) && v == -1);
    assert_true(read_signed("\x00\x80", 2, &v) && v == 128);
    assert_true(read_signed("\x80\0\0\0", 4, &v) && v == INT32_MIN);
    assert_false(read_signed("", 0, &v));
    assert_false(read_signed("\1\2\3\4\5\6\7\x08\x09", 9, &v));
}

static void counters_may_lack_their_zero_but_not_exceed_their_type(void **state)
{
    uint64_t v;
    assert_true(ber_unsigned(reader_over("\x00\xff\xff\xff\xff", 5), 4, &v) && v == UINT32_MAX);
    assert_true(ber_unsigned(reader_over("\xff\xff\xff\xff", 4), 4, &v) && v == UINT32_MAX);
    assert_false(ber_unsigned(reader_over("\x01\xff\xff\xff\xff", 5), 4, &v));
    assert_false(ber_unsigned(reader_over("\0\0\xff\xff\xff\xff", 6), 4, &v));
    assert_true(ber_unsigned(reader_over("\0\xff\xff\xff\xff\xff\xff\xff\xff", 9), 8, &v));
    assert_true(v == UINT64_MAX);
    assert_false(ber_unsigned(reader_over("", 0), 4, &v));
}

static void what_is_written_is_read_back(void **state)
{
    static const int64_t values[] = {0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint8_t buffer[16];
        int32_t back;
        struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
        ber_put_integer(&b, values[i]);
        struct reader r = reader_over(b.at, ber_builder_len(&b));
        assert_true(ber_take_i32(&r, &back));
        assert_int_equal(back, values[i]);
        assert_int_equal(rd_left(&r), 0);
    }
}

static void long_contents_get_long_lengths(void **state)
{
    static uint8_t buffer[70000], content[40000];
    static const size_t sizes[] = {127, 128, 255, 256, 40000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
        struct reader inside = {NULL, NULL};
        ber_put_tlv(&b, BER_OCTETS, content, sizes[i]);
        struct reader r = reader_over(b.at, ber_builder_len(&b));
        assert_true(ber_expect(&r, BER_OCTETS, &inside));
        assert_int_equal(rd_left(&inside), sizes[i]);
    }
}

static void a_buffer_too_small_is_said(void **state)
{
    uint8_t buffer[4];
    struct ber_builder b = ber_builder_over(buffer, sizeof buffer);
    ber_put_tlv(&b, BER_OCTETS, "four", 4);
    assert_true(b.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_read_in_all_forms),
        cmocka_unit_test(lengths_that_lie_are_refused),
        cmocka_unit_test(integers_keep_their_sign),
        cmocka_unit_test(counters_may_lack_their_zero_but_not_exceed_their_type),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(long_contents_get_long_lengths),
        cmocka_unit_test(a_buffer_too_small_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
