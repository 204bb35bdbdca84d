#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/snmp/port.h"

static void put(struct port_table *t, enum if_static column, uint32_t index, const struct snmp_value *v)
{
    struct snmp_oid o = {0};
    snmp_oid_append(&o, index);
    assert_true(port_table_cell(t, column, snmp_oid_view(&o), v));
}

static void put_text(struct port_table *t, enum if_static column, uint32_t index, const char *text)
{
    struct snmp_value v = {.type = SNMP_OCTETS};
    v.octets = (const uint8_t *)text;
    v.len = strlen(text);
    put(t, column, index, &v);
}

static void put_number(struct port_table *t, enum if_static column, uint32_t index, int64_t n)
{
    put(t, column, index, &(struct snmp_value){.type = SNMP_INTEGER, .integer = n});
}

static const char *shown(const char *bytes, size_t len, size_t most)
{
    static char out[PORT_TEXT_MAX + 1];
    return port_text(bytes, len, most, out);
}

static void text_is_made_fit_for_showing(void **state)
{
    assert_string_equal(shown("Gi0/1", 5, 64), "Gi0/1");
    assert_string_equal(shown("uplink\0\0", 8, 64), "uplink");
    assert_string_equal(shown("a\0b", 3, 64), "a?b");
    assert_string_equal(shown("\x1b[2Jx\r\n", 8, 64), "?[2Jx??");
    assert_string_equal(shown("T\xc3\xbcr", 4, 64), "T\xc3\xbcr");
    assert_string_equal(shown("T\xfcr", 3, 64), "T?r");                  /* Latin-1 */
    assert_string_equal(shown("a\xe2\x80\xae" "b", 5, 64), "a?b");       /* turns the direction */
    assert_string_equal(shown("\xc2\x85x", 3, 64), "?x");                /* a control of C1 */
    assert_string_equal(shown("abc\xc3\xbc", 5, 4), "abc");              /* no half character */
    assert_string_equal(shown("", 0, 64), "");
}

static void a_port_without_a_name_is_called_by_mac_or_number(void **state)
{
    struct port_table *t = port_table_create();
    struct snmp_value mac = {.type = SNMP_OCTETS};
    mac.octets = (const uint8_t *)"\x02\0\0\0\0\x09";
    mac.len = 6;
    put(t, IF_PHYS_ADDRESS, 9, &mac);
    put_number(t, IF_TYPE, 12, 6);
    assert_true(port_table_settle(t));
    assert_string_equal(t->ports[0].name, "02:00:00:00:00:09");
    assert_string_equal(t->ports[1].name, "port 12");
    port_table_destroy(t);
}

static void doubled_names_without_macs_get_their_number(void **state)
{
    struct port_table *t = port_table_create();
    for (uint32_t i = 1; i <= 3; i++)
        put_text(t, IF_NAME, i, i < 3 ? "lan" : "wan");
    assert_true(port_table_settle(t));
    assert_string_equal(t->ports[0].name, "lan#1");
    assert_string_equal(t->ports[1].name, "lan#2");
    assert_string_equal(t->ports[2].name, "wan");
    assert_int_equal(t->doubled, 2);
    port_table_destroy(t);
}

static void rows_come_in_any_order_and_stand_by_index(void **state)
{
    struct port_table *t = port_table_create();
    for (uint32_t i = 300; i > 0; i--)
        put_number(t, IF_TYPE, i, 6);
    assert_true(port_table_settle(t));
    for (size_t i = 0; i < t->count; i++)
        assert_int_equal(t->ports[i].index, i + 1);
    port_table_destroy(t);
}

/* row 26 */
static void more_ports_than_the_ceiling_are_counted_and_left_out(void **state)
{
    struct port_table *t = port_table_create();
    for (uint32_t i = 1; i <= PORTS_MAX + 500; i++)
        put_number(t, IF_TYPE, i, 6);
    assert_int_equal(t->count, PORTS_MAX);
    assert_int_equal(t->left_out, 500);
    port_table_destroy(t);
}

static void an_index_of_several_numbers_is_no_port(void **state)
{
    struct port_table *t = port_table_create();
    struct snmp_value v = {.type = SNMP_INTEGER, .integer = 6};
    assert_true(port_table_cell(t, IF_TYPE, (struct snmp_oid_view){(const uint8_t *)"\1\2", 2}, &v));
    assert_int_equal(t->count, 0);
    port_table_destroy(t);
}

static struct port_table *named_table(const char *first, const char *second)
{
    struct port_table *t = port_table_create();
    put_text(t, IF_NAME, 1, first);
    put_text(t, IF_NAME, 2, second);
    assert_true(port_table_settle(t));
    return t;
}

static struct port_reading reading(uint64_t octets, uint32_t seconds)
{
    struct port_reading r = {.have = IF_BIT(IF_HC_IN_OCTETS), .ticks = 1000 + seconds * 100};
    r.value[IF_HC_IN_OCTETS] = octets;
    r.at.ns = SECONDS(seconds + 10);
    return r;
}

static float in_octets(struct port *p, const struct port_reading *r)
{
    struct port_rates rates;
    port_take(p, r, &(struct port_interval){0}, &rates);
    return rates.of[PORT_IN_OCTETS];
}

static void counters_follow_the_name_and_start_anew_at_another_index(void **state)
{
    struct port_table *old = named_table("eth0", "eth1"), *t = named_table("eth1", "eth0");
    struct port_reading r = reading(1000, 0);
    for (int i = 0; i < 2; i++)
        (void)in_octets(&old->ports[i], &r);
    assert_true(port_table_inherit(t, old));
    r = reading(7000, 60);
    assert_true(isnan(in_octets(&t->ports[0], &r)));
    r = reading(13000, 120);
    assert_float_equal(in_octets(&t->ports[0], &r), 100, 1e-6);
    port_table_destroy(old);
    port_table_destroy(t);
}

static void the_same_table_read_again_loses_nothing(void **state)
{
    struct port_table *old = named_table("eth0", "eth1"), *t = named_table("eth0", "eth1");
    struct port_reading r = reading(1000, 0);
    (void)in_octets(&old->ports[1], &r);
    assert_false(port_table_inherit(t, old));
    r = reading(7000, 60);
    assert_float_equal(in_octets(&t->ports[1], &r), 100, 1e-6);
    port_table_destroy(old);
    port_table_destroy(t);
}

static void the_best_form_of_each_column_is_asked(void **state)
{
    struct port p = {.present = IF_ALL_BITS};
    uint32_t columns = port_columns(&p, 0, true, 0);
    assert_false(columns & IF_NARROW_BITS);
    assert_false(columns & IF_BIT(IF_SPEED));
    p.present &= ~(IF_WIDE_BITS | IF_BIT(IF_HIGH_SPEED));
    columns = port_columns(&p, 0, true, 0);
    assert_true((columns & IF_NARROW_BITS) == IF_NARROW_BITS);
    assert_true(columns & IF_BIT(IF_SPEED));
    assert_false(port_columns(&p, IF_BIT(IF_IN_ERRORS), true, 0) & IF_BIT(IF_IN_ERRORS));
    assert_false(port_columns(&p, IF_BIT(IF_IN_ERRORS), false, IF_ALL_BITS) & IF_BIT(IF_IN_ERRORS));
}

static void a_fast_line_with_narrow_counters_is_judged_by_its_packets(void **state)
{
    struct port p = {.type = 6, .speed_bps = 1000000000, .restart = true};
    struct port_reading r = {.have = IF_BIT(IF_IN_OCTETS) | IF_BIT(IF_IN_UCAST), .ticks = 1000};
    r.narrow = r.have;
    r.value[IF_IN_OCTETS] = 4294967000u;
    r.at.ns = SECONDS(10);
    (void)in_octets(&p, &r);
    r.value[IF_IN_OCTETS] = 5704; /* 6000 octets on, in 6 packets: not a wrap more */
    r.value[IF_IN_UCAST] = 6;
    r.ticks += 6000;
    r.at.ns += SECONDS(60);
    assert_float_equal(in_octets(&p, &r), 100, 1e-4);
    r.value[IF_IN_OCTETS] += 6000; /* with three million packets it may well be one */
    r.value[IF_IN_UCAST] += 3000000;
    r.ticks += 6000;
    r.at.ns += SECONDS(60);
    assert_true(isnan(in_octets(&p, &r)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_made_fit_for_showing),
        cmocka_unit_test(a_port_without_a_name_is_called_by_mac_or_number),
        cmocka_unit_test(doubled_names_without_macs_get_their_number),
        cmocka_unit_test(rows_come_in_any_order_and_stand_by_index),
        cmocka_unit_test(more_ports_than_the_ceiling_are_counted_and_left_out),
        cmocka_unit_test(an_index_of_several_numbers_is_no_port),
        cmocka_unit_test(counters_follow_the_name_and_start_anew_at_another_index),
        cmocka_unit_test(the_same_table_read_again_loses_nothing),
        cmocka_unit_test(the_best_form_of_each_column_is_asked),
        cmocka_unit_test(a_fast_line_with_narrow_counters_is_judged_by_its_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
