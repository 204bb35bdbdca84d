/* The client with one agent of version 3, in a simulated world: discovery, keys, resynchronization,
 * refusals, and every answer that must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_client.h"
#include "collectors/protocol/snmp_secure.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sim_packets.h"

#define REQUESTS 3

struct bed {
    struct sim *sim;
    struct snmp_client *client;
    struct snmp_agent agent;
    struct snmp_credentials credentials;
    struct fake_agent fake;
    struct fake_engine engine;
    struct snmp_request requests[REQUESTS];
    struct packet last; /* as asked */
    uint8_t bytes[2048];
    unsigned answered, lost;
    enum snmp_loss loss;
    int64_t delay_ns;
    bool mute, twice;
};

static const struct snmp_passwords good = {SNMP_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, "maplesyrup",
                                           "pancakes-too"};

static double now_s(const struct bed *bed)
{
    return (double)sim_now(bed->sim).mono.ns / 1e9;
}

static void on_packet(void *ctx, struct sim *s, const struct packet *asked)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct bed *bed = ctx;
    bed->last = *asked;
    memcpy(bed->bytes, asked->data, asked->len);
    bed->last.data = bed->bytes;
    struct packet p = *asked;
    p.data = out;
    p.len = fake_engine_answer(&bed->engine, now_s(bed), asked->data, asked->len, out);
    for (int i = 0; p.len && !bed->mute && i < 1 + bed->twice; i++)
        sim_deliver(s, PACKETS_UDP, &p, bed->delay_ns);
}

static bool on_answer(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at)
{
    struct bed *bed = r->ctx;
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (pdu->error_status || snmp_binding_take(&bindings, &b) != SNMP_TAKEN ||
        b.value.type != SNMP_TICKS)
        return false;
    bed->answered++;
    return true;
}

static void on_over(struct snmp_request *r)
{
}

static void on_lost(struct snmp_request *r, enum snmp_loss loss, int error)
{
    struct bed *bed = r->ctx;
    bed->lost++;
    bed->loss = loss;
}

static void talk_as(struct bed *bed, const struct snmp_passwords *p)
{
    snmp_secure_destroy(bed->agent.secure);
    bed->credentials.level = p->level;
    bed->credentials.auth = p->auth;
    bed->credentials.priv = p->priv;
    bed->credentials.auth_password = p->auth_password;
    bed->credentials.priv_password = p->priv_password;
    bed->agent.secure = snmp_secure_create(&bed->credentials);
    assert_non_null(bed->agent.secure);
}

static int up(void **state)
{
    static struct bed bed;
    struct addr addr;
    bed = (struct bed){
        .sim = sim_create(3), .delay_ns = MILLISECONDS(5), .credentials = {.user = "barn"}};
    fake_agent_init(&bed.fake, 1);
    fake_engine_init(&bed.engine, &bed.fake, "barn", &good, now_s(&bed));
    addr_parse("192.0.2.1", &addr);
    snmp_agent_init(&bed.agent, &addr, SNMP_PORT, SNMP_V3, "public");
    bed.agent.timeout_ns = SECONDS(1);
    talk_as(&bed, &good);
    bed.client = snmp_client_create(sim_env(bed.sim));
    packets_receive(sim_env(bed.sim)->packets, PACKETS_UDP, snmp_client_receive, bed.client);
    sim_on(bed.sim, PACKETS_UDP, on_packet, &bed);
    for (int i = 0; i < REQUESTS; i++)
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
    snmp_secure_destroy(bed->agent.secure);
    snmp_client_destroy(bed->client);
    snmp_agent_fini(&bed->agent);
    sim_destroy(bed->sim);
    return 0;
}

static void ask_only(struct bed *bed, int which)
{
    uint8_t buffer[128];
    struct snmp_oid uptime;
    struct snmp_writer w;
    struct snmp_written out;
    struct snmp_head head = snmp_agent_head(&bed->agent, SNMP_GET);
    snmp_oid_parse("1.3.6.1.2.1.1.3.0", &uptime);
    snmp_writer_begin(&w, buffer, sizeof buffer);
    snmp_writer_name(&w, snmp_oid_view(&uptime));
    assert_true(snmp_writer_end(&w, &head, &out));
    assert_true(snmp_client_ask(bed->client, &bed->requests[which], &out));
    snmp_client_flush(bed->client);
}

/* One question to its end; how many messages the engine saw. */
static unsigned ask(struct bed *bed)
{
    unsigned before = bed->engine.asked;
    bed->answered = bed->lost = 0;
    ask_only(bed, 0);
    sim_run(bed->sim, SECONDS(30));
    assert_int_equal(bed->answered + bed->lost, 1);
    assert_int_equal(bed->agent.in_flight, 0);
    return bed->engine.asked - before;
}

static void assert_refused(struct bed *bed, enum snmp_refusal why)
{
    ask(bed);
    assert_int_equal(bed->lost, 1);
    assert_true(bed->loss == SNMP_LOSS_DENIED || bed->loss == SNMP_LOSS_SILENT);
    assert_string_equal(snmp_refusal_word(snmp_secure_refusal(bed->agent.secure)),
                        snmp_refusal_word(why));
}

static const struct snmp_secure_counts *counts(const struct bed *bed)
{
    return snmp_secure_counts(bed->agent.secure);
}

/* ---- well ---- */

static void the_first_question_discovers_the_engine_and_later_ones_know_it(void **state)
{
    struct bed *bed = *state;
    assert_int_equal(ask(bed), 2);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(ask(bed), 1);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->engine.discovered, 1);
    assert_int_equal(bed->engine.reported, 1);
}

static void every_pair_of_protocols_and_every_level_is_answered(void **state)
{
    struct bed *bed = *state;
    for (int level = SNMP_NO_AUTH; level <= SNMP_AUTH_PRIV; level++)
        for (int auth = SNMP_MD5; auth <= (level >= SNMP_AUTH_NO_PRIV ? SNMP_SHA512 : SNMP_MD5);
             auth++)
            for (int priv = SNMP_DES; priv <= (level == SNMP_AUTH_PRIV ? SNMP_AES256C : SNMP_DES);
                 priv++) {
                struct snmp_passwords p = good;
                p.level = (enum snmp_level)level;
                p.auth = (enum snmp_auth)auth;
                p.priv = (enum snmp_priv)priv;
                fake_engine_init(&bed->engine, &bed->fake, "barn", &p, now_s(bed));
                talk_as(bed, &p);
                ask(bed);
                assert_int_equal(bed->answered, 1);
            }
}

static void an_engine_that_tells_no_clock_is_asked_for_it(void **state)
{
    struct bed *bed = *state;
    bed->engine.no_hint = true;
    assert_int_equal(ask(bed), 3);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(ask(bed), 1);
}

static void a_context_is_asked_in(void **state)
{
    struct bed *bed = *state;
    bed->engine.context = "vlan-501";
    bed->credentials.context = "vlan-501";
    talk_as(bed, &good);
    ask(bed);
    assert_int_equal(bed->answered, 1);
}

static void doubled_answers_do_no_harm(void **state)
{
    struct bed *bed = *state;
    bed->twice = true;
    bed->engine.no_hint = true;
    assert_int_equal(ask(bed), 3);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->agent.counts.wrong_answer, 0);
}

static void several_questions_at_once_each_find_the_engine(void **state)
{
    struct bed *bed = *state;
    for (int i = 0; i < REQUESTS; i++)
        ask_only(bed, i);
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->answered, REQUESTS);
    assert_int_equal(bed->lost, 0);
}

static void a_late_answer_to_the_first_try_is_used(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    bed->agent.rtt_ns = 0;
    bed->delay_ns = MILLISECONDS(2500);
    ask(bed);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(bed->agent.counts.resent, 2);
}

static void every_try_has_a_message_id_and_a_salt_of_its_own(void **state)
{
    struct bed *bed = *state;
    struct snmp_secured m[3];
    uint8_t salts[3][SNMP_SALT_BYTES];
    ask(bed);
    bed->mute = true;
    bed->agent.rtt_ns = 0;
    ask_only(bed, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(snmp_secured_read(bed->bytes, bed->last.len, &m[i]), SNMP_SECURED_GOOD);
        memcpy(salts[i], m[i].salt.bytes, sizeof salts[i]);
        sim_run(bed->sim, MILLISECONDS(1020));
    }
    assert_true(m[0].message_id != m[1].message_id && m[1].message_id != m[2].message_id);
    assert_memory_not_equal(salts[0], salts[1], sizeof salts[0]);
    assert_memory_not_equal(salts[1], salts[2], sizeof salts[0]);
}

static void what_a_former_run_knew_saves_the_discovery(void **state)
{
    struct bed *bed = *state;
    const struct snmp_oid_view id = {bed->engine.id, bed->engine.id_len};
    snmp_secure_recall(bed->agent.secure, id, 7, 86400 + 100, sim_now(bed->sim).mono);
    assert_int_equal(ask(bed), 1);
    assert_int_equal(bed->answered, 1);
}

static void what_a_former_run_knew_may_be_wrong(void **state)
{
    struct bed *bed = *state;
    const struct snmp_oid_view id = {bed->engine.id, bed->engine.id_len};
    snmp_secure_recall(bed->agent.secure, id, 900, 5, sim_now(bed->sim).mono);
    assert_int_equal(ask(bed), 2); /* its clock is told */
    assert_int_equal(bed->answered, 1);
    talk_as(bed, &good);
    snmp_secure_recall(bed->agent.secure, (struct snmp_oid_view){(const uint8_t *)"other", 5}, 900,
                       5, sim_now(bed->sim).mono);
    assert_int_equal(ask(bed), 2); /* it is told who is there */
    assert_int_equal(bed->answered, 1);
}

/* ---- row 27: clocks and ids that change ---- */

static void a_restart_costs_one_more_message(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    fake_engine_reboot(&bed->engine, now_s(bed));
    assert_int_equal(ask(bed), 2);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(ask(bed), 1);
}

static void boots_that_begin_anew_cost_one_more_message(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    fake_engine_wipe(&bed->engine, now_s(bed));
    assert_int_equal(ask(bed), 2);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(snmp_secure_engine(bed->agent.secure)->boots, 1);
    assert_int_equal(ask(bed), 1);
}

static void a_clock_that_jumps_either_way_costs_one_more_message(void **state)
{
    static const double jumps_s[] = {-5000, 5000, 160, -160};
    struct bed *bed = *state;
    ask(bed);
    for (size_t i = 0; i < sizeof jumps_s / sizeof jumps_s[0]; i++) {
        bed->engine.booted_s -= jumps_s[i];
        assert_int_equal(ask(bed), 2);
        assert_int_equal(bed->answered, 1);
    }
}

static void a_clock_that_is_a_little_off_costs_nothing(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    for (int i = 0; i < 20; i++) {
        bed->engine.booted_s += 100; /* ever slower */
        ask(bed);
        assert_int_equal(bed->answered, 1);
    }
    assert_true(counts(bed)->resyncs <= 20);
    assert_int_equal(counts(bed)->replayed, 0);
}

static void another_engine_id_costs_one_more_message(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    fake_engine_rename(&bed->engine,
                       "\x80\x00\x1f\x88\x04"
                       "new one",
                       12);
    assert_int_equal(ask(bed), 2);
    assert_int_equal(bed->answered, 1);
    assert_int_equal(ask(bed), 1);
}

static void another_engine_id_that_tells_no_clock_costs_two(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    fake_engine_rename(&bed->engine,
                       "\x80\x00\x1f\x88\x04"
                       "new one",
                       12);
    bed->engine.no_hint = true;
    assert_int_equal(ask(bed), 3);
    assert_int_equal(bed->answered, 1);
}

static void an_engine_that_is_never_itself_is_given_up(void **state)
{
    struct bed *bed = *state;
    bed->engine.fault = FAKE_ENGINE_NEVER_ITSELF;
    assert_refused(bed, SNMP_REFUSED_ENGINE);
    assert_true(bed->engine.asked < 10);
}

static void an_engine_that_calls_every_time_wrong_is_given_up(void **state)
{
    struct bed *bed = *state;
    bed->engine.fault = FAKE_ENGINE_NEVER_IN_TIME;
    assert_refused(bed, SNMP_REFUSED_WINDOW);
    assert_true(bed->engine.asked < 10);
    bed->engine.fault = FAKE_ENGINE_WELL;
    ask(bed);
    assert_int_equal(bed->answered, 1);
}

static void a_wrong_time_told_without_a_digest_moves_no_clock(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    bed->engine.fault = FAKE_ENGINE_UNSIGNED_TIME;
    bed->engine.boots = 3;
    ask(bed);
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_SILENT);
    assert_true(counts(bed)->unsigned_answers >= 3);
    assert_int_equal(snmp_secure_engine(bed->agent.secure)->boots, 7);
}

static void an_agent_that_was_silent_is_asked_who_it_is(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    bed->mute = true;
    ask(bed);
    assert_int_equal(bed->loss, SNMP_LOSS_SILENT);
    bed->mute = false;
    fake_engine_rename(&bed->engine,
                       "\x80\x00\x1f\x88\x04"
                       "exchanged",
                       14);
    assert_int_equal(ask(bed), 2);
    assert_int_equal(bed->answered, 1);
}

/* ---- row 28: who we are ---- */

static void an_unknown_user_is_told(void **state)
{
    struct bed *bed = *state;
    bed->engine.user = "somebody else";
    assert_refused(bed, SNMP_REFUSED_USER);
    assert_int_equal(bed->engine.asked, 2); /* and not asked again */
}

static void a_wrong_auth_password_is_told(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.auth_password = "maple syrup";
    talk_as(bed, &p);
    assert_refused(bed, SNMP_REFUSED_PASSWORD);
    assert_int_equal(bed->engine.asked, 2);
}

static void another_digest_is_a_wrong_password(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.auth = SNMP_SHA1;
    talk_as(bed, &p);
    assert_refused(bed, SNMP_REFUSED_PASSWORD);
}

static void a_wrong_priv_password_is_told_by_the_agent(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.priv_password = "pancakes too";
    talk_as(bed, &p);
    assert_refused(bed, SNMP_REFUSED_DECRYPTION);
    bed->engine.fault = FAKE_ENGINE_CANNOT_READ;
    talk_as(bed, &good);
    assert_refused(bed, SNMP_REFUSED_DECRYPTION);
}

static void a_wrong_priv_password_is_found_out_where_the_agent_drops_it(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.priv_password = "pancakes too";
    talk_as(bed, &p);
    bed->engine.fault = FAKE_ENGINE_DROPS;
    bed->engine.least = SNMP_AUTH_PRIV;
    assert_refused(bed, SNMP_REFUSED_DECRYPTION);
}

static void silence_after_discovery_is_told_from_silence(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.auth_password = "maple syrup";
    talk_as(bed, &p);
    bed->engine.fault = FAKE_ENGINE_DROPS;
    assert_refused(bed, SNMP_REFUSED_SILENTLY);
    bed->mute = true;
    ask(bed);
    assert_int_equal(bed->loss, SNMP_LOSS_SILENT);
    assert_int_equal(snmp_secure_refusal(bed->agent.secure), SNMP_NOT_REFUSED);
}

static void a_level_the_user_does_not_have_is_told(void **state)
{
    struct bed *bed = *state;
    bed->engine.level = SNMP_AUTH_NO_PRIV;
    assert_refused(bed, SNMP_REFUSED_LEVEL);
}

static void a_level_that_may_not_read_is_told(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.level = SNMP_AUTH_NO_PRIV;
    talk_as(bed, &p);
    bed->engine.least = SNMP_AUTH_PRIV;
    assert_refused(bed, SNMP_REFUSED_ACCESS);
}

static void a_report_nobody_knows_is_a_refusal(void **state)
{
    struct bed *bed = *state;
    bed->engine.fault = FAKE_ENGINE_OTHER_REPORT;
    assert_refused(bed, SNMP_REFUSED_OTHER);
}

static void a_wrong_password_never_works_by_another_agents_keys(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    ask(bed);
    assert_int_equal(bed->answered, 1);
    struct snmp_secure *first = bed->agent.secure;
    bed->agent.secure = NULL; /* the first goes on beside it, with the same engine and user */
    p.auth_password = "maple syrup";
    talk_as(bed, &p);
    assert_refused(bed, SNMP_REFUSED_PASSWORD);
    snmp_secure_destroy(bed->agent.secure);
    bed->agent.secure = first;
    ask(bed);
    assert_int_equal(bed->answered, 1);
}

/* ---- answers that are not believed ---- */

static void untrustworthy_answers_are_refused_and_counted(void **state)
{
    static const struct {
        enum fake_engine_fault fault;
        size_t count; /* where it is counted */
    } rows[] = {
        {FAKE_ENGINE_SHORT_DIGEST, offsetof(struct snmp_secure_counts, wrong_digests)},
        {FAKE_ENGINE_NO_DIGEST, offsetof(struct snmp_secure_counts, wrong_digests)},
        {FAKE_ENGINE_WRONG_DIGEST, offsetof(struct snmp_secure_counts, wrong_digests)},
        {FAKE_ENGINE_IN_CLEAR, offsetof(struct snmp_secure_counts, unsigned_answers)},
        {FAKE_ENGINE_NO_PRIVACY, offsetof(struct snmp_secure_counts, unsigned_answers)},
        {FAKE_ENGINE_OLD_TIME, offsetof(struct snmp_secure_counts, replayed)},
        {FAKE_ENGINE_OLD_BOOTS, offsetof(struct snmp_secure_counts, replayed)},
        {FAKE_ENGINE_OTHER_ID, offsetof(struct snmp_secure_counts, foreign)},
        {FAKE_ENGINE_OTHER_USER, offsetof(struct snmp_secure_counts, foreign)},
        {FAKE_ENGINE_OTHER_CONTEXT, offsetof(struct snmp_secure_counts, foreign)},
        {FAKE_ENGINE_SHORT_SALT, offsetof(struct snmp_secure_counts, undecipherable)},
        {FAKE_ENGINE_GARBLED, offsetof(struct snmp_secure_counts, undecipherable)},
    };
    struct bed *bed = *state;
    ask(bed);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint64_t *count = (const uint64_t *)((const char *)counts(bed) + rows[i].count);
        uint64_t before = *count, wrong = bed->agent.counts.wrong_answer;
        bed->engine.fault = rows[i].fault;
        ask(bed);
        assert_int_equal(bed->lost, 1);
        assert_true(*count >= before + 3); /* of each try */
        assert_true(bed->agent.counts.wrong_answer >= wrong + 3);
        bed->engine.fault = FAKE_ENGINE_WELL;
        ask(bed);
        assert_int_equal(bed->answered, 1);
    }
}

static void an_answer_to_another_message_is_unknown(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    bed->engine.fault = FAKE_ENGINE_OTHER_MESSAGE;
    ask(bed);
    assert_int_equal(bed->lost, 1);
    assert_true(snmp_client_counts(bed->client)->unknown >= 3);
}

static void an_answer_to_another_request_is_not_taken(void **state)
{
    struct bed *bed = *state;
    ask(bed);
    bed->fake.fault = FAKE_WRONG_ID;
    ask(bed);
    assert_int_equal(bed->lost, 1);
    assert_true(bed->agent.counts.wrong_answer >= 3);
}

static void an_answer_of_an_older_version_is_not_taken(void **state)
{
    struct bed *bed = *state;
    static uint8_t out[FAKE_ANSWER_MAX], request[128];
    struct snmp_oid uptime;
    struct snmp_writer w;
    struct snmp_written written;
    ask(bed);
    bed->mute = true;
    bed->answered = bed->lost = 0;
    ask_only(bed, 0);
    struct snmp_head head = {.version = SNMP_V2C,
                             .community = "public",
                             .community_len = 6,
                             .kind = SNMP_GET,
                             .request_id = bed->requests[0].id};
    snmp_oid_parse("1.3.6.1.2.1.1.3.0", &uptime);
    snmp_writer_begin(&w, request, sizeof request);
    snmp_writer_name(&w, snmp_oid_view(&uptime));
    assert_true(snmp_writer_end(&w, &head, &written));
    struct packet p = bed->last;
    p.data = out;
    p.len = fake_agent_answer(&bed->fake, now_s(bed), written.bytes, written.len, out);
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(bed->answered, 0);
    assert_int_equal(bed->agent.counts.wrong_answer, 1);
}

static void a_recorded_answer_played_again_is_not_taken(void **state)
{
    struct bed *bed = *state;
    static uint8_t recorded[FAKE_ANSWER_MAX];
    ask(bed);
    struct packet p = bed->last;
    p.data = recorded;
    p.len = fake_engine_answer(&bed->engine, now_s(bed), bed->bytes, bed->last.len, recorded);
    assert_true(p.len > 0);
    bed->mute = true;
    bed->answered = bed->lost = 0;
    ask_only(bed, 0);
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->answered, 0);
    assert_int_equal(bed->lost, 1);
}

static void an_answer_from_another_address_is_not_opened(void **state)
{
    struct bed *bed = *state;
    static uint8_t out[FAKE_ANSWER_MAX];
    bed->mute = true;
    ask_only(bed, 0);
    struct packet p = bed->last;
    p.data = out;
    p.len = fake_engine_answer(&bed->engine, now_s(bed), bed->bytes, bed->last.len, out);
    addr_parse("192.0.2.66", &p.peer);
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(snmp_client_counts(bed->client)->wrong_source, 1);
    assert_int_equal(snmp_secure_engine(bed->agent.secure)->id_len, 0);
}

static void garbage_from_the_agent_is_malformed(void **state)
{
    struct bed *bed = *state;
    bed->mute = true;
    ask_only(bed, 0);
    struct packet p = bed->last;
    p.len -= 3;
    sim_deliver(bed->sim, PACKETS_UDP, &p, 0);
    sim_run(bed->sim, MILLISECONDS(100));
    assert_int_equal(bed->agent.counts.malformed, 1);
}

/* ---- row 29, and ends in the middle ---- */

static void a_mute_agent_of_version_3_takes_nobodys_time(void **state)
{
    struct bed *bed = *state;
    bed->mute = true;
    ask_only(bed, 0);
    sim_run(bed->sim, MILLISECONDS(2990));
    assert_int_equal(bed->lost, 0);
    sim_run(bed->sim, MILLISECONDS(160)); /* timeout x tries + 5 % */
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_SILENT);
    assert_int_equal(snmp_secure_refusal(bed->agent.secure), SNMP_NOT_REFUSED);
}

static void a_question_cancelled_while_keys_are_made_is_never_heard_of_again(void **state)
{
    struct bed *bed = *state;
    ask_only(bed, 0);
    sim_run(bed->sim, MILLISECONDS(15)); /* discovered; the thread is at it */
    assert_int_equal(bed->engine.asked, 1);
    assert_int_equal(snmp_secure_next(bed->agent.secure), SNMP_SECURE_DERIVE);
    snmp_client_cancel(bed->client, &bed->requests[0]);
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(bed->engine.asked, 1);
    assert_int_equal(bed->answered + bed->lost, 0);
    assert_int_equal(ask(bed), 1); /* the keys are there */
}

static void an_agent_that_ends_while_keys_are_made_ends_quietly(void **state)
{
    struct bed *bed = *state;
    ask_only(bed, 0);
    sim_run(bed->sim, MILLISECONDS(15));
    snmp_client_cancel(bed->client, &bed->requests[0]);
    talk_as(bed, &good); /* the former one is destroyed */
    sim_run(bed->sim, SECONDS(10));
    assert_int_equal(ask(bed), 2);
}

static void a_world_that_ends_while_keys_are_made_ends_quietly(void **state)
{
    struct bed *bed = *state;
    ask_only(bed, 0);
    sim_run(bed->sim, MILLISECONDS(15)); /* down() finds the work not begun */
    assert_int_equal(snmp_secure_next(bed->agent.secure), SNMP_SECURE_DERIVE);
}

static void keys_that_cannot_be_made_are_our_own_fault(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords p = good;
    p.auth_password = "short";
    talk_as(bed, &p);
    ask(bed);
    assert_int_equal(bed->lost, 1);
    assert_int_equal(bed->loss, SNMP_LOSS_OWN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_question_discovers_the_engine_and_later_ones_know_it),
        TEST(every_pair_of_protocols_and_every_level_is_answered),
        TEST(an_engine_that_tells_no_clock_is_asked_for_it),
        TEST(a_context_is_asked_in),
        TEST(doubled_answers_do_no_harm),
        TEST(several_questions_at_once_each_find_the_engine),
        TEST(a_late_answer_to_the_first_try_is_used),
        TEST(every_try_has_a_message_id_and_a_salt_of_its_own),
        TEST(what_a_former_run_knew_saves_the_discovery),
        TEST(what_a_former_run_knew_may_be_wrong),
        TEST(a_restart_costs_one_more_message),
        TEST(boots_that_begin_anew_cost_one_more_message),
        TEST(a_clock_that_jumps_either_way_costs_one_more_message),
        TEST(a_clock_that_is_a_little_off_costs_nothing),
        TEST(another_engine_id_costs_one_more_message),
        TEST(another_engine_id_that_tells_no_clock_costs_two),
        TEST(an_engine_that_is_never_itself_is_given_up),
        TEST(an_engine_that_calls_every_time_wrong_is_given_up),
        TEST(a_wrong_time_told_without_a_digest_moves_no_clock),
        TEST(an_agent_that_was_silent_is_asked_who_it_is),
        TEST(an_unknown_user_is_told),
        TEST(a_wrong_auth_password_is_told),
        TEST(another_digest_is_a_wrong_password),
        TEST(a_wrong_priv_password_is_told_by_the_agent),
        TEST(a_wrong_priv_password_is_found_out_where_the_agent_drops_it),
        TEST(silence_after_discovery_is_told_from_silence),
        TEST(a_level_the_user_does_not_have_is_told),
        TEST(a_level_that_may_not_read_is_told),
        TEST(a_report_nobody_knows_is_a_refusal),
        TEST(a_wrong_password_never_works_by_another_agents_keys),
        TEST(untrustworthy_answers_are_refused_and_counted),
        TEST(an_answer_to_another_message_is_unknown),
        TEST(an_answer_to_another_request_is_not_taken),
        TEST(an_answer_of_an_older_version_is_not_taken),
        TEST(a_recorded_answer_played_again_is_not_taken),
        TEST(an_answer_from_another_address_is_not_opened),
        TEST(garbage_from_the_agent_is_malformed),
        TEST(a_mute_agent_of_version_3_takes_nobodys_time),
        TEST(a_question_cancelled_while_keys_are_made_is_never_heard_of_again),
        TEST(an_agent_that_ends_while_keys_are_made_ends_quietly),
        TEST(a_world_that_ends_while_keys_are_made_ends_quietly),
        TEST(keys_that_cannot_be_made_are_our_own_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
