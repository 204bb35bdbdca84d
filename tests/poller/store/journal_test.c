#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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
#include "tests/support/disk_faults.h"
#include "tests/support/folder.h"

#define SEGMENT 4096

struct fixture {
    char folder[32];
    struct journal *journal;
    char told[4096]; /* payloads of a replay, one after the other */
    size_t told_len;
    int names;                 /* told when it was opened */
    const char *given[8];      /* names ever given, for the journal to ask */
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

static void tell_names(void *ctx, struct journal *j)
{
    struct fixture *f = ctx;
    for (size_t i = 0; f->given[i]; i++)
        journal_name(j, f->given[i], strlen(f->given[i]));
}

static bool name(struct fixture *f, const char *text)
{
    size_t i = 0;
    while (f->given[i])
        i++;
    f->given[i] = text;
    return journal_name(f->journal, text, strlen(text));
}

static void open_journal(struct fixture *f)
{
    f->names = 0;
    f->journal = journal_open(&(struct journal_settings){.folder = f->folder, .segment_bytes = SEGMENT,
                                                         .ceiling_bytes = 8 * SEGMENT},
                              on_name, tell_names, f);
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
    disk_heal();
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
    journal_sync_end(f->journal, 0);
    put(f, "maybe");
    n = journal_sync_begin(f->journal, fds);
    while (n)
        close(fds[--n]);
    journal_sync_end(f->journal, EIO);
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
    journal_sync_end(f->journal, 0);
    n = journal_sync_begin(f->journal, fds);
    assert_int_equal(n, 1); /* "two" still needs one */
    close(fds[0]);
    journal_sync_end(f->journal, 0);
    assert_int_equal(journal_sync_begin(f->journal, fds), 0);
}

/* --- a disk that refuses --- */

/* One sync, as syncing.c does it. */
static void sync_journal(struct fixture *f)
{
    int fds[JOURNAL_SYNC_MAX], error = 0;
    size_t n = journal_sync_begin(f->journal, fds);
    for (size_t i = 0; i < n; i++) {
        if (fdatasync(fds[i]) != 0 && !error)
            error = errno;
        close(fds[i]);
    }
    journal_sync_end(f->journal, error);
}

static bool try_put(struct fixture *f, const char *text)
{
    struct journal_position at;
    return journal_append(f->journal, JOURNAL_SAMPLES, text, strlen(text), &at);
}

static bool exists(const struct fixture *f, const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    return access(path, F_OK) == 0;
}

static void a_folder_that_cannot_be_made_is_tried_again_by_each_append(void **state)
{
    struct fixture *f = *state;
    journal_close(f->journal);
    folder_remove(f->folder);
    disk_fault(DISK_OPEN, EACCES, DISK_FOR_EVER, f->folder);
    open_journal(f);
    assert_int_equal(journal_refusal(f->journal), EACCES);
    assert_false(name(f, "early"));
    assert_false(try_put(f, "no"));
    assert_int_equal(errno, EACCES);
    disk_heal();
    put(f, "yes");
    assert_int_equal(journal_refusal(f->journal), 0);
    assert_string_equal(replay(f, start), "yes");
    reopen(f);
    assert_int_equal(f->names, 1); /* the one given before there was a file for it */
}

static void no_record_is_taken_before_its_name_is_written(void **state)
{
    struct fixture *f = *state;
    assert_true(name(f, "a"));
    put(f, "one ");
    disk_fault(DISK_WRITE, ENOSPC, DISK_FOR_EVER, "/names");
    assert_false(name(f, "b"));
    assert_false(try_put(f, "of b"));
    assert_int_equal(errno, ENOSPC);
    disk_heal();
    put(f, "of b");
    sync_journal(f);
    reopen(f);
    assert_int_equal(f->names, 2);
    assert_string_equal(replay(f, start), "one of b");
}

static void a_failed_sync_of_the_names_makes_a_new_file_of_them(void **state)
{
    struct fixture *f = *state;
    name(f, "a");
    sync_journal(f);
    name(f, "b");
    disk_fault(DISK_SYNC, EIO, 1, "/names");
    sync_journal(f);
    assert_int_equal(disk_met(DISK_SYNC), 1);
    assert_true(exists(f, "names.new")); /* not in place before it is durable */
    name(f, "c");
    sync_journal(f);
    assert_false(exists(f, "names.new"));
    reopen(f);
    assert_int_equal(f->names, 3);
}

static void of_two_files_of_names_the_fuller_one_is_taken(void **state)
{
    struct fixture *f = *state;
    name(f, "a");
    sync_journal(f);
    disk_fault(DISK_SYNC, EIO, 1, "/names");
    name(f, "b");
    sync_journal(f);
    name(f, "c");
    reopen(f); /* as after a power cut that kept all of names.new */
    assert_int_equal(f->names, 3);
    assert_false(exists(f, "names.new"));
    char path[96];
    snprintf(path, sizeof path, "%s/names.new", f->folder);
    close(open(path, O_WRONLY | O_CREAT, 0600)); /* and one that kept nothing of it */
    reopen(f);
    assert_int_equal(f->names, 3);
    assert_false(exists(f, "names.new"));
}

static void what_was_not_durable_when_a_write_failed_stands_elsewhere_afterwards(void **state)
{
    struct fixture *f = *state;
    put(f, "safe");
    sync_journal(f);
    put(f, "risk");
    disk_fault(DISK_WRITE, EIO, DISK_FOR_EVER, ".seg");
    assert_false(try_put(f, "lost"));
    assert_false(try_put(f, "lost"));
    disk_heal();
    put(f, "next");
    assert_string_equal(replay(f, start), "saferiskrisknext"); /* twice: a replay leaves out repeats */
    scribble(f, 1, 16, "nonsense", 8); /* what the disk may have made of the first file */
    replay(f, start);
    assert_string_equal(f->told, "risknext");
}

static void a_disk_that_fails_every_sync_is_not_filled_with_segments(void **state)
{
    struct fixture *f = *state;
    put(f, "safe");
    sync_journal(f);
    put(f, "one ");
    disk_fault(DISK_SYNC, EIO, DISK_FOR_EVER, ".seg");
    for (int i = 0; i < 20; i++)
        sync_journal(f);
    put(f, "two ");
    disk_heal();
    sync_journal(f);
    assert_int_equal(journal_figures(f->journal).unsynced, 0);
    char path[64];
    int files = 0;
    for (int n = 1; n < 40; n++) {
        path_of(f, n, path);
        files += access(path, F_OK) == 0;
    }
    assert_int_equal(files, 2); /* that with "safe", and the last */
    assert_string_equal(replay(f, start), "safeone one two ");
    reopen(f);
    assert_string_equal(replay(f, start), "safeone one two ");
}

static void what_the_disk_does_not_confirm_is_taken_only_so_far(void **state)
{
    struct fixture *f = *state;
    static char large[100000];
    struct journal_position at;
    size_t taken = 0;
    journal_close(f->journal);
    f->journal = journal_open(&(struct journal_settings){.folder = f->folder}, NULL, NULL, NULL);
    while (journal_append(f->journal, JOURNAL_SAMPLES, large, sizeof large, &at))
        taken += sizeof large;
    assert_int_equal(errno, EAGAIN);
    assert_true(taken > JOURNAL_UNSYNCED_MAX - 2 * sizeof large && taken <= JOURNAL_UNSYNCED_MAX);
    sync_journal(f);
    assert_true(journal_append(f->journal, JOURNAL_SAMPLES, large, sizeof large, &at));
}

static void what_cannot_be_read_is_set_aside_whole_and_named(void **state)
{
    struct fixture *f = *state;
    char path[96], pattern[64];
    glob_t found;
    put(f, "old");
    journal_close(f->journal);
    snprintf(path, sizeof path, "%s/names", f->folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* opens, and cannot be read: as a bad sector does */
    open_journal(f);
    put(f, "new");
    assert_string_equal(replay(f, start), "new");
    snprintf(pattern, sizeof pattern, "%s.bad-*", f->folder);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    snprintf(path, sizeof path, "%s/0000000000000001.seg", found.gl_pathv[0]);
    assert_int_equal(access(path, F_OK), 0);
    folder_remove(found.gl_pathv[0]);
    globfree(&found);
}

static void a_last_segment_without_a_head_is_set_aside_and_named(void **state)
{
    struct fixture *f = *state;
    char path[64];
    put(f, "old");
    journal_close(f->journal);
    path_of(f, 2, path);
    close(open(path, O_WRONLY | O_CREAT, 0600)); /* made just before the power went */
    open_journal(f);
    assert_true(exists(f, "0000000000000002.seg.bad"));
    put(f, "new");
    assert_string_equal(replay(f, start), "oldnew");
}

static void half_a_file_of_cursors_does_not_stay(void **state)
{
    struct fixture *f = *state;
    char path[96];
    snprintf(path, sizeof path, "%s/cursors.aBcDeF", f->folder);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    reopen(f);
    assert_false(exists(f, "cursors.aBcDeF"));
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
        CASE(a_folder_that_cannot_be_made_is_tried_again_by_each_append),
        CASE(no_record_is_taken_before_its_name_is_written),
        CASE(a_failed_sync_of_the_names_makes_a_new_file_of_them),
        CASE(of_two_files_of_names_the_fuller_one_is_taken),
        CASE(what_was_not_durable_when_a_write_failed_stands_elsewhere_afterwards),
        CASE(a_disk_that_fails_every_sync_is_not_filled_with_segments),
        CASE(what_the_disk_does_not_confirm_is_taken_only_so_far),
        CASE(what_cannot_be_read_is_set_aside_whole_and_named),
        CASE(a_last_segment_without_a_head_is_set_aside_and_named),
        CASE(half_a_file_of_cursors_does_not_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
