#include "poller/engine/gauges.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct reading_limits hot = {NAN, NAN, 70, 85, 5};

struct bed {
    struct engine engine;
    struct node node;
    struct check snmp, ups;
};

static void at(struct bed *b, int64_t s)
{
    b->engine.now = (struct instant){{SECONDS(s)}, {SECONDS(1767225600 + s)}};
}

static struct bed bed_make(void)
{
    return (struct bed){.snmp = {.id = 1}, .ups = {.id = 2}};
}

static void tell(struct bed *b, struct check *c, struct reading r)
{
    struct report report = {.readings = &r, .reading_count = r.meaning ? 1 : 0, .has_readings = true};
    c->node = &b->node;
    gauges_take(&b->engine, c, &report);
}

static struct reading heat(double value)
{
    return (struct reading){.meaning = "cpu-temperature", .class_ = "temperature", .label = "CPU", .index = "1",
                            .unit = "C", .value = value, .limits = hot};
}

static struct reading charge(double value)
{
    return (struct reading){.meaning = "battery-charge", .class_ = "charge", .label = "battery", .index = "",
                            .unit = "%", .value = value, .limits = reading_no_limits};
}

static void each_check_tells_of_its_own_readings(void **state)
{
    struct bed b = bed_make();
    at(&b, 1000000);
    tell(&b, &b.snmp, heat(60));
    tell(&b, &b.ups, charge(90));
    assert_int_equal(b.node.gauge_count, 2);
    assert_true(b.node.gauges[0].present && b.node.gauges[0].value == 60);
    assert_true(b.node.gauges[1].present && b.node.gauges[1].value == 90);
    tell(&b, &b.snmp, (struct reading){0});
    assert_false(b.node.gauges[0].present);
    assert_true(isnan(b.node.gauges[0].value));
    assert_true(b.node.gauges[1].present);
    gauges_destroy(&b.node);
}

static void two_rounds_running_change_a_level_and_one_does_not(void **state)
{
    struct bed b = bed_make();
    double values[] = {60, 60, 90, 60, 90, 90, 82, 82, 79, 79};
    enum reading_level levels[] = {READING_UNJUDGED, READING_GOOD, READING_GOOD, READING_GOOD, READING_GOOD,
                                   READING_BAD, READING_BAD, READING_BAD, READING_BAD, READING_WARN};
    for (int i = 0; i < 10; i++) {
        at(&b, 1000000 + 60 * i);
        tell(&b, &b.snmp, heat(values[i]));
        assert_int_equal(b.node.gauges[0].level, levels[i]);
    }
    gauges_destroy(&b.node);
}

static void one_that_is_only_unavailable_is_kept_while_it_is_named(void **state)
{
    struct bed b = bed_make();
    at(&b, 1000000);
    tell(&b, &b.snmp, heat(NAN));
    assert_int_equal(b.node.gauge_count, 1);
    assert_int_equal(b.node.gauges[0].at.ns, 0);
    at(&b, 1000000 + 2 * 86400);
    tell(&b, &b.snmp, heat(NAN));
    assert_int_equal(b.node.gauge_count, 1);
    assert_int_equal(b.node.gauges[0].level, READING_UNJUDGED);
    gauges_destroy(&b.node);
}

static void one_that_nobody_names_is_forgotten_after_a_day(void **state)
{
    struct bed b = bed_make();
    at(&b, 1000000);
    tell(&b, &b.snmp, heat(60));
    at(&b, 1000000 + 86000);
    tell(&b, &b.snmp, (struct reading){0});
    assert_int_equal(b.node.gauge_count, 1);
    at(&b, 1000000 + 86500);
    tell(&b, &b.snmp, (struct reading){0});
    assert_int_equal(b.node.gauge_count, 0);
    gauges_destroy(&b.node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_check_tells_of_its_own_readings),
        cmocka_unit_test(two_rounds_running_change_a_level_and_one_does_not),
        cmocka_unit_test(one_that_is_only_unavailable_is_kept_while_it_is_named),
        cmocka_unit_test(one_that_nobody_names_is_forgotten_after_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
