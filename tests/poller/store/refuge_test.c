/* The database's stay in memory, by itself: what goes in, what comes home, and what a failed fsync
 * means. */
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

#include "poller/store/commit.h"
#include "poller/store/database.h"
#include "poller/store/outbox.h"
#include "poller/store/refuge.h"
#include "poller/store/users.h"
#include "tests/support/disk_faults.h"
#include "tests/support/folder.h"

struct fixture {
    char folder[32], path[64];
    struct database *d;
    uint64_t sequence;
};

static struct database *open_database(struct fixture *f)
{
    struct database_opening o;
    f->d = database_open(f->folder, &o);
    assert_non_null(f->d);
    return f->d;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-refuge-XXXXXX");
    folder_make(f->folder);
    snprintf(f->path, sizeof f->path, "%s/hayloft.db", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    disk_heal();
    database_close(f->d);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static int64_t number(struct database *d, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(database_handle(d), sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* As the intake does it: where the file refuses, memory takes it. */
static void commit(struct fixture *f, const struct es_commit *what)
{
    struct es_commit c = *what;
    const struct es_commit *record = &c;
    size_t refused;
    bool ok;
    c.sequence = ++f->sequence;
    do {
        ok = commit_records(f->d, "boot", &record, 1, false, &refused);
    } while (!ok && refuge_helps(f->d));
    if (!ok)
        fail_msg("%s", database_error(f->d));
}

static void commit_event(struct fixture *f, const char *text)
{
    struct plain_event e = {"test", "router", (char *)(uintptr_t)text, clock_wall()};
    commit(f, &(struct es_commit){.events = &e, .events_count = 1});
}

static void commit_incident(struct fixture *f, const char *id, bool resolved)
{
    struct evidence evidence = {"it is silent", "ping", {1}};
    struct incident in = {
        .id = (char *)(uintptr_t)id,
        .opened = {1000},
        .evidence = &evidence,
        .evidence_count = 1,
        .resolved = {resolved ? 2000 : 0},
        .cause = {.kind = CAUSE_NODE_DOWN, .sentence = "down", .check_first = "power"}};
    commit(f, &(struct es_commit){.incidents = &in, .incidents_count = 1});
}

static void commit_message(struct fixture *f, const char *key, const char *incident)
{
    struct outbox_entry out = {
        (char *)(uintptr_t)key,  (char *)(uintptr_t)incident, "me", MESSAGE_CHANGED, {1000},
        incident ? NULL : "text"};
    commit(f, &(struct es_commit){.outbox = &out, .outbox_count = 1});
}

static void try_to_leave(struct fixture *f, struct refuge_try *t)
{
    if (refuge_look_home(f->d, t) && refuge_open_home(t, SECONDS(10)))
        refuge_move_home(f->d, t);
}

static void leave(struct fixture *f)
{
    struct refuge_try t;
    try_to_leave(f, &t);
    if (!t.home)
        fail_msg("%s: %s", t.what ? t.what : "locked", t.why);
    assert_false(database_in_memory(f->d));
}

static void refuse_writes(int error)
{
    disk_fault(DISK_WRITE, error, DISK_FOR_EVER, "hayloft.db");
}

static void a_write_the_file_refuses_is_taken_by_memory_and_carried_home(void **state)
{
    struct fixture *f = *state;
    static const int errors[] = {EIO, ENOSPC, EROFS, EDQUOT, EFBIG};
    open_database(f);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        int64_t before = number(f->d, "SELECT count(*) FROM event");
        commit_event(f, "on disk");
        refuse_writes(errors[i]);
        commit_event(f, "in memory");
        assert_true(database_in_memory(f->d));
        commit_event(f, "in memory too");
        disk_heal();
        leave(f);
        assert_int_equal(number(f->d, "SELECT count(*) FROM event"), before + 3);
    }
    database_close(f->d);
    open_database(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 15);
}

static void what_is_needed_to_go_on_comes_along(void **state)
{
    struct fixture *f = *state;
    open_database(f);
    assert_true(user_write(f->d, "anna", "hash", (struct wall){1}));
    commit_incident(f, "open", false);
    commit_incident(f, "over", true);
    commit_incident(f, "over-and-told", true);
    commit_message(f, "k1", "over-and-told");
    commit_message(f, "k2", "open");
    refuse_writes(EIO);
    commit_event(f, "in memory");
    assert_true(database_in_memory(f->d));
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident"),
                     2); /* "over" needs nobody any more */
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident_evidence"), 2);
    assert_int_equal(number(f->d, "SELECT count(*) FROM outbox"), 2);
    disk_heal();
    leave(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident"), 3);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident_evidence"), 3);
    assert_int_equal(number(f->d, "SELECT count(*) FROM outbox"), 2);
}

static void what_changed_in_memory_changes_the_file(void **state)
{
    struct fixture *f = *state;
    open_database(f);
    assert_true(user_write(f->d, "anna", "hash", (struct wall){1}));
    assert_true(database_exec(
        f->d, "INSERT INTO kept VALUES ('router', 'old', '1'), ('router', 'new', '1')"));
    commit_incident(f, "one", false);
    commit_message(f, "k1", "one");
    refuse_writes(EIO);
    commit_incident(f, "one", true);
    struct cs_outcome sent = {"k1", "me", DELIVERY_SENT, 0, NULL};
    struct outbox_settled settled;
    assert_true(outbox_settle(f->d, &sent, clock_wall(), &settled));
    assert_true(settled.found);
    assert_true(
        database_exec(f->d, "DELETE FROM kept WHERE key = 'old'; UPDATE kept SET value = '2'"));
    commit_message(f, "k2", "one");
    disk_heal();
    leave(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM kept WHERE key = 'old'"), 0);
    assert_int_equal(number(f->d, "SELECT value FROM kept WHERE key = 'new'"), 2);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident WHERE resolved = 2000"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident_evidence"), 1);
    assert_int_equal(
        number(f->d, "SELECT count(*) FROM outbox WHERE key = 'k1' AND state = 'sent'"), 1);
    assert_int_equal(number(f->d, "SELECT (SELECT position FROM outbox WHERE key = 'k1') <"
                                  " (SELECT position FROM outbox WHERE key = 'k2')"),
                     1);
}

static void messages_of_a_file_that_could_not_be_read_keep_their_place_before_new_ones(void **state)
{
    struct fixture *f = *state;
    char hidden[80];
    open_database(f);
    assert_true(user_write(f->d, "anna", "hash", (struct wall){1}));
    commit_message(f, "old-1", NULL);
    commit_message(f, "old-2", NULL);
    database_close(f->d);
    snprintf(hidden, sizeof hidden, "%s.hidden", f->path);
    assert_int_equal(rename(f->path, hidden), 0);
    disk_fault(DISK_OPEN, EACCES, DISK_FOR_EVER, "hayloft.db"); /* nor can a new one be made */
    open_database(f);
    assert_true(database_in_memory(f->d));
    f->sequence = 0;
    commit_message(f, "new-1", NULL);
    disk_heal();
    assert_int_equal(rename(hidden, f->path), 0);
    leave(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM outbox"), 3);
    assert_int_equal(
        number(f->d, "SELECT max(position) = (SELECT position FROM outbox WHERE key = 'new-1')"
                     " FROM outbox"),
        1);
}

/* The salt stands in the log's head and is new whenever the log is begun anew. */
static uint64_t salt_of_log(const struct fixture *f)
{
    char wal[80];
    uint64_t salt = 0;
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    int fd = open(wal, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &salt, sizeof salt, 16), sizeof salt);
    close(fd);
    return salt;
}

static void after_a_failed_fsync_the_log_is_not_trusted_any_more(void **state)
{
    struct fixture *f = *state;
    open_database(f);
    commit_event(f, "durable");
    uint64_t before = salt_of_log(f);
    disk_fault(DISK_SYNC, EIO, 2,
               "hayloft.db-wal"); /* the commit's, the closing one's; the next "works" */
    commit_event(f, "whose fsync failed");
    assert_true(database_in_memory(f->d));
    assert_int_equal(disk_met(DISK_SYNC), 2);
    leave(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 2);
    assert_true(salt_of_log(f) != before);
}

static void a_way_home_that_fails_leaves_both_as_they_were(void **state)
{
    struct fixture *f = *state;
    struct refuge_try t;
    open_database(f);
    commit_event(f, "on disk");
    refuse_writes(EIO);
    commit_event(f, "in memory");
    try_to_leave(f, &t);
    assert_false(t.home);
    assert_non_null(strstr(t.why, f->path));
    assert_non_null(strstr(t.why, "Input/output error"));
    assert_true(database_in_memory(f->d));
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 1);
    disk_fault(DISK_SYNC, EIO, DISK_FOR_EVER, "hayloft.db"); /* writes work, syncs do not */
    refuse_writes(0);
    try_to_leave(f, &t);
    assert_false(t.home);
    disk_heal();
    leave(f);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 2);
}

static void somebody_elses_lock_delays_the_way_home_and_is_no_trouble(void **state)
{
    struct fixture *f = *state;
    struct refuge_try t;
    sqlite3 *reader;
    open_database(f);
    commit_event(f, "on disk");
    refuse_writes(EIO);
    commit_event(f, "in memory");
    disk_heal();
    assert_int_equal(sqlite3_open(f->path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM event", NULL, NULL, NULL),
                     SQLITE_OK);
    try_to_leave(f, &t);
    assert_false(t.home);
    assert_null(t.what);
    sqlite3_close(reader);
    leave(f);
}

static void a_full_memory_forgets_the_oldest_events_and_counts_them(void **state)
{
    struct fixture *f = *state;
    static char text[60000];
    struct refuge_try t;
    memset(text, 'x', sizeof text - 1);
    open_database(f);
    refuse_writes(ENOSPC);
    commit_incident(f, "one", false);
    for (int i = 0; i < 700; i++) /* 42 MB */
        commit_event(f, text);
    assert_true(
        number(f->d, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") <=
        REFUGE_BYTES_MAX);
    int64_t kept = number(f->d, "SELECT count(*) FROM event");
    assert_true(kept < 700);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident"), 1);
    disk_heal();
    try_to_leave(f, &t);
    assert_true(t.home);
    assert_int_equal(t.forgotten, 700 - kept);
}

/* --- damage --- */

static void overwrite_page(struct fixture *f, int64_t page)
{
    char bytes[64];
    memset(bytes, 0xa5, sizeof bytes);
    int fd = open(f->path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, sizeof bytes, (off_t)(page - 1) * 4096), sizeof bytes);
    close(fd);
}

static void fill_for_damage(struct fixture *f)
{
    open_database(f);
    assert_true(user_write(f->d, "anna", "hash", (struct wall){1}));
    commit_incident(f, "one", false);
    commit_message(f, "k1", "one");
    for (int i = 0; i < 300; i++)
        commit_event(
            f,
            "an event long enough that three hundred of them need more than one page of the file");
    assert_true(database_exec(f->d, "PRAGMA wal_checkpoint(TRUNCATE)"));
}

static void a_damaged_file_is_salvaged_into_the_new_one(void **state)
{
    struct fixture *f = *state;
    struct database_opening o;
    fill_for_damage(f);
    int64_t page = number(f->d, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'");
    database_close(f->d);
    overwrite_page(f, page);
    f->d = database_open(f->folder, &o);
    assert_non_null(f->d);
    assert_false(database_in_memory(f->d));
    assert_true(o.aside[0]);
    assert_true(o.salvaged >= 4);
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"),
                     0); /* that table is the damaged one */
}

static void damage_found_while_running_is_set_aside_without_a_restart(void **state)
{
    struct fixture *f = *state;
    struct refuge_try t;
    fill_for_damage(f);
    int64_t page = number(f->d, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'");
    overwrite_page(f, page);
    database_exec(f->d, "PRAGMA shrink_memory");
    database_exec(f->d, "PRAGMA cache_size = 0"); /* so that it is read again */
    commit_event(f, "found");
    assert_true(database_in_memory(f->d));
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    try_to_leave(f, &t);
    assert_true(t.home);
    assert_non_null(strstr(t.opening.aside, "hayloft.db.bad-"));
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM incident"), 1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 1);
    database_close(f->d);
    open_database(f); /* nothing is suspect any more */
    assert_false(database_in_memory(f->d));
}

static void a_start_does_not_wait_for_a_look_at_every_page(void **state)
{
    struct fixture *f = *state;
    struct refuge_try t;
    char mark[80];
    fill_for_damage(f);
    database_close(f->d);
    snprintf(mark, sizeof mark, "%s.suspect", f->path);
    close(open(mark, O_WRONLY | O_CREAT, 0600));
    open_database(f);
    assert_true(database_in_memory(f->d)); /* until somebody has looked */
    assert_int_equal(number(f->d, "SELECT count(*) FROM user"), 1);
    try_to_leave(f, &t);
    assert_true(t.home);
    assert_string_equal(t.opening.aside, ""); /* it was sound after all */
    assert_int_equal(access(mark, F_OK), -1);
    assert_int_equal(number(f->d, "SELECT count(*) FROM event"), 300);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_write_the_file_refuses_is_taken_by_memory_and_carried_home),
        CASE(what_is_needed_to_go_on_comes_along),
        CASE(what_changed_in_memory_changes_the_file),
        CASE(messages_of_a_file_that_could_not_be_read_keep_their_place_before_new_ones),
        CASE(after_a_failed_fsync_the_log_is_not_trusted_any_more),
        CASE(a_way_home_that_fails_leaves_both_as_they_were),
        CASE(somebody_elses_lock_delays_the_way_home_and_is_no_trouble),
        CASE(a_full_memory_forgets_the_oldest_events_and_counts_them),
        CASE(a_damaged_file_is_salvaged_into_the_new_one),
        CASE(damage_found_while_running_is_set_aside_without_a_restart),
        CASE(a_start_does_not_wait_for_a_look_at_every_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
