/* Profiles at work: a recorded agent, profiles as the configuration would bring them, and the collector in
 * between. Each test writes what the agent has as lines OID|TAG|VALUE. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "collectors/snmp/device.h"
#include "tests/support/replay_agent.h"
#include "tests/support/sim_packets.h"

#define VENDOR "1.3.6.1.4.1.99999"
#define NO_LIMITS {NAN, NAN, NAN, NAN, NAN}
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const char system_group[] = "1.3.6.1.2.1.1.1.0|4|Maker Radio 5 v1.2.3\n"
                                   "1.3.6.1.2.1.1.2.0|6|" VENDOR ".1\n"
                                   "1.3.6.1.2.1.1.3.0|67|100000\n"
                                   "1.3.6.1.2.1.1.5.0|4|roof\n"
                                   "1.3.6.1.2.1.2.2.1.2.7|4|ath0\n"
                                   "1.3.6.1.2.1.2.2.1.3.7|2|6\n"
                                   "1.3.6.1.2.1.2.2.1.8.7|2|1\n"
                                   "1.3.6.1.2.1.2.2.1.10.7|65|1000\n";

struct scene {
    struct sim *sim;
    struct snmprec *recording;
    struct replay_agent agent;
    struct collector_instance *snmp;
    struct snmp_options options;
    struct profile_set set;
    uint32_t round;
};

static struct meaning meanings[] = {
    {.name = "signal", .class_ = "rssi", .unit = "dBm", .limits = {-75, -82, NAN, NAN, 3}},
    {.name = "noise", .class_ = "noise-floor", .unit = "dBm", .limits = NO_LIMITS},
    {.name = "frequency", .class_ = "frequency", .unit = "MHz", .limits = NO_LIMITS},
    {.name = "clients", .class_ = "clients", .unit = "count", .limits = NO_LIMITS},
    {.name = "tx-rate", .class_ = "rate", .unit = "bps", .limits = NO_LIMITS},
    {.name = "battery-state", .class_ = "state", .limits = NO_LIMITS},
};

static double now_s(struct sim *s)
{
    return (double)sim_now(s).mono.ns / 1e9;
}

static void answer(void *ctx, struct sim *s, const struct packet *asked)
{
    static uint8_t out[FAKE_ANSWER_MAX];
    struct scene *scene = ctx;
    struct packet p = {.peer = asked->peer, .port = asked->port, .data = out};
    p.len = replay_agent_answer(&scene->agent, now_s(s), asked->data, asked->len, out);
    if (p.len)
        sim_deliver(s, PACKETS_UDP, &p, MILLISECONDS(2));
}

static struct scene *play(struct profile *profiles, size_t count, const char *lines)
{
    static struct scene scene;
    static struct addr addr;
    char text[8192];
    snprintf(text, sizeof text, "%s%s", system_group, lines);
    scene = (struct scene){.sim = sim_create(3), .recording = snmprec_read(text, strlen(text))};
    scene.options = (struct snmp_options){
        .community = "public", .port = 161, .timeout_ns = SECONDS(2), .retries = 2};
    scene.set = (struct profile_set){.profiles = profiles, .profiles_count = count, .meanings = meanings,
                                     .meanings_count = COUNT(meanings)};
    replay_agent_init(&scene.agent, scene.recording);
    assert_int_equal(scene.recording->damaged, 0);
    sim_on(scene.sim, PACKETS_UDP, answer, &scene);
    sim_profiles(scene.sim, &scene.set);
    scene.snmp = snmp_collector.create(sim_env(scene.sim));
    addr_parse("192.0.2.9", &addr);
    assert_true(snmp_collector.adopt(scene.snmp, &(struct check_setting){.check = 1,
                                                                         .node = "radio",
                                                                         .label = "",
                                                                         .addresses = &addr,
                                                                         .address_count = 1,
                                                                         .options = &scene.options}));
    return &scene;
}

static const struct report *round_of(struct scene *s)
{
    size_t before = sim_reports(s->sim);
    snmp_collector.start(s->snmp, 1, ++s->round, ROUND_REGULAR, mono_after(sim_now(s->sim).mono, SECONDS(50)));
    snmp_collector.flush(s->snmp);
    sim_run(s->sim, SECONDS(60));
    assert_int_equal(sim_reports(s->sim), before + 1);
    assert_int_equal(sim_last_report(s->sim)->outcome, OUTCOME_ANSWERED);
    return sim_last_report(s->sim);
}

static void end(struct scene *s)
{
    snmp_collector.destroy(s->snmp);
    sim_destroy(s->sim);
    snmprec_destroy(s->recording);
}

static const struct reading *reading_of(const struct report *r, const char *label)
{
    for (size_t i = 0; i < r->reading_count; i++)
        if (strcmp(r->readings[i].label, label) == 0)
            return &r->readings[i];
    return NULL;
}

static double value_of(const struct report *r, const char *label)
{
    const struct reading *found = reading_of(r, label);
    return found ? found->value : NAN;
}

static double measure_of(const struct report *r, const char *object, const char *source)
{
    for (size_t i = 0; i < r->object_count; i++)
        for (size_t k = 0; k < r->objects[i].measure_count; k++)
            if (strcmp(r->objects[i].object, object) == 0 &&
                strcmp(r->objects[i].measures[k].source, source) == 0)
                return r->objects[i].measures[k].value;
    return NAN;
}

#define READING .limits = NO_LIMITS
static struct profile_match by_object[] = {{.object_id = VENDOR}};

static void a_reading_has_its_unit_row_and_series(void **state)
{
    struct profile_reading readings[] = {{.oid = VENDOR ".5.1", .meaning = "signal", .label = "{port}",
                                          .object = "radio-{port}", READING}};
    struct profile p[] = {{.name = "maker", .vendor = "Maker", .family = "Radio", .match = by_object,
                           .match_count = 1, .readings = readings, .readings_count = 1}};
    struct scene *s = play(p, 1, VENDOR ".5.1.7|2|-61\n");
    const struct report *r = round_of(s);
    const struct reading *signal = reading_of(r, "ath0");
    assert_non_null(signal);
    assert_string_equal(signal->class_, "rssi");
    assert_string_equal(signal->unit, "dBm");
    assert_string_equal(signal->index, "7");
    assert_string_equal(signal->oid, VENDOR ".5.1.7");
    assert_float_equal(signal->value, -61, 0);
    assert_float_equal(signal->limits.warn_low, -75, 0);
    assert_float_equal(measure_of(r, "radio-ath0", "signal"), -61, 0);
    assert_string_equal(sim_fact(r, "device.vendor", ""), "Maker");
    assert_string_equal(sim_fact(r, "profile.name", ""), "maker");
    r = round_of(s); /* now by name */
    assert_float_equal(value_of(r, "ath0"), -61, 0);
    end(s);
}

static void what_is_not_there_is_absent_and_never_zero(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".6.0", .meaning = "noise", .label = "noise", READING},
        {.oid = VENDOR ".5.1", .meaning = "signal", .label = "{index}", .absent = (double[]){0},
         .absent_count = 1, READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 2}};
    struct scene *s = play(p, 1, VENDOR ".5.1.1|2|0\n" VENDOR ".5.1.2|2|-70\n");
    const struct report *r = round_of(s);
    assert_null(reading_of(r, "noise"));
    assert_true(isnan(value_of(r, "1")));
    assert_float_equal(value_of(r, "2"), -70, 0);
    end(s);
}

static void expressions_use_other_columns_of_the_row(void **state)
{
    struct profile_column with[] = {{.name = "noise", .oid = VENDOR ".5.2"},
                                    {.name = "name", .oid = VENDOR ".5.3", .row = PROFILE_ROW_FIRST},
                                    {.name = "whole", .oid = VENDOR ".9.0", .row = PROFILE_ROW_SCALAR}};
    struct profile_reading readings[] = {{.oid = VENDOR ".5.1", .meaning = "signal", .label = "{name}/{index}",
                                          .value = "x - noise + whole", .when = "x < 0", .with = with,
                                          .with_count = 3, READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 1}};
    struct scene *s = play(p, 1,
                           VENDOR ".5.1.3.1|2|-60\n" VENDOR ".5.1.3.2|2|5\n" VENDOR ".5.2.3.1|2|-95\n" VENDOR
                                  ".5.2.3.2|2|-95\n" VENDOR ".5.3.3|4|mast\n" VENDOR ".9.0|2|1000\n");
    const struct report *r = round_of(s);
    assert_float_equal(value_of(r, "mast/3.1"), 1035, 0);
    assert_null(reading_of(r, "mast/3.2"));
    end(s);
}

static void rows_are_chosen_and_named_by_their_index(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".7", .meaning = "frequency", .index = PROFILE_INDEX_TEXT, .rows = "^freq-(.+)$",
         .label = "radio {1}", READING},
        {.oid = VENDOR ".8", .meaning = "signal", .index = PROFILE_INDEX_MAC, .label = "{mac}", READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 2}};
    /* freq-a as length and characters; snr-a is another script; a MAC with the interface behind it */
    struct scene *s = play(p, 1,
                           VENDOR ".7.6.102.114.101.113.45.97|4|5180\n" VENDOR ".7.5.115.110.114.45.97|4|33\n" VENDOR
                                  ".8.2.0.94.0.83.1.7|4|-66 dBm\n");
    const struct report *r = round_of(s);
    assert_float_equal(value_of(r, "radio a"), 5180, 0);
    assert_int_equal(r->reading_count, 2);
    assert_float_equal(value_of(r, "02:00:5e:00:53:01"), -66, 0);
    end(s);
}

static void a_row_is_about_whoever_its_column_names(void **state)
{
    struct profile_column with[] = {{.name = "address", .oid = VENDOR ".7.1"}};
    struct profile_reading readings[] = {{.oid = VENDOR ".7.3", .meaning = "signal", .label = "from {mac}",
                                          .with = with, .with_count = 1, .whose = "address",
                                          .object = "station-{mac}", READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 1}};
    struct scene *s = play(p, 1,
                           VENDOR ".7.1.1|4|02-00-5E-00-53-01\n" VENDOR ".7.1.2|4x|02005e005302\n" VENDOR
                                  ".7.1.3|4|somebody\n" VENDOR ".7.3.1|2|-61\n" VENDOR ".7.3.2|2|-62\n" VENDOR
                                  ".7.3.3|2|-63\n");
    const struct report *r = round_of(s);
    assert_string_equal(reading_of(r, "from 02:00:5e:00:53:01")->mac, "02:00:5e:00:53:01");
    assert_string_equal(reading_of(r, "from 02:00:5e:00:53:02")->mac, "02:00:5e:00:53:02");
    assert_float_equal(measure_of(r, "station-02:00:5e:00:53:02", "signal"), -62, 0);
    assert_null(reading_of(r, "from")->mac);
    end(s);
}

static void rows_of_one_label_are_added_up(void **state)
{
    struct profile_column with[] = {{.name = "ssid", .oid = VENDOR ".5.2", .fixed = true}};
    struct profile_reading readings[] = {
        {.oid = VENDOR ".5.1", .meaning = "clients", .label = "{ssid}", .sum = PROFILE_SUM, .with = with,
         .with_count = 1, .object = "wifi-{ssid}", READING},
        {.oid = VENDOR ".5.1", .meaning = "clients", .label = "rows", .sum = PROFILE_COUNT, READING},
        {.oid = VENDOR ".5.1", .meaning = "clients", .label = "most", .sum = PROFILE_MAX, READING},
        {.oid = VENDOR ".5.1", .meaning = "clients", .label = "mean", .sum = PROFILE_MEAN, READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 4}};
    struct scene *s = play(p, 1,
                           VENDOR ".5.1.1|2|4\n" VENDOR ".5.1.2|2|0\n" VENDOR ".5.1.3|2|14\n" VENDOR
                                  ".5.2.1|4|house\n" VENDOR ".5.2.2|4|guest\n" VENDOR ".5.2.3|4|house\n");
    const struct report *r = round_of(s);
    assert_float_equal(value_of(r, "house"), 18, 0);
    assert_float_equal(value_of(r, "guest"), 0, 0);
    assert_float_equal(value_of(r, "rows"), 3, 0);
    assert_float_equal(value_of(r, "most"), 14, 0);
    assert_float_equal(value_of(r, "mean"), 6, 0);
    assert_float_equal(measure_of(r, "wifi-house", "clients"), 18, 0);
    end(s);
}

static void states_have_a_word_and_a_level(void **state)
{
    struct profile_word by_number[] = {{"1", "unjudged unknown"}, {"2", "good normal"}, {"3", "bad low"}};
    struct profile_word by_text[] = {{"mains", "good on mains"}, {"battery", "bad on battery"}};
    struct profile_reading readings[] = {
        {.oid = VENDOR ".1.0", .meaning = "battery-state", .label = "battery", .states = by_number,
         .states_count = 3, READING},
        {.oid = VENDOR ".2.0", .meaning = "battery-state", .label = "source", .states = by_text,
         .states_count = 2, READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 2}};
    struct scene *s = play(p, 1, VENDOR ".1.0|2|3\n" VENDOR ".2.0|4|battery\n");
    const struct report *r = round_of(s);
    assert_string_equal(reading_of(r, "battery")->state, "low");
    assert_int_equal(reading_of(r, "battery")->level, READING_BAD);
    assert_float_equal(reading_of(r, "battery")->value, 3, 0);
    assert_string_equal(reading_of(r, "source")->state, "on battery");
    assert_float_equal(reading_of(r, "source")->value, 1, 0); /* its place in the list */
    end(s);
}

static void counters_become_rates_over_time(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".3.1", .meaning = "tx-rate", .label = "octets", .value = "x * 8", .rate = true, READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 1}};
    struct scene *s = play(p, 1, VENDOR ".3.1.1|65|4294960000\n");
    s->agent.grows = true;
    assert_true(replay_agent_rule(&s->agent, VENDOR ".3.1", 1000));
    assert_true(isnan(value_of(round_of(s), "octets"))); /* of one reading nobody can tell */
    for (int i = 0; i < 12; i++) /* past a reading of the tables and a wrap at 32 bits */
        assert_float_equal(value_of(round_of(s), "octets"), 8000, 80);
    end(s);
}

static void the_profile_that_says_most_wins(void **state)
{
    struct profile_probe probe[] = {{VENDOR ".77", "^Max"}};
    struct profile_match generic[] = {{.object_id = "1.3.6.1.4.1"}}, brand[] = {{.object_id = VENDOR}},
                         probed[] = {{.object_id = VENDOR, .has = probe, .has_count = 1}},
                         told[] = {{.descr = "^Maker "}};
    struct profile p[] = {{.name = "generic", .match = generic, .match_count = 1},
                          {.name = "probed", .match = probed, .match_count = 1},
                          {.name = "brand", .match = brand, .match_count = 1},
                          {.name = "told", .match = told, .match_count = 1}};
    struct scene *s = play(p, 4, VENDOR ".77.1|4|Max 5\n");
    assert_string_equal(sim_fact(round_of(s), "profile.name", ""), "probed");
    end(s);
    s = play(p, 4, VENDOR ".77.1|4|Mini\n");
    const struct report *r = round_of(s);
    assert_string_equal(sim_fact(r, "profile.name", ""), "brand");
    assert_string_equal(sim_fact(r, "profile.why", ""), "its sysObjectID is below " VENDOR);
    end(s);
    p[2].rank = -5;
    s = play(p, 4, "");
    assert_string_equal(sim_fact(round_of(s), "profile.name", ""), "generic");
    end(s);
}

static void standards_stand_beside_the_family_unless_it_does_without(void **state)
{
    struct profile_probe probe[] = {{"1.3.6.1.2.1.99", NULL}};
    struct profile_match has[] = {{.has = probe, .has_count = 1}};
    struct profile_reading sensor[] = {
        {.oid = "1.3.6.1.2.1.99.1", .meaning = "frequency", .label = "sensor", READING}};
    char *without[] = {"sensors"};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1},
                          {.name = "sensors", .standard = true, .match = has, .match_count = 1,
                           .readings = sensor, .readings_count = 1}};
    struct scene *s = play(p, 2, "1.3.6.1.2.1.99.1.1|2|25\n");
    const struct report *r = round_of(s);
    assert_string_equal(sim_fact(r, "profile.name", ""), "maker");
    assert_float_equal(value_of(r, "sensor"), 25, 0);
    end(s);
    p[0].without = without;
    p[0].without_count = 1;
    s = play(p, 2, "1.3.6.1.2.1.99.1.1|2|25\n");
    assert_null(reading_of(round_of(s), "sensor"));
    end(s);
}

static void model_and_version_come_from_where_the_profile_says(void **state)
{
    struct profile_text model[] = {{.oid = VENDOR ".1.9"},
                                   {.of = PROFILE_OF_DESCR, .like = "Maker ([A-Za-z]+ [0-9]+)", .form = "The {}"}};
    struct profile_word words[] = {{"7", "seven"}};
    struct profile_text version[] = {{.oid = VENDOR ".1.8", .words = words, .words_count = 1}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .model = model,
                           .model_count = 2, .version = version, .version_count = 1}};
    struct scene *s = play(p, 1, VENDOR ".1.8.0|2|7\n");
    const struct report *r = round_of(s);
    assert_string_equal(sim_fact(r, "device.model", ""), "The Radio 5");
    assert_string_equal(sim_fact(r, "device.version", ""), "seven");
    end(s);
}

static void an_agent_that_stumbles_loses_that_figure_only(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".5.1", .meaning = "signal", .label = "{index}", READING},
        {.oid = VENDOR ".6.0", .meaning = "noise", .label = "noise", READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 2}};
    struct scene *s = play(p, 1, VENDOR ".5.1.1|2|-60\n" VENDOR ".6.0|2|-90\n");
    round_of(s);
    s->agent.fault = FAKE_GEN_ERR;
    assert_true(snmp_oid_parse(VENDOR ".5.1", &s->agent.fault_column));
    const struct report *r = round_of(s);
    assert_true(isnan(value_of(r, "1")));
    assert_float_equal(value_of(r, "noise"), -90, 0);
    end(s);
}

static void a_version_1_agent_is_recognised_and_read(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".5.1", .meaning = "signal", .label = "{index}", READING},
        {.oid = VENDOR ".6.0", .meaning = "noise", .label = "noise", READING},
        {.oid = VENDOR ".8.0", .meaning = "noise", .label = "nothing", READING}};
    struct profile_probe probe[] = {{VENDOR ".5", NULL}};
    struct profile_match probed[] = {{.object_id = VENDOR, .has = probe, .has_count = 1}};
    struct profile p[] = {{.name = "maker", .match = probed, .match_count = 1, .readings = readings,
                           .readings_count = 3}};
    struct scene *s = play(p, 1, VENDOR ".5.1.1|2|-60\n" VENDOR ".6.0|2|-90\n");
    s->agent.fault = FAKE_V1_ONLY;
    for (int i = 0; i < 2; i++) {
        const struct report *r = round_of(s);
        assert_float_equal(value_of(r, "1"), -60, 0);
        assert_float_equal(value_of(r, "noise"), -90, 0);
        assert_null(reading_of(r, "nothing"));
    }
    end(s);
}

static void a_known_device_is_asked_for_its_figures_by_name_only(void **state)
{
    struct profile_reading readings[] = {
        {.oid = VENDOR ".5.1", .meaning = "signal", .label = "{index}", READING}};
    struct profile p[] = {{.name = "maker", .match = by_object, .match_count = 1, .readings = readings,
                           .readings_count = 1}};
    struct scene *s = play(p, 1, VENDOR ".5.1.1|2|-60\n" VENDOR ".5.1.2|2|-61\n");
    round_of(s);
    round_of(s);
    unsigned before = s->agent.asked;
    round_of(s);
    assert_int_equal(s->agent.asked - before, 2); /* the port and the two cells */
    end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_has_its_unit_row_and_series),
        cmocka_unit_test(what_is_not_there_is_absent_and_never_zero),
        cmocka_unit_test(expressions_use_other_columns_of_the_row),
        cmocka_unit_test(rows_are_chosen_and_named_by_their_index),
        cmocka_unit_test(a_row_is_about_whoever_its_column_names),
        cmocka_unit_test(rows_of_one_label_are_added_up),
        cmocka_unit_test(states_have_a_word_and_a_level),
        cmocka_unit_test(counters_become_rates_over_time),
        cmocka_unit_test(the_profile_that_says_most_wins),
        cmocka_unit_test(standards_stand_beside_the_family_unless_it_does_without),
        cmocka_unit_test(model_and_version_come_from_where_the_profile_says),
        cmocka_unit_test(an_agent_that_stumbles_loses_that_figure_only),
        cmocka_unit_test(a_version_1_agent_is_recognised_and_read),
        cmocka_unit_test(a_known_device_is_asked_for_its_figures_by_name_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
