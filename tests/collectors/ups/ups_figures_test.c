#include "collectors/ups/ups_figures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct meaning meanings[] = {
    {.name = "battery-charge", .class_ = "charge", .unit = "%", .limits = {50, 20, NAN, NAN, 5}},
    {.name = "battery-runtime", .class_ = "runtime", .unit = "min", .limits = {10, 5, NAN, NAN, 1}},
    {.name = "output-source", .class_ = "state", .limits = {NAN, NAN, NAN, NAN, NAN}}};
static const struct profile_set set = {.meanings = meanings, .meanings_count = 3};

static struct ups_figures read_variables(const char *const *pairs, size_t count)
{
    const char *names[16], *values[16];
    struct ups_figures figures;
    for (size_t i = 0; i < count; i++) {
        names[i] = pairs[2 * i];
        values[i] = pairs[2 * i + 1];
    }
    struct ups_answer a = {.names = names, .values = values, .count = count};
    ups_figures_read(&a, &set, "ups", &figures);
    return figures;
}

static struct ups_figures with_status(const char *status)
{
    const char *pairs[] = {"ups.status", status};
    return read_variables(pairs, 1);
}

static const struct reading *find(const struct ups_figures *f, const char *meaning)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].meaning, meaning) == 0)
            return &f->items[i];
    return NULL;
}

static void assert_state(const char *status, const char *meaning, const char *state,
                         enum reading_level level)
{
    struct ups_figures f = with_status(status);
    const struct reading *r = find(&f, meaning);
    assert_non_null(r);
    assert_string_equal(r->state, state);
    assert_int_equal(r->level, level);
}

static void the_words_of_a_status_are_states(void **state)
{
    (void)state;
    assert_state("OL", "output-source", "mains", READING_GOOD);
    assert_state("OL CHRG", "battery-state", "charging", READING_GOOD);
    assert_state("OB DISCHRG", "output-source", "battery", READING_BAD);
    assert_state("OB LB", "battery-state", "low", READING_BAD);
    assert_state("OB DISCHRG LB", "battery-state", "low", READING_BAD);
    assert_state("OL RB", "battery-replace", "replace", READING_BAD);
    assert_state("OL", "battery-replace", "good", READING_GOOD);
    assert_state("OL BYPASS", "output-source", "bypass", READING_WARN);
    assert_state("OL BOOST", "output-source", "booster", READING_WARN);
    assert_state("OL OFF", "output-source", "nothing", READING_BAD);
    assert_state("FSD OB LB", "ups-state", "shutting down", READING_BAD);
    assert_state("OL OVER", "ups-state", "overloaded", READING_BAD);
    assert_state("ALARM OL", "ups-state", "alarm", READING_WARN);
    assert_state("STRANGE", "output-source", "other", READING_UNJUDGED);
    assert_int_equal(with_status("").count, 0);
    assert_int_equal(with_status("WAIT").count, 0);
}

static void a_word_is_not_found_within_another(void **state)
{
    (void)state;
    assert_false(ups_status_has("OLX XOL", "OL"));
    assert_true(ups_status_has("  OB   LB ", "LB"));
    assert_false(ups_status_has("", "OL"));
}

static void figures_have_their_units_and_limits(void **state)
{
    (void)state;
    const char *pairs[] = {
        "battery.charge",  "87",   "battery.charge.low", "30",  "battery.charge.warning", "60",
        "battery.runtime", "1290", "ups.load",           "23 ", "input.voltage",          "231.4"};
    struct ups_figures f = read_variables(pairs, 6);
    const struct reading *charge = find(&f, "battery-charge"),
                         *runtime = find(&f, "battery-runtime");
    assert_true(charge->value == 87 && charge->limits.bad_low == 30 &&
                charge->limits.warn_low == 60);
    assert_string_equal(charge->unit, "%");
    assert_string_equal(charge->oid, "battery.charge");
    assert_true(runtime->value == 21.5 && runtime->limits.bad_low == 5);
    assert_true(find(&f, "load")->value == 23);
    assert_string_equal(find(&f, "input-voltage")->object, "ups");
    assert_string_equal(find(&f, "input-voltage")->source, "input_voltage");
}

static void what_is_no_number_is_absent(void **state)
{
    (void)state;
    const char *pairs[] = {"battery.charge",  "",    "ups.load",      "n/a",
                           "battery.runtime", "12x", "input.voltage", "inf",
                           "ups.temperature", "nan"};
    assert_int_equal(read_variables(pairs, 5).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_of_a_status_are_states),
        cmocka_unit_test(a_word_is_not_found_within_another),
        cmocka_unit_test(figures_have_their_units_and_limits),
        cmocka_unit_test(what_is_no_number_is_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
