#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "poller/diagnose/diagnose.h"
#include "poller/diagnose/reading_cause.h"

static struct finding look(struct bad_reading r)
{
    struct fact_table facts = {0};
    struct scene_node node = {.name = "shed-ups", .site = "shed", .reason = "", .life = "ping", .facts = &facts};
    struct dependency hangs = {0};
    struct scene scene = {.nodes = &node, .hangs = &hangs, .node_count = 1, .own = &facts};
    struct suspect x = {.kind = SUSPECT_READING, .node = 0, .check_kind = r.meaning, .label = r.label,
                        .reason = r.state ? r.state : "", .reading = &r};
    struct finding found;
    diagnose(&scene, &x, &found);
    return found;
}

static const char *argument(const struct finding *f, const char *name)
{
    for (size_t i = 0; i < f->argument_count; i++)
        if (strcmp(f->arguments[i].name, name) == 0)
            return f->arguments[i].value;
    return "";
}

static void what_matters_to_people_has_a_cause_and_the_rest_has_none(void **state)
{
    assert_int_equal(reading_cause("disk-temperature", "temperature"), CAUSE_TEMPERATURE);
    assert_int_equal(reading_cause("battery-charge", "charge"), CAUSE_BATTERY_LOW);
    assert_int_equal(reading_cause("output-source", "state"), CAUSE_UPS_ON_BATTERY);
    assert_int_equal(reading_cause("storage-used", "storage"), CAUSE_DISK_FULL);
    assert_int_equal(reading_cause("signal", "rssi"), CAUSE_RADIO_FADING);
    assert_int_equal(reading_cause("noise", "noise-floor"), CAUSE_RADIO_INTERFERENCE);
    assert_int_equal(reading_cause("rx-error-ratio", "error-ratio"), CAUSE_LOSSY_LINK);
    assert_int_equal(reading_cause("supply-level", "supply"), CAUSE_NONE);
    assert_int_equal(reading_cause("cpu-load", "processor"), CAUSE_NONE);
}

static void a_battery_that_carries_the_load_is_known_by_many_words(void **state)
{
    assert_true(reading_is_on_battery("Output", "on battery"));
    assert_true(reading_is_on_battery("output from", "battery"));
    assert_true(reading_is_on_battery("On battery", "yes"));
    assert_false(reading_is_on_battery("Bypass", "on bypass"));
    assert_false(reading_is_on_battery("On line", "no"));
}

static void a_value_is_told_with_its_limit_and_unit(void **state)
{
    struct finding f = look((struct bad_reading){.meaning = "signal", .class_ = "rssi", .label = "Signal",
                                                 .unit = "dBm", .value = -88.26, .limit = -85, .below = true});
    assert_int_equal(f.kind, CAUSE_RADIO_FADING);
    assert_string_equal(argument(&f, "limit"), "-85 dBm");
    assert_string_equal(f.evidence[0].fact, "Signal is -88.26 dBm, below -85 dBm is bad");
    assert_string_equal(f.evidence[0].source, "shed-ups");
    assert_string_equal(f.site, "shed");
    assert_null(f.variant);
}

static void cold_is_not_called_heat(void **state)
{
    struct finding f = look((struct bad_reading){.meaning = "ambient-temperature", .class_ = "temperature",
                                                 .label = "Shed", .unit = "C", .value = -3, .limit = 0, .below = true});
    assert_string_equal(f.variant, "cold");
    assert_string_equal(argument(&f, "limit"), "0 \302\260C");
}

static void a_state_is_told_by_its_word(void **state)
{
    struct finding f = look((struct bad_reading){.meaning = "battery-state", .class_ = "state", .label = "Battery",
                                                 .unit = "", .state = "depleted", .value = NAN, .limit = NAN});
    assert_int_equal(f.kind, CAUSE_BATTERY_LOW);
    assert_string_equal(f.variant, "state");
    assert_string_equal(argument(&f, "state"), "depleted");
    assert_string_equal(f.evidence[0].fact, "Battery: depleted");
}

static void a_ups_in_bypass_is_not_on_its_battery(void **state)
{
    struct bad_reading r = {.meaning = "output-source", .class_ = "state", .label = "Output", .unit = "",
                            .state = "on bypass", .value = NAN, .limit = NAN};
    assert_string_equal(look(r).variant, "other");
    r.state = "on battery";
    assert_null(look(r).variant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matters_to_people_has_a_cause_and_the_rest_has_none),
        cmocka_unit_test(a_battery_that_carries_the_load_is_known_by_many_words),
        cmocka_unit_test(a_value_is_told_with_its_limit_and_unit),
        cmocka_unit_test(cold_is_not_called_heat),
        cmocka_unit_test(a_state_is_told_by_its_word),
        cmocka_unit_test(a_ups_in_bypass_is_not_on_its_battery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
