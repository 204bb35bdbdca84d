/* RRD files and the sync of their file system: a failed one is final for what it should have
 * covered. */
#include <errno.h>
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
#include "tests/poller/store/bed.h"
#include "tests/support/disk_faults.h"

#define ROWS 40 /* enough to be written at once */

struct fixture {
    struct bed bed;
    char path[128], cursors[128];
    int64_t first_s;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    bed_prepare(&f->bed);
    f->bed.settings.journal_sync_ns = MILLISECONDS(50);
    snprintf(f->path, sizeof f->path, "%s/rrd/here/router/ping.rrd", f->bed.folder);
    snprintf(f->cursors, sizeof f->cursors, "%s/journal/cursors", f->bed.folder);
    f->first_s = wall_seconds(clock_wall()) / 60 * 60 - 60 * (ROWS + 5);
    bed_start(&f->bed);
    bed_hello(&f->bed, "boot");
    bed_object(&f->bed, 0, "router", "ping", 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    disk_heal();
    bed_remove(&f->bed);
    free(f);
    return 0;
}

static void send_rows(struct fixture *f)
{
    for (uint64_t n = 0; n < ROWS; n++)
        bed_sample(&f->bed, n + 1, 0, (f->first_s + 60 * (int64_t)n) * NS_PER_S, 1, 1);
    assert_true(bed_wait_durable(&f->bed, ROWS));
}

static bool is_passed(void *ctx)
{
    const struct fixture *f = ctx;
    char text[128] = "";
    uint64_t at = 0;
    FILE *file = fopen(f->cursors, "r");
    if (!file)
        return false;
    while (fgets(text, sizeof text, file))
        if (sscanf(text, "rrd %lx", &at) == 1)
            break;
    fclose(file);
    return (at & 0xffffffff) > 16; /* beyond the segment's head */
}

static int64_t last_s(const struct fixture *f)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    assert_int_equal(rrd_header_read(f->path, INT64_MAX, &h, why), RRD_HEADER_GOOD);
    return h.last_s;
}

static void the_cursor_moves_once_the_files_are_synced(void **state)
{
    struct fixture *f = *state;
    send_rows(f);
    assert_true(bed_until(&f->bed, is_passed, f));
    assert_int_equal(last_s(f), f->first_s + 60 * (ROWS - 1));
}

static ino_t inode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_ino : 0;
}

static bool is_met(void *ctx)
{
    return disk_met(*(enum disk_call *)ctx) > 0;
}

static void a_failed_sync_lets_the_files_be_written_anew_before_the_cursor_moves(void **state)
{
    struct fixture *f = *state;
    enum disk_call call = DISK_SYNCFS;
    char beside[160];
    disk_fault(DISK_SYNCFS, EIO, 1, f->bed.folder);
    disk_fault(DISK_SYNC, EIO, 1, ".rrd"); /* the first try to write it anew fails as well */
    send_rows(f);
    assert_true(bed_until(&f->bed, is_met, &call));
    ino_t before = inode_of(f->path);
    assert_true(bed_wait_trouble(&f->bed, "rrd-file"));
    assert_non_null(strstr(bed_trouble(&f->bed, "rrd-file")->detail, "Input/output error"));
    call = DISK_SYNC;
    assert_true(bed_until(&f->bed, is_met, &call));
    bed_turn(&f->bed);
    assert_false(is_passed(f)); /* "works" the second time, and means nothing */
    assert_int_equal(inode_of(f->path), before);
    snprintf(beside, sizeof beside, "%s.new", f->path);
    assert_int_equal(access(beside, F_OK), -1);
}

static void files_written_anew_hold_what_they_held_and_end_the_trouble(void **state)
{
    struct fixture *f = *state;
    enum disk_call call = DISK_SYNCFS;
    disk_fault(DISK_SYNCFS, EIO, 1, f->bed.folder);
    disk_delay(DISK_SYNC, MILLISECONDS(200), ".rrd"); /* so that the old file is seen */
    send_rows(f);
    assert_true(bed_until(&f->bed, is_met, &call));
    ino_t before = inode_of(f->path);
    assert_false(is_passed(f));
    assert_true(bed_until(&f->bed, is_passed, f));
    assert_int_not_equal(inode_of(f->path), before);
    assert_int_equal(last_s(f), f->first_s + 60 * (ROWS - 1));
    assert_true(bed_wait_over(&f->bed, "rrd-file"));
}

/* --- a replay --- */

#define MANY 700 /* more than memory holds of one object */

struct wanted {
    struct fixture *fixture;
    int64_t last_s;
};

static bool is_written(void *ctx)
{
    const struct wanted *w = ctx;
    return access(w->fixture->path, F_OK) == 0 && last_s(w->fixture) >= w->last_s;
}

static int unknown_rows(const struct fixture *f, int64_t from_s, int64_t to_s)
{
    time_t start = from_s - 60, end = to_s;
    unsigned long step = 60, columns;
    char **names;
    rrd_value_t *values;
    int unknown = 0;
    assert_int_equal(rrd_fetch_r(f->path, "AVERAGE", &start, &end, &step, &columns, &names, &values), 0);
    for (int64_t i = 0; i <= (to_s - from_s) / 60; i++)
        unknown += isnan(values[i]);
    rrd_freemem(names[0]);
    rrd_freemem(names);
    rrd_freemem(values);
    return unknown;
}

static void a_long_replay_loses_no_row_for_want_of_memory(void **state)
{
    struct fixture *f = *state;
    struct bed *b = &f->bed;
    int64_t first_s = f->first_s - 60 * MANY;
    struct wanted w = {f, first_s + 60 * (MANY - 1)};
    bed_stop(b);
    b->settings.files_sync_ns = SECONDS(3600); /* so that all of it is to be replayed */
    bed_start(b);
    bed_hello(b, "boot");
    bed_object(b, 0, "router", "ping", 1);
    for (uint64_t n = 0; n < MANY; n++) {
        bed_sample(b, n + 1, 0, (first_s + 60 * (int64_t)n) * NS_PER_S, 1, 1);
        w.last_s = first_s + 60 * (int64_t)n;
        if (n % 50 == 49)
            assert_true(bed_until(b, is_written, &w));
    }
    bed_stop(b);
    bed_start(b);
    assert_true(last_s(f) >= first_s + 60 * (MANY - 241)); /* what memory holds may still wait */
    assert_true(bed_until(b, is_written, &w));
    assert_int_equal(unknown_rows(f, first_s + 60, w.last_s), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_cursor_moves_once_the_files_are_synced),
        CASE(a_failed_sync_lets_the_files_be_written_anew_before_the_cursor_moves),
        CASE(a_long_replay_loses_no_row_for_want_of_memory),
        CASE(files_written_anew_hold_what_they_held_and_end_the_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
