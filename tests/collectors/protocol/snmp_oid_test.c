#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_oid.h"

static int compare(const char *a, const char *b)
{
    struct snmp_oid x, y;
    assert_true(snmp_oid_parse(a, &x));
    assert_true(snmp_oid_parse(b, &y));
    return snmp_oid_compare(snmp_oid_view(&x), snmp_oid_view(&y));
}

static void texts_survive_the_encoding(void **state)
{
    static const char *const texts[] = {"1.3.6.1.2.1.1.3.0", "0.0", "2.999.4294967295.0",
                                        "1.3.6.1.4.1.41112.1.4.128.16383.16384"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct snmp_oid o;
        char back[SNMP_OID_TEXT_MAX];
        assert_true(snmp_oid_parse(texts[i], &o));
        assert_true(snmp_oid_valid(snmp_oid_view(&o)));
        assert_string_equal(snmp_oid_text(snmp_oid_view(&o), back), texts[i]);
    }
}

static void nonsense_is_no_oid(void **state)
{
    static const char *const texts[] = {"", "1", "3.1", "1.40", "1.3.", "1..3", "1.3.x", "1.3.4294967296",
                                        "-1.3", "1.3.6 "};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct snmp_oid o;
        assert_false(snmp_oid_parse(texts[i], &o));
    }
}

static void order_is_by_number_and_not_by_byte(void **state)
{
    assert_true(compare("1.3.127", "1.3.128") < 0);
    assert_true(compare("1.3.16383", "1.3.16384") < 0); /* ff 7f and 81 80 00 */
    assert_true(compare("1.3.6", "1.3.6.1") < 0);
    assert_true(compare("1.3.6.2", "1.3.6.1.9") > 0);
    assert_true(compare("1.3.6.1", "1.3.6.1") == 0);
}

static void badly_encoded_ones_are_not_valid(void **state)
{
    static const struct snmp_oid_view bad[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x2b\x86", 2},             /* ends inside a number */
        {(const uint8_t *)"\x2b\x80\x01", 3},         /* leading zero bits */
        {(const uint8_t *)"\x2b\x90\x80\x80\x80\x00", 6}, /* above 32 bits */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(snmp_oid_valid(bad[i]));
}

static void below_needs_at_least_one_number_more(void **state)
{
    struct snmp_oid root, in, out;
    snmp_oid_parse("1.3.6.1.2", &root);
    snmp_oid_parse("1.3.6.1.2.1", &in);
    snmp_oid_parse("1.3.6.1.3.1", &out);
    assert_true(snmp_oid_below(snmp_oid_view(&in), snmp_oid_view(&root)));
    assert_false(snmp_oid_below(snmp_oid_view(&root), snmp_oid_view(&root)));
    assert_false(snmp_oid_below(snmp_oid_view(&out), snmp_oid_view(&root)));
}

static void an_oid_has_an_end(void **state)
{
    struct snmp_oid o;
    unsigned appended = 0;
    snmp_oid_parse("1.3", &o);
    while (snmp_oid_append(&o, UINT32_MAX))
        appended++;
    assert_true(o.len <= SNMP_OID_BYTES_MAX);
    assert_int_equal(appended, (SNMP_OID_BYTES_MAX - 1) / 5);
}

static void one_longer_than_ours_is_encoded_where_there_is_room(void **state)
{
    char text[2048] = "1.3";
    uint8_t bytes[640];
    size_t len = 3;
    for (int i = 2; i < 128; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ".%u", UINT32_MAX);
    assert_int_equal(snmp_oid_encode(text, len, bytes, sizeof bytes), 1 + 126 * 5);
    assert_true(snmp_oid_valid((struct snmp_oid_view){bytes, 1 + 126 * 5}));
    assert_int_equal(snmp_oid_encode(text, len, bytes, 126 * 5), 0);
    assert_int_equal(snmp_oid_encode(text, 6, bytes, sizeof bytes), 2); /* 1.3.42, what follows is not looked at */
}

static void an_index_is_a_single_number(void **state)
{
    uint32_t n;
    assert_true(snmp_oid_single((struct snmp_oid_view){(const uint8_t *)"\x87\x68", 2}, &n));
    assert_int_equal(n, 1000);
    assert_false(snmp_oid_single((struct snmp_oid_view){(const uint8_t *)"\x01\x02", 2}, &n));
    assert_false(snmp_oid_single((struct snmp_oid_view){(const uint8_t *)"", 0}, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_survive_the_encoding),
        cmocka_unit_test(nonsense_is_no_oid),
        cmocka_unit_test(order_is_by_number_and_not_by_byte),
        cmocka_unit_test(badly_encoded_ones_are_not_valid),
        cmocka_unit_test(below_needs_at_least_one_number_more),
        cmocka_unit_test(an_oid_has_an_end),
        cmocka_unit_test(one_longer_than_ours_is_encoded_where_there_is_room),
        cmocka_unit_test(an_index_is_a_single_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
