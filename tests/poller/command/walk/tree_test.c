#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "poller/command/walk/tree.h"
#include "tests/support/fake_agent.h"

static struct fake_agent fake;
static struct snmp_agent agent;
static struct tree t;
static size_t rows, most, requests;

static bool count_row(void *ctx, struct snmp_oid_view oid, const struct snmp_value *value)
{
    assert_true(snmp_oid_valid(oid));
    (void)value;
    return ++rows < most;
}

static struct snmp_oid oid_of(const char *text)
{
    struct snmp_oid oid;
    assert_true(snmp_oid_parse(text, &oid));
    return oid;
}

/* Walks what the fake agent has below the root to the end, whatever it does. */
static void walk(const char *root, unsigned ports, enum fake_fault fault)
{
    static uint8_t request[TREE_REQUEST_BYTES_MAX], answer[FAKE_ANSWER_MAX];
    struct addr nobody = {0};
    struct snmp_oid oid = oid_of(root);
    struct snmp_written asked;
    fake_agent_init(&fake, ports);
    fake.fault = fault;
    assert_true(snmp_agent_init(&agent, &nobody, SNMP_PORT, SNMP_V2C, "public"));
    rows = requests = 0;
    if (!most)
        most = 100000;
    tree_begin(&t, snmp_oid_view(&oid), snmp_oid_view(&oid), true);
    while (requests < 10000 && tree_ask(&t, &agent, request, sizeof request, &asked)) {
        struct snmp_message m;
        size_t len = fake_agent_answer(&fake, 0, asked.bytes, asked.len, answer);
        requests++;
        if (len) {
            assert_true(snmp_message_read(answer, len, &m));
            if (tree_take(&t, &m.pdu, count_row, NULL))
                continue;
        }
        if (!tree_ask_less(&t))
            break;
    }
    snmp_agent_fini(&agent);
    most = 0;
}

static void everything_below_a_root_comes_once(void **state)
{
    walk("1.3.6.1.2.1", 33, FAKE_WELL);
    assert_int_equal(t.end, TREE_DONE);
    assert_true(rows > 33 * 10);
    assert_int_equal(rows, t.objects);
    size_t all = rows;
    walk("1.3.6.1.2.1.1", 33, FAKE_WELL);
    size_t system = rows;
    walk("1.3.6.1.2.1.2", 33, FAKE_WELL);
    size_t interfaces = rows;
    walk("1.3.6.1.2.1.31", 33, FAKE_WELL);
    assert_int_equal(all, system + interfaces + rows);
}

static void rows_per_request_grow_where_answers_are_full(void **state)
{
    walk("1.3.6.1.2.1", 64, FAKE_WELL);
    assert_int_equal(t.repetitions, TREE_REPETITIONS_MAX);
    assert_true(requests < rows / 20);
}

static void what_is_no_table_but_an_object_is_told_itself(void **state)
{
    walk("1.3.6.1.2.1.1.5.0", 2, FAKE_WELL);
    assert_int_equal(rows, 1);
    assert_int_equal(t.end, TREE_DONE);
    walk("1.3.6.1.4.1.99999", 2, FAKE_WELL);
    assert_int_equal(rows, 0);
    assert_int_equal(t.end, TREE_DONE);
}

static void an_agent_that_goes_round_is_left_at_its_first_step_back(void **state)
{
    walk("1.3.6.1.2.1.2.2.1.2", 8, FAKE_CYCLE);
    assert_int_equal(t.end, TREE_NOT_RISING);
    assert_int_equal(rows, 3);
    assert_true(snmp_oid_compare(tree_oid_view(&t.to), tree_oid_view(&t.last)) < 0);
    walk("1.3.6.1.2.1.2.2.1.2", 8, FAKE_SAME_OID);
    assert_int_equal(t.end, TREE_NOT_RISING);
    assert_true(requests <= 2);
}

static void an_agent_that_rises_for_ever_is_stopped_by_who_takes_the_rows(void **state)
{
    most = 500;
    walk("1.3.6.1.2.1.2.2.1.2", 8, FAKE_ENDLESS);
    assert_int_equal(t.end, TREE_STOPPED);
    assert_int_equal(rows, 500);
}

static void too_big_is_asked_in_smaller_pieces(void **state)
{
    walk("1.3.6.1.2.1", 20, FAKE_WELL);
    size_t all = rows;
    walk("1.3.6.1.2.1", 20, FAKE_TOO_BIG);
    assert_int_equal(rows, all);
    assert_int_equal(t.end, TREE_DONE);
    assert_true(t.repetitions <= 20);
}

static void a_column_that_cannot_be_told_is_passed_over_and_said(void **state)
{
    walk("1.3.6.1.2.1", 9, FAKE_WELL);
    size_t all = rows;
    walk("1.3.6.1.2.1", 9, FAKE_GEN_ERR);
    assert_int_equal(t.end, TREE_DONE);
    assert_true(t.passed > 0);
    assert_int_equal(t.error_status, SNMP_GEN_ERR);
    assert_in_range(rows, all - 9 - 1, all - 1);
}

static void an_agent_without_getbulk_is_walked_step_by_step(void **state)
{
    walk("1.3.6.1.2.1", 5, FAKE_WELL);
    size_t all = rows;
    walk("1.3.6.1.2.1", 5, FAKE_NO_BULK);
    assert_int_equal(rows, all);
    assert_false(t.bulk_allowed);
}

static void broken_answers_are_not_taken(void **state)
{
    walk("1.3.6.1.2.1", 5, FAKE_EMPTY);
    assert_int_equal(rows, 0);
    assert_int_equal(t.end, TREE_GOING);
    walk("1.3.6.1.2.1", 5, FAKE_OVERSIZED);
    assert_int_equal(t.end, TREE_DONE);
}

/* One answer made by hand: an OID of more numbers than RFC 2578 allows. */
static void an_oid_longer_than_any_ends_the_walk(void **state)
{
    static uint8_t bytes[2048], name[WALK_OID_BYTES_MAX + 40];
    struct snmp_oid root = oid_of("1.3.6.1.2.1");
    struct ber_builder b = ber_builder_over(bytes, sizeof bytes);
    const uint8_t *end = b.at;
    memset(name, 1, sizeof name);
    memcpy(name, root.bytes, root.len);
    ber_put_integer(&b, 7);
    ber_put_tlv(&b, BER_OID, name, sizeof name);
    ber_put_header(&b, BER_SEQUENCE, end);
    struct snmp_pdu pdu = {.kind = SNMP_RESPONSE,
                           .bindings = reader_over(b.at, ber_builder_len(&b))};
    tree_begin(&t, snmp_oid_view(&root), snmp_oid_view(&root), false);
    rows = 0;
    most = 10;
    assert_true(tree_take(&t, &pdu, count_row, NULL));
    assert_int_equal(t.end, TREE_TOO_LONG);
    assert_int_equal(rows, 0);
    most = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_below_a_root_comes_once),
        cmocka_unit_test(rows_per_request_grow_where_answers_are_full),
        cmocka_unit_test(what_is_no_table_but_an_object_is_told_itself),
        cmocka_unit_test(an_agent_that_goes_round_is_left_at_its_first_step_back),
        cmocka_unit_test(an_agent_that_rises_for_ever_is_stopped_by_who_takes_the_rows),
        cmocka_unit_test(too_big_is_asked_in_smaller_pieces),
        cmocka_unit_test(a_column_that_cannot_be_told_is_passed_over_and_said),
        cmocka_unit_test(an_agent_without_getbulk_is_walked_step_by_step),
        cmocka_unit_test(broken_answers_are_not_taken),
        cmocka_unit_test(an_oid_longer_than_any_ends_the_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
