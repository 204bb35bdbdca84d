#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "poller/base/json.h"
#include "poller/command/walk/show.h"

#define OCTETS(kind, text)                                                                         \
    ((struct snmp_value){.type = kind, .octets = (const uint8_t *)(text), .len = sizeof(text) - 1})

static const char *shown(struct snmp_value v, const struct mib_object *o)
{
    static char text[256];
    struct buf out = {0};
    show_value(&v, o, &out);
    snprintf(text, sizeof text, "%s", buf_string(&out));
    buf_fini(&out);
    return text;
}

static void octets_are_text_where_they_are_text(void **state)
{
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "barn"), NULL), "barn");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "barn\0\0"), NULL), "barn");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "k\xc3\xbc"
                                                  "che"),
                              NULL),
                        "k\xc3\xbc"
                        "che");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "\x3c\x84\x6a\x01\x02\x03"), NULL),
                        "3c 84 6a 01 02 03");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "\0"), NULL), "00");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, ""), NULL), "");
}

static void numbers_are_as_they_are_meant(void **state)
{
    assert_string_equal(shown((struct snmp_value){.type = SNMP_INTEGER, .integer = -5}, NULL),
                        "-5");
    assert_string_equal(
        shown((struct snmp_value){.type = SNMP_COUNTER64, .number = UINT64_MAX}, NULL),
        "18446744073709551615");
    assert_non_null(strstr(shown((struct snmp_value){.type = SNMP_TICKS, .number = 8640000}, NULL),
                           "(8640000)"));
    assert_string_equal(shown(OCTETS(SNMP_OPAQUE, "\x9f\x78\x04\x41\x20\x00\x00"), NULL), "10");
    assert_string_equal(shown(OCTETS(SNMP_OPAQUE, "\x9f\x78\x04\x41"), NULL), "9f 78 04 41");
    assert_string_equal(shown(OCTETS(SNMP_IPADDRESS, "\xc0\xa8\x01\x02"), NULL), "192.168.1.2");
    assert_string_equal(shown(OCTETS(SNMP_IDENTIFIER, "\x2b\x06\x01"), NULL), "1.3.6.1");
    assert_string_equal(shown(OCTETS(SNMP_IDENTIFIER, "\x2b\x80"), NULL), "2b 80");
    assert_string_equal(shown((struct snmp_value){.type = SNMP_UNREADABLE}, NULL), "unreadable");
}

static void a_hint_and_units_of_a_mib_are_followed(void **state)
{
    const struct mib_object mac = {.hint = "1x:", .syntax = MIB_OCTETS}, watts = {.units = "watts"},
                            tenths = {.hint = "d-1", .units = "V"}, bad = {.hint = "1q"};
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "\x3c\x84\x6a\x01\x02\x03"), &mac),
                        "3c:84:6a:01:02:03");
    assert_string_equal(shown((struct snmp_value){.type = SNMP_GAUGE32, .number = 7}, &watts),
                        "7 watts");
    assert_string_equal(shown((struct snmp_value){.type = SNMP_INTEGER, .integer = 241}, &tenths),
                        "24.1 V");
    assert_string_equal(shown(OCTETS(SNMP_OCTETS, "barn"), &bad), "barn");
}

static void a_document_loses_no_digit(void **state)
{
    static const uint8_t oid[] = {0x2b, 6, 1};
    struct walk_row row = {.oid = {oid, sizeof oid},
                           .value = {.type = SNMP_COUNTER64, .number = UINT64_MAX}};
    cJSON *object = show_document(&row, NULL);
    struct buf text = {0};
    json_print(object, false, &text);
    assert_string_equal(
        buf_string(&text),
        "{\"oid\":\"1.3.6.1\",\"type\":\"counter64\",\"value\":18446744073709551615,"
        "\"text\":\"18446744073709551615\"}");
    buf_fini(&text);
    cJSON_Delete(object);
}

static void a_document_has_octets_that_are_no_text_as_hexadecimal(void **state)
{
    static const uint8_t oid[] = {0x2b, 6, 1};
    struct walk_row row = {.oid = {oid, sizeof oid}, .value = OCTETS(SNMP_OCTETS, "\xff\x00")};
    cJSON *object = show_document(&row, NULL);
    assert_string_equal(json_text(object, "hex"), "ff00");
    assert_true(cJSON_IsNull(json_member(object, "value")));
    cJSON_Delete(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_are_text_where_they_are_text),
        cmocka_unit_test(numbers_are_as_they_are_meant),
        cmocka_unit_test(a_hint_and_units_of_a_mib_are_followed),
        cmocka_unit_test(a_document_loses_no_digit),
        cmocka_unit_test(a_document_has_octets_that_are_no_text_as_hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
