/* Bytes as net-snmp's tools and Debian's snmpd exchanged them over loopback; the decode stands above. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_pdu.h"

/* SEQUENCE { version 1 (2c), community "public",
 *   GetRequest { request-id 0x59af08c3, error 0, index 0,
 *     { 1.3.6.1.2.1.1.3.0 = NULL, 1.3.6.1.2.1.1.5.0 = NULL, 1.3.6.1.2.1.99.0 = NULL } } } */
static const char get_request[] =
    "304402010104067075626c6963a037020459af08c30201000201003029300c06082b060102010103000500"
    "300c06082b060102010105000500300b06072b0601020163000500";

/* the same with GetResponse: TimeTicks 78297, "lab-switch", noSuchObject */
static const char get_response[] =
    "305102010104067075626c6963a244020459af08c30201000201003036300f06082b0601020101030043030131d9"
    "301606082b06010201010500040a6c61622d737769746368300b06072b0601020163008000";

/* version 1: { 1.3.6.1.2.1.1.5.0, 1.3.6.1.2.1.99.0 }, error noSuchName, index 2 */
static const char v1_error[] =
    "303602010004067075626c6963a229020419a090bd020102020102301b300c06082b060102010105000500"
    "300b06072b0601020163000500";

/* GetBulkRequest { 0x7475b088, non-repeaters 1, max-repetitions 2,
 *   { 1.3.6.1.2.1.1.3, 1.3.6.1.2.1.2.2.1.2, 1.3.6.1.2.1.31.1.1.1.6 } } */
static const char bulk_request[] =
    "304702010104067075626c6963a53a02047475b088020101020102302c300b06072b0601020101030500"
    "300d06092b06010201020201020500300e060a2b060102011f010101060500";

/* sysUpTime.0 78298; ifDescr.1 "lo", ifHCInOctets.1 16903621; ifDescr.2 "ifb0", ifHCInOctets.2 0 */
static const char bulk_response[] =
    "307902010104067075626c6963a26c02047475b088020100020100305e300f06082b0601020101030043030131da"
    "3010060a2b06010201020201020104026c6f3013060b2b060102011f010101060146040101edc5"
    "3012060a2b0601020102020102020404696662303010060b2b060102011f0101010602460100";

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (uint8_t)byte;
    }
    return len;
}

static void write_names(struct snmp_writer *w, const char *const *names, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct snmp_oid oid;
        assert_true(snmp_oid_parse(names[i], &oid));
        snmp_writer_name(w, snmp_oid_view(&oid));
    }
}

static void expect_request(const char *hex, struct snmp_head head, const char *const *names, size_t count)
{
    uint8_t want[256], buffer[256];
    size_t len = unhex(hex, want);
    struct snmp_writer w;
    struct snmp_written out;
    head.version = SNMP_V2C;
    head.community = "public";
    head.community_len = 6;
    snmp_writer_begin(&w, buffer, sizeof buffer);
    write_names(&w, names, count);
    assert_true(snmp_writer_end(&w, &head, &out));
    assert_int_equal(out.len, len);
    assert_memory_equal(out.bytes, want, len);
    snmp_patch_request_id(out.bytes + out.id_offset, SNMP_REQUEST_ID_LAST);
    struct snmp_message m;
    assert_true(snmp_message_read(out.bytes, out.len, &m));
    assert_int_equal(m.pdu.request_id, SNMP_REQUEST_ID_LAST);
}

static void our_get_is_byte_for_byte_theirs(void **state)
{
    static const char *const names[] = {"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.99.0"};
    expect_request(get_request, (struct snmp_head){.kind = SNMP_GET, .request_id = 0x59af08c3}, names, 3);
}

static void our_getbulk_is_byte_for_byte_theirs(void **state)
{
    static const char *const names[] = {"1.3.6.1.2.1.1.3", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.6"};
    expect_request(bulk_request,
                   (struct snmp_head){.kind = SNMP_GETBULK,
                                      .request_id = 0x7475b088,
                                      .non_repeaters = 1,
                                      .max_repetitions = 2},
                   names, 3);
}

static void an_answer_is_read(void **state)
{
    uint8_t bytes[256];
    struct snmp_message m;
    struct snmp_binding b;
    size_t len = unhex(get_response, bytes);
    assert_true(snmp_message_read(bytes, len, &m));
    assert_int_equal(m.version, SNMP_V2C);
    assert_memory_equal(m.community.bytes, "public", 6);
    assert_int_equal(m.pdu.kind, SNMP_RESPONSE);
    assert_int_equal(m.pdu.request_id, 0x59af08c3);
    assert_int_equal(m.pdu.error_status, SNMP_NO_ERROR);
    assert_int_equal(snmp_binding_take(&m.pdu.bindings, &b), SNMP_TAKEN);
    assert_int_equal(b.value.type, SNMP_TICKS);
    assert_int_equal(b.value.number, 78297);
    assert_int_equal(snmp_binding_take(&m.pdu.bindings, &b), SNMP_TAKEN);
    assert_int_equal(b.value.type, SNMP_OCTETS);
    assert_memory_equal(b.value.octets, "lab-switch", b.value.len);
    assert_int_equal(snmp_binding_take(&m.pdu.bindings, &b), SNMP_TAKEN);
    assert_int_equal(b.value.type, SNMP_ABSENT);
    assert_int_equal(snmp_binding_take(&m.pdu.bindings, &b), SNMP_NO_MORE);
}

static void an_error_names_its_binding(void **state)
{
    uint8_t bytes[256];
    struct snmp_message m;
    assert_true(snmp_message_read(bytes, unhex(v1_error, bytes), &m));
    assert_int_equal(m.version, SNMP_V1);
    assert_int_equal(m.pdu.error_status, SNMP_NO_SUCH_NAME);
    assert_int_equal(m.pdu.error_index, 2);
}

static void a_bulk_answer_has_all_its_rows(void **state)
{
    uint8_t bytes[256];
    struct snmp_message m;
    struct snmp_binding b;
    uint64_t sum = 0, n;
    int count = 0;
    assert_true(snmp_message_read(bytes, unhex(bulk_response, bytes), &m));
    for (; snmp_binding_take(&m.pdu.bindings, &b) == SNMP_TAKEN; count++)
        sum += snmp_value_number(&b.value, &n) ? n : 0;
    assert_int_equal(count, 5);
    assert_int_equal(sum, 78298 + 16903621);
}

static void every_cut_and_every_tail_is_refused(void **state)
{
    uint8_t bytes[257];
    struct snmp_message m;
    size_t len = unhex(bulk_response, bytes);
    for (size_t cut = 0; cut < len; cut++)
        assert_false(snmp_message_read(bytes, cut, &m));
    bytes[len] = 0;
    assert_false(snmp_message_read(bytes, len + 1, &m));
}

static void a_value_out_of_its_range_is_unreadable_and_the_rest_stands(void **state)
{
    static const uint8_t bindings[] = {
        0x30, 0x0b, 0x06, 0x01, 0x2b, 0x41, 0x06, 1, 2, 3, 4, 5, 6, /* Counter32 of six bytes */
        0x30, 0x06, 0x06, 0x01, 0x2b, 0x99, 0x01, 0,                /* a type nobody knows */
        0x30, 0x06, 0x06, 0x01, 0x2b, 0x41, 0x01, 7};
    struct reader r = reader_over(bindings, sizeof bindings);
    struct snmp_binding b;
    assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
    assert_int_equal(b.value.type, SNMP_UNREADABLE);
    assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
    assert_int_equal(b.value.type, SNMP_UNREADABLE);
    assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
    assert_int_equal(b.value.number, 7);
}

static void a_binding_with_something_more_inside_is_malformed(void **state)
{
    static const uint8_t bindings[] = {0x30, 0x08, 0x06, 0x01, 0x2b, 0x41, 0x01, 7, 5, 0};
    struct reader r = reader_over(bindings, sizeof bindings);
    struct snmp_binding b;
    assert_int_equal(snmp_binding_take(&r, &b), SNMP_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_get_is_byte_for_byte_theirs),
        cmocka_unit_test(our_getbulk_is_byte_for_byte_theirs),
        cmocka_unit_test(an_answer_is_read),
        cmocka_unit_test(an_error_names_its_binding),
        cmocka_unit_test(a_bulk_answer_has_all_its_rows),
        cmocka_unit_test(every_cut_and_every_tail_is_refused),
        cmocka_unit_test(a_value_out_of_its_range_is_unreadable_and_the_rest_stands),
        cmocka_unit_test(a_binding_with_something_more_inside_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
