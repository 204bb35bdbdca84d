/* A small recording answers as its device would; the first answers are compared byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/clock.h"
#include "tests/support/replay_agent.h"

static const char recording[] = "1.3.6.1.2.1.1.1.0|4|box\n"
                                "1.3.6.1.2.1.1.3.0|67|1000\n"
                                "1.3.6.1.2.1.2.2.1.9.1|67|500\n"
                                "1.3.6.1.2.1.2.2.1.10.1|65|4294967295\n"
                                "1.3.6.1.2.1.2.2.1.10.2|65|7\n"
                                "1.3.6.1.2.1.2.2.1.14.1|65|3\n"
                                "1.3.6.1.2.1.31.1.1.1.6.1|70|5000000000\n"
                                "1.3.6.1.2.1.31.1.1.1.15.1|66|1000\n"
                                "1.3.6.1.4.1.9.1.0|129|\n"
                                "1.3.6.1.4.1.9.2.0|65:numeric|rate=40,initial=5\n"
                                "1.3.6.1.4.1.9.9|4|last\n";

#define ANSWER_HEX_MAX 1024

struct bed {
    struct snmprec *recording;
    struct replay_agent agent;
    uint8_t answer[FAKE_ANSWER_MAX];
    size_t len;
    struct snmp_message m;
    double now_s;
};

static int up(void **state)
{
    static struct bed bed;
    bed = (struct bed){.recording = snmprec_read(recording, sizeof recording - 1), .now_s = 100};
    replay_agent_init(&bed.agent, bed.recording);
    bed.agent.began_s = 100;
    *state = &bed;
    return bed.recording ? 0 : -1;
}

static int down(void **state)
{
    struct bed *bed = *state;
    snmprec_destroy(bed->recording);
    return 0;
}

struct question {
    enum snmp_version version;
    uint8_t kind;
    unsigned alone, rows;
    const char *names[8]; /* NULL behind the last */
};

static size_t ask_as(struct bed *bed, const char *community, const struct question *q)
{
    uint8_t buffer[2048];
    struct snmp_writer w;
    struct snmp_written out;
    struct snmp_head head = {.version = q->version,
                             .community = community,
                             .community_len = strlen(community),
                             .kind = q->kind,
                             .request_id = SNMP_REQUEST_ID_FIRST,
                             .non_repeaters = q->alone,
                             .max_repetitions = q->rows};
    size_t count = 0;
    while (count < 8 && q->names[count])
        count++;
    snmp_writer_begin(&w, buffer, sizeof buffer);
    while (count-- > 0) {
        struct snmp_oid oid;
        assert_true(snmp_oid_parse(q->names[count], &oid));
        snmp_writer_name(&w, snmp_oid_view(&oid));
    }
    assert_true(snmp_writer_end(&w, &head, &out));
    bed->len = replay_agent_answer(&bed->agent, bed->now_s, out.bytes, out.len, bed->answer);
    return bed->len;
}

static void ask(struct bed *bed, const struct question *q)
{
    assert_true(ask_as(bed, "public", q) > 0);
    assert_true(snmp_message_read(bed->answer, bed->len, &bed->m));
    assert_int_equal(bed->m.pdu.kind, SNMP_RESPONSE);
    assert_int_equal(bed->m.pdu.request_id, SNMP_REQUEST_ID_FIRST);
}

static unsigned bindings(const struct bed *bed)
{
    struct reader r = bed->m.pdu.bindings;
    struct snmp_binding b;
    unsigned count = 0;
    while (snmp_binding_take(&r, &b) == SNMP_TAKEN)
        count++;
    return count;
}

/* The i-th binding of the last answer, whose name must be this. */
static struct snmp_value value_of(const struct bed *bed, unsigned i, const char *name)
{
    struct reader r = bed->m.pdu.bindings;
    struct snmp_binding b;
    char text[SNMP_OID_TEXT_MAX];
    do
        assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
    while (i--);
    assert_string_equal(snmp_oid_text(b.oid, text), name);
    return b.value;
}

static void expect_hex(const struct bed *bed, const char *hex)
{
    char text[ANSWER_HEX_MAX];
    for (size_t i = 0; i < bed->len && 2 * i + 2 < sizeof text; i++)
        snprintf(text + 2 * i, 3, "%02x", bed->answer[i]);
    assert_string_equal(text, hex);
}

static uint64_t counter(struct bed *bed, const char *name)
{
    ask(bed, &(struct question){SNMP_V2C, SNMP_GET, 0, 0, {name}});
    return value_of(bed, 0, name).number;
}

/* sequence { version 1, "public", response { id, 0, 0, { sysDescr.0 "box", sysUpTime.0 1000,
 * 1.3.6.1.2.1.1.9.0 noSuchInstance }}} */
static void a_get_is_answered_byte_for_byte(void **state)
{
    struct bed *bed = *state;
    ask(bed, &(struct question){SNMP_V2C,
                                SNMP_GET,
                                0,
                                0,
                                {"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.9.0"}});
    expect_hex(bed, "304a02010104067075626c6963a23d020440000000020100020100302f"
                    "300f06082b060102010101000403626f78"
                    "300e06082b06010201010300430203e8"
                    "300c06082b060102010109008100");
}

/* one non-repeater and two rows: sysUpTime.0, ifInOctets.1 4294967295, ifInOctets.2 7,
 * ifHCInOctets.1 */
static void a_getbulk_is_answered_byte_for_byte(void **state)
{
    struct bed *bed = *state;
    ask(bed, &(struct question){SNMP_V2C,
                                SNMP_GETBULK,
                                1,
                                1,
                                {"1.3.6.1.2.1.1.3", "1.3.6.1.2.1.2.2.1.10",
                                 "1.3.6.1.2.1.2.2.1.10.1", "1.3.6.1.2.1.31.1.1.1.6"}});
    expect_hex(bed, "306702010104067075626c6963a25a020440000000020100020100304c"
                    "300e06082b06010201010300430203e8"
                    "3013060a2b060102010202010a01410500ffffffff"
                    "300f060a2b060102010202010a02410107"
                    "3014060b2b060102011f01010106014605012a05f200");
}

/* noSuchName, index 2, and the request comes back */
static void version_1_says_which_name_it_has_not(void **state)
{
    struct bed *bed = *state;
    ask(bed,
        &(struct question){SNMP_V1, SNMP_GET, 0, 0, {"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.9.0"}});
    expect_hex(bed, "303702010004067075626c6963a22a020440000000020102020102301c"
                    "300c06082b060102010103000500"
                    "300c06082b060102010109000500");
}

static void behind_the_last_object_is_the_end(void **state)
{
    struct bed *bed = *state;
    ask(bed, &(struct question){SNMP_V2C, SNMP_GETBULK, 0, 5, {"1.3.6.1.4.1.9.9"}});
    expect_hex(bed, "302802010104067075626c6963a21b020440000000020100020100300d"
                    "300b06072b0601040109098200"); /* once, not five times */
    ask(bed, &(struct question){SNMP_V1, SNMP_GETNEXT, 0, 0, {"1.3.6.1.4.1.9.9"}});
    assert_int_equal(bed->m.pdu.error_status, SNMP_NO_SUCH_NAME);
    assert_int_equal(bed->m.pdu.error_index, 1);
}

static void version_1_passes_over_64_bit_counters(void **state)
{
    struct bed *bed = *state;
    ask(bed, &(struct question){SNMP_V1, SNMP_GETNEXT, 0, 0, {"1.3.6.1.2.1.2.2.1.14.1"}});
    assert_int_equal(value_of(bed, 0, "1.3.6.1.2.1.31.1.1.1.15.1").type, SNMP_GAUGE32);
    ask(bed, &(struct question){SNMP_V1, SNMP_GET, 0, 0, {"1.3.6.1.2.1.31.1.1.1.6.1"}});
    assert_int_equal(bed->m.pdu.error_status, SNMP_NO_SUCH_NAME);
    assert_int_equal(
        ask_as(bed, "public", &(struct question){SNMP_V1, SNMP_GETBULK, 0, 1, {"1.3.6.1.2"}}), 0);
}

static void a_recorded_exception_is_for_get_alone(void **state)
{
    struct bed *bed = *state;
    ask(bed, &(struct question){SNMP_V2C, SNMP_GET, 0, 0, {"1.3.6.1.4.1.9.1.0"}});
    assert_int_equal(value_of(bed, 0, "1.3.6.1.4.1.9.1.0").type, SNMP_ABSENT);
    ask(bed, &(struct question){SNMP_V2C, SNMP_GETNEXT, 0, 0, {"1.3.6.1.4.1.9.1"}});
    assert_int_equal(value_of(bed, 0, "1.3.6.1.4.1.9.2.0").number, 5);
}

static void a_walk_meets_every_object_once(void **state)
{
    struct bed *bed = *state;
    char at[SNMP_OID_TEXT_MAX] = "1.3";
    unsigned met = 0;
    for (;; met++) {
        struct snmp_binding b;
        ask(bed, &(struct question){SNMP_V2C, SNMP_GETNEXT, 0, 0, {at}});
        struct reader r = bed->m.pdu.bindings;
        assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
        if (b.value.type == SNMP_END)
            break;
        snmp_oid_text(b.oid, at);
    }
    assert_int_equal(met, 10); /* all but the exception */
}

static void a_getbulk_is_cut_where_the_datagram_ends(void **state)
{
    struct bed *bed = *state;
    struct question all = {SNMP_V2C, SNMP_GETBULK, 0, 100, {"1.3.6.1.2.1"}};
    unsigned before = 0;
    for (bed->agent.largest = 60; bed->agent.largest < 300; bed->agent.largest++) {
        ask(bed, &all);
        assert_int_equal(bed->m.pdu.error_status, SNMP_NO_ERROR);
        assert_true(bed->len <= bed->agent.largest);
        assert_true(bindings(bed) >= before && bindings(bed) <= before + 1);
        before = bindings(bed);
        value_of(bed, 0, "1.3.6.1.2.1.1.1.0");
    }
    assert_int_equal(before, 11); /* ten objects and the end */
}

static void too_big_is_said_when_not_one_binding_fits_or_a_get_does_not(void **state)
{
    struct bed *bed = *state;
    bed->agent.largest = 40;
    ask(bed, &(struct question){SNMP_V2C, SNMP_GETBULK, 0, 9, {"1.3.6.1.2.1.31"}});
    assert_int_equal(bed->m.pdu.error_status, SNMP_TOO_BIG);
    assert_int_equal(bindings(bed), 0);
    bed->agent.largest = 60;
    ask(bed,
        &(struct question){SNMP_V2C, SNMP_GET, 0, 0, {"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0"}});
    assert_int_equal(bed->m.pdu.error_status, SNMP_TOO_BIG);
    ask(bed, &(struct question){SNMP_V2C, SNMP_GET, 0, 0, {"1.3.6.1.2.1.1.1.0"}});
    assert_int_equal(bed->m.pdu.error_status, SNMP_NO_ERROR);
}

static void only_its_communities_are_answered(void **state)
{
    struct bed *bed = *state;
    struct question q = {SNMP_V2C, SNMP_GET, 0, 0, {"1.3.6.1.2.1.1.1.0"}};
    assert_true(ask_as(bed, "anything", &q) > 0);
    bed->agent.community = "secret";
    bed->agent.name = "box";
    assert_int_equal(ask_as(bed, "public", &q), 0);
    assert_true(ask_as(bed, "secret", &q) > 0);
    assert_true(ask_as(bed, "box", &q) > 0);
    assert_int_equal(bed->agent.asked, 4);
    assert_int_equal(bed->agent.answered, 3);
}

static void values_stand_still_until_growth_is_asked_for(void **state)
{
    struct bed *bed = *state;
    bed->now_s = 5000;
    assert_int_equal(counter(bed, "1.3.6.1.2.1.1.3.0"), 1000);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.31.1.1.1.6.1"), 5000000000);
    assert_int_equal(counter(bed, "1.3.6.1.4.1.9.2.0"), 5);
}

static double rate_of(const struct bed *bed, const char *name)
{
    struct snmp_oid oid;
    assert_true(snmp_oid_parse(name, &oid));
    for (size_t i = 0; i < bed->recording->count; i++)
        if (snmp_oid_equal(bed->recording->rows[i].oid, snmp_oid_view(&oid)))
            return replay_agent_rate(&bed->agent, &bed->recording->rows[i]);
    fail_msg("%s is not in the recording", name);
    return 0;
}

static void counters_grow_by_their_rate_and_wrap_as_wide_as_they_are(void **state)
{
    static const char hc[] = "1.3.6.1.2.1.31.1.1.1.6.1", narrow[] = "1.3.6.1.2.1.2.2.1.10.1";
    struct bed *bed = *state;
    bed->agent.grows = true;
    assert_true(rate_of(bed, hc) >= REPLAY_RATE_LEAST && rate_of(bed, hc) <= REPLAY_RATE_MOST);
    assert_true(rate_of(bed, hc) != rate_of(bed, narrow));
    assert_int_equal(counter(bed, hc), 5000000000);
    bed->now_s += 60;
    assert_int_equal(counter(bed, hc), 5000000000 + 60 * (uint64_t)rate_of(bed, hc));
    assert_int_equal(counter(bed, narrow), 60 * (uint64_t)rate_of(bed, narrow) - 1);
    assert_int_equal(counter(bed, "1.3.6.1.4.1.9.2.0"), 5 + 60 * 40); /* the file says 40 */
}

static void the_clock_runs_and_moments_and_errors_stand_still(void **state)
{
    struct bed *bed = *state;
    bed->agent.grows = true;
    bed->now_s += 60;
    assert_int_equal(counter(bed, "1.3.6.1.2.1.1.3.0"), 7000);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.9.1"), 500);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.14.1"), 3);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.31.1.1.1.15.1"), 1000); /* a gauge */
}

static void a_rule_sets_the_rate_below_an_oid_and_the_last_one_wins(void **state)
{
    struct bed *bed = *state;
    bed->agent.grows = true;
    assert_true(replay_agent_rule(&bed->agent, "1.3.6.1.2.1.2.2", 100));
    assert_true(replay_agent_rule(&bed->agent, "1.3.6.1.2.1.2.2.1.14.1", 2));
    assert_false(replay_agent_rule(&bed->agent, "nonsense", 2));
    bed->now_s += 10;
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.10.2"), 7 + 1000);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.14.1"), 3 + 20);
}

static void after_a_reboot_what_counts_begins_at_zero(void **state)
{
    struct bed *bed = *state;
    replay_agent_reboot(&bed->agent, 150);
    bed->now_s = 160;
    assert_int_equal(counter(bed, "1.3.6.1.2.1.1.3.0"), 1000);
    assert_int_equal(counter(bed, "1.3.6.1.4.1.9.2.0"), 400);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.14.1"), 0);
    assert_int_equal(counter(bed, "1.3.6.1.2.1.2.2.1.9.1"), 500);
}

static void a_fault_strikes_the_requests_it_is_set_for(void **state)
{
    struct bed *bed = *state;
    struct question q = {SNMP_V2C, SNMP_GET, 0, 0, {"1.3.6.1.2.1.1.1.0"}};
    bed->agent.fault = FAKE_SILENT;
    bed->agent.fault_first = 2;
    bed->agent.fault_count = 1;
    assert_true(ask_as(bed, "public", &q) > 0);
    assert_int_equal(ask_as(bed, "public", &q), 0);
    assert_true(ask_as(bed, "public", &q) > 0);
}

static void gen_err_is_of_the_column_that_was_chosen(void **state)
{
    struct bed *bed = *state;
    struct question q = {
        SNMP_V2C, SNMP_GETNEXT, 0, 0, {"1.3.6.1.2.1.1", "1.3.6.1.2.1.31.1.1.1.15.1"}};
    bed->agent.fault = FAKE_GEN_ERR;
    ask(bed, &q);
    assert_int_equal(bed->m.pdu.error_status, SNMP_NO_ERROR);
    snmp_oid_parse("1.3.6.1.2.1.31.1.1.1.15", &bed->agent.fault_column);
    ask(bed, &q);
    assert_int_equal(bed->m.pdu.error_status, SNMP_GEN_ERR);
    assert_int_equal(bed->m.pdu.error_index, 2);
}

/* Each goes on past the end of the recording, or never gets there. */
static void walks_of_a_cycle_and_of_an_endless_column_do_not_end(void **state)
{
    static const enum fake_fault faults[] = {FAKE_SAME_OID, FAKE_ENDLESS};
    struct bed *bed = *state;
    struct snmp_oid at;
    for (size_t k = 0; k < 2; k++) {
        bed->agent.fault = faults[k];
        snmp_oid_parse("1.3.6.1.2.1.2.2.1.10.1", &at);
        for (int i = 0; i < 200; i++) {
            char text[SNMP_OID_TEXT_MAX];
            struct snmp_binding b;
            ask(bed, &(struct question){
                         SNMP_V2C, SNMP_GETNEXT, 0, 0, {snmp_oid_text(snmp_oid_view(&at), text)}});
            struct reader r = bed->m.pdu.bindings;
            assert_int_equal(snmp_binding_take(&r, &b), SNMP_TAKEN);
            assert_int_not_equal(b.value.type, SNMP_END);
            int order = snmp_oid_compare(b.oid, snmp_oid_view(&at));
            assert_true(faults[k] == FAKE_SAME_OID ? order == 0 : order > 0);
            assert_true(snmp_oid_copy(b.oid, &at));
        }
    }
}

static void a_cycle_of_three_rows_comes_round(void **state)
{
    static const char rows[] =
        "1.3.6.1.5.1|2|1\n1.3.6.1.5.2|2|2\n1.3.6.1.5.3|2|3\n1.3.6.1.5.4|2|4\n";
    struct bed *bed = *state;
    struct snmprec *four = snmprec_read(rows, sizeof rows - 1);
    replay_agent_init(&bed->agent, four);
    bed->agent.fault = FAKE_CYCLE;
    ask(bed, &(struct question){SNMP_V2C, SNMP_GETBULK, 0, 7, {"1.3.6.1.5"}});
    for (unsigned i = 0; i < 7; i++) {
        char name[32];
        snprintf(name, sizeof name, "1.3.6.1.5.%u", i % 3 + 1);
        value_of(bed, i, name);
    }
    snmprec_destroy(four);
}

static void a_huge_recording_is_answered_as_fast_as_a_small_one(void **state)
{
    static char text[80000 * 32];
    struct bed *bed = *state;
    size_t len = 0;
    for (unsigned i = 0; i < 80000; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "1.3.6.1.4.1.9.%u.%u|2|%u\n",
                                i / 500, i % 500, i);
    struct snmprec *huge = snmprec_read(text, len);
    assert_int_equal(huge->count, 80000);
    replay_agent_init(&bed->agent, huge);
    struct mono began = clock_mono();
    for (unsigned i = 0; i < 2000;
         i++) { /* a search along the rows would be 80 million comparisons */
        char name[48];
        snprintf(name, sizeof name, "1.3.6.1.4.1.9.%u.%u", i * 40 / 500, i * 40 % 500);
        ask(bed, &(struct question){SNMP_V2C, SNMP_GET, 0, 0, {name}});
        assert_int_equal(value_of(bed, 0, name).integer, i * 40);
    }
    assert_true(mono_since(clock_mono(), began) < SECONDS(2));
    snmprec_destroy(huge);
}

static void what_is_no_request_is_not_answered(void **state)
{
    struct bed *bed = *state;
    uint8_t junk[64] = {0x30, 0x3e, 2, 1, 1};
    assert_int_equal(replay_agent_answer(&bed->agent, 0, junk, sizeof junk, bed->answer), 0);
    struct question q = {SNMP_V2C, SNMP_RESPONSE, 0, 0, {"1.3.6.1.2.1.1.1.0"}};
    assert_int_equal(ask_as(bed, "public", &q),
                     0); /* two agents would talk to each other for ever */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_get_is_answered_byte_for_byte),
        TEST(a_getbulk_is_answered_byte_for_byte),
        TEST(version_1_says_which_name_it_has_not),
        TEST(behind_the_last_object_is_the_end),
        TEST(version_1_passes_over_64_bit_counters),
        TEST(a_recorded_exception_is_for_get_alone),
        TEST(a_walk_meets_every_object_once),
        TEST(a_getbulk_is_cut_where_the_datagram_ends),
        TEST(too_big_is_said_when_not_one_binding_fits_or_a_get_does_not),
        TEST(only_its_communities_are_answered),
        TEST(values_stand_still_until_growth_is_asked_for),
        TEST(counters_grow_by_their_rate_and_wrap_as_wide_as_they_are),
        TEST(the_clock_runs_and_moments_and_errors_stand_still),
        TEST(a_rule_sets_the_rate_below_an_oid_and_the_last_one_wins),
        TEST(after_a_reboot_what_counts_begins_at_zero),
        TEST(a_fault_strikes_the_requests_it_is_set_for),
        TEST(gen_err_is_of_the_column_that_was_chosen),
        TEST(walks_of_a_cycle_and_of_an_endless_column_do_not_end),
        TEST(a_cycle_of_three_rows_comes_round),
        TEST(a_huge_recording_is_answered_as_fast_as_a_small_one),
        TEST(what_is_no_request_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
