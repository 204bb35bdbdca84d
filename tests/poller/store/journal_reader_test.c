#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/store/journal_reader.h"
#include "tests/support/folder.h"

#define SEGMENT 4096

struct fixture {
    char folder[40];
    struct journal *journal;
    struct journal_reader reader;
    char told[64]; /* first letters of what was read */
};

static void open_journal(struct fixture *f)
{
    f->journal = journal_open(&(struct journal_settings){.folder = f->folder, .segment_bytes = SEGMENT,
                                                         .ceiling_bytes = 4 * SEGMENT}, NULL, NULL, NULL);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-reader-XXXXXX");
    folder_make(f->folder);
    open_journal(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    journal_reader_fini(&f->reader);
    journal_close(f->journal);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static struct journal_position put(struct fixture *f, char letter, size_t len)
{
    char bytes[2000];
    struct journal_position at;
    memset(bytes, letter, len);
    assert_true(journal_append(f->journal, JOURNAL_SAMPLES, bytes, len, &at));
    return at;
}

static const char *read_on(struct fixture *f)
{
    struct journal_record r;
    size_t n = 0;
    while (journal_read(f->journal, &f->reader, &r)) {
        assert_true(n + 1 < sizeof f->told);
        f->told[n++] = (char)r.payload[0];
    }
    f->told[n] = '\0';
    return f->told;
}

static void what_comes_is_read_once_and_in_order(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(read_on(f), "");
    put(f, 'a', 10);
    put(f, 'b', 1000);
    assert_string_equal(read_on(f), "ab");
    assert_string_equal(read_on(f), "");
    for (char letter = 'c'; letter <= 'j'; letter++) /* over three segments */
        put(f, letter, 1500);
    assert_string_equal(read_on(f), "cdefghij");
    assert_false(f->reader.skipped);
}

static void a_reader_begins_where_it_was_left(void **state)
{
    struct fixture *f = *state;
    put(f, 'a', 10);
    struct journal_position b = put(f, 'b', 100);
    put(f, 'c', 10);
    journal_reader_begin(&f->reader, (struct journal_place){.at = b});
    assert_string_equal(read_on(f), "bc");
    struct journal_position end = f->reader.place.at;
    journal_close(f->journal);
    open_journal(f);
    put(f, 'd', 10);
    journal_reader_fini(&f->reader);
    f->reader = (struct journal_reader){0};
    journal_reader_begin(&f->reader, (struct journal_place){.at = end});
    assert_string_equal(read_on(f), "d");
}

static void a_reader_goes_back_to_a_place_it_kept(void **state)
{
    struct fixture *f = *state;
    struct journal_record r;
    for (char letter = 'a'; letter <= 'f'; letter++)
        put(f, letter, 1500);
    assert_true(journal_read(f->journal, &f->reader, &r));
    struct journal_place kept = f->reader.place, first = f->reader.last;
    assert_string_equal(read_on(f), "bcdef");
    journal_reader_begin(&f->reader, kept);
    assert_string_equal(read_on(f), "bcdef");
    journal_reader_begin(&f->reader, first);
    assert_string_equal(read_on(f), "abcdef");
}

static void what_was_dropped_unread_is_said(void **state)
{
    struct fixture *f = *state;
    put(f, 'a', 1500);
    assert_string_equal(read_on(f), "a");
    for (char letter = 'b'; letter <= 'n'; letter++)
        put(f, letter, 1500);
    journal_cursor_move(f->journal, "reader", (struct journal_position){0});
    assert_true(journal_trim(f->journal) > 0);
    const char *rest = read_on(f);
    assert_true(f->reader.skipped);
    assert_true(strlen(rest) > 0 && rest[0] > 'b' && rest[strlen(rest) - 1] == 'n');
}

/* A torn end, and a segment that is gone though nobody trimmed it. */
static void damage_ends_a_segment_and_not_the_reading(void **state)
{
    struct fixture *f = *state;
    char path[96];
    for (char letter = 'a'; letter <= 'f'; letter++)
        put(f, letter, 1500);
    snprintf(path, sizeof path, "%s/0000000000000001.seg", f->folder);
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, 1600), 1); /* in the middle of 'b' */
    close(fd);
    assert_string_equal(read_on(f), "acdef");
    journal_reader_begin(&f->reader, (struct journal_place){0});
    snprintf(path, sizeof path, "%s/0000000000000002.seg", f->folder);
    assert_int_equal(unlink(path), 0);
    journal_reader_fini(&f->reader);
    f->reader = (struct journal_reader){0};
    assert_string_equal(read_on(f), "aef");
}

static void a_cursor_that_is_forgotten_holds_nothing(void **state)
{
    struct fixture *f = *state;
    journal_cursor_move(f->journal, "upstream", (struct journal_position){0});
    for (char letter = 'a'; letter <= 'f'; letter++)
        put(f, letter, 1500);
    journal_cursor_move(f->journal, "rrd", journal_end(f->journal));
    journal_trim(f->journal);
    assert_int_equal(journal_figures(f->journal).segments, 3);
    assert_true(journal_cursor_forget(f->journal, "upstream"));
    assert_false(journal_cursor_forget(f->journal, "upstream"));
    journal_trim(f->journal);
    assert_int_equal(journal_figures(f->journal).segments, 1);
    assert_int_equal(journal_figures(f->journal).dropped, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_comes_is_read_once_and_in_order),
        CASE(a_reader_begins_where_it_was_left),
        CASE(a_reader_goes_back_to_a_place_it_kept),
        CASE(what_was_dropped_unread_is_said),
        CASE(damage_ends_a_segment_and_not_the_reading),
        CASE(a_cursor_that_is_forgotten_holds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
