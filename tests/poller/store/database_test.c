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
#include "poller/store/migrate.h"
#include "poller/store/retention.h"
#include "tests/support/folder.h"

struct fixture {
    char folder[32], path[64];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/hayloft-database-XXXXXX");
    folder_make(f->folder);
    snprintf(f->path, sizeof f->path, "%s/hayloft.db", f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    folder_remove(f->folder);
    free(f);
    return 0;
}

static struct database *open_well(struct fixture *f)
{
    struct database_opening o;
    struct database *d = database_open(f->folder, &o);
    if (!d)
        fail_msg("%s", o.error);
    assert_string_equal(o.aside, "");
    return d;
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

static void a_new_file_is_made_for_power_cuts_and_readers(void **state)
{
    struct fixture *f = *state;
    struct database *d = open_well(f);
    struct stat st;
    char wal[80];
    assert_int_equal(number(d, "PRAGMA user_version"), migrate_version);
    assert_int_equal(number(d, "PRAGMA synchronous"), 2);
    assert_true(database_meta_set(d, "k", "v"));
    database_close(d);
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(stat(wal, &st), 0); /* stays, so that a reader of another user can open it */
}

static void a_newer_file_is_refused_with_both_versions(void **state)
{
    struct fixture *f = *state;
    struct database_opening o;
    struct database *d = open_well(f);
    assert_true(database_exec(d, "PRAGMA user_version = 99"));
    database_close(d);
    assert_null(database_open(f->folder, &o));
    assert_true(o.newer);
    assert_non_null(strstr(o.error, "99"));
    char known[32];
    snprintf(known, sizeof known, "up to %d", migrate_version);
    assert_non_null(strstr(o.error, known));
    assert_string_equal(o.aside, "");
}

static void a_migration_that_was_cut_short_runs_again(void **state)
{
    struct fixture *f = *state;
    sqlite3 *raw;
    int found;
    assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
    /* a table in the way stands for a kill half way: the step fails whole, and leaves nothing */
    assert_int_equal(sqlite3_exec(raw, "CREATE TABLE session (x)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(migrate(raw, &found), MIGRATE_FAILED);
    assert_int_not_equal(sqlite3_exec(raw, "SELECT 1 FROM meta", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "DROP TABLE session", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(migrate(raw, &found), MIGRATE_OK);
    assert_int_equal(migrate(raw, &found), MIGRATE_OK);
    assert_int_equal(found, migrate_version);
    sqlite3_close(raw);
}

/* A file as version 1 of the schema left it. */
static void a_file_of_the_first_version_keeps_what_is_in_it(void **state)
{
    struct fixture *f = *state;
    struct database_opening o;
    struct database *d = database_open(f->folder, &o);
    static const char *const younger[] = {"spool", "vantage", "vantage_run", "vantage_event", "vantage_incident",
                                          "vantage_lost"};
    char sql[64];
    for (size_t i = 0; i < sizeof younger / sizeof younger[0]; i++) {
        snprintf(sql, sizeof sql, "DROP TABLE %s", younger[i]);
        assert_true(database_exec(d, sql));
    }
    assert_true(database_exec(d, "PRAGMA user_version = 1"));
    assert_true(database_meta_set(d, "boot_id", "old"));
    database_close(d);
    d = database_open(f->folder, &o);
    assert_int_equal(number(d, "PRAGMA user_version"), migrate_version);
    assert_int_equal(number(d, "SELECT count(*) FROM spool"), 0);
    assert_int_equal(number(d, "SELECT count(*) FROM meta WHERE value = 'old'"), 1);
    database_close(d);
}

static void overwrite(const char *path, off_t at, size_t len)
{
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(pwrite(fd, "\xa5", 1, at + (off_t)i), 1);
    close(fd);
}

static void expect_replaced(struct fixture *f)
{
    struct database_opening o;
    struct stat st;
    struct database *d = database_open(f->folder, &o);
    assert_non_null(d);
    assert_non_null(strstr(o.aside, "hayloft.db.bad-"));
    assert_true(strlen(o.error) > 0);
    assert_int_equal(stat(o.aside, &st), 0);
    assert_int_equal(number(d, "SELECT count(*) FROM event"), 0);
    database_close(d);
}

static void what_is_no_database_is_set_aside_and_an_empty_one_started(void **state)
{
    struct fixture *f = *state;
    FILE *file = fopen(f->path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("not a database at all ", file);
    fclose(file);
    expect_replaced(f);
}

static void a_damaged_page_is_found_at_the_start(void **state)
{
    struct fixture *f = *state;
    struct database *d = open_well(f);
    for (int i = 0; i < 300; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "INSERT INTO event (id, at, kind) VALUES ('%08d', %d, '%0100d')", i, i, i);
        assert_true(database_exec(d, sql));
    }
    assert_true(database_exec(d, "PRAGMA wal_checkpoint(TRUNCATE)"));
    int64_t page = number(d, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'");
    database_close(d);
    overwrite(f->path, (off_t)(page - 1) * 4096, 64);
    expect_replaced(f);
}

static void a_failure_in_a_transaction_undoes_all_of_it(void **state)
{
    struct fixture *f = *state;
    struct database *d = open_well(f);
    database_begin(d);
    assert_true(database_meta_set(d, "a", "1"));
    assert_false(database_meta_set(d, "b", NULL));
    assert_false(database_meta_set(d, "c", "3")); /* after a failure nothing more is done */
    assert_int_equal(database_fault(d), DATABASE_REFUSED);
    assert_false(database_end(d));
    assert_int_equal(number(d, "SELECT count(*) FROM meta"), 0);
    assert_true(database_meta_set(d, "a", "1"));
    database_close(d);
}

static void somebody_elses_lock_is_no_damage(void **state)
{
    struct fixture *f = *state;
    struct database *d = open_well(f);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(database_handle(d), 10);
    database_begin(d);
    database_meta_set(d, "a", "1");
    assert_false(database_end(d));
    assert_int_equal(database_fault(d), DATABASE_BUSY);
    sqlite3_close(other);
    database_begin(d);
    database_meta_set(d, "a", "1");
    assert_true(database_end(d));
    database_close(d);
}

static void old_incidents_and_events_are_forgotten_open_ones_stay(void **state)
{
    struct fixture *f = *state;
    struct database *d = open_well(f);
    struct incident in[3] = {{.id = "old", .opened = {1000}, .resolved = {2000}},
                             {.id = "open", .opened = {1000}},
                             {.id = "new", .opened = {1000}, .resolved = {9000}}};
    struct plain_event events[2] = {{"k", "n", "old", {1000}}, {"k", "n", "new", {9000}}};
    struct outbox_entry out = {"key", "old", "me", MESSAGE_OPENED, {1000}, NULL};
    struct es_commit c = {.sequence = 1, .incidents = in, .incidents_count = 3, .events = events,
                          .events_count = 2, .outbox = &out, .outbox_count = 1};
    const struct es_commit *record = &c;
    size_t refused;
    bool more;
    assert_true(commit_records(d, "boot", &record, 1, false, &refused));
    assert_true(retention_run(d, (struct wall){5000}, &more));
    assert_false(more);
    assert_int_equal(number(d, "SELECT count(*) FROM incident"), 2);
    assert_int_equal(number(d, "SELECT count(*) FROM incident WHERE id = 'old'"), 0);
    assert_int_equal(number(d, "SELECT count(*) FROM event"), 1);
    assert_int_equal(number(d, "SELECT count(*) FROM outbox"), 0);
    database_close(d);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_new_file_is_made_for_power_cuts_and_readers),
        CASE(a_newer_file_is_refused_with_both_versions),
        CASE(a_file_of_the_first_version_keeps_what_is_in_it),
        CASE(a_migration_that_was_cut_short_runs_again),
        CASE(what_is_no_database_is_set_aside_and_an_empty_one_started),
        CASE(a_damaged_page_is_found_at_the_start),
        CASE(a_failure_in_a_transaction_undoes_all_of_it),
        CASE(somebody_elses_lock_is_no_damage),
        CASE(old_incidents_and_events_are_forgotten_open_ones_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
