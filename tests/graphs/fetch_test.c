#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "graphs/archive.h"
#include "graphs/fetch.h"

#define START INT64_C(1700000040) /* a whole minute */
#define ROWS 180

static char folder[64], file[256];
static const char *const sources[] = {"in_octets", "out_octets"};

static int make_file(void **state)
{
    struct archive_shape shape = {LAYOUT_PORT, 60, sources, 2, NULL, 0};
    struct archive_row rows[ROWS];
    double values[ROWS][2];
    struct archive_outcome outcome;
    snprintf(folder, sizeof folder, "/tmp/fetch-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    char path[256];
    const char *const parts[] = {"rrd", "rrd/here", "rrd/here/lan-switch"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        mkdir(path, 0700);
    }
    snprintf(file, sizeof file, "%s/rrd/here/lan-switch/if-gi1%%2F0%%2F5.rrd", folder);
    for (int i = 0; i < ROWS; i++) {
        values[i][0] = 1000 + i;
        values[i][1] = i == 50 ? NAN : 500;
        rows[i] = (struct archive_row){SECONDS(START + 60 * i), values[i]};
    }
    archive_write(file, &shape, rows, ROWS, START + 60 * ROWS, &outcome);
    return outcome.result == ARCHIVE_OK ? 0 : -1;
}

static int remove_file(void **state)
{
    static const char *const parts[] = {"rrd/here/lan-switch", "rrd/here", "rrd"};
    char path[256];
    unlink(file);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        rmdir(path);
    }
    return rmdir(folder);
}

static struct fetch_question question(uint32_t points)
{
    return (struct fetch_question){folder, "here", "lan-switch", "if-gi1/0/5", {SECONDS(START)},
                                   {SECONDS(START + 60 * (ROWS - 1))}, points, false};
}

static void what_was_written_is_read(void **state)
{
    char error[FETCH_ERROR_MAX];
    struct fetched f;
    struct fetch_question q = question(2000);
    assert_true(fetch_points(&q, &f, error));
    assert_int_equal(f.points.step_ns, SECONDS(60));
    assert_int_equal(f.points.sources, 2);
    assert_string_equal(f.points.names[0], "in_octets");
    int64_t row = (SECONDS(START + 60 * 100) - f.points.first.ns) / SECONDS(60);
    assert_float_equal(points_at(&f.points, (size_t)row, 0), 1100, 1e-6);
    row = (SECONDS(START + 60 * 50) - f.points.first.ns) / SECONDS(60);
    assert_true(isnan(points_at(&f.points, (size_t)row, 1)));
    fetched_fini(&f);
}

static void fewer_points_are_averages_or_peaks(void **state)
{
    char error[FETCH_ERROR_MAX];
    struct fetched f;
    struct fetch_question q = question(20);
    assert_true(fetch_points(&q, &f, error));
    assert_true(f.points.rows <= 20 && f.points.rows >= 10);
    struct points_summary average = points_summarize(&f.points, 0);
    assert_true(average.most < 1000 + ROWS - 1);
    fetched_fini(&f);
    q.maximum = true;
    assert_true(fetch_points(&q, &f, error));
    assert_true(points_summarize(&f.points, 0).most > average.most);
    fetched_fini(&f);
}

static void a_series_that_is_not_there_is_said(void **state)
{
    char error[FETCH_ERROR_MAX];
    struct fetched f;
    struct fetch_question q = question(20);
    q.object = "if-other";
    assert_false(fetch_points(&q, &f, error));
    assert_string_equal(error, "there is no series of this name yet");
    q.node = "../../../etc";
    assert_false(fetch_points(&q, &f, error));
}

static void a_damaged_file_never_reaches_librrd(void **state)
{
    char error[FETCH_ERROR_MAX];
    struct fetched f;
    struct fetch_question q = question(20);
    FILE *out = fopen(file, "r+");
    fseek(out, 24, SEEK_SET);
    fwrite("\xff\xff\xff\xff\xff\xff\xff\x7f", 1, 8, out); /* a count of data sources beyond all sense */
    fclose(out);
    assert_false(fetch_points(&q, &f, error));
    assert_non_null(strstr(error, "damaged"));
}

static void objects_are_listed_by_their_own_names(void **state)
{
    char **objects;
    assert_int_equal(fetch_objects(folder, "here", "lan-switch", &objects), 1);
    assert_string_equal(objects[0], "if-gi1/0/5");
    free(objects[0]);
    free(objects);
    assert_int_equal(fetch_objects(folder, "here", "nobody", &objects), 0);
    free(objects);
}

static void merging_skips_what_is_unknown(void **state)
{
    double values[] = {1, NAN, 3, NAN, 5, NAN};
    assert_int_equal(fetch_merge_rows(values, 3, 2, 2, false), 2);
    assert_float_equal(values[0], 2, 1e-9);
    assert_true(isnan(values[1]));
    assert_float_equal(values[2], 5, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, make_file, remove_file),
        cmocka_unit_test_setup_teardown(fewer_points_are_averages_or_peaks, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_series_that_is_not_there_is_said, make_file, remove_file),
        cmocka_unit_test_setup_teardown(a_damaged_file_never_reaches_librrd, make_file, remove_file),
        cmocka_unit_test_setup_teardown(objects_are_listed_by_their_own_names, make_file, remove_file),
        cmocka_unit_test(merging_skips_what_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
