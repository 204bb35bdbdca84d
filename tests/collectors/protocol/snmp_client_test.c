#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_client.h"
#include "tests/support/fake_agent.h"
#include "tests/support/sim_packets.h"

struct bed {
    struct sim *sim;
    struct snmp_client *client;
    struct snmp_agent agent;
    struct fake_agent fake;
    struct snmp_request requests[3];
    struct packet last; /* as asked */
    uint8_t bytes[512];
    unsigned answered, lost, refuse;
    unsigned written; /* by requests that write themselves */
    bool unwritable;
    enum snmp_loss loss;
    int64_t delay_ns;
    bool mute;
};

static void on_packet(void *ctx, struct sim *s, const struct packet *asked)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct bed *bed = ctx;
    bed->last = *asked;
    memcpy(bed->bytes, asked->data, asked->len);
    bed->last.data = bed->bytes;
    struct packet p = *asked;
    p.data = out;
    p.len = fake_agent_answer(&bed->fake, 0, asked->data, asked->len, out);
    if (!bed->mute)
        sim_deliver(s, PACKETS_UDP, &p, bed->delay_ns);
}

static bool on_answer(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at)
{
    struct bed *bed = r->ctx;
    if (bed->refuse) {
        bed->refuse--;
        return false;
    }
    bed->answered++;
    return true;
}

static void on_over(struct snmp_request *r)
{
    assert_int_equal(r->id, 0);
}

static void on_lost(struct snmp_request *r, enum snmp_loss loss, int error)
{
    struct bed *bed = r->ctx;
    bed->lost++;
    bed->loss = loss;
}

static int up(void **state)
{
    static struct bed bed;
    struct addr addr;
    bed = (struct bed){.sim = sim_create(3), .delay_ns = MILLISECONDS(5)};
    fake_agent_init(&bed.fake, 1);
    addr_parse("192.0.2.1", &addr);
    snmp_agent_init(&bed.agent, &addr, SNMP_PORT, SNMP_V2C, "public");
    bed.agent.timeout_ns = SECONDS(1);
    bed.client = snmp_client_create(sim_env(bed.sim));
    packets_receive(sim_env(bed.sim)->packets, PACKETS_UDP, snmp_client_receive, bed.client);
    sim_on(bed.sim, PACKETS_UDP, on_packet, &bed);
    for (int i = 0; i < 3; i++)
        bed.requests[i] = (struct snmp_request){.agent = &bed.agent,
                                                .answered = on_answer,
                                                .over = on_over,
                                                .lost = on_lost,
                                                .ctx = &bed};
    *state = &bed;
    return 0;
}

static int down(void **state)
{
    struct bed *bed = *state;
    packets_receive(sim_env(bed->sim)->packets, PACKETS_UDP, NULL, bed->client);
    snmp_client_destroy(bed->client);
    snmp_agent_fini(&bed->agent);
    sim_destroy(bed->sim);
    return 0;
}

static bool write_question(const struct snmp_agent *agent, void *buffer, size_t capacity, struct snmp_written *out)
{
    struct snmp_oid uptime;
    struct snmp_writer w;
    struct snmp_head head = snmp_agent_head(agent, SNMP_GET);
    snmp_oid_parse("1.3.6.1.2.1.1.3.0", &uptime);
    snmp_writer_begin(&w, buffer, capacity);
    snmp_writer_name(&w, snmp_oid_view(&uptime));
    return snmp_writer_end(&w, &head, out);
}

static void ask(struct bed *bed, int which)
{
    uint8_t buffer[128];
    struct snmp_written out;
    assert_true(write_question(&bed->agent, buffer, sizeof buffer, &out));
    assert_true(snmp_client_ask(bed->client, &bed->requests[which], &out));
}

static bool write_itself(const struct snmp_request *r, void *buffer, size_t capacity, struct snmp_written *out)
{
    struct bed *bed = r->ctx;
    bed->written++;
    return !bed->unwritable && write_question(r->agent, buffer, capacity, out);
}

static void ask_without_bytes(struct bed *bed, int which)
{
    bed->requests[which].write = write_itself;
    assert_true(snmp_client_ask(bed->client, &bed->requests[which], NULL));
    assert_null(bed->requests[which].bytes);
}

static void a_question_is_answered_once(void **state)
{
    struct bed *bed = *state;
    ask(bed, 0);
    assert_int_equal(bed->fake.asked, 0); /* nothing leaves before the flush */
    snmp_client_flush(bed->client);
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->lost, 0);
    assert_int_equal(bed->agent.in_flight, 0);
    assert_int_equal(bed->agent.rtt_ns, MILLISECONDS(5));
}

static void silence_is_told_after_all_tries_and_not_before(void **state)
{
    struct bed *bed = *state;
    bed->mute = true;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, MILLISECONDS(2990));
    assert_int_equal(bed->lost, 0);
    assert_int_equal(bed->fake.asked, 3);
    sim_run(bed->sim, MILLISECONDS(160)); /* timeout x tries + 5 % */
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_SILENT);
    assert_int_equal(bed->agent.window, 1);
}

static void a_late_answer_to_the_first_try_is_used(void **state)
{
    struct bed *bed = *state;
    bed->delay_ns = MILLISECONDS(2500);
    ask(bed, 0);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, MILLISECONDS(2600));
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->agent.rtt_ns, 0); /* nobody knows which try it answers */
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->answered, 1);
    assert_true(snmp_client_counts(bed->client)->unknown <= 2);
}

static void a_refused_answer_leaves_the_question_open(void **state)
{
    struct bed *bed = *state;
    bed->refuse = 1;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(bed->answered, 0);
    assert_int_equal(bed->agent.counts.wrong_answer, 1);
    sim_run(bed->sim, SECONDS(2));
    assert_int_equal(bed->answered, 1); /* the second try's */
}

static void a_forged_answer_is_not_shown_to_the_asker(void **state)
{
    struct bed *bed = *state;
    static uint8_t out[FAKE_ANSWER_MAX];
    bed->mute = true;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    struct packet p = bed->last;
    p.data = out;
    p.len = fake_agent_answer(&bed->fake, 0, bed->bytes, bed->last.len, out);
    addr_parse("192.0.2.66", &p.peer);
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    p.peer = bed->last.peer;
    p.port = 9999;
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(bed->answered, 0);
    assert_int_equal(snmp_client_counts(bed->client)->wrong_source, 2);
}

/* The answer to the question in flight, made into a PDU of another kind or with another id. */
static void deliver_like(struct bed *bed, uint8_t kind, uint8_t id_change)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct packet p = bed->last;
    p.data = out;
    p.len = fake_agent_answer(&bed->fake, 0, bed->bytes, bed->last.len, out);
    uint8_t *pdu = memchr(out, SNMP_RESPONSE, p.len);
    assert_non_null(pdu);
    *pdu = kind;
    pdu[5] ^= id_change; /* behind tag, length, and the id's tag and length */
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
}

/* row 34 */
static void a_storm_of_reports_traps_and_unasked_answers_is_dropped_and_counted(void **state)
{
    static const uint8_t kinds[] = {SNMP_REPORT, 0xa7, 0xa4, 0xa6, SNMP_GET, SNMP_RESPONSE};
    struct bed *bed = *state;
    bed->mute = true;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    for (unsigned i = 0; i < 6000; i++) {
        uint8_t kind = kinds[i % sizeof kinds];
        deliver_like(bed, kind, kind == SNMP_RESPONSE ? (uint8_t)(1 + i % 250) : 0);
        sim_run(bed->sim, 1000);
    }
    assert_int_equal(bed->answered, 0);
    assert_int_equal(snmp_client_counts(bed->client)->unknown, 6000);
    deliver_like(bed, SNMP_RESPONSE, 0);
    sim_run(bed->sim, MILLISECONDS(1));
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->lost, 0);
    assert_int_equal(sim_sent(bed->sim, PACKETS_UDP), 1); /* nothing of it was answered */
}

static void what_comes_when_nothing_is_asked_is_dropped(void **state)
{
    struct bed *bed = *state;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, SECONDS(1));
    assert_int_equal(bed->answered, 1);
    for (unsigned i = 0; i < 100; i++)
        deliver_like(bed, SNMP_RESPONSE, 0); /* the same answer again and again */
    sim_run(bed->sim, SECONDS(1));
    assert_int_equal(bed->answered, 1);
}

static void a_refused_port_is_told_at_once(void **state)
{
    struct bed *bed = *state;
    bed->mute = true;
    ask(bed, 0);
    snmp_client_flush(bed->client);
    struct packet p = bed->last;
    p.error = ECONNREFUSED;
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, MILLISECONDS(10));
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_REFUSED);
}

static void our_own_failure_to_send_is_told_as_ours(void **state)
{
    struct bed *bed = *state;
    sim_close_door(bed->sim, PACKETS_UDP);
    ask(bed, 0);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, MILLISECONDS(10));
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_OWN);
}

static void a_cancelled_question_is_never_heard_of_again(void **state)
{
    struct bed *bed = *state;
    for (int i = 0; i < 3; i++)
        ask(bed, i);
    snmp_client_cancel(bed->client, &bed->requests[1]);
    snmp_client_flush(bed->client);
    snmp_client_cancel(bed->client, &bed->requests[2]);
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->fake.asked, 2);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->lost, 0);
    assert_int_equal(bed->agent.in_flight, 0);
}

static void ids_differ_from_question_to_question(void **state)
{
    struct bed *bed = *state;
    uint32_t first = 0;
    for (int i = 0; i < 3; i++) {
        ask(bed, 0);
        assert_true(bed->requests[0].id != first);
        assert_true(bed->requests[0].id >= SNMP_REQUEST_ID_FIRST);
        first = bed->requests[0].id;
        snmp_client_cancel(bed->client, &bed->requests[0]);
    }
}

static void ask_all(struct bed *bed)
{
    for (int i = 0; i < 3; i++)
        ask(bed, i);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, SECONDS(1));
}

static void questions_for_one_agent_leave_as_one_packet_until_our_kernel_refuses(void **state)
{
    struct bed *bed = *state;
    const char *segment = getenv("HAYLOFT_UDP_SEGMENT");
    if (!segment || strcmp(segment, "off") != 0) {
        ask_all(bed);
        assert_int_equal(sim_sent(bed->sim, PACKETS_UDP), 1);
        assert_int_equal(bed->answered, 3);
    }
    sim_never_segment(bed->sim);
    size_t before = sim_sent(bed->sim, PACKETS_UDP);
    bed->answered = 0;
    ask_all(bed);
    assert_int_equal(sim_sent(bed->sim, PACKETS_UDP), before + 1); /* tried once */
    ask_all(bed);
    assert_int_equal(sim_sent(bed->sim, PACKETS_UDP), before + 4);
    assert_int_equal(bed->answered, 6);
    assert_int_equal(bed->lost, 0);
}

static void a_question_that_writes_itself_is_the_same_at_every_try(void **state)
{
    struct bed *bed = *state;
    uint8_t first[sizeof bed->bytes];
    bed->mute = true;
    ask_without_bytes(bed, 0);
    assert_int_equal(bed->written, 0);
    snmp_client_flush(bed->client);
    size_t len = bed->last.len;
    memcpy(first, bed->bytes, len);
    sim_run(bed->sim, MILLISECONDS(1500));
    bed->mute = false;
    assert_int_equal(bed->written, 2);
    assert_int_equal(bed->last.len, len);
    assert_memory_equal(bed->bytes, first, len); /* its id too: a late answer to the first try is good */
    sim_run(bed->sim, SECONDS(5));
    assert_int_equal(bed->written, 3);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->lost, 0);
}

static void questions_that_write_themselves_leave_together_with_others(void **state)
{
    struct bed *bed = *state;
    const char *segment = getenv("HAYLOFT_UDP_SEGMENT");
    ask_without_bytes(bed, 0);
    ask_without_bytes(bed, 1);
    ask(bed, 2);
    snmp_client_flush(bed->client);
    sim_run(bed->sim, SECONDS(1));
    assert_int_equal(bed->answered, 3);
    assert_int_equal(bed->fake.asked, 3);
    if (!segment || strcmp(segment, "off") != 0)
        assert_int_equal(sim_sent(bed->sim, PACKETS_UDP), 1);
}

static void a_question_that_cannot_be_written_any_more_is_our_own_fault(void **state)
{
    struct bed *bed = *state;
    bed->unwritable = true;
    ask_without_bytes(bed, 0);
    snmp_client_flush(bed->client);
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_OWN);
    assert_int_equal(bed->agent.in_flight, 0);
    assert_int_equal(bed->fake.asked, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_question_is_answered_once),
        TEST(silence_is_told_after_all_tries_and_not_before),
        TEST(a_late_answer_to_the_first_try_is_used),
        TEST(a_refused_answer_leaves_the_question_open),
        TEST(a_forged_answer_is_not_shown_to_the_asker),
        TEST(a_storm_of_reports_traps_and_unasked_answers_is_dropped_and_counted),
        TEST(what_comes_when_nothing_is_asked_is_dropped),
        TEST(a_refused_port_is_told_at_once),
        TEST(our_own_failure_to_send_is_told_as_ours),
        TEST(a_cancelled_question_is_never_heard_of_again),
        TEST(ids_differ_from_question_to_question),
        TEST(questions_for_one_agent_leave_as_one_packet_until_our_kernel_refuses),
        TEST(a_question_that_writes_itself_is_the_same_at_every_try),
        TEST(questions_that_write_themselves_leave_together_with_others),
        TEST(a_question_that_cannot_be_written_any_more_is_our_own_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
