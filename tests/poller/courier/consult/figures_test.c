/* Figures of counters, from documents as they come. */
#include "poller/courier/consult/figures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define T(text) ((char *)(uintptr_t)(text))
#define UNLIMITED {NAN, NAN, NAN, NAN, NAN}

static struct http_page page = {.name = T("lines")};
static struct http_column columns[] = {{.name = T("name"), .pointer = T("/name")},
                                       {.name = T("more"), .pointer = T("/tx"), .rate = true}};
static double sentinels[] = {4294967295.0};
static struct http_reading readings[] = {
    {.page = T("lines"), .rows = T("/*"), .pointer = T("/rx"), .meaning = T("traffic-in"), .label = T("{name}"),
     .value = T("x * 8"), .with = columns, .with_count = 1, .absent = sentinels, .absent_count = 1, .rate = true,
     .object = T("dev-{name}"), .limits = UNLIMITED},
    {.page = T("lines"), .rows = T("/*"), .pointer = T("/rx"), .meaning = T("total-rate"), .label = T("{name}"),
     .value = T("x + more"), .with = columns, .with_count = 2, .rate = true, .limits = UNLIMITED},
    {.page = T("lines"), .rows = T("/*"), .pointer = T("/rx"), .meaning = T("traffic-in"), .label = T("all"),
     .rate = true, .sum = PROFILE_SUM, .object = T("all"), .limits = UNLIMITED}};
static const struct http_profile profile = {.name = T("test"), .readings = readings, .readings_count = 3};

static struct http_column crowds[] = {{.name = T("a"), .pointer = T("/a"), .count = true},
                                      {.name = T("b"), .pointer = T("/b"), .count = true}};
static struct http_reading crowd[] = {
    {.page = T("lines"), .rows = T("/*"), .pointer = T(""), .meaning = T("clients"), .label = T("{1}"), .count = true,
     .value = T("(a == none ? 0 : a) + (b == none ? 0 : b)"), .with = crowds, .with_count = 2, .limits = UNLIMITED}};
static const struct http_profile crowded = {.name = T("test"), .readings = crowd, .readings_count = 1};

static struct {
    struct rates *rates;
    struct arena *arena;
    struct figure_list figures;
} bed;

static int set_up(void **state)
{
    bed.rates = rates_create();
    bed.arena = arena_create(0);
    return bed.rates && bed.arena ? 0 : -1;
}

static int tear_down(void **state)
{
    rates_destroy(bed.rates);
    arena_destroy(bed.arena);
    return 0;
}

static void read_by(const struct http_profile *p, int64_t at_s, const char *text)
{
    const char *why = NULL;
    cJSON *json = json_parse(text, strlen(text), &why);
    assert_non_null(json);
    struct dialogue_document document = {&page, NULL, json, {SECONDS(at_s)}};
    rates_begin(bed.rates, document.at);
    assert_true(figures_read(p, NULL, 0, &document, 1, bed.rates, bed.arena, &bed.figures));
    cJSON_Delete(json);
}

static void read_at(int64_t at_s, const char *text)
{
    read_by(&profile, at_s, text);
}

static const struct reading *find(const char *meaning, const char *label)
{
    for (size_t i = 0; i < bed.figures.count; i++)
        if (strcmp(bed.figures.items[i].meaning, meaning) == 0 && strcmp(bed.figures.items[i].label, label) == 0)
            return &bed.figures.items[i];
    return NULL;
}

static double value(const char *meaning, const char *label)
{
    const struct reading *r = find(meaning, label);
    return r ? r->value : (double)NAN;
}

static void x_is_what_came_in_a_second(void **state)
{
    read_at(100, "[{\"name\": \"a\", \"rx\": 1000, \"tx\": 5}, {\"name\": \"b\", \"rx\": \"7 bytes\", \"tx\": 0}]");
    assert_true(isnan(value("traffic-in", "a")));
    assert_non_null(find("traffic-in", "a")); /* its series has a place for it already */
    assert_null(find("total-rate", "a"));
    read_at(160, "[{\"name\": \"a\", \"rx\": 1600, \"tx\": 125}, {\"name\": \"b\", \"rx\": \"67 bytes\", \"tx\": 0}]");
    assert_true(value("traffic-in", "a") == 80);
    assert_true(value("total-rate", "a") == 12);
    assert_true(value("traffic-in", "b") == 8);
    assert_true(value("traffic-in", "all") == 11);
}

static void rows_that_change_places_stay_themselves(void **state)
{
    read_at(100, "[{\"name\": \"a\", \"rx\": 0}, {\"name\": \"b\", \"rx\": 9000000}]");
    read_at(160, "[{\"name\": \"b\", \"rx\": 9000060}]");
    assert_true(isnan(value("traffic-in", "b"))); /* at another place: who knows whether it is the same */
    assert_null(find("traffic-in", "a"));
    read_at(220, "[{\"name\": \"b\", \"rx\": 9000120}]");
    assert_true(value("traffic-in", "b") == 8);
}

static void what_stands_for_nothing_is_no_count(void **state)
{
    read_at(100, "[{\"name\": \"a\", \"rx\": 60}]");
    read_at(160, "[{\"name\": \"a\", \"rx\": 4294967295}]");
    assert_true(isnan(value("traffic-in", "a")));
    read_at(220, "[{\"name\": \"a\", \"rx\": 180}]");
    assert_true(value("traffic-in", "a") == 8);
}

static void words_and_nothing_are_no_count(void **state)
{
    read_at(100, "[{\"name\": \"a\", \"rx\": 60}, {\"name\": \"b\"}]");
    read_at(160, "[{\"name\": \"a\", \"rx\": \"none\"}, {\"name\": \"b\"}]");
    assert_true(isnan(value("traffic-in", "a")));
    assert_null(find("traffic-in", "b"));
}

static void elements_and_members_are_counted_and_nothing_else(void **state)
{
    read_by(&crowded, 100, "{\"x\": {\"a\": {\"1\": 5, \"2\": 6}, \"b\": [7, [8], {}]}, \"y\": {\"a\": {}}, "
                           "\"z\": [], \"u\": {\"a\": 9, \"b\": \"9\"}, \"v\": 12, \"w\": null}");
    assert_true(value("clients", "x") == 5);
    assert_true(value("clients", "y") == 0);
    assert_true(value("clients", "z") == 0); /* an empty list where a map was to be */
    assert_true(value("clients", "u") == 0);
    assert_null(find("clients", "v"));
    assert_null(find("clients", "w"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(x_is_what_came_in_a_second),
        TEST(rows_that_change_places_stay_themselves),
        TEST(what_stands_for_nothing_is_no_count),
        TEST(elements_and_members_are_counted_and_nothing_else),
        TEST(words_and_nothing_are_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
