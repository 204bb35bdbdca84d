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

#include "poller/store/crc32c.h"
#include "poller/store/journal.h"
#include "tests/support/folder.h"

#define SEGMENT 4096

struct fixture {
    char folder[32];
    struct journal *journal;
    char told[4096]; /* payloads of a replay, one after the other */
    size_t told_len;
    int names;
};

static void on_record(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct fixture *f = ctx;
    (void)position;
    size_t n = r->len < 8 ? r->len : 8;
    assert_true(f->told_len + n < sizeof f->told);
    memcpy(f->told + f->told_len, r->payload, n);
    f->told_len += n;
    f->told[f->told_len] = '\0';
}

static void on_name(void *ctx, const struct journal_record *r, struct journal_position position)
{
    struct fixture *f = ctx;
    (void)r, (void)position;
    f->names++;
}

static void open_journal(struct fixture *f)
{
    f->names = 0;
    f->journal = journal_open(&(struct journal_settings){.folder = f->folder, .segment_bytes = SEGMENT,
                                                         .ceiling_bytes = 8 * SEGMENT},
                              on_name, f);
    assert_non_null(f->journal);
}

static void reopen(struct fixture *f)
{
    journal_close(f->journal);
    open_journal(f);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-journal-XXXXXX");
    folder_make(f->folder);
    open_journal(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    journal_close(f->journal);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static struct journal_position put(struct fixture *f, const char *text)
{
    struct journal_position at;
    assert_true(journal_append(f->journal, JOURNAL_SAMPLES, text, strlen(text), &at));
    return at;
}

/* A record that fills a quarter of a segment; only its first eight bytes are told. */
static struct journal_position put_large(struct fixture *f, char letter)
{
    char bytes[1000];
    struct journal_position at;
    memset(bytes, letter, sizeof bytes);
    assert_true(journal_append(f->journal, JOURNAL_SAMPLES, bytes, sizeof bytes, &at));
    return at;
}

static const char *replay(struct fixture *f, struct journal_position from)
{
    f->told_len = 0;
    f->told[0] = '\0';
    assert_true(journal_replay(f->journal, from, on_record, f));
    return f->told;
}

static const struct journal_position start = {0};

static void the_sum_is_that_of_the_standard(void **state)
{
    uint8_t ones[32];
    memset(ones, 0xff, sizeof ones);
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c(0, ones, 32), 0x62a8ab43);
    assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
}

static void what_was_written_is_told_after_a_restart(void **state)
{
    struct fixture *f = *state;
    put(f, "one ");
    struct journal_position second = put(f, "two ");
    assert_string_equal(replay(f, start), "one two ");
    reopen(f);
    put(f, "three");
    assert_string_equal(replay(f, start), "one two three");
    assert_string_equal(replay(f, second), "two three");
}

static void names_are_told_when_opened(void **state)
{
    struct fixture *f = *state;
    assert_true(journal_name(f->journal, "a", 1));
    assert_true(journal_name(f->journal, "b", 1));
    reopen(f);
    assert_int_equal(f->names, 2);
}

static void a_full_segment_is_followed_by_the_next(void **state)
{
    struct fixture *f = *state;
    for (char c = 'a'; c <= 'l'; c++)
        put_large(f, c);
    assert_true(journal_figures(f->journal).segments >= 3);
    reopen(f);
    replay(f, start);
    assert_int_equal(f->told_len, 12 * 8);
    assert_int_equal(f->told[0], 'a');
    assert_int_equal(f->told[11 * 8], 'l');
}

static void path_of(const struct fixture *f, int number, char out[64])
{
    snprintf(out, 64, "%s/%016x.seg", f->folder, number);
}

static void scribble(const struct fixture *f, int number, off_t at, const char *bytes, size_t len)
{
    char path[64];
    path_of(f, number, path);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

static void a_torn_record_ends_the_segment_and_writing_goes_on_there(void **state)
{
    struct fixture *f = *state;
    put(f, "one ");
    struct journal_position second = put(f, "torn");
    put(f, "lost");
    journal_close(f->journal);
    scribble(f, 1, (off_t)(second.at & 0xffffffff) + JOURNAL_RECORD_HEAD_BYTES + 2, "x", 1);
    open_journal(f);
    assert_int_equal(journal_figures(f->journal).damaged, 1);
    put(f, "two "); /* as long as the torn one, so that "lost" stands right behind it */
    reopen(f);
    assert_string_equal(replay(f, start), "one two ");
}

static void a_damaged_middle_does_not_hide_the_next_segment(void **state)
{
    struct fixture *f = *state;
    for (char c = 'a'; c <= 'h'; c++)
        put_large(f, c);
    journal_close(f->journal);
    scribble(f, 1, 1200, "xx", 2);
    open_journal(f);
    replay(f, start);
    assert_int_equal(f->told[0], 'a');
    assert_non_null(strchr(f->told, 'h'));
    assert_null(strchr(f->told, 'b'));
}

static void a_damaged_file_of_names_is_set_aside(void **state)
{
    struct fixture *f = *state;
    char path[64];
    struct stat st;
    journal_close(f->journal);
    snprintf(path, sizeof path, "%s/names", f->folder);
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "nonsense", 8), 8);
    close(fd);
    open_journal(f);
    snprintf(path, sizeof path, "%s/names.bad", f->folder);
    assert_int_equal(stat(path, &st), 0);
    assert_true(journal_name(f->journal, "a", 1));
}

static void segments_go_when_every_cursor_has_passed(void **state)
{
    struct fixture *f = *state;
    journal_cursor_move(f->journal, "rrd", journal_cursor(f->journal, "rrd"));
    journal_cursor_move(f->journal, "upstream", journal_cursor(f->journal, "upstream"));
    for (char c = 'a'; c <= 'l'; c++)
        put_large(f, c);
    journal_cursor_move(f->journal, "rrd", journal_end(f->journal));
    assert_int_equal(journal_trim(f->journal), 0);
    assert_true(strchr(replay(f, start), 'a') != NULL);
    journal_cursor_move(f->journal, "upstream", journal_end(f->journal));
    assert_int_equal(journal_trim(f->journal), 0);
    assert_null(strchr(replay(f, start), 'a'));
    assert_int_equal(journal_figures(f->journal).segments, 1);
}

static void past_the_ceiling_the_oldest_go_and_are_counted(void **state)
{
    struct fixture *f = *state;
    journal_cursor_move(f->journal, "rrd", journal_cursor(f->journal, "rrd"));
    for (int i = 0; i < 50; i++)
        put_large(f, 'a');
    assert_true(journal_trim(f->journal) > 0);
    assert_int_equal(journal_figures(f->journal).segments, 8);
    assert_true(journal_figures(f->journal).dropped > 0);
}

static void cursors_come_back_as_saved(void **state)
{
    struct fixture *f = *state;
    char path[64];
    put(f, "one");
    struct journal_position here = journal_end(f->journal);
    journal_cursor_move(f->journal, "rrd", here);
    char *text = journal_cursors_text(f->journal);
    snprintf(path, sizeof path, "%s/cursors", f->folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    free(text);
    reopen(f);
    assert_int_equal(journal_cursor(f->journal, "rrd").at, here.at);
}

static void what_a_failed_sync_may_have_lost_is_written_again(void **state)
{
    struct fixture *f = *state;
    int fds[JOURNAL_SYNC_MAX];
    put(f, "safe");
    size_t n = journal_sync_begin(f->journal, fds);
    assert_true(n >= 1);
    while (n)
        close(fds[--n]);
    journal_sync_end(f->journal, true);
    put(f, "maybe");
    n = journal_sync_begin(f->journal, fds);
    while (n)
        close(fds[--n]);
    journal_sync_end(f->journal, false);
    assert_string_equal(replay(f, start), "safemaybemaybe"); /* twice: a replay leaves out repeats */
    assert_int_equal(journal_figures(f->journal).segments, 2);
}

static void a_sync_covers_what_was_there_when_it_began(void **state)
{
    struct fixture *f = *state;
    int fds[JOURNAL_SYNC_MAX];
    put(f, "one");
    size_t n = journal_sync_begin(f->journal, fds);
    while (n)
        close(fds[--n]);
    put(f, "two");
    journal_sync_end(f->journal, true);
    n = journal_sync_begin(f->journal, fds);
    assert_int_equal(n, 1); /* "two" still needs one */
    close(fds[0]);
    journal_sync_end(f->journal, true);
    assert_int_equal(journal_sync_begin(f->journal, fds), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_that_of_the_standard),
        CASE(what_was_written_is_told_after_a_restart),
        CASE(names_are_told_when_opened),
        CASE(a_full_segment_is_followed_by_the_next),
        CASE(a_torn_record_ends_the_segment_and_writing_goes_on_there),
        CASE(a_damaged_middle_does_not_hide_the_next_segment),
        CASE(a_damaged_file_of_names_is_set_aside),
        CASE(segments_go_when_every_cursor_has_passed),
        CASE(past_the_ceiling_the_oldest_go_and_are_counted),
        CASE(cursors_come_back_as_saved),
        CASE(what_a_failed_sync_may_have_lost_is_written_again),
        CASE(a_sync_covers_what_was_there_when_it_began),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
