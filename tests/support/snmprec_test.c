#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/folder.h"
#include "tests/support/snmprec.h"

static struct snmprec *read_text(const char *text)
{
    struct snmprec *s = snmprec_read(text, strlen(text));
    assert_non_null(s);
    return s;
}

static void expect_oid(const struct snmprec *s, size_t row, const char *oid)
{
    char text[SNMP_OID_TEXT_MAX];
    assert_true(row < s->count);
    assert_true(snmp_oid_valid(s->rows[row].oid));
    assert_string_equal(snmp_oid_text(s->rows[row].oid, text), oid);
}

/* One row with this tag and value; NULL expected: it is damaged. */
static void expect_octets(const char *tag, const char *value, const char *expected, size_t len)
{
    char line[512];
    snprintf(line, sizeof line, "1.3.6.1|%s|%s", tag, value);
    struct snmprec *s = read_text(line);
    assert_int_equal(s->count, expected != NULL);
    assert_int_equal(s->damaged, expected == NULL);
    if (expected) {
        assert_int_equal(s->rows[0].len, len);
        assert_memory_equal(s->rows[0].bytes, expected, len);
    }
    snmprec_destroy(s);
}

static void expect_number(const char *tag, const char *value, bool good, uint64_t expected)
{
    char line[512];
    snprintf(line, sizeof line, "1.3.6.1|%s|%s", tag, value);
    struct snmprec *s = read_text(line);
    assert_int_equal(s->count, good);
    if (good)
        assert_int_equal(s->rows[0].number, expected);
    snmprec_destroy(s);
}

static void numbers_are_read_as_their_type_has_them(void **state)
{
    expect_number("2", "-71", true, (uint64_t)-71);
    expect_number("2", "2147483647", true, 2147483647);
    expect_number("65", "4294967295", true, 4294967295);
    expect_number("66", "0", true, 0);
    expect_number("67", "964450100", true, 964450100);
    expect_number("70", "18446744073709551615", true, UINT64_MAX);
}

static void a_number_that_does_not_fit_its_type_is_damaged(void **state)
{
    expect_number("65", "4294967296", false, 0);
    expect_number("66", "-1", false, 0);
    expect_number("70", "18446744073709551616", false, 0);
    expect_number("70", "aabbccddeef4", false, 0);
    expect_number("2", "", false, 0);
    expect_number("2", "1.5", false, 0);
    expect_number("2", "-", false, 0);
    expect_number("67", " 1", false, 0);
}

static void octets_are_text_hex_or_escaped(void **state)
{
    expect_octets("4", "", "", 0);
    expect_octets("4", "with | and \\n kept", "with | and \\n kept", 18);
    expect_octets("4", "blank ", "blank ", 6);
    expect_octets("4x", "788a20C9", "\x78\x8a\x20\xc9", 4);
    expect_octets("4x", "", "", 0);
    expect_octets("4x", "788", NULL, 0);
    expect_octets("4x", "7g", NULL, 0);
    expect_octets("4e", "a\\r\\nb\\tc\\\\d\\x00e", "a\r\nb\tc\\d\0e", 10);
    expect_octets("4e", "\\q", NULL, 0);
    expect_octets("4e", "end\\", NULL, 0);
    expect_octets("4e", "\\x4", NULL, 0);
    expect_octets("68", "raw", "raw", 3);
    expect_octets("68x", "9f780441200000", "\x9f\x78\x04\x41\x20\x00\x00", 7);
}

static void addresses_have_four_octets(void **state)
{
    expect_octets("64", "192.168.1.20", "\xc0\xa8\x01\x14", 4);
    expect_octets("64x", "c0a80114", "\xc0\xa8\x01\x14", 4);
    expect_octets("64e", "\\xc0\\xa8\\x01\\x14", "\xc0\xa8\x01\x14", 4);
    expect_octets("64", "192.168.1", NULL, 0);
    expect_octets("64", "192.168.1.256", NULL, 0);
    expect_octets("64", "192.168.1.2.3", NULL, 0);
    expect_octets("64x", "c0a801", NULL, 0);
}

static void an_oid_as_value_may_begin_with_a_dot(void **state)
{
    expect_octets("6", "1.3.6.1.4.1.10002.1", "\x2b\x06\x01\x04\x01\xce\x12\x01", 8);
    expect_octets("6", ".1.3.6.1.4.1.10002.1", "\x2b\x06\x01\x04\x01\xce\x12\x01", 8);
    expect_octets("6", "0.0", "\x00", 1);
    expect_octets("6", "1.3.x", NULL, 0);
}

static void types_without_a_value_are_read(void **state)
{
    struct snmprec *s = read_text("1.3.1|5|\n1.3.2|128|\n1.3.3|129|\n1.3.4|130|\n");
    static const uint8_t tags[] = {5, 0x80, 0x81, 0x82};
    assert_int_equal(s->count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->rows[i].tag, tags[i]);
    snmprec_destroy(s);
}

static void blank_lines_comments_and_line_ends_of_all_kinds_are_no_rows(void **state)
{
    struct snmprec *s = read_text("\r\n# of a switch\r\n1.3.6.1|4|one\r\n\n1.3.6.2|4|two");
    assert_int_equal(s->count, 2);
    assert_int_equal(s->damaged, 0);
    assert_memory_equal(s->rows[0].bytes, "one", s->rows[0].len);
    assert_memory_equal(s->rows[1].bytes, "two", s->rows[1].len);
    assert_int_equal(s->rows[1].line, 5);
    snmprec_destroy(s);
    snmprec_destroy(read_text(""));
}

static void rows_stand_by_number_whatever_their_order_was(void **state)
{
    struct snmprec *s = read_text("1.3.6.1.10|2|10\n"
                                  "1.3.6.1.9|2|9\n"
                                  "1.3.6.1.16384|2|16384\n"
                                  "1.3.6.1.16383|2|16383\n"
                                  "1.3.6.1.4294967295|2|5\n"
                                  ".1.3.6.1.2147483648|2|4\n"
                                  "1.3.6.1.9.1|2|91\n");
    expect_oid(s, 0, "1.3.6.1.9");
    expect_oid(s, 1, "1.3.6.1.9.1");
    expect_oid(s, 2, "1.3.6.1.10");
    expect_oid(s, 3, "1.3.6.1.16383");
    expect_oid(s, 4, "1.3.6.1.16384");
    expect_oid(s, 5, "1.3.6.1.2147483648");
    expect_oid(s, 6, "1.3.6.1.4294967295");
    snmprec_destroy(s);
}

static void of_repeated_oids_the_first_wins(void **state)
{
    struct snmprec *s = read_text("1.3.9|2|1\n1.3.5|2|7\n1.3.9|2|2\n1.3.9|4|3\n");
    assert_int_equal(s->count, 2);
    assert_int_equal(s->repeated, 2);
    assert_int_equal(s->rows[1].number, 1);
    snmprec_destroy(s);
}

static void damaged_rows_are_left_out_and_counted(void **state)
{
    struct snmprec *s = read_text("1.3.6.1|2|1\n"
                                  "1.3.6.xx.2|2|1\n"
                                  "no bar at all\n"
                                  "1.3.6.3|2\n"
                                  "1.3.6.4|77|1\n"
                                  "1.3.6.5||1\n"
                                  "1.3.6.6|2x|01\n"
                                  "1|2|1\n"
                                  "1.3.6.4294967296|2|1\n"
                                  "1.3.6.9|2|9\n");
    assert_int_equal(s->count, 2);
    assert_int_equal(s->damaged, 8);
    assert_int_equal(s->damaged_line, 2);
    assert_string_equal(s->damaged_why, "not an OID");
    snmprec_destroy(s);
}

static void a_module_behind_the_tag_is_taken_off(void **state)
{
    struct snmprec *s = read_text("1.3.1|65:numeric|rate=250,initial=1000,scale=1\n"
                                  "1.3.2|4:writecache|value=text=more\n"
                                  "1.3.3|2:delay|7\n"
                                  "1.3.4|4x:writecache|value=00ff\n");
    assert_int_equal(s->count, 4);
    assert_int_equal(s->rows[0].number, 1000);
    assert_true(s->rows[0].rate == 250);
    assert_memory_equal(s->rows[1].bytes, "text=more", s->rows[1].len);
    assert_true(isnan(s->rows[1].rate));
    assert_int_equal(s->rows[2].number, 7);
    assert_int_equal(s->rows[3].len, 2);
    snmprec_destroy(s);
}

static struct snmprec *read_long_oid(unsigned numbers)
{
    char line[4096] = "1.3";
    size_t len = 3;
    for (unsigned i = 2; i < numbers; i++)
        len += (size_t)snprintf(line + len, sizeof line - len, ".4294967295");
    snprintf(line + len, sizeof line - len, "|2|1");
    return read_text(line);
}

static void an_oid_has_up_to_128_numbers_of_32_bits(void **state)
{
    struct snmprec *s = read_long_oid(128);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->rows[0].oid.len, 1 + 126 * 5);
    snmprec_destroy(s);
    s = read_long_oid(129);
    assert_int_equal(s->count, 0);
    assert_int_equal(s->damaged, 1);
    snmprec_destroy(s);
}

static void a_file_is_read_whole_and_a_missing_one_is_told(void **state)
{
    static char folder[] = "snmprec-XXXXXX";
    char path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/big.snmprec", folder);
    FILE *f = fopen(path, "w");
    for (unsigned i = 80000; i-- > 0;)
        fprintf(f, "1.3.6.1.4.1.9.%u.%u|4|row %u\n", i / 300, i % 300, i);
    assert_int_equal(fclose(f), 0);
    struct snmprec *s = snmprec_load(path);
    assert_non_null(s);
    assert_int_equal(s->count, 80000);
    assert_memory_equal(s->rows[79999].bytes, "row 79999", 9);
    snmprec_destroy(s);
    folder_remove(folder);
    assert_null(snmprec_load(path));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_their_type_has_them),
        cmocka_unit_test(a_number_that_does_not_fit_its_type_is_damaged),
        cmocka_unit_test(octets_are_text_hex_or_escaped),
        cmocka_unit_test(addresses_have_four_octets),
        cmocka_unit_test(an_oid_as_value_may_begin_with_a_dot),
        cmocka_unit_test(types_without_a_value_are_read),
        cmocka_unit_test(blank_lines_comments_and_line_ends_of_all_kinds_are_no_rows),
        cmocka_unit_test(rows_stand_by_number_whatever_their_order_was),
        cmocka_unit_test(of_repeated_oids_the_first_wins),
        cmocka_unit_test(damaged_rows_are_left_out_and_counted),
        cmocka_unit_test(a_module_behind_the_tag_is_taken_off),
        cmocka_unit_test(an_oid_has_up_to_128_numbers_of_32_bits),
        cmocka_unit_test(a_file_is_read_whole_and_a_missing_one_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
