/* What is written is what the replaying agent reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "poller/command/walk/record.h"
#include "tests/support/snmprec.h"

static struct walk_rows rows;

static int begin(void **state)
{
    return walk_rows_init(&rows) ? 0 : -1;
}

static int end(void **state)
{
    walk_rows_fini(&rows);
    return 0;
}

static void add(const char *oid, struct snmp_value value)
{
    uint8_t bytes[WALK_OID_BYTES_MAX];
    size_t len = snmp_oid_encode(oid, strlen(oid), bytes, sizeof bytes);
    assert_true(len > 0);
    assert_true(walk_rows_add(&rows, (struct snmp_oid_view){bytes, len}, &value));
}

#define OCTETS(kind, text)                                                                         \
    ((struct snmp_value){.type = kind, .octets = (const uint8_t *)(text), .len = sizeof(text) - 1})

static struct snmprec *read_back(void)
{
    struct buf text = {0};
    walk_rows_sort(&rows);
    for (size_t i = 0; i < rows.count; i++)
        record_line(&rows.items[i], &text);
    struct snmprec *s = snmprec_read(buf_string(&text), text.len);
    buf_fini(&text);
    return s;
}

static void every_type_comes_back_as_it_was(void **state)
{
    add("1.3.1.1", (struct snmp_value){.type = SNMP_INTEGER, .integer = -42});
    add("1.3.1.2", OCTETS(SNMP_OCTETS, "plain text | with a bar"));
    add("1.3.1.3", OCTETS(SNMP_OCTETS, "\x00\xff\n"));
    add("1.3.1.4", OCTETS(SNMP_OCTETS, ""));
    add("1.3.1.5", OCTETS(SNMP_OCTETS, " blanks "));
    add("1.3.1.6", OCTETS(SNMP_IPADDRESS, "\xc0\xa8\x00\x01"));
    add("1.3.1.7", (struct snmp_value){.type = SNMP_COUNTER32, .number = UINT32_MAX});
    add("1.3.1.8", (struct snmp_value){.type = SNMP_GAUGE32, .number = 7});
    add("1.3.1.9", (struct snmp_value){.type = SNMP_TICKS, .number = 100});
    add("1.3.1.10", (struct snmp_value){.type = SNMP_COUNTER64, .number = UINT64_MAX});
    add("1.3.1.11", OCTETS(SNMP_IDENTIFIER, "\x2b\x06\x01\x8f\xff\xff\xff\x7f"));
    add("1.3.1.12", OCTETS(SNMP_OPAQUE, "\x9f\x78\x04\x41\x20\x00\x00"));
    add("1.3.1.13", (struct snmp_value){.type = SNMP_NONE});
    struct snmprec *s = read_back();
    assert_int_equal(s->damaged, 0);
    assert_int_equal(s->count, rows.count);
    for (size_t i = 0; i < s->count; i++) {
        const struct snmp_value *v = &rows.items[i].value;
        assert_true(snmp_oid_equal(s->rows[i].oid, rows.items[i].oid));
        if (walk_value_has_octets(v)) {
            assert_int_equal(s->rows[i].len, v->len);
            assert_memory_equal(s->rows[i].bytes, v->octets, v->len);
        } else if (v->type == SNMP_INTEGER) {
            assert_int_equal((int64_t)s->rows[i].number, v->integer);
        } else if (v->type != SNMP_NONE) {
            assert_true(s->rows[i].number == v->number);
        }
    }
    snmprec_destroy(s);
}

static void what_was_not_understood_is_not_recorded(void **state)
{
    struct buf out = {0};
    add("1.3.2.1", (struct snmp_value){.type = SNMP_UNREADABLE});
    add("1.3.2.2", (struct snmp_value){.type = SNMP_ABSENT});
    add("1.3.2.3", OCTETS(SNMP_IDENTIFIER, "\x2b\x80"));
    for (size_t i = 0; i < rows.count; i++)
        assert_false(record_line(&rows.items[i], &out));
    assert_int_equal(out.len, 0);
    buf_fini(&out);
}

static void oids_of_128_numbers_are_whole(void **state)
{
    char text[2048];
    size_t used = (size_t)snprintf(text, sizeof text, "1.3");
    for (int i = 2; i < WALK_NUMBERS_MAX; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, ".4294967295");
    add(text, (struct snmp_value){.type = SNMP_INTEGER, .integer = 1});
    struct snmprec *s = read_back();
    assert_int_equal(s->damaged, 0);
    assert_int_equal(s->count, 1);
    assert_true(snmp_oid_equal(s->rows[0].oid, rows.items[0].oid));
    snmprec_destroy(s);
}

static void of_objects_told_twice_the_first_stays(void **state)
{
    add("1.3.3.9", (struct snmp_value){.type = SNMP_INTEGER, .integer = 1});
    add("1.3.3.10", (struct snmp_value){.type = SNMP_INTEGER, .integer = 2});
    add("1.3.3.9", (struct snmp_value){.type = SNMP_INTEGER, .integer = 3});
    walk_rows_sort(&rows);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.items[0].value.integer, 1);
    assert_int_equal(rows.items[1].value.integer, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_type_comes_back_as_it_was, begin, end),
        cmocka_unit_test_setup_teardown(what_was_not_understood_is_not_recorded, begin, end),
        cmocka_unit_test_setup_teardown(oids_of_128_numbers_are_whole, begin, end),
        cmocka_unit_test_setup_teardown(of_objects_told_twice_the_first_stays, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
