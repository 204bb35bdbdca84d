#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "poller/engine/objects.h"

static struct {
    struct engine engine;
    struct node node;
    struct check check;
} bed;

static int set_up(void **state)
{
    memset(&bed, 0, sizeof bed);
    bed.node.name = (char *)(uintptr_t)"barn";
    bed.check.node = &bed.node;
    shedding_configure(&bed.check.shedding, MINUTES(1));
    return 0;
}

static int tear_down(void **state)
{
    objects_forget(&bed.node);
    return 0;
}

/* "signal=-60 noise=-95": one round of the object. */
static struct object *tell(enum layout layout, const char *text)
{
    static char names[80][16];
    struct measure measures[80];
    struct object_measures m = {.object = "radio", .layout = layout, .measures = measures};
    int used;
    double value;
    for (; sscanf(text, " %15[a-z0-9]=%lf%n", names[m.measure_count], &value, &used) == 2; text += used) {
        measures[m.measure_count] = (struct measure){names[m.measure_count], value, UNIT_NONE};
        m.measure_count++;
    }
    struct object *o = object_for(&bed.engine, &bed.check, &m);
    assert_non_null(o);
    object_fill(o, &m);
    return o;
}

static void assert_object(const struct object *o, const char *wanted)
{
    char text[256] = "";
    for (size_t i = 0; i < o->source_count; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s=%g", i ? " " : "", o->sources[i], o->values[i]);
    }
    assert_string_equal(text, wanted);
}

static void readings_that_come_and_go_keep_their_place(void **state)
{
    const struct object *o = tell(LAYOUT_READINGS, "signal=-60 clients=2 weakest=-74");
    uint32_t id = o->id;
    assert_object(tell(LAYOUT_READINGS, "signal=-61 clients=0"), "signal=-61 clients=0 weakest=nan");
    assert_object(tell(LAYOUT_READINGS, "weakest=-70 signal=-62 clients=1"), "signal=-62 clients=1 weakest=-70");
    assert_int_equal(tell(LAYOUT_READINGS, "clients=0")->id, id); /* or its file were made anew each time */
}

static void a_new_reading_gets_one_more_place(void **state)
{
    struct object *o = tell(LAYOUT_READINGS, "signal=-60 noise=-95");
    uint32_t id = o->id;
    o->alive = true;
    o = tell(LAYOUT_READINGS, "rate=7 signal=-61");
    assert_object(o, "signal=-61 noise=nan rate=7");
    assert_int_not_equal(o->id, id);
    assert_true(o->alive);
}

static void too_many_begin_anew(void **state)
{
    char first[OBJECT_SOURCES_MAX * 8] = "";
    for (int i = 0; i < OBJECT_SOURCES_MAX; i++)
        snprintf(first + strlen(first), sizeof first - strlen(first), "s%d=1 ", i);
    assert_int_equal(tell(LAYOUT_READINGS, first)->source_count, OBJECT_SOURCES_MAX);
    assert_object(tell(LAYOUT_READINGS, "other=2 s1=3"), "other=2 s1=3");
}

static void what_has_one_shape_is_another_object_with_another(void **state)
{
    uint32_t id = tell(LAYOUT_TIMES, "ok=1 time=2")->id;
    assert_int_equal(tell(LAYOUT_TIMES, "ok=1 time=3")->id, id);
    assert_object(tell(LAYOUT_TIMES, "ok=0"), "ok=0");
}

static void another_step_is_another_object_with_the_same_sources(void **state)
{
    uint32_t id = tell(LAYOUT_READINGS, "signal=-60 noise=-95")->id;
    shedding_configure(&bed.check.shedding, MINUTES(5));
    const struct object *o = tell(LAYOUT_READINGS, "noise=-94");
    assert_int_not_equal(o->id, id);
    assert_int_equal(o->step_ns, MINUTES(5));
    assert_object(o, "signal=nan noise=-94");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(readings_that_come_and_go_keep_their_place),
        T(a_new_reading_gets_one_more_place),
        T(too_many_begin_anew),
        T(what_has_one_shape_is_another_object_with_another),
        T(another_step_is_another_object_with_the_same_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
