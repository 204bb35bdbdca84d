#include <math.h>
#include <rrd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "graphs/rrd_header.h"
#include "poller/store/series.h"
#include "tests/support/folder.h"

#define NOW_S INT64_C(1790000040)

static struct wall at_s(int64_t s)
{
    return (struct wall){s * NS_PER_S};
}

struct fixture {
    char folder[32];
    struct series *series;
    uint32_t id;
    char fault[256], aside[64];
    int faults;
};

static uint32_t define(struct fixture *f, const char *name, int64_t step_s, size_t sources)
{
    char *names[] = {"signal", "noise", "rate"};
    bool is_new;
    struct es_object o = {.vantage = "here", .node = "barn/1", .name = (char *)(uintptr_t)name,
                          .layout = LAYOUT_READINGS, .step_ns = SECONDS(step_s), .sources = names,
                          .sources_count = sources};
    return series_define(f->series, &o, &is_new);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-series-XXXXXX");
    folder_make(f->folder);
    f->series = series_create(&(struct series_settings){.state_folder = f->folder});
    f->id = define(f, "radio", 60, 2);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    series_destroy(f->series);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static void add(struct fixture *f, int64_t when_s, double signal, double noise)
{
    double values[] = {signal, noise};
    series_add(f->series, f->id, when_s * NS_PER_S, values, at_s(when_s), (struct journal_position){1});
}

static void on_fault(void *ctx, const struct series_fault *fault)
{
    struct fixture *f = ctx;
    snprintf(f->fault, sizeof f->fault, "%s", fault->why);
    snprintf(f->aside, sizeof f->aside, "%s", fault->aside);
    f->faults++;
}

static enum archive_result write_all(struct fixture *f, int64_t now_s)
{
    static const struct series_choice all = {0};
    enum archive_result worst = ARCHIVE_OK;
    struct series_batch *b = series_take(f->series, &all, at_s(now_s));
    if (b) {
        series_batch_write(b);
        worst = series_give_back(f->series, b, at_s(now_s), on_fault, f);
    }
    return worst;
}

static void path_of(const struct fixture *f, const char *object, char out[128])
{
    snprintf(out, 128, "%s/rrd/here/barn%%2F1/%s.rrd", f->folder, object);
}

/* The value of one minute as librrd reads it. */
static double fetch(const struct fixture *f, int64_t minute_s, unsigned source)
{
    char path[128];
    time_t start = minute_s - 60, end = minute_s;
    unsigned long step = 60, count;
    char **names;
    rrd_value_t *values;
    path_of(f, "radio", path);
    rrd_clear_error();
    if (rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &count, &names, &values) != 0)
        fail_msg("%s", rrd_get_error());
    double v = values[source];
    for (unsigned long i = 0; i < count; i++)
        free(names[i]);
    free(names);
    free(values);
    return v;
}

static void samples_reach_the_file_with_their_values(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 30; i++)
        add(f, NOW_S + 60 * i, -60 - i, i == 7 ? NAN : -95.5);
    assert_int_equal(write_all(f, NOW_S + 1800), ARCHIVE_OK);
    assert_int_equal(series_figures(f->series)->written, 30);
    assert_int_equal(series_figures(f->series)->waiting, 0);
    assert_true(fabs(fetch(f, NOW_S + 600, 0) - -70) < 1e-6);
    assert_true(fabs(fetch(f, NOW_S + 600, 1) - -95.5) < 1e-6);
    assert_true(isnan(fetch(f, NOW_S + 60 * 7, 1)));
}

static void samples_out_of_order_are_sorted_and_repeats_skipped(void **state)
{
    struct fixture *f = *state;
    int64_t minutes[] = {3, 1, 2, 2, 5, 4};
    for (size_t i = 0; i < 6; i++)
        add(f, NOW_S + 60 * minutes[i], (double)minutes[i], 0);
    write_all(f, NOW_S + 600);
    assert_true(fabs(fetch(f, NOW_S + 240, 0) - 4) < 1e-6);
    assert_int_equal(series_figures(f->series)->skipped, 1);
    add(f, NOW_S + 240, 9, 0); /* older than the file's last */
    assert_int_equal(write_all(f, NOW_S + 660), ARCHIVE_OK);
    assert_int_equal(series_figures(f->series)->skipped, 2);
    assert_true(fabs(fetch(f, NOW_S + 240, 0) - 4) < 1e-6);
}

static void a_stamp_beyond_the_clock_is_not_stored(void **state)
{
    struct fixture *f = *state;
    double values[] = {1, 2};
    series_add(f->series, f->id, (NOW_S + 3600) * NS_PER_S, values, at_s(NOW_S),
               (struct journal_position){1});
    series_add(f->series, f->id, 86400 * NS_PER_S, values, at_s(NOW_S), (struct journal_position){1});
    assert_int_equal(series_figures(f->series)->insane, 2);
    assert_int_equal(series_figures(f->series)->waiting, 0);
}

static void a_clock_that_stood_ahead_binds_nobody_after_it_was_corrected(void **state)
{
    struct fixture *f = *state;
    add(f, NOW_S + 86400 * 365, 1, 1);
    assert_int_equal(series_newest(f->series).ns, (NOW_S + 86400 * 365) * NS_PER_S);
    add(f, NOW_S, 7, 7);
    assert_int_equal(series_newest(f->series).ns, NOW_S * NS_PER_S);
    add(f, NOW_S - 300, 7, 7); /* a step back within what a clock may waver */
    assert_int_equal(series_newest(f->series).ns, NOW_S * NS_PER_S);
}

static void a_file_from_the_future_is_set_aside_and_named(void **state)
{
    struct fixture *f = *state;
    char path[128];
    add(f, NOW_S + 86400 * 365, 1, 1); /* the clock was a year ahead */
    write_all(f, NOW_S + 86400 * 365);
    add(f, NOW_S, 7, 7);
    add(f, NOW_S + 60, 7, 7);
    assert_int_equal(write_all(f, NOW_S + 60), ARCHIVE_OK);
    assert_int_equal(f->faults, 1);
    assert_non_null(strstr(f->fault, "future"));
    assert_true(f->aside[0]);
    path_of(f, "radio", path);
    strncat(path, f->aside, sizeof path - strlen(path) - 1);
    assert_int_equal(access(path, F_OK), 0);
    assert_true(fabs(fetch(f, NOW_S + 60, 0) - 7) < 1e-6);
}

static void a_cut_file_is_set_aside_and_named(void **state)
{
    struct fixture *f = *state;
    char path[128];
    add(f, NOW_S, 1, 1);
    write_all(f, NOW_S);
    path_of(f, "radio", path);
    assert_int_equal(truncate(path, 5000), 0);
    add(f, NOW_S + 60, 2, 2);
    assert_int_equal(write_all(f, NOW_S + 60), ARCHIVE_OK);
    assert_int_equal(f->faults, 1);
    assert_non_null(strstr(f->fault, "5000 bytes"));
}

static void what_cannot_be_written_waits_and_is_written_later(void **state)
{
    struct fixture *f = *state;
    char blocker[128];
    snprintf(blocker, sizeof blocker, "%s/rrd", f->folder); /* a file where the folder should be */
    FILE *file = fopen(blocker, "w");
    fclose(file);
    add(f, NOW_S, 1, 1);
    assert_int_not_equal(write_all(f, NOW_S), ARCHIVE_OK);
    add(f, NOW_S + 60, 2, 2);
    assert_int_equal(series_figures(f->series)->waiting, 2);
    unlink(blocker);
    assert_int_equal(write_all(f, NOW_S + 60), ARCHIVE_OK);
    assert_int_equal(series_figures(f->series)->written, 2);
    assert_true(fabs(fetch(f, NOW_S + 60, 0) - 2) < 1e-6);
}

static void the_cursor_stays_before_what_is_not_in_a_file(void **state)
{
    struct fixture *f = *state;
    static const struct series_choice all = {0};
    struct journal_position end = {100};
    double values[] = {1, 2};
    series_add(f->series, f->id, NOW_S * NS_PER_S, values, at_s(NOW_S), (struct journal_position){40});
    series_add(f->series, f->id, (NOW_S + 60) * NS_PER_S, values, at_s(NOW_S + 60),
               (struct journal_position){50});
    assert_int_equal(series_passed(f->series, end).at, 40);
    struct series_batch *b = series_take(f->series, &all, at_s(NOW_S + 60));
    series_add(f->series, f->id, (NOW_S + 120) * NS_PER_S, values, at_s(NOW_S + 120),
               (struct journal_position){60});
    assert_int_equal(series_passed(f->series, end).at, 40);
    series_batch_write(b);
    series_give_back(f->series, b, at_s(NOW_S + 60), on_fault, f);
    assert_int_equal(series_passed(f->series, end).at, 60);
}

static void only_what_waited_long_enough_is_due(void **state)
{
    struct fixture *f = *state;
    static const struct series_choice due = {.only_due = true};
    for (int i = 0; i < SERIES_ROWS_DUE - 1; i++)
        add(f, NOW_S + i, 1, 1);
    assert_null(series_take(f->series, &due, at_s(NOW_S + 60)));
    add(f, NOW_S + 59, 1, 1);
    struct series_batch *b = series_take(f->series, &due, at_s(NOW_S + 60));
    assert_non_null(b);
    series_give_back(f->series, b, at_s(NOW_S + 60), on_fault, f);
}

static void where_writing_wears_the_disk_out_twice_as_many_wait_twice_as_long(void **state)
{
    struct fixture *f = *state;
    static const struct series_choice due = {.only_due = true};
    series_configure(f->series, &(struct series_settings){.sparing = true});
    for (int i = 0; i < SERIES_ROWS_DUE + 1; i++)
        add(f, NOW_S + i, 1, 1);
    int64_t twice_s = SERIES_SPARING * SERIES_AGE_DUE_S;
    assert_null(series_take(f->series, &due, at_s(NOW_S + twice_s - 1)));
    struct series_batch *b = series_take(f->series, &due, at_s(NOW_S + twice_s));
    assert_non_null(b);
    series_give_back(f->series, b, at_s(NOW_S + twice_s), on_fault, f);
    for (int i = 0; i < SERIES_SPARING * SERIES_ROWS_DUE; i++)
        add(f, NOW_S + twice_s + i, 1, 1);
    b = series_take(f->series, &due, at_s(NOW_S + twice_s + 60));
    assert_non_null(b);
    series_give_back(f->series, b, at_s(NOW_S + twice_s + 60), on_fault, f);
}

static void another_shape_is_another_object(void **state)
{
    struct fixture *f = *state;
    uint32_t wider = define(f, "radio", 60, 3);
    assert_int_not_equal(wider, f->id);
    assert_int_equal(define(f, "radio", 60, 3), wider);
    assert_int_equal(series_value_count(f->series, wider), 3);
    assert_int_equal(define(f, "bad\x01name but ok", 60, 1), wider + 1);
    assert_int_equal(define(f, "no step", 0, 1), SERIES_NONE);
}

static void what_waited_before_a_shape_changed_is_written_in_the_new_one(void **state)
{
    struct fixture *f = *state;
    double after[] = {-60, -90, 54};
    add(f, NOW_S, -62, -92);
    add(f, NOW_S + 60, -61, -91);
    uint32_t wider = define(f, "radio", 60, 3);
    series_add(f->series, wider, (NOW_S + 120) * NS_PER_S, after, at_s(NOW_S + 120), (struct journal_position){9});
    assert_int_equal(series_passed(f->series, (struct journal_position){10}).at, 1);
    assert_int_equal(write_all(f, NOW_S + 121), ARCHIVE_OK);
    assert_float_equal(fetch(f, NOW_S + 60, 0), -61, 1e-9);
    assert_float_equal(fetch(f, NOW_S + 60, 1), -91, 1e-9);
    assert_true(isnan(fetch(f, NOW_S + 60, 2)));
    assert_float_equal(fetch(f, NOW_S + 120, 2), 54, 1e-9);
    assert_int_equal(series_figures(f->series)->overflowed, 0);
    assert_int_equal(series_figures(f->series)->waiting, 0);
}

/* A journal is read again after a kill: it has rows of each shape there was. */
static void rows_of_an_old_shape_that_come_late_are_taken_too(void **state)
{
    struct fixture *f = *state;
    define(f, "radio", 60, 3);
    define(f, "radio", 60, 1);
    add(f, NOW_S, -62, -92);
    add(f, NOW_S + 60, -61, -91);
    assert_int_equal(write_all(f, NOW_S + 61), ARCHIVE_OK);
    assert_float_equal(fetch(f, NOW_S + 60, 0), -61, 1e-9);
    assert_int_equal(series_figures(f->series)->overflowed, 0);
}

static void a_write_that_fails_while_the_shape_changes_costs_nothing(void **state)
{
    struct fixture *f = *state;
    static const struct series_choice all = {0};
    char folder[128], away[136];
    add(f, NOW_S, -62, -92);
    assert_int_equal(write_all(f, NOW_S), ARCHIVE_OK);
    add(f, NOW_S + 60, -61, -91);
    struct series_batch *b = series_take(f->series, &all, at_s(NOW_S + 60));
    path_of(f, "radio", folder);
    *strrchr(folder, '/') = '\0';
    snprintf(away, sizeof away, "%s.away", folder);
    assert_int_equal(rename(folder, away), 0);
    assert_int_equal(mknod(folder, S_IFREG | 0600, 0), 0); /* no file can be made below it */
    series_batch_write(b);
    define(f, "radio", 60, 3);
    assert_int_not_equal(series_give_back(f->series, b, at_s(NOW_S + 60), on_fault, f), ARCHIVE_OK);
    assert_int_equal(unlink(folder) | rename(away, folder), 0);
    assert_int_equal(write_all(f, NOW_S + 61), ARCHIVE_OK);
    assert_float_equal(fetch(f, NOW_S + 60, 0), -61, 1e-9);
    assert_int_equal(series_figures(f->series)->overflowed, 0);
    assert_int_equal(series_figures(f->series)->waiting, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(samples_reach_the_file_with_their_values),
        CASE(samples_out_of_order_are_sorted_and_repeats_skipped),
        CASE(a_stamp_beyond_the_clock_is_not_stored),
        CASE(a_clock_that_stood_ahead_binds_nobody_after_it_was_corrected),
        CASE(a_file_from_the_future_is_set_aside_and_named),
        CASE(a_cut_file_is_set_aside_and_named),
        CASE(what_cannot_be_written_waits_and_is_written_later),
        CASE(the_cursor_stays_before_what_is_not_in_a_file),
        CASE(only_what_waited_long_enough_is_due),
        CASE(where_writing_wears_the_disk_out_twice_as_many_wait_twice_as_long),
        CASE(another_shape_is_another_object),
        CASE(what_waited_before_a_shape_changed_is_written_in_the_new_one),
        CASE(rows_of_an_old_shape_that_come_late_are_taken_too),
        CASE(a_write_that_fails_while_the_shape_changes_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
