/* Heads put back under files whose rows went on, as after a power cut. */
#include <errno.h>
#include <fcntl.h>
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

#include "graphs/archive.h"
#include "graphs/archive_head.h"
#include "graphs/rrd_header.h"
#include "poller/base/clock.h"
#include "tests/support/folder.h"

#define START_S INT64_C(1790000040)

static const char *const sources[] = {"in_octets", "out_octets", "oper"};
static const struct archive_shape shape = {
    .layout = LAYOUT_PORT, .step_s = 60, .sources = sources, .source_count = 3};

struct fixture {
    char folder[40], path[64];
    struct buf image;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-head-XXXXXX");
    folder_make(f->folder);
    snprintf(f->path, sizeof f->path, "%s/port.rrd", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    buf_fini(&f->image);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static void write_rows(const char *path, int first, int count)
{
    struct archive_outcome out;
    for (int i = first; i < first + count; i++) {
        double values[] = {1000.5 * i, 7 * i, 1};
        struct archive_row row = {(START_S + 60 * (int64_t)i) * NS_PER_S, values};
        archive_write(path, &shape, &row, 1, START_S + 90000, &out);
        assert_int_equal(out.result, ARCHIVE_OK);
    }
}

static uint8_t *bytes_of(const char *path, size_t *len)
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

static enum archive_head_put put_back(const struct fixture *f)
{
    return archive_head_put(f->path, f->image.data, f->image.len);
}

static void the_same_rows_again_make_the_same_file(void **state)
{
    struct fixture *f = *state;
    size_t len, again_len;
    write_rows(f->path, 0, 100); /* in the middle of a coarse row, so that its sum counts */
    assert_true(archive_head_take(f->path, &f->image));
    write_rows(f->path, 100, 37);
    uint8_t *bytes = bytes_of(f->path, &len);
    assert_int_equal(put_back(f),
                     ARCHIVE_HEAD_PUT); /* the rows stand there still, behind the pointers */
    write_rows(f->path, 100, 37);
    uint8_t *again = bytes_of(f->path, &again_len);
    assert_int_equal(len, again_len);
    assert_memory_equal(bytes, again, len);
    free(bytes);
    free(again);
}

static void half_a_head_is_made_whole(void **state)
{
    struct fixture *f = *state;
    struct rrd_header h;
    size_t len, again_len;
    char why[RRD_HEADER_WHY_MAX];
    write_rows(f->path, 0, 100);
    assert_true(archive_head_take(f->path, &f->image));
    uint8_t *before = bytes_of(f->path, &len);
    write_rows(f->path, 100, 37);
    size_t torn = rrd_header_live_at(3, 8) + 300; /* up to here it is of then, the rest is of now */
    int fd = open(f->path, O_WRONLY);
    assert_int_equal(pwrite(fd, before, torn, 0), torn);
    close(fd);
    assert_int_equal(put_back(f), ARCHIVE_HEAD_PUT);
    uint8_t *after = bytes_of(f->path, &again_len);
    size_t head = rrd_header_bytes(3, 8);
    assert_true(head > torn);
    assert_memory_equal(before, after, head);
    assert_int_equal(rrd_header_read(f->path, INT64_MAX, &h, why), RRD_HEADER_GOOD);
    assert_int_equal(h.last_s, START_S + 60 * 99);
    free(before);
    free(after);
}

static void most_of_a_head_costs_nothing(void **state)
{
    struct fixture *f = *state;
    write_rows(f->path, 0, 100);
    assert_true(archive_head_take(f->path, &f->image));
    size_t part = rrd_header_bytes(3, 8) - rrd_header_live_at(3, 8);
    assert_true(f->image.len < part * 2 / 3);
}

static void another_file_is_left_as_it_is(void **state)
{
    struct fixture *f = *state;
    size_t len, again_len;
    write_rows(f->path, 0, 50);
    assert_true(archive_head_take(f->path, &f->image));
    assert_true(archive_rewrite(f->path)); /* another inode */
    write_rows(f->path, 50, 10);
    uint8_t *bytes = bytes_of(f->path, &len);
    assert_int_equal(put_back(f), ARCHIVE_HEAD_OTHER);
    uint8_t *again = bytes_of(f->path, &again_len);
    assert_memory_equal(bytes, again, len);
    free(bytes);
    free(again);
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(put_back(f), ARCHIVE_HEAD_OTHER);
    assert_int_equal(access(f->path, F_OK), -1);
}

static void a_file_that_was_not_there_is_not_there_again(void **state)
{
    struct fixture *f = *state;
    assert_true(archive_head_take(f->path, &f->image));
    assert_int_equal(put_back(f), ARCHIVE_HEAD_PUT);
    write_rows(f->path, 0, 5);
    assert_int_equal(put_back(f), ARCHIVE_HEAD_PUT);
    assert_int_equal(access(f->path, F_OK), -1);
}

static void a_bad_file_keeps_its_bytes_and_what_came_after_it_goes(void **state)
{
    struct fixture *f = *state;
    int fd = open(f->path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "nonsense", 8), 8);
    close(fd);
    assert_true(archive_head_take(f->path, &f->image));
    assert_int_equal(put_back(f), ARCHIVE_HEAD_OTHER);
    assert_int_equal(access(f->path, F_OK), 0);
    unlink(f->path); /* set aside */
    write_rows(f->path, 0, 5);
    assert_int_equal(put_back(f), ARCHIVE_HEAD_PUT);
    assert_int_equal(access(f->path, F_OK), -1);
}

static void half_an_image_changes_nothing(void **state)
{
    struct fixture *f = *state;
    size_t len, again_len;
    write_rows(f->path, 0, 50);
    assert_true(archive_head_take(f->path, &f->image));
    uint8_t *bytes = bytes_of(f->path, &len);
    for (size_t n = 1; n < f->image.len; n++)
        assert_int_equal(archive_head_put(f->path, f->image.data, n), ARCHIVE_HEAD_BAD);
    assert_int_equal(archive_head_put(f->path, "", 0), ARCHIVE_HEAD_BAD);
    uint8_t *again = bytes_of(f->path, &again_len);
    assert_memory_equal(bytes, again, len);
    free(bytes);
    free(again);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_same_rows_again_make_the_same_file),
        CASE(half_a_head_is_made_whole),
        CASE(most_of_a_head_costs_nothing),
        CASE(another_file_is_left_as_it_is),
        CASE(a_file_that_was_not_there_is_not_there_again),
        CASE(a_bad_file_keeps_its_bytes_and_what_came_after_it_goes),
        CASE(half_an_image_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
