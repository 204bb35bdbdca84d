/* Against Debian's upsd with its driver dummy-ups, and against servers that misbehave
 * (nut_server.py). */
#include "poller/courier/ups/upses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "poller/courier/ups/nut.h"
#include "tests/support/sink.h"

static struct {
    uv_loop_t loop;
    struct arena *arena;
    struct upses *upses;
    struct sink *server;
    size_t count;
    struct ce_ups answer; /* the last one */
} bed;

static void on_told(void *ctx, const struct ce_ups *a)
{
    (void)ctx;
    bed.count++;
    assert_true(field_copy(&ce_ups_record, a, NULL, bed.arena, &bed.answer));
    uv_stop(&bed.loop);
}

static int set_up(void **state)
{
    (void)state;
    bed.count = 0;
    bed.server = NULL;
    bed.arena = arena_create(0);
    uv_loop_init(&bed.loop);
    bed.upses = upses_create(&bed.loop, on_told, NULL);
    return bed.upses ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    upses_destroy(bed.upses);
    assert_int_equal(uv_run(&bed.loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&bed.loop), 0);
    sink_stop(bed.server);
    arena_destroy(bed.arena);
    return 0;
}

/* Skips the test when there is no upsd, or no libupsclient. */
static void start(const char *mode)
{
    const char *arguments[] = {"--mode", mode, NULL};
    if (!nut_is_built())
        skip();
    bed.server = sink_start("nut_server.py", arguments);
    if (sink_port(bed.server) == 0) {
        print_message("# skipped: upsd is not installed\n");
        sink_stop(bed.server);
        bed.server = NULL;
        skip();
    }
}

static void take(const char *ups, uint32_t port, int64_t timeout_ns)
{
    upses_take(bed.upses, &(struct ec_ups){.id = (uint32_t)bed.count + 7,
                                           .host = (char *)(uintptr_t) "127.0.0.1",
                                           .port = port,
                                           .ups = (char *)(uintptr_t)ups,
                                           .timeout_ns = timeout_ns});
}

static const struct ce_ups *ask(const char *ups, int64_t timeout_ns)
{
    size_t before = bed.count;
    take(ups, bed.server ? (uint32_t)sink_port(bed.server) : 1, timeout_ns);
    while (bed.count == before)
        uv_run(&bed.loop, UV_RUN_ONCE);
    assert_int_equal(bed.answer.id, before + 7);
    return &bed.answer;
}

static const char *value_of(const struct ce_ups *a, const char *name)
{
    for (size_t i = 0; i < a->names_count; i++)
        if (strcmp(a->names[i], name) == 0)
            return a->values[i];
    return "";
}

static void assert_error(const struct ce_ups *a, const char *error)
{
    assert_string_equal(a->error ? a->error : "", error);
    assert_int_equal(a->names_count, 0);
    assert_true(a->error_detail && *a->error_detail);
}

static void a_real_server_tells_all_variables(void **state)
{
    (void)state;
    start("real");
    for (int i = 0; i < 3; i++) {
        const struct ce_ups *a = ask("barn", SECONDS(20));
        assert_string_equal(a->error ? a->error : "", "");
        assert_string_equal(value_of(a, "ups.status"), "OL CHRG");
        assert_string_equal(value_of(a, "battery.charge"), "87");
        assert_string_equal(value_of(a, "input.voltage"), "231.4");
        assert_int_equal(a->names_count, a->values_count);
    }
    assert_error(ask("shed", SECONDS(20)), "unknown-ups");
}

static void a_driver_that_fell_silent_is_told(void **state)
{
    (void)state;
    start("stale");
    assert_error(ask("barn", SECONDS(20)), "data-stale");
}

static void a_driver_that_does_not_run_is_told(void **state)
{
    (void)state;
    start("no-driver");
    assert_error(ask("barn", SECONDS(20)), "driver");
}

static void who_may_not_look_is_told(void **state)
{
    (void)state;
    start("denied");
    assert_error(ask("barn", SECONDS(20)), "access-denied");
}

static void nobody_there_is_told(void **state)
{
    (void)state;
    if (!nut_is_built())
        skip();
    assert_error(ask("barn", SECONDS(20)), "refused");
}

static void assert_given_up(const char *mode)
{
    struct mono begun = clock_mono();
    start(mode);
    begun = clock_mono();
    assert_error(ask("barn", MILLISECONDS(300)), "timeout");
    assert_true(mono_since(clock_mono(), begun) <
                SECONDS(4));         /* before libupsclient itself loses patience */
    while (upses_running(bed.upses)) /* and the thread is free again soon */
        uv_run(&bed.loop, UV_RUN_ONCE);
    assert_true(mono_since(clock_mono(), begun) < SECONDS(4));
    sink_stop(bed.server);
    bed.server = NULL;
}

static void a_server_that_hangs_or_never_ends_is_given_up_in_time(void **state)
{
    (void)state;
    assert_given_up("hang");
    assert_given_up("drip");
    assert_given_up("endless");
}

static void a_server_that_talks_nonsense_is_told(void **state)
{
    (void)state;
    start("garbage");
    const struct ce_ups *a = ask("barn", SECONDS(20));
    assert_true(a->error && *a->error && strcmp(a->error, "timeout") != 0);
    assert_int_equal(a->names_count, 0);
    sink_stop(bed.server);
    start("close");
    a = ask("barn", SECONDS(20));
    assert_true(a->error && *a->error);
}

static void of_too_many_variables_the_first_are_kept(void **state)
{
    (void)state;
    start("huge");
    const struct ce_ups *a = ask("barn", SECONDS(20));
    assert_string_equal(a->error ? a->error : "", "");
    assert_string_equal(value_of(a, "ups.status"), "OB LB");
    assert_true(a->names_count > 50 && a->names_count <= NUT_VARIABLES_MAX);
}

static void the_end_waits_for_no_server(void **state)
{
    (void)state;
    start("hang");
    for (int i = 0; i < 10; i++)
        take("barn", (uint32_t)sink_port(bed.server), SECONDS(60));
    assert_int_equal(upses_running(bed.upses), 10);
    uv_run(&bed.loop, UV_RUN_NOWAIT);
    struct mono begun = clock_mono();
    upses_destroy(bed.upses);
    assert_true(mono_since(clock_mono(), begun) < SECONDS(4));
    bed.upses = NULL;
    assert_int_equal(bed.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_real_server_tells_all_variables),
        T(a_driver_that_fell_silent_is_told),
        T(a_driver_that_does_not_run_is_told),
        T(who_may_not_look_is_told),
        T(nobody_there_is_told),
        T(a_server_that_hangs_or_never_ends_is_given_up_in_time),
        T(a_server_that_talks_nonsense_is_told),
        T(of_too_many_variables_the_first_are_kept),
        T(the_end_waits_for_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
