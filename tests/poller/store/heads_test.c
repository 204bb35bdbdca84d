#include <errno.h>
#include <fcntl.h>
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
#include "graphs/rrd_header.h"
#include "poller/base/clock.h"
#include "poller/store/heads.h"
#include "tests/support/disk_faults.h"
#include "tests/support/folder.h"

#define START_S INT64_C(1790000040)

struct fixture {
    char folder[40], file[80], kept[80];
    struct heads *heads;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[64];
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-heads-XXXXXX");
    folder_make(f->folder);
    snprintf(path, sizeof path, "%s/journal", f->folder);
    mkdir(path, 0700);
    snprintf(f->file, sizeof f->file, "%s/rrd/here/router/ping.rrd", f->folder);
    snprintf(f->kept, sizeof f->kept, "%s/journal/heads", f->folder);
    f->heads = heads_create(f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    disk_heal();
    heads_destroy(f->heads);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static void write_rows(struct fixture *f, int first, int count)
{
    static const char *const sources[] = {"value"};
    static const struct archive_shape shape = {
        .layout = LAYOUT_READINGS, .step_s = 60, .sources = sources, .source_count = 1};
    struct archive_outcome out;
    for (int i = first; i < first + count; i++) {
        double value = i;
        struct archive_row row = {(START_S + 60 * (int64_t)i) * NS_PER_S, &value};
        archive_write(f->file, &shape, &row, 1, START_S + 90000, &out);
        assert_int_equal(out.result, ARCHIVE_OK);
    }
}

static int last_minute(const struct fixture *f)
{
    struct rrd_header h;
    char why[RRD_HEADER_WHY_MAX];
    enum rrd_header_state state = rrd_header_read(f->file, INT64_MAX, &h, why);
    return state == RRD_HEADER_GOOD ? (int)(h.last_s - START_S) / 60 : -1;
}

/* A new process, after whatever ended the old one. */
static size_t start_again(struct fixture *f)
{
    heads_destroy(f->heads);
    f->heads = heads_create(f->folder);
    return heads_restore(f->heads);
}

static void a_start_finds_files_as_they_were_at_the_last_sync(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 0, 10);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 10, 5);
    assert_int_equal(start_again(f), 1);
    assert_int_equal(last_minute(f), 9);
    write_rows(f, 10, 5);
    assert_int_equal(start_again(f), 1); /* the power goes again before a sync */
    assert_int_equal(last_minute(f), 9);
}

static void the_oldest_head_of_a_file_counts(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 0, 10);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 10, 5);
    start_again(f);
    write_rows(f, 10, 3);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 13, 3);
    start_again(f);
    assert_int_equal(last_minute(f), 9);
}

static void after_a_sync_nothing_is_put_back(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 0, 10);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 10, 5);
    assert_true(heads_clear(f->heads));
    assert_int_equal(start_again(f), 0);
    assert_int_equal(last_minute(f), 14);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 15, 5);
    assert_int_equal(start_again(f), 1);
    assert_int_equal(last_minute(f), 14);
}

static void a_torn_end_hides_nothing_that_stands_before_it(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    write_rows(f, 0, 10);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    assert_int_equal(stat(f->kept, &st), 0);
    int fd = open(f->kept, O_WRONLY);
    assert_int_equal(pwrite(fd, "half a record of another file", 29, st.st_size), 29);
    close(fd);
    write_rows(f, 10, 5);
    assert_int_equal(start_again(f), 1);
    assert_int_equal(last_minute(f), 9);
}

static void a_damaged_file_of_heads_is_begun_anew(void **state)
{
    struct fixture *f = *state;
    int fd = open(f->kept, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "nonsense of some length", 23), 23);
    close(fd);
    assert_int_equal(start_again(f), 0);
    write_rows(f, 0, 10);
    assert_true(heads_keep(f->heads, f->file) && heads_sync(f->heads));
    write_rows(f, 10, 1);
    assert_int_equal(start_again(f), 1);
    assert_int_equal(last_minute(f), 9);
}

static void a_head_that_cannot_be_kept_is_said(void **state)
{
    struct fixture *f = *state;
    write_rows(f, 0, 10);
    disk_fault(DISK_WRITE, ENOSPC, 1, "/heads");
    assert_false(heads_keep(f->heads, f->file));
    assert_int_equal(errno, ENOSPC);
    assert_true(heads_keep(f->heads, f->file));
    disk_fault(DISK_SYNC, EIO, 1, "/heads");
    assert_false(heads_sync(f->heads));
    disk_fault(DISK_SYNC, EIO, 1, "/heads");
    assert_false(heads_clear(f->heads)); /* then the cursor must not move */
    assert_true(heads_clear(f->heads));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_start_finds_files_as_they_were_at_the_last_sync),
        CASE(the_oldest_head_of_a_file_counts),
        CASE(after_a_sync_nothing_is_put_back),
        CASE(a_torn_end_hides_nothing_that_stands_before_it),
        CASE(a_damaged_file_of_heads_is_begun_anew),
        CASE(a_head_that_cannot_be_kept_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
