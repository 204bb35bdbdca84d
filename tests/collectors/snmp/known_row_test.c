/* The short way through a row must never say anything else than the careful one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collectors/snmp/known_row.h"

#define TRIES 200000
#define BYTES 64

static unsigned chance(unsigned most)
{
    return (unsigned)lrand48() % most;
}

static void an_index_is_written_as_ber_writes_it(void **state)
{
    static const uint32_t numbers[] = {0, 1, 127, 128, 300, 16383, 16384, 2097151, 2097152, UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct snmp_oid o = {0};
        struct row_index index = row_index(numbers[i]);
        assert_true(snmp_oid_append(&o, numbers[i]));
        assert_int_equal(index.len, o.len);
        for (unsigned k = 0; k < index.len; k++)
            assert_int_equal((uint8_t)(index.word >> (8 * (index.len - 1 - k))), o.bytes[k]);
    }
}

struct cell {
    uint8_t bytes[BYTES];
    size_t len;
};

/* name, then tag and content */
static void put_cell(struct cell *c, enum if_polled column, uint32_t index, uint8_t tag, const uint8_t *value,
                     size_t len)
{
    struct ber_builder b = ber_builder_over(c->bytes, sizeof c->bytes);
    struct snmp_oid name;
    assert_true(snmp_oid_copy(if_polled_column(column), &name) && snmp_oid_append(&name, index));
    ber_put_tlv(&b, tag, value, len);
    ber_put_tlv(&b, BER_OID, name.bytes, name.len);
    ber_put_header(&b, BER_SEQUENCE, b.end);
    assert_false(b.failed);
    c->len = ber_builder_len(&b);
    memmove(c->bytes, b.at, c->len);
}

static void put_usual(struct cell *c, enum if_polled column, uint32_t index)
{
    static const uint8_t small[] = {1}, large[] = {0, 0x9c, 1, 2, 3}, huge[] = {0, 0xff, 2, 3, 4, 5, 6, 7, 8};
    const struct if_polled_cell *p = &if_polled_cells[column];
    if (p->tag == BER_INTEGER)
        put_cell(c, column, index, p->tag, small, sizeof small);
    else if (p->tag == BER_COUNTER64)
        put_cell(c, column, index, p->tag, huge, sizeof huge);
    else
        put_cell(c, column, index, p->tag, large, sizeof large);
}

static unsigned take(const struct cell *c, uint32_t columns, uint32_t number, struct port_reading *r, size_t *used)
{
    struct known_row row = {0};
    struct row_index index = row_index(number);
    struct reader bindings = reader_over(c->bytes, c->len);
    known_row_of(&row, columns, index.len);
    unsigned taken = known_row_take(&row, 0, index, &bindings, r);
    *used = (size_t)(bindings.at - c->bytes);
    return taken;
}

static void all_usual_cells_go_the_short_way(void **state)
{
    static const uint32_t numbers[] = {1, 127, 128, 16383};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        for (unsigned column = 0; column < IF_POLLED_COUNT; column++) {
            struct port_reading r = {0};
            struct cell c = {0};
            size_t used;
            put_usual(&c, (enum if_polled)column, numbers[i]);
            size_t len = c.len;
            for (; c.len <= BYTES; c.len += BYTES - len) { /* alone, and with more behind */
                assert_int_equal(take(&c, IF_BIT(column), numbers[i], &r, &used), 1);
                assert_int_equal(used, len);
                assert_int_equal(r.have, IF_BIT(column));
            }
        }
}

static void a_long_index_is_left_to_the_careful(void **state)
{
    struct port_reading r = {0};
    struct cell c;
    size_t used;
    put_usual(&c, IF_HC_IN_OCTETS, 16384);
    assert_int_equal(take(&c, IF_BIT(IF_HC_IN_OCTETS), 16384, &r, &used), 0);
    assert_int_equal(used, 0);
    assert_int_equal(r.have, 0);
}

/* The same binding by the careful way: may this column of this port hold it? */
static bool read_carefully(const struct cell *c, enum if_polled column, uint32_t index, uint64_t *number, bool *narrow,
                           size_t *used)
{
    struct reader bindings = reader_over(c->bytes, c->len);
    struct snmp_binding b;
    struct snmp_oid name;
    assert_true(snmp_oid_copy(if_polled_column(column), &name) && snmp_oid_append(&name, index));
    if (snmp_binding_take(&bindings, &b) != SNMP_TAKEN || !snmp_oid_equal(b.oid, snmp_oid_view(&name)) ||
        !if_polled_number(column, &b.value, number))
        return false;
    *narrow = b.value.type == SNMP_COUNTER32;
    *used = (size_t)(bindings.at - c->bytes);
    return true;
}

static void put_any(struct cell *c, enum if_polled column, uint32_t index)
{
    static const uint8_t any_tags[] = {BER_INTEGER,   BER_OCTETS,   BER_NULL,   BER_COUNTER32,      BER_GAUGE32,
                                       BER_TIMETICKS, BER_COUNTER64, BER_OPAQUE, BER_NO_SUCH_INSTANCE};
    uint8_t value[12];
    bool usual = chance(2);
    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)(chance(4) ? chance(256) : chance(2) * 255);
    put_cell(c, column, index, usual ? if_polled_cells[column].tag : any_tags[chance(sizeof any_tags)], value,
             chance(sizeof value));
    for (unsigned spoiled = chance(3) ? 0 : chance(3); spoiled; spoiled--)
        c->bytes[chance((unsigned)c->len)] = (uint8_t)chance(256);
    if (chance(8) == 0)
        c->len = chance((unsigned)c->len);
    else if (chance(2))
        c->len = BYTES; /* more stands behind */
}

static void what_it_takes_the_careful_way_takes_too(void **state)
{
    unsigned taken = 0;
    srand48(7);
    for (unsigned i = 0; i < TRIES; i++) {
        unsigned column = chance(IF_POLLED_COUNT);
        uint32_t index = chance(2) ? 1 + chance(127) : 1 + chance(16383);
        struct port_reading r = {0};
        struct cell c;
        uint64_t number;
        bool narrow;
        size_t used, carefully;
        put_any(&c, (enum if_polled)column, index);
        if (!take(&c, IF_BIT(column), index, &r, &used)) {
            assert_int_equal(used, 0);
            assert_int_equal(r.have, 0);
            continue;
        }
        taken++;
        assert_true(read_carefully(&c, (enum if_polled)column, index, &number, &narrow, &carefully));
        assert_int_equal(used, carefully);
        assert_int_equal(r.have, IF_BIT(column));
        assert_true(r.value[column] == number);
        assert_int_equal(r.narrow != 0, narrow);
    }
    assert_true(taken > TRIES / 20);
}

static void sysuptime_is_what_the_careful_way_reads(void **state)
{
    static const uint8_t oid[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};
    unsigned taken = 0;
    srand48(8);
    for (unsigned i = 0; i < TRIES / 4; i++) {
        uint8_t value[] = {(uint8_t)(chance(2) * chance(256)), (uint8_t)chance(256), (uint8_t)chance(256),
                           (uint8_t)chance(256), (uint8_t)chance(256), (uint8_t)chance(256)};
        struct cell c = {{0}, 0};
        struct ber_builder b = ber_builder_over(c.bytes, sizeof c.bytes);
        ber_put_tlv(&b, chance(4) ? BER_TIMETICKS : BER_GAUGE32, value, chance(sizeof value + 1));
        ber_put_tlv(&b, BER_OID, oid, sizeof oid);
        ber_put_header(&b, BER_SEQUENCE, b.end);
        c.len = ber_builder_len(&b);
        memmove(c.bytes, b.at, c.len);
        if (chance(3) == 0)
            c.bytes[chance((unsigned)c.len)] = (uint8_t)chance(256);
        struct reader bindings = reader_over(c.bytes, c.len), careful = bindings;
        struct snmp_binding read;
        uint32_t ticks;
        if (!known_uptime_take(&bindings, &ticks))
            continue;
        taken++;
        assert_int_equal(snmp_binding_take(&careful, &read), SNMP_TAKEN);
        assert_true(snmp_oid_equal(read.oid, if_scalar(SYS_UPTIME)));
        assert_int_equal(read.value.type, SNMP_TICKS);
        assert_true(read.value.number == ticks && careful.at == bindings.at);
    }
    assert_true(taken > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_is_written_as_ber_writes_it),
        cmocka_unit_test(all_usual_cells_go_the_short_way),
        cmocka_unit_test(a_long_index_is_left_to_the_careful),
        cmocka_unit_test(what_it_takes_the_careful_way_takes_too),
        cmocka_unit_test(sysuptime_is_what_the_careful_way_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
