#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_walk.h"
#include "tests/support/fake_agent.h"

#define COLUMNS 3

struct walked {
    unsigned cells[COLUMNS], total;
};

static void count_cell(void *ctx, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    struct walked *w = ctx;
    w->cells[column]++;
    w->total++;
    assert_true(index.len > 0);
}

/* Walks ifDescr, ifOperStatus and ifName of the fake agent to the end, whatever it does. */
static void walk(struct fake_agent *fake, struct snmp_agent *agent, struct snmp_walk *w, struct walked *out)
{
    static uint8_t request[4096], answer[FAKE_ANSWER_MAX];
    struct snmp_oid roots[COLUMNS];
    struct snmp_oid_view views[COLUMNS];
    struct snmp_written asked;
    static const char *const texts[] = {"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.8",
                                        "1.3.6.1.2.1.31.1.1.1.1"};
    for (int i = 0; i < COLUMNS; i++) {
        snmp_oid_parse(texts[i], &roots[i]);
        views[i] = snmp_oid_view(&roots[i]);
    }
    *out = (struct walked){0};
    snmp_walk_start(w, views, COLUMNS, agent);
    while (snmp_walk_ask(w, agent, request, sizeof request, &asked)) {
        struct snmp_message m;
        size_t len = fake_agent_answer(fake, 0, asked.bytes, asked.len, answer);
        assert_true(snmp_message_read(answer, len, &m));
        if (!snmp_walk_take(w, agent, &m.pdu, count_cell, out))
            break;
    }
}

static void start(struct fake_agent *fake, struct snmp_agent *agent, unsigned ports)
{
    struct addr a = {0};
    fake_agent_init(fake, ports);
    assert_true(snmp_agent_init(agent, &a, SNMP_PORT, SNMP_V2C, "public"));
}

static struct fake_agent fake;
static struct snmp_agent agent;
static struct snmp_walk w;
static struct walked got;

static void a_walk_finds_every_row_of_every_column(void **state)
{
    start(&fake, &agent, 33);
    walk(&fake, &agent, &w, &got);
    for (int i = 0; i < COLUMNS; i++)
        assert_int_equal(got.cells[i], 33);
    assert_int_equal(w.end, SNMP_WALK_DONE);
    assert_true(w.requests <= 6);
    snmp_agent_fini(&agent);
}

static void version_1_is_walked_row_by_row(void **state)
{
    start(&fake, &agent, 5);
    agent.version = SNMP_V1;
    walk(&fake, &agent, &w, &got);
    assert_int_equal(got.total, 15);
    assert_int_equal(fake.asked_bulk, 0);
    snmp_agent_fini(&agent);
}

static void repeating_rows_end_the_walk_and_what_came_is_kept(void **state)
{
    start(&fake, &agent, 8);
    fake.fault = FAKE_CYCLE;
    walk(&fake, &agent, &w, &got);
    assert_int_equal(w.end, SNMP_WALK_NOT_RISING);
    assert_int_equal(got.cells[0], 3);
    assert_true(snmp_oid_compare(snmp_oid_view(&w.to), snmp_oid_view(&w.from)) <= 0);
    fake.fault = FAKE_SAME_OID;
    walk(&fake, &agent, &w, &got);
    assert_true(w.requests < 5);
    snmp_agent_fini(&agent);
}

static void an_endless_table_has_a_ceiling(void **state)
{
    start(&fake, &agent, 8);
    fake.fault = FAKE_ENDLESS;
    walk(&fake, &agent, &w, &got);
    assert_true(w.requests <= SNMP_WALK_REQUESTS_MAX);
    assert_true(got.cells[0] <= SNMP_WALK_ROWS_MAX + (unsigned)agent.repetitions);
    snmp_agent_fini(&agent);
}

static void too_big_halves_the_rows_and_is_remembered(void **state)
{
    start(&fake, &agent, 20);
    fake.fault = FAKE_TOO_BIG;
    walk(&fake, &agent, &w, &got);
    assert_int_equal(got.total, 60);
    assert_true(agent.repetitions < SNMP_REPETITIONS_FIRST);
    snmp_agent_fini(&agent);
}

static void more_rows_than_asked_are_not_taken(void **state)
{
    start(&fake, &agent, 8);
    fake.fault = FAKE_OVERSIZED;
    walk(&fake, &agent, &w, &got);
    assert_int_equal(got.total, 24);
    snmp_agent_fini(&agent);
}

static void an_empty_answer_is_none(void **state)
{
    start(&fake, &agent, 8);
    fake.fault = FAKE_EMPTY;
    walk(&fake, &agent, &w, &got);
    assert_int_equal(got.total, 0);
    assert_int_equal(w.end, SNMP_WALK_GOING); /* still waiting for a real one */
    snmp_agent_fini(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_finds_every_row_of_every_column),
        cmocka_unit_test(version_1_is_walked_row_by_row),
        cmocka_unit_test(repeating_rows_end_the_walk_and_what_came_is_kept),
        cmocka_unit_test(an_endless_table_has_a_ceiling),
        cmocka_unit_test(too_big_halves_the_rows_and_is_remembered),
        cmocka_unit_test(more_rows_than_asked_are_not_taken),
        cmocka_unit_test(an_empty_answer_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
