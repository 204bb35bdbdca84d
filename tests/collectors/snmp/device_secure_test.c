/* Devices asked by version 3: what is reported, what is not asked again, what is kept. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/collectors/snmp/bed.h"

#define assert_near(value, want) assert_float_equal(value, want, (want)*0.005 + 0.001)

static struct fake_engine engine, second;
static struct fake_agent second_agent;

static const struct snmp_passwords good = {SNMP_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, "maplesyrup",
                                           "pancakes-too"};

static double now_s(const struct bed *bed)
{
    return (double)sim_now(bed->sim).mono.ns / 1e9;
}

static int up(void **state)
{
    bed_up(state);
    struct bed *bed = *state;
    fake_engine_init(&engine, &bed->agent, "barn", &good, now_s(bed));
    bed->engine = &engine;
    bed->options.version = OPTION_V3;
    bed->options.user = "barn";
    bed->options.auth = SNMP_SHA256;
    bed->options.priv = SNMP_AES128;
    bed->options.auth_password = "maplesyrup";
    bed->options.priv_password = "pancakes-too";
    return bed_adopt(bed, BED_CHECK, "switch", BED_AGENT) ? 0 : -1;
}

static void expect_well(const struct report *r)
{
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    for (int i = 0; i < BED_PORTS; i++) {
        char object[16];
        snprintf(object, sizeof object, "if-eth%d", i);
        assert_near(bed_measure(r, object, "in_octets"), 1000.0 * (i + 1));
        assert_near(bed_measure(r, object, "out_octets"), 2000.0 * (i + 1));
    }
}

static void expect_refusal(const struct report *r, const char *reason)
{
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, reason);
    assert_int_equal(strncmp(r->detail, "auth failed: ", 13), 0);
    assert_null(strstr(r->detail, "maplesyrup"));
    assert_null(strstr(r->detail, "pancakes"));
    assert_int_equal(r->object_count, 0);
}

static void a_device_of_version_3_is_read_like_any_other(void **state)
{
    struct bed *bed = *state;
    const struct report *r = bed_round(bed);
    assert_string_equal(sim_fact(r, "sys.name", ""), "fake");
    assert_string_equal(sim_fact(r, "sys.engine_id", ""), "80001f88046261726e");
    expect_well(bed_round(bed));
    r = bed_ask(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(sim_fact(r, "port.oper", "eth1"), "up");
}

static void its_answers_fit_one_datagram(void **state)
{
    struct bed *bed = *state;
    fake_agent_init(&bed->agent, FAKE_PORTS_MAX);
    bed->agent.booted_s = now_s(bed) - 100000;
    for (unsigned i = 0; i < FAKE_PORTS_MAX; i++) { /* long counters and long indexes, as they come */
        bed->agent.ports[i].in_base = bed->agent.ports[i].out_base = UINT64_C(0x4000000000000000);
        bed->agent.ports[i].index = 436207616 + i; /* as a Nexus counts */
    }
    bed_round(bed);
    engine.largest = 0; /* the walk asks for what fits by and by */
    for (int i = 0; i < 4; i++)
        bed_round(bed);
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_near(bed_measure(r, "if-eth60", "in_octets"), 61000.0);
    assert_in_range(engine.largest, 1000, 1472);
}

/* row 27 */
static void restarts_and_clocks_are_followed_within_the_round(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    fake_engine_reboot(&engine, now_s(bed));
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_non_null(sim_fact(r, "sys.rebooted", ""));
    bed_round(bed);
    expect_well(bed_round(bed));
    engine.booted_s -= 7000; /* its clock jumps ahead, then back */
    expect_well(bed_round(bed));
    engine.booted_s += 3000;
    expect_well(bed_round(bed));
    fake_engine_wipe(&engine, now_s(bed));
    r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->detail,
                        "its SNMP engine counts its starts from anew: its memory was cleared");
    fake_engine_rename(&engine,
                       "\x80\x00\x1f\x88\x04"
                       "other",
                       10);
    r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_string_equal(r->detail,
                        "its SNMP engine id is another than before: exchanged, or reset");
    assert_string_equal(sim_fact(r, "sys.engine_id", ""), "80001f88046f74686572");
    assert_null(bed_round(bed)->detail);
}

/* row 28 */
static void refusals_have_their_words(void **state)
{
    static const struct {
        const char *reason;
        const char *user;
        const char *auth_password, *priv_password;
        enum snmp_level has, least;
        enum fake_engine_fault fault;
    } rows[] = {
        {"auth-user", "other", "maplesyrup", "pancakes-too", SNMP_AUTH_PRIV, 0, 0},
        {"auth-password", "barn", "maple syrup", "pancakes-too", SNMP_AUTH_PRIV, 0, 0},
        {"auth-decryption", "barn", "maplesyrup", "pancakes too", SNMP_AUTH_PRIV, 0, 0},
        {"auth-decryption", "barn", "maplesyrup", "pancakes too", SNMP_AUTH_PRIV, 0,
         FAKE_ENGINE_DROPS},
        {"auth-level", "barn", "maplesyrup", "pancakes-too", SNMP_AUTH_NO_PRIV, 0, 0},
        {"auth-access", "barn", "maplesyrup", NULL, SNMP_AUTH_PRIV, SNMP_AUTH_PRIV, 0},
        {"auth-window", "barn", "maplesyrup", "pancakes-too", SNMP_AUTH_PRIV, 0,
         FAKE_ENGINE_NEVER_IN_TIME},
        {"auth-engine", "barn", "maplesyrup", "pancakes-too", SNMP_AUTH_PRIV, 0,
         FAKE_ENGINE_NEVER_ITSELF},
        {"auth-refused", "barn", "maplesyrup", "pancakes-too", SNMP_AUTH_PRIV, 0,
         FAKE_ENGINE_OTHER_REPORT},
        {"auth-silent", "barn", "maple syrup", "pancakes-too", SNMP_AUTH_PRIV, 0,
         FAKE_ENGINE_DROPS},
    };
    struct bed *bed = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_engine_init(&engine, &bed->agent, "barn", &good, now_s(bed));
        engine.level = rows[i].has;
        engine.least = rows[i].least;
        engine.fault = rows[i].fault;
        bed->options.user = (char *)(uintptr_t)rows[i].user;
        bed->options.auth_password = (char *)(uintptr_t)rows[i].auth_password;
        bed->options.priv_password = (char *)(uintptr_t)rows[i].priv_password;
        assert_true(bed_adopt(bed, BED_CHECK, "switch", BED_AGENT));
        expect_refusal(bed_round(bed), rows[i].reason);
    }
}

static void silence_is_not_a_refusal(void **state)
{
    struct bed *bed = *state;
    bed->silent_from = 1;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
    assert_string_equal(r->detail, "no answer: down, filtered or version 3 is off");
}

static void a_refused_user_is_not_tried_again_and_again(void **state)
{
    struct bed *bed = *state;
    engine.user = "somebody else";
    expect_refusal(bed_round(bed), "auth-user");
    unsigned asked = engine.asked;
    for (int i = 0; i < 4; i++) {
        const struct report *r = bed_round(bed);
        expect_refusal(r, "auth-user"); /* the judge hears of it all the same */
        assert_non_null(strstr(r->detail, "lest we are locked out"));
    }
    assert_int_equal(engine.asked, asked);
    for (int i = 0; i < 55; i++)
        bed_round(bed);
    assert_true(engine.asked - asked >= 3); /* after 5 minutes, 10, 20, 40 */
    assert_true(engine.asked - asked <= 5);
}

static void somebody_who_wants_to_know_gets_one_try_a_minute(void **state)
{
    struct bed *bed = *state;
    engine.user = "somebody else";
    bed_round(bed);
    unsigned asked = engine.asked;
    expect_refusal(bed_ask(bed), "auth-user"); /* a minute after the round */
    assert_int_equal(engine.asked - asked, 1);
    expect_refusal(bed_ask(bed), "auth-user");
    assert_int_equal(engine.asked - asked, 1);
    engine.user = "barn";
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(bed_ask(bed)->outcome, OUTCOME_ANSWERED);
    assert_int_equal(bed_round(bed)->outcome,
                     OUTCOME_ANSWERED); /* and nothing is held back any more */
}

static void a_user_that_was_good_is_asked_again_at_once_when_refused(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    engine.user = "somebody else";
    expect_refusal(bed_round(bed), "auth-user");
    unsigned asked = engine.asked;
    expect_refusal(bed_round(bed), "auth-user");
    assert_int_equal(engine.asked - asked, 1);
    expect_refusal(bed_round(bed), "auth-user");
    assert_int_equal(engine.asked - asked, 1);
}

static void silence_after_a_refusal_is_silence(void **state)
{
    struct bed *bed = *state;
    engine.user = "somebody else";
    expect_refusal(bed_round(bed), "auth-user");
    bed->silent_from = 1;
    assert_string_equal(bed_ask(bed)->reason, "timeout");
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_SILENT);
    assert_string_equal(r->reason, "timeout");
}

static void a_corrected_configuration_is_tried_at_once(void **state)
{
    struct bed *bed = *state;
    bed->options.auth_password = "maple syrup";
    assert_true(bed_adopt(bed, BED_CHECK, "switch", BED_AGENT));
    expect_refusal(bed_round(bed), "auth-password");
    bed->options.auth_password = "maplesyrup";
    assert_true(bed_adopt(bed, BED_CHECK, "switch", BED_AGENT));
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
}

static void answers_that_are_not_authentic_are_wrong_not_silent(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    engine.fault = FAKE_ENGINE_SHORT_DIGEST;
    const struct report *r = bed_round(bed);
    assert_int_equal(r->outcome, OUTCOME_WRONG);
    assert_string_equal(r->reason, "wrong-answer");
    assert_string_equal(r->detail, "answers came, but not authentic ones");
    engine.fault = FAKE_ENGINE_WELL;
    bed_round(bed);
    expect_well(bed_round(bed));
}

/* ---- what is kept ---- */

static const char *kept(struct bed *bed)
{
    const struct env *env = sim_env(bed->sim);
    return env->recall(env->ctx, "switch", "snmp.engine");
}

static void a_restart_of_ours_costs_no_discovery(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    assert_non_null(kept(bed));
    assert_null(strstr(kept(bed), "maple"));
    unsigned discovered = engine.discovered, reported = engine.reported;
    assert_true(
        bed_adopt(bed, BED_CHECK, "switch", BED_AGENT)); /* a new device, as after a restart */
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
    assert_int_equal(engine.discovered, discovered);
    assert_int_equal(engine.reported, reported);
}

static void what_is_kept_is_written_when_it_changes_only(void **state)
{
    struct bed *bed = *state;
    bed_round(bed);
    const char *first = kept(bed);
    for (int i = 0; i < 20; i++)
        bed_round(bed);
    assert_ptr_equal(kept(bed), first);
    fake_engine_reboot(&engine, now_s(bed));
    bed_round(bed);
    assert_ptr_not_equal(kept(bed), first);
}

static void nonsense_that_was_kept_does_no_harm(void **state)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "80001f88046261726e",
                                        "zz 1 2",
                                        "8 1 2",
                                        "80001f8 1 2",
                                        "80001f88046261726e -1 99999999999999999999",
                                        "000000 4294967295 5",
                                        "80001f88046261726e 7 99999999999"};
    struct bed *bed = *state;
    const struct env *env = sim_env(bed->sim);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        env->remember(env->ctx, "switch", "snmp.engine", texts[i]);
        assert_true(bed_adopt(bed, BED_CHECK, "switch", BED_AGENT));
        assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
    }
}

/* ---- clones ---- */

static void add_second(struct bed *bed, const struct snmp_passwords *p)
{
    fake_agent_init(&second_agent, 2);
    second_agent.booted_s = now_s(bed) - 5000;
    fake_engine_init(&second, &second_agent, "barn", p, now_s(bed) - 500000); /* its own clock */
    second.boots = 3;
    bed->second = &second;
    assert_true(bed_adopt(bed, 6, "shed", BED_SECOND));
}

static const struct report *second_round(struct bed *bed)
{
    size_t before = sim_reports(bed->sim);
    snmp_collector.start(bed->snmp, 6, 9000, ROUND_REGULAR,
                         mono_after(sim_now(bed->sim).mono, SECONDS(50)));
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(sim_reports(bed->sim), before + 1);
    return sim_last_report(bed->sim);
}

static void clones_are_named_and_both_are_read(void **state)
{
    struct bed *bed = *state;
    add_second(bed, &good);
    assert_null(bed_round(bed)->detail);
    for (int i = 0; i < 3; i++) {
        const struct report *r = second_round(bed);
        assert_int_equal(r->outcome, OUTCOME_ANSWERED);
        assert_non_null(strstr(r->detail, "same SNMP engine id as switch"));
        r = bed_round(bed);
        assert_int_equal(r->outcome, OUTCOME_ANSWERED);
        assert_non_null(strstr(r->detail, "same SNMP engine id as shed"));
    }
    assert_int_equal(engine.reported, 1); /* neither's clock confuses the other's */
    assert_int_equal(second.reported, 1);
    snmp_collector.drop(bed->snmp, 6);
    assert_null(bed_round(bed)->detail);
}

static void a_clone_with_another_password_is_not_read_with_its_twins_keys(void **state)
{
    struct bed *bed = *state;
    struct snmp_passwords other = good;
    other.auth_password = "another one";
    add_second(bed, &other);
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
    expect_refusal(second_round(bed), "auth-password");
    assert_int_equal(bed_round(bed)->outcome, OUTCOME_ANSWERED);
}

/* row 29 */
static void a_mute_device_does_not_delay_another(void **state)
{
    struct bed *bed = *state;
    add_second(bed, &good);
    bed->silent_from = 10;
    struct mono deadline = mono_after(sim_now(bed->sim).mono, SECONDS(50));
    snmp_collector.start(bed->snmp, 6, 9000, ROUND_REGULAR, deadline); /* the mute one first */
    const struct report *r;
    snmp_collector.start(bed->snmp, BED_CHECK, 1, ROUND_REGULAR, deadline);
    snmp_collector.flush(bed->snmp);
    sim_run(bed->sim, SECONDS(1));
    assert_int_equal(sim_reports(bed->sim), 1);
    r = sim_last_report(bed->sim);
    assert_int_equal(r->check, BED_CHECK);
    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    assert_true(mono_since(r->ended, r->started) < MILLISECONDS(300));
    sim_run(bed->sim, SECONDS(60));
    assert_int_equal(sim_last_report(bed->sim)->outcome, OUTCOME_SILENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, bed_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_of_version_3_is_read_like_any_other),
        TEST(its_answers_fit_one_datagram),
        TEST(restarts_and_clocks_are_followed_within_the_round),
        TEST(refusals_have_their_words),
        TEST(silence_is_not_a_refusal),
        TEST(a_refused_user_is_not_tried_again_and_again),
        TEST(somebody_who_wants_to_know_gets_one_try_a_minute),
        TEST(a_user_that_was_good_is_asked_again_at_once_when_refused),
        TEST(silence_after_a_refusal_is_silence),
        TEST(a_corrected_configuration_is_tried_at_once),
        TEST(answers_that_are_not_authentic_are_wrong_not_silent),
        TEST(a_restart_of_ours_costs_no_discovery),
        TEST(what_is_kept_is_written_when_it_changes_only),
        TEST(nonsense_that_was_kept_does_no_harm),
        TEST(clones_are_named_and_both_are_read),
        TEST(a_clone_with_another_password_is_not_read_with_its_twins_keys),
        TEST(a_mute_device_does_not_delay_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
