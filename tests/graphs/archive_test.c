/* Real files by librrd, then damaged in every way: each is written or set aside, the process lives. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <rrd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "graphs/archive.h"
#include "graphs/rrd_header.h"
#include "poller/base/clock.h"
#include "tests/support/disk_faults.h"
#include "tests/support/folder.h"

#define START_S INT64_C(1790000040)
#define MUTATIONS 600
#define PAGE 4096

static const char *const sources[] = {"in_octets", "out_octets", "oper"};
static const struct archive_shape shape = {
    .layout = LAYOUT_PORT, .step_s = 60, .sources = sources, .source_count = 3};

static void write_rows(const char *path, int first, int count, struct archive_outcome *out)
{
    static double values[64][3];
    static struct archive_row rows[64];
    for (int i = 0; i < count; i++) {
        values[i][0] = values[i][1] = 1000.5 * (first + i);
        values[i][2] = 1;
        rows[i] = (struct archive_row){(START_S + 60 * (first + i)) * NS_PER_S, values[i]};
    }
    archive_write(path, &shape, rows, (size_t)count, START_S + 60 * (first + count) + 3600, out);
}

/* What this process had written to disk, or will have: /proc/self/io counts a page when it becomes dirty. */
static long written_bytes(void)
{
    char line[128];
    long bytes = -1;
    FILE *f = fopen("/proc/self/io", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        sscanf(line, "write_bytes: %ld", &bytes);
    fclose(f);
    return bytes;
}

static uint8_t *read_file(const char *path, size_t *len)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    uint8_t *bytes = malloc((size_t)st.st_size);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    *len = (size_t)st.st_size;
    return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

static void half_an_hour_of_samples_writes_single_pages(void **state)
{
    struct archive_outcome out;
    char folder[] = "/var/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    write_rows(path, 0, 30, &out);
    for (int half_hour = 1; half_hour < 4; half_hour++) {
        long before = written_bytes();
        write_rows(path, 30 * half_hour, 30, &out);
        assert_int_equal(out.written, 30);
        /* eight archives and the head, a page or two each */
        assert_in_range(written_bytes() - before, 0, (8 + 8) * PAGE);
    }
    folder_remove(folder);
}

static void a_made_file_passes_its_own_look(void **state)
{
    struct archive_outcome out;
    struct rrd_header h;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64], why[RRD_HEADER_WHY_MAX];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/a/b/port.rrd", folder);
    write_rows(path, 0, 30, &out);
    assert_int_equal(out.result, ARCHIVE_OK);
    assert_int_equal(out.written, 30);
    assert_int_equal(rrd_header_read(path, START_S + 7200, &h, why), RRD_HEADER_GOOD);
    assert_int_equal(h.source_count, 3);
    assert_string_equal(h.sources[2], "oper");
    assert_int_equal(h.archive_count, 8);
    assert_int_equal(h.last_s, START_S + 60 * 29);
    size_t len;
    free(read_file(path, &len));
    assert_int_equal(len, layout_file_bytes(LAYOUT_PORT, 60, NULL, 0, 3));
    folder_remove(folder);
}

static double value_at(const char *path, int64_t at_s, unsigned long step, const char *source)
{
    time_t start = at_s - (time_t)step, end = at_s;
    unsigned long count, column = 0;
    char **names;
    rrd_value_t *values;
    rrd_clear_error();
    if (rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &count, &names, &values) != 0)
        fail_msg("%s", rrd_get_error());
    while (column < count && strcmp(names[column], source) != 0)
        column++;
    assert_true(column < count);
    double v = values[column];
    for (unsigned long i = 0; i < count; i++)
        rrd_freemem(names[i]);
    rrd_freemem(names);
    rrd_freemem(values);
    return v;
}

/* Writes one row in the new shape behind 40 minutes in the old one. */
static void reshape(const char *path, const struct archive_shape *other, struct archive_outcome *out)
{
    double values[] = {7, 7, 7, 7};
    struct archive_row row = {(START_S + 60 * 45) * NS_PER_S, values};
    write_rows(path, 0, 40, out);
    assert_int_equal(out->result, ARCHIVE_OK);
    archive_write(path, other, &row, 1, START_S + 9000, out);
    if (out->result != ARCHIVE_OK)
        fail_msg("%s", out->why);
    assert_int_equal(out->written, 1);
}

/* What is stored of a source that was 50 whenever it was known: nothing else may be read. */
static void assert_only_fifty(const char *path, size_t least)
{
    time_t start = START_S - 600, end = START_S + 7200;
    unsigned long step = 60, sources_count;
    char **names;
    rrd_value_t *values;
    size_t known = 0;
    assert_int_equal(rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &sources_count, &names, &values), 0);
    size_t rows = (size_t)(end - start) / step;
    for (size_t i = 0; i < rows; i++) {
        double v = values[i * sources_count];
        if (isnan(v))
            continue;
        assert_true(fabs(v - 50) < 1e-6);
        known++;
    }
    assert_true(known >= least);
    for (unsigned long i = 0; i < sources_count; i++)
        rrd_freemem(names[i]);
    rrd_freemem(names);
    rrd_freemem(values);
}

static void write_fifty(const char *path, int64_t at_ms, bool known)
{
    double values[3] = {known ? 50 : NAN, 1, 1};
    struct archive_row row = {at_ms * NS_PER_MS, values};
    struct archive_outcome out;
    archive_write(path, &shape, &row, 1, START_S + 86400, &out);
    assert_int_equal(out.result, ARCHIVE_OK);
    assert_int_equal(out.written, 1);
    archive_write(path, &shape, &row, 1, START_S + 86400, &out); /* once more, as after a crash */
    assert_int_equal(out.skipped, 1);
}

static void a_gap_bends_no_value_beside_it(void **state)
{
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/gap.rrd", folder);
    for (int i = 0; i < 40; i++)
        if (i < 10 || (i > 17 && i < 25) || i > 30) /* at odd milliseconds each time */
            write_fifty(path, START_S * 1000 + i * 60000 + 137 * (i % 7) + 11, true);
    assert_only_fifty(path, 20);
    folder_remove(folder);
}

static void an_unknown_value_bends_none_beside_it(void **state)
{
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/lack.rrd", folder);
    for (int i = 0; i < 40; i++)
        write_fifty(path, START_S * 1000 + i * 60000 + 30000 + 137 * (i % 7) + 11, i % 9 > 2);
    assert_only_fifty(path, 15);
    folder_remove(folder);
}

static bool is_there(const char *path, const char *ending)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s", path, ending);
    return access(name, F_OK) == 0;
}

static void a_file_takes_the_place_of_another_only_once_it_is_durable(void **state)
{
    struct archive_outcome out;
    static const char *const other_sources[] = {"in_octets", "new"};
    struct archive_shape other = shape;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    other.sources = other_sources;
    other.source_count = 2;
    double values[] = {7, 7};
    struct archive_row row = {(START_S + 60 * 45) * NS_PER_S, values};
    write_rows(path, 0, 40, &out);
    disk_fault(DISK_SYNC, ENOSPC, 1, ".new");
    archive_write(path, &other, &row, 1, START_S + 9000, &out);
    assert_int_equal(disk_met(DISK_SYNC), 1);
    assert_int_equal(out.result, ARCHIVE_NO_ROOM);
    assert_false(is_there(path, ".new"));
    assert_true(value_at(path, START_S + 60 * 30, 60, "in_octets") > 0); /* the old one, whole */
    archive_write(path, &other, &row, 1, START_S + 9000, &out);
    assert_int_equal(out.result, ARCHIVE_OK);
    folder_remove(folder);
}

static void a_file_written_anew_has_the_same_bytes_in_another_place(void **state)
{
    struct archive_outcome out;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    struct stat before, after;
    size_t len, len_after;
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    assert_true(archive_rewrite(path)); /* nothing there is nothing to do */
    write_rows(path, 0, 40, &out);
    uint8_t *bytes = read_file(path, &len);
    assert_int_equal(stat(path, &before), 0);
    disk_fault(DISK_SYNC, EIO, 1, ".new");
    assert_false(archive_rewrite(path));
    assert_false(is_there(path, ".new"));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_true(archive_rewrite(path));
    assert_int_equal(stat(path, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mode, after.st_mode);
    uint8_t *bytes_after = read_file(path, &len_after);
    assert_int_equal(len, len_after);
    assert_memory_equal(bytes, bytes_after, len);
    free(bytes);
    free(bytes_after);
    folder_remove(folder);
}

static void other_data_sources_keep_the_history_of_the_old(void **state)
{
    static const char *const more[] = {"out_octets", "in_octets", "oper", "speed"};
    struct archive_outcome out;
    struct archive_shape other = shape;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    other.sources = more;
    other.source_count = 4;
    reshape(path, &other, &out);
    assert_true(fabs(value_at(path, START_S + 60 * 20, 60, "in_octets") - 20010) < 1e-6);
    assert_true(fabs(value_at(path, START_S + 60 * 20, 60, "oper") - 1) < 1e-6);
    assert_true(isnan(value_at(path, START_S + 60 * 20, 60, "speed")));
    folder_remove(folder);
}

static void other_archives_keep_the_history(void **state)
{
    static const struct layout_span spans[] = {{60, 86400}, {900, 30 * 86400}};
    struct archive_outcome out;
    struct archive_shape other = shape;
    struct rrd_header h;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64], why[RRD_HEADER_WHY_MAX];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    other.spans = spans;
    other.span_count = 2;
    reshape(path, &other, &out);
    assert_true(fabs(value_at(path, START_S + 60 * 20, 60, "in_octets") - 20010) < 1e-6);
    assert_int_equal(rrd_header_read(path, START_S + 9000, &h, why), RRD_HEADER_GOOD);
    assert_int_equal(h.archive_count, 4);
    folder_remove(folder);
}

static void another_step_keeps_the_history(void **state)
{
    struct archive_outcome out;
    struct archive_shape other = shape;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    other.step_s = 300;
    reshape(path, &other, &out);
    int64_t at_s = (START_S / 300 + 4) * 300;
    double v = value_at(path, at_s, 300, "in_octets");
    double minutes = (double)(at_s - START_S) / 60; /* the average of five minutes */
    assert_true(fabs(v - 1000.5 * (minutes - 2)) < 1000.5);
    folder_remove(folder);
}

/* One row of readings, at minute i. */
static void write_readings(const char *path, int i, const char *const *told, size_t count, const double *values,
                           struct archive_outcome *out)
{
    struct archive_shape readings = {.layout = LAYOUT_READINGS, .step_s = 60, .sources = told, .source_count = count};
    struct archive_row row = {(START_S + 60 * i) * NS_PER_S, values};
    archive_write(path, &readings, &row, 1, START_S + 86400, out);
    assert_int_equal(out->result, ARCHIVE_OK);
    assert_int_equal(out->written, 1);
}

static void a_reading_that_is_not_told_for_a_while_keeps_its_history_and_its_file(void **state)
{
    static const char *const both[] = {"signal", "noise"}, *const one[] = {"noise"};
    struct archive_outcome out;
    struct stat before, after;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/radio-ath0.rrd", folder);
    for (int i = 0; i < 40; i++) {
        write_readings(path, i, both, 2, (double[]){-60, -90}, &out);
        assert_int_equal(i == 20 ? stat(path, &before) : 0, 0);
    }
    for (int i = 40; i < 45; i++)
        write_readings(path, i, one, 1, (double[]){-91}, &out);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_true(fabs(value_at(path, START_S + 60 * 20, 60, "signal") + 60) < 1e-6);
    assert_true(isnan(value_at(path, START_S + 60 * 43, 60, "signal")));
    assert_true(fabs(value_at(path, START_S + 60 * 43, 60, "noise") + 91) < 1e-6);
    folder_remove(folder);
}

static void a_new_reading_gets_a_place_beside_those_the_file_has(void **state)
{
    static const char *const first[] = {"signal", "noise"}, *const then[] = {"rate", "noise"};
    struct archive_outcome out;
    struct rrd_header h;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64], why[RRD_HEADER_WHY_MAX];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/radio-ath0.rrd", folder);
    for (int i = 0; i < 40; i++)
        write_readings(path, i, first, 2, (double[]){-60, -90}, &out);
    for (int i = 40; i < 45; i++)
        write_readings(path, i, then, 2, (double[]){54, -91}, &out);
    assert_int_equal(rrd_header_read(path, START_S + 86400, &h, why), RRD_HEADER_GOOD);
    assert_int_equal(h.source_count, 3);
    assert_true(fabs(value_at(path, START_S + 60 * 20, 60, "signal") + 60) < 1e-6);
    assert_true(fabs(value_at(path, START_S + 60 * 43, 60, "rate") - 54) < 1e-6);
    assert_true(fabs(value_at(path, START_S + 60 * 43, 60, "noise") + 91) < 1e-6);
    folder_remove(folder);
}

static void readings_beyond_what_a_file_holds_make_it_anew(void **state)
{
    static char names[2][LAYOUT_SOURCES_MAX][20];
    const char *told[2][LAYOUT_SOURCES_MAX];
    double values[LAYOUT_SOURCES_MAX] = {0};
    struct archive_outcome out;
    struct rrd_header h;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64], why[RRD_HEADER_WHY_MAX];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/many.rrd", folder);
    for (int set = 0; set < 2; set++)
        for (int i = 0; i < LAYOUT_SOURCES_MAX; i++) {
            snprintf(names[set][i], sizeof names[set][i], "reading_%d_%d", set, i);
            told[set][i] = names[set][i];
        }
    write_readings(path, 1, told[0], LAYOUT_SOURCES_MAX, values, &out);
    write_readings(path, 2, told[1], LAYOUT_SOURCES_MAX, values, &out);
    assert_int_equal(rrd_header_read(path, START_S + 86400, &h, why), RRD_HEADER_GOOD);
    assert_int_equal(h.source_count, LAYOUT_SOURCES_MAX);
    assert_string_equal(h.sources[0], "reading_1_0");
    folder_remove(folder);
}

static void a_link_or_a_folder_is_no_file(void **state)
{
    struct archive_outcome out;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    write_rows(path, 0, 1, &out);
    assert_int_equal(out.result, ARCHIVE_DAMAGED);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    write_rows(path, 0, 1, &out);
    assert_int_equal(out.result, ARCHIVE_DAMAGED);
    folder_remove(folder);
}

/* Flips bits in the head mostly, cuts, lengthens, or mixes pages of an older file in. */
static size_t mutate(uint8_t *bytes, size_t len, const uint8_t *older)
{
    switch (rand() % 5) {
    case 0:
        bytes[(size_t)rand() % len] ^= (uint8_t)(1 << rand() % 8);
        return len;
    case 1:
        return (size_t)rand() % len;
    case 2:
        for (size_t at = 0; at + PAGE <= len; at += PAGE)
            if (rand() % 2)
                memcpy(bytes + at, older + at, PAGE);
        return len;
    default:
        for (int i = rand() % 4; i >= 0; i--)
            bytes[(size_t)rand() % 3000] = (uint8_t)rand();
        return len;
    }
}

/* In a child: a crash must not end the test, but be counted. */
static int write_in_child(const char *path)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct archive_outcome out;
        alarm(10);
        write_rows(path, 60, 5, &out);
        _exit(out.result == ARCHIVE_OK ? 0 : out.result == ARCHIVE_DAMAGED ? 1 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_damaged_file_is_written_or_refused_and_never_crashes(void **state)
{
    struct archive_outcome out;
    char folder[] = "/tmp/hayloft-archive-XXXXXX", path[64];
    size_t len, fates[3] = {0};
    folder_make(folder);
    snprintf(path, sizeof path, "%s/port.rrd", folder);
    write_rows(path, 0, 1, &out);
    uint8_t *older = read_file(path, &len);
    write_rows(path, 1, 58, &out);
    uint8_t *good = read_file(path, &len), *bytes = malloc(len);
    srand(49); /* the same mutations each time */
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(bytes, good, len);
        write_file(path, bytes, mutate(bytes, len, older));
        int fate = write_in_child(path);
        if (fate < 0 || fate > 2)
            fail_msg("mutation %d ended the writer", i);
        fates[fate]++;
    }
    assert_true(fates[0] > 0 && fates[1] > 0);
    free(older);
    free(good);
    free(bytes);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_made_file_passes_its_own_look),
        cmocka_unit_test(half_an_hour_of_samples_writes_single_pages),
        cmocka_unit_test(a_gap_bends_no_value_beside_it),
        cmocka_unit_test(an_unknown_value_bends_none_beside_it),
        cmocka_unit_test(a_file_takes_the_place_of_another_only_once_it_is_durable),
        cmocka_unit_test(a_file_written_anew_has_the_same_bytes_in_another_place),
        cmocka_unit_test(other_data_sources_keep_the_history_of_the_old),
        cmocka_unit_test(other_archives_keep_the_history),
        cmocka_unit_test(another_step_keeps_the_history),
        cmocka_unit_test(a_reading_that_is_not_told_for_a_while_keeps_its_history_and_its_file),
        cmocka_unit_test(a_new_reading_gets_a_place_beside_those_the_file_has),
        cmocka_unit_test(readings_beyond_what_a_file_holds_make_it_anew),
        cmocka_unit_test(a_link_or_a_folder_is_no_file),
        cmocka_unit_test(a_damaged_file_is_written_or_refused_and_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
