#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/addr.h"
#include "poller/base/clock.h"
#include "poller/config/scalar.h"

static const char *const colours[] = {"red", "green", NULL};

static void assert_refused(struct field f, const char *text, const char *why)
{
    struct arena *a = arena_create(0);
    struct buf said = {0};
    char out[64];
    assert_false(scalar_read(&f, text, a, out, &said));
    assert_string_equal(buf_string(&said), why);
    buf_fini(&said);
    arena_destroy(a);
}

static int64_t duration(const char *text)
{
    int64_t ns = -1;
    return duration_read(text, &ns) ? ns : -1;
}

static void durations_take_units_with_and_without_a_blank(void **state)
{
    assert_int_equal(duration("30 s"), SECONDS(30));
    assert_int_equal(duration("5m"), MINUTES(5));
    assert_int_equal(duration("1h 30m"), MINUTES(90));
    assert_int_equal(duration("250ms"), MILLISECONDS(250));
    assert_int_equal(duration("2y"), MINUTES(2 * 365 * 24 * 60));
    assert_int_equal(duration("0"), 0);
}

static void durations_without_a_unit_or_past_the_end_are_refused(void **state)
{
    assert_int_equal(duration("30"), -1);
    assert_int_equal(duration("-5s"), -1);
    assert_int_equal(duration("1.5h"), -1);
    assert_int_equal(duration("5 lightyears"), -1);
    assert_int_equal(duration("9999999999999y"), -1);
    assert_int_equal(duration("99999999999999999999s"), -1);
    assert_int_equal(duration(""), -1);
}

static void a_range_is_told_exactly(void **state)
{
    struct field sync = {.name = "sync", .type = FIELD_DURATION, .min = SECONDS(1), .max = SECONDS(60)};
    struct field port = {.name = "port", .type = FIELD_INT, .min = 1, .max = 65535};
    struct field size = {.name = "size", .type = FIELD_SIZE, .min = 1 << 20, .max = 1 << 30};
    assert_refused(sync, "2h", "expected a duration as 30s, 5m or 2h from 1s to 1m, not '2h'");
    assert_refused(port, "0", "expected a whole number from 1 to 65535, not '0'");
    assert_refused(port, "0x10", "expected a whole number from 1 to 65535, not '0x10'");
    assert_refused(port, "99999999999999999999", "expected a whole number from 1 to 65535, not '99999999999999999999'");
    assert_refused(size, "1 KiB", "expected a size as 64 MiB from 1 MiB to 1 GiB, not '1 KiB'");
}

static void words_are_listed_with_the_nearest(void **state)
{
    struct field f = {.name = "c", .type = FIELD_ENUM, .words = colours};
    assert_refused(f, "gren", "expected red or green, not 'gren'; did you mean 'green'?");
    f.type = FIELD_TEXT;
    assert_refused(f, "blue", "expected red or green, not 'blue'");
}

static void a_prefix_with_host_bits_is_refused(void **state)
{
    struct field f = {.name = "p", .type = FIELD_PREFIX};
    assert_refused(f, "192.168.1.5/24", "'192.168.1.5/24' has bits set behind its /24");
    assert_refused(f, "192.168.1.0/33", "expected a prefix as 192.168.1.0/24, not '192.168.1.0/33'");
}

static void a_long_value_is_cut_at_a_character(void **state)
{
    struct field f = {.name = "b", .type = FIELD_BOOL};
    char text[200];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + 59, "\xc3\xa4", 2);
    char said[200];
    snprintf(said, sizeof said, "expected yes or no, not '%.59s...'", text);
    assert_refused(f, text, said);
}

static void what_is_written_reads_back(void **state)
{
    static const int64_t spans[] = {0, 1, 999, SECONDS(1), SECONDS(90), MINUTES(60), MINUTES(60 * 24 * 400),
                                    SECONDS(1) + 1};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        struct buf text = {0};
        duration_write(spans[i], &text);
        assert_int_equal(duration(buf_string(&text)), spans[i]);
        buf_fini(&text);
    }
    static const double reals[] = {0.1, 1e-9, -70, 1.0 / 3, 1e300};
    struct field f = {.name = "r", .type = FIELD_REAL};
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
        struct buf text = {0}, why = {0};
        double back;
        scalar_write(&f, &reals[i], &text);
        assert_true(scalar_read(&f, buf_string(&text), NULL, &back, &why));
        assert_true(back == reals[i]);
        buf_fini(&text);
        buf_fini(&why);
    }
}

static void control_characters_do_not_enter_a_text(void **state)
{
    struct field f = {.name = "t", .type = FIELD_TEXT};
    assert_refused(f, "a\x1b[31m", "a text may not hold control characters nor be longer than 64 KiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_take_units_with_and_without_a_blank),
        cmocka_unit_test(durations_without_a_unit_or_past_the_end_are_refused),
        cmocka_unit_test(a_range_is_told_exactly),
        cmocka_unit_test(words_are_listed_with_the_nearest),
        cmocka_unit_test(a_prefix_with_host_bits_is_refused),
        cmocka_unit_test(a_long_value_is_cut_at_a_character),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(control_characters_do_not_enter_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
