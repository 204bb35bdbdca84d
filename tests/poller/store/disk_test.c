/* A disk that is full, read-only, failing or slow, before the start or while running. Full and read-only ones
 * are real, on a small tmpfs in a mount namespace of the test's own, skipped without rights; the others are
 * disk_faults. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/cursor.h"
#include "poller/store/elbow_room.h"
#include "poller/store/journal.h"
#include "tests/poller/store/courier_end.h"
#include "tests/support/disk_faults.h"

static bool has_room_of_its_own;

static int find_rights(void **state)
{
    signal(SIGXFSZ, SIG_IGN); /* as role_start does */
    has_room_of_its_own = unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return 0;
}

static int heal(void **state)
{
    disk_heal();
    return 0;
}

/* --- the disk --- */

static void prepare_small(struct bed *b, const char *options)
{
    if (!has_room_of_its_own)
        skip();
    bed_prepare(b);
    if (mount("none", b->folder, "tmpfs", 0, options) != 0)
        skip();
}

static void make_small(struct bed *b, const char *options)
{
    prepare_small(b, options);
    bed_start(b);
    bed_hello(b, "boot");
}

static void remove_small(struct bed *b)
{
    bed_stop(b);
    assert_int_equal(umount(b->folder), 0);
    bed_remove(b);
}

static void remount(const struct bed *b, bool read_only)
{
    assert_int_equal(mount("none", b->folder, NULL, MS_REMOUNT | (read_only ? MS_RDONLY : 0), NULL), 0);
}

static void fill_but(const struct bed *b, size_t left_bytes)
{
    char path[128], block[4096] = {1};
    snprintf(path, sizeof path, "%s/filler", b->folder);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    if (left_bytes)
        assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - (off_t)left_bytes), 0);
    close(fd);
}

static void fill(const struct bed *b)
{
    fill_but(b, 0);
}

static void make_room(const struct bed *b)
{
    char path[128];
    snprintf(path, sizeof path, "%s/filler", b->folder);
    assert_int_equal(unlink(path), 0);
}

/* --- the engine --- */

static void send_event(struct bed *b, uint64_t sequence)
{
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct plain_event e = {"test", "router", text, clock_wall()};
    struct es_commit c = {.sequence = sequence, .at = clock_wall(), .events = &e, .events_count = 1};
    bed_commit(b, &c);
}

/* An incident and its message. */
static void send_incident(struct bed *b, uint64_t sequence, const char *id)
{
    char key[64];
    snprintf(key, sizeof key, "%s me opened", id);
    struct node_transition t = {"router", STATE_UP, STATE_DOWN, clock_wall(), "silent", NULL, (char *)(uintptr_t)id};
    struct incident in = {.id = (char *)(uintptr_t)id, .opened = clock_wall(),
                          .cause = {.kind = CAUSE_NODE_DOWN, .node = "router", .sentence = "router is down",
                                    .check_first = "its power"}};
    struct outbox_entry out = {key, (char *)(uintptr_t)id, "me", MESSAGE_OPENED, clock_wall(), NULL};
    struct es_commit c = {.sequence = sequence, .at = clock_wall(), .transitions = &t, .transitions_count = 1,
                          .incidents = &in, .incidents_count = 1, .outbox = &out, .outbox_count = 1};
    bed_commit(b, &c);
}

/* One record with many rows of object 0, which has 16 values. */
#define ROWS_A_RECORD 300
static void send_rows(struct bed *b, uint64_t sequence, int64_t at_ns)
{
    static uint8_t bytes[ROWS_A_RECORD * (14 + 16 * 8)];
    struct writer w = writer_over(bytes, sizeof bytes);
    for (int row = 0; row < ROWS_A_RECORD; row++) {
        wr_u32(&w, 0);
        wr_u64(&w, (uint64_t)(at_ns + row));
        wr_u16(&w, 16);
        for (int i = 0; i < 16; i++)
            wr_u64(&w, 0);
    }
    struct es_samples m = {.sequence = sequence, .rows = {bytes, wr_len(&w)}};
    while (!channel_send(b->engine, ES_SAMPLES, &es_samples_record, &m))
        bed_turn(b);
    bed_turn(b);
}

static bool is_delivered(void *ctx)
{
    return ((struct bed *)ctx)->delivery_count > 0;
}

static void expect_detail(const struct bed *b, const char *what, const char *part)
{
    const struct se_trouble *t = bed_trouble(b, what);
    if (!t || !strstr(t->detail, part))
        fail_msg("%s: '%s' is not in '%s'", what, part, t ? t->detail : "");
}

static int64_t missing_bytes(const struct bed *b, const char *what)
{
    const struct se_trouble *t = bed_trouble(b, what);
    const char *end = t ? strstr(t->detail, " bytes missing") : NULL;
    while (end && end > t->detail && end[-1] != ' ')
        end--;
    return end ? strtoll(end, NULL, 10) : -1;
}

/* --- full while running --- */

static void a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room(void **state)
{
    struct bed b;
    make_small(&b, "size=8m");
    send_event(&b, 1);
    assert_true(bed_wait_durable(&b, 1));
    fill(&b);
    for (uint64_t n = 2; n < 40; n++)
        send_event(&b, n);
    assert_true(bed_wait_trouble(&b, "disk-full"));
    assert_true(b.durable < 39);
    make_room(&b);
    assert_true(bed_wait_durable(&b, 39));
    assert_true(bed_wait_over(&b, "disk-full"));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 39);
    remove_small(&b);
}

static void what_happens_is_kept_on_a_full_disk_where_room_was_taken_before(void **state)
{
    struct bed b;
    struct database_opening o;
    prepare_small(&b, "size=8m");
    struct database *d = database_open(b.folder, &o);
    assert_non_null(d);
    if (!elbow_room_make(d))
        fail_msg("%s", database_error(d));
    fill(&b);
    for (int i = 0; i < 300; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "INSERT INTO meta (key, value) VALUES ('%d', hex(randomblob(1000)))", i);
        database_begin(d);
        database_exec(d, sql);
        if (!database_end(d))
            fail_msg("%d: %s", i, database_error(d));
    }
    database_close(d);
    remove_small(&b);
}

static void samples_wait_in_memory_while_the_journal_cannot_grow(void **state)
{
    struct bed b;
    make_small(&b, "size=20m");
    bed_object(&b, 0, "router", "many", 16);
    int64_t now_ns = clock_wall().ns;
    uint64_t n = 0;
    fill(&b);
    /* the preallocated segment still takes some 4 MiB of them, the next one cannot be made */
    while (n < 1000 && !bed_trouble(&b, "disk-full"))
        for (int i = 0; i < 10; i++, n++)
            send_rows(&b, n + 1, now_ns + (int64_t)n * ROWS_A_RECORD);
    assert_true(bed_wait_trouble(&b, "disk-full"));
    expect_detail(&b, "disk-full", "/journal: No space left on device, 4194304 bytes missing (4194304 needed, 0 free)");
    assert_true(b.durable < n);
    make_room(&b);
    if (!bed_wait_durable(&b, n))
        fail_msg("%d of %d", (int)b.durable, (int)n);
    assert_true(bed_wait_over(&b, "disk-full"));
    remove_small(&b);
}

static void what_memory_cannot_hold_is_dropped_and_counted(void **state)
{
    struct bed b;
    prepare_small(&b, "size=20m");
    b.settings.disk_look_ns = MILLISECONDS(50);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "many", 16);
    int64_t now_ns = clock_wall().ns;
    uint64_t n = 0;
    fill(&b);
    while (n < 2000 && !bed_trouble(&b, "samples-dropped"))
        for (int i = 0; i < 10; i++, n++)
            send_rows(&b, n + 1, now_ns + (int64_t)n * ROWS_A_RECORD);
    assert_true(bed_wait_trouble(&b, "samples-dropped"));
    expect_detail(&b, "samples-dropped", " samples were dropped");
    make_room(&b);
    assert_true(bed_wait_durable(&b, n));
    assert_true(bed_wait_over(&b, "samples-dropped"));
    remove_small(&b);
}

static void a_disk_with_less_than_a_tenth_free_is_told_before_it_is_full(void **state)
{
    struct bed b;
    prepare_small(&b, "size=64m");
    b.settings.disk_look_ns = MILLISECONDS(50);
    bed_start(&b);
    bed_hello(&b, "boot");
    send_event(&b, 1);
    assert_true(bed_wait_durable(&b, 1));
    assert_null(bed_trouble(&b, "disk-low"));
    fill_but(&b, 7 << 20); /* 7 of 64 MiB: still more */
    send_event(&b, 2);
    assert_true(bed_wait_durable(&b, 2));
    assert_null(bed_trouble(&b, "disk-low"));
    make_room(&b);
    fill_but(&b, 6 << 20);
    assert_true(bed_wait_trouble(&b, "disk-low"));
    expect_detail(&b, "disk-low", " of 64 MiB");
    expect_detail(&b, "disk-low", b.folder);
    make_room(&b);
    assert_true(bed_wait_over(&b, "disk-low"));
    remove_small(&b);
}

static void a_disk_with_few_inodes_left_is_told_too(void **state)
{
    struct bed b;
    char path[128];
    prepare_small(&b, "size=64m,nr_inodes=100");
    b.settings.disk_look_ns = MILLISECONDS(50);
    bed_start(&b);
    bed_hello(&b, "boot");
    for (int i = 0; i < 85; i++) {
        snprintf(path, sizeof path, "%s/file-%d", b.folder, i);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        if (fd < 0)
            break;
        close(fd);
    }
    assert_true(bed_wait_trouble(&b, "disk-low"));
    expect_detail(&b, "disk-low", "of 100 inodes");
    remove_small(&b);
}

/* --- nothing can be written from the start --- */

/* What must work meanwhile: the engine gets its state, an incident is committed, its message leaves, and
 * nobody is told that it is safe. */
static void expect_life_in_memory(struct bed *b, struct courier_end *k, uint64_t sequence)
{
    send_incident(b, sequence, "here-1");
    courier_end_connect(k, b);
    assert_true(courier_end_wait(k, 1));
    assert_string_equal(k->got[0].key, "here-1 me opened");
    assert_non_null(strstr(k->got[0].document, "router is down"));
    courier_end_answer(k, 0, DELIVERY_SENT, 0);
    assert_true(bed_until(b, is_delivered, b));
    assert_true(b->deliveries[0].sent);
    bed_sample(b, sequence + 1, 0, clock_wall().ns, 1, 1);
    bed_turn(b);
    assert_true(b->durable < sequence);
}

/* And once the disk takes it again. */
static void expect_all_home(struct bed *b, struct courier_end *k, uint64_t sequence, const char *what)
{
    struct mono began = clock_mono();
    assert_true(bed_wait_durable(b, sequence + 1));
    assert_true(bed_wait_over(b, what));
    assert_true(mono_since(clock_mono(), began) < SECONDS(8)); /* two cycles of a minute would do */
    assert_int_equal(bed_query(b, "SELECT count(*) FROM outbox WHERE key = 'here-1 me opened' AND state = 'sent'"), 1);
    assert_int_equal(bed_query(b, "SELECT count(*) FROM node WHERE state = 'down'"), 1);
    bed_turn(b);
    assert_int_equal(k->count, 1); /* nothing leaves twice */
    channel_destroy(k->channel);
    bed_stop(b);
    bed_start(b);
    bed_hello(b, "boot-b");
    assert_int_equal(b->open_count, 1);
    assert_int_equal(b->sent_count, 1);
}

static void a_start_on_a_full_disk_works_from_memory_until_there_is_room(void **state)
{
    struct bed b;
    struct courier_end k;
    prepare_small(&b, "size=16m");
    fill(&b);
    bed_start(&b);
    bed_hello(&b, "boot");
    assert_int_equal(b.node_count, 0); /* nothing known */
    bed_object(&b, 0, "router", "ping", 1);
    expect_life_in_memory(&b, &k, 1);
    assert_true(bed_wait_trouble(&b, "disk-full"));
    expect_detail(&b, "disk-full", "/hayloft.db: No space left on device");
    expect_detail(&b, "disk-full", "/journal: No space left on device");
    assert_true(missing_bytes(&b, "disk-full") > 0);
    make_room(&b);
    expect_all_home(&b, &k, 1, "disk-full");
    remove_small(&b);
}

static void as_much_room_as_was_said_to_be_missing_is_enough(void **state)
{
    struct bed b;
    prepare_small(&b, "size=16m");
    fill(&b);
    bed_start(&b);
    bed_hello(&b, "boot");
    send_event(&b, 1);
    assert_true(bed_wait_trouble(&b, "disk-full"));
    const struct se_trouble *t = bed_trouble(&b, "disk-full");
    int64_t database_bytes = strtoll(strstr(t->detail, "missing (") + 9, NULL, 10);
    int64_t journal_bytes = JOURNAL_SEGMENT_BYTES;
    make_room(&b);
    fill_but(&b, (size_t)(database_bytes + journal_bytes) + (256u << 10)); /* folders, names */
    assert_true(bed_wait_over(&b, "disk-full"));
    assert_true(bed_wait_durable(&b, 1));
    remove_small(&b);
}

static void a_start_without_a_free_inode_works_from_memory(void **state)
{
    struct bed b;
    struct courier_end k;
    char path[128];
    prepare_small(&b, "size=16m,nr_inodes=4");
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/file-%d", b.folder, i);
        close(open(path, O_WRONLY | O_CREAT, 0600));
    }
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    expect_life_in_memory(&b, &k, 1);
    assert_true(bed_wait_trouble(&b, "disk-full"));
    expect_detail(&b, "disk-full", "not one inode is free there");
    assert_int_equal(mount("none", b.folder, NULL, MS_REMOUNT, "nr_inodes=1000"), 0);
    expect_all_home(&b, &k, 1, "disk-full");
    remove_small(&b);
}

static void a_start_on_a_read_only_disk_goes_on_from_what_stands_there(void **state)
{
    struct bed b;
    struct courier_end k;
    make_small(&b, "size=32m");
    bed_object(&b, 0, "router", "ping", 1);
    send_incident(&b, 1, "here-0");
    bed_keep(&b, 2, "router", "boot_s", "40");
    assert_true(bed_wait_durable(&b, 2));
    bed_stop(&b);
    remount(&b, true);
    bed_start(&b);
    bed_hello(&b, "boot-a");
    assert_int_equal(b.node_count, 1);
    assert_int_equal(b.open_count, 1);
    assert_string_equal(b.open[0].id, "here-0");
    assert_int_equal(b.kept_count, 1);
    assert_true(bed_wait_trouble(&b, "read-only"));
    expect_detail(&b, "read-only", "/hayloft.db: Read-only file system");
    expect_detail(&b, "read-only", "/journal: Read-only file system");
    bed_object(&b, 0, "router", "ping", 1);
    bed_object(&b, 1, "router", "born meanwhile", 1);
    bed_sample(&b, 1, 1, clock_wall().ns, 1, 1);
    courier_end_connect(&k, &b);
    assert_true(courier_end_wait(&k, 1)); /* the message that waited in the file */
    assert_string_equal(k.got[0].key, "here-0 me opened");
    courier_end_answer(&k, 0, DELIVERY_SENT, 0);
    send_incident(&b, 2, "here-1");
    assert_true(courier_end_wait(&k, 2));
    remount(&b, false);
    assert_true(bed_wait_over(&b, "read-only"));
    assert_true(bed_wait_durable(&b, 2));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM incident"), 2);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 2); /* that of before the start too */
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM outbox WHERE state = 'sent'"), 1);
    channel_destroy(k.channel);
    remove_small(&b);
}

static void a_state_folder_where_nothing_can_be_made_is_no_end(void **state)
{
    struct bed b;
    struct courier_end k;
    bed_prepare(&b);
    disk_fault(DISK_OPEN, EACCES, DISK_FOR_EVER, b.folder);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    expect_life_in_memory(&b, &k, 1);
    assert_true(bed_wait_trouble(&b, "journal"));
    expect_detail(&b, "journal", "/journal: Permission denied");
    assert_true(bed_wait_trouble(&b, "database"));
    expect_detail(&b, "database", "/hayloft.db: Permission denied");
    disk_heal();
    expect_all_home(&b, &k, 1, "database");
    bed_remove(&b);
}

static void a_store_that_dies_in_memory_is_told_all_of_it_again(void **state)
{
    struct bed b;
    bed_prepare(&b);
    disk_fault(DISK_OPEN, EROFS, DISK_FOR_EVER, b.folder);
    bed_start(&b);
    bed_hello(&b, "boot");
    send_incident(&b, 1, "here-1");
    assert_true(bed_wait_trouble(&b, "read-only"));
    bed_stop(&b); /* its memory is gone; a kill takes no more */
    assert_int_equal(b.durable, 0);
    bed_start(&b);
    bed_hello(&b, "boot"); /* the same engine, which kept what nobody acknowledged */
    assert_int_equal(b.open_count, 0);
    send_incident(&b, 1, "here-1");
    disk_heal();
    assert_true(bed_wait_durable(&b, 1));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM incident"), 1);
    bed_remove(&b);
}

/* --- failing while running --- */

/* Everything in the state folder answers the error from now on. */
static void fail_all(const struct bed *b, int error)
{
    disk_fault(DISK_WRITE, error, DISK_FOR_EVER, b->folder);
    disk_fault(DISK_OPEN, error, DISK_FOR_EVER, b->folder);
    disk_fault(DISK_SYNC, error, DISK_FOR_EVER, b->folder);
    disk_fault(DISK_SYNCFS, error, DISK_FOR_EVER, b->folder);
}

static void live_through(int error, const char *what)
{
    struct bed b;
    struct courier_end k;
    bed_prepare(&b);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    send_event(&b, 1);
    bed_sample(&b, 2, 0, clock_wall().ns - SECONDS(60), 1, 1);
    assert_true(bed_wait_durable(&b, 2));
    fail_all(&b, error);
    expect_life_in_memory(&b, &k, 3);
    assert_true(bed_wait_trouble(&b, what));
    disk_heal();
    expect_all_home(&b, &k, 3, what);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 2);
    bed_remove(&b);
}

static void a_card_that_turns_read_only_costs_nothing_that_was_committed(void **state)
{
    live_through(EROFS, "read-only");
}

static void a_card_that_answers_io_errors_costs_nothing_that_was_committed(void **state)
{
    live_through(EIO, "database");
}

static void a_used_up_quota_costs_nothing_that_was_committed(void **state)
{
    live_through(EDQUOT, "disk-full");
}

static void a_limit_of_file_sizes_costs_nothing_that_was_committed(void **state)
{
    struct bed b;
    struct courier_end k;
    struct rlimit before, small = {4096, RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    bed_prepare(&b);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    expect_life_in_memory(&b, &k, 1);
    assert_true(bed_wait_trouble(&b, "journal"));
    expect_detail(&b, "journal", "File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    expect_all_home(&b, &k, 1, "journal");
    bed_remove(&b);
}

static void an_fsync_of_the_database_that_fails_once_loses_nothing(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot");
    send_event(&b, 1);
    assert_true(bed_wait_durable(&b, 1));
    disk_fault(DISK_SYNC, EIO, 1, "hayloft.db-wal");
    send_event(&b, 2);
    assert_true(bed_wait_durable(&b, 2));
    assert_int_equal(disk_met(DISK_SYNC), 1);
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 2);
    bed_remove(&b);
}

static void an_fsync_of_the_journal_that_fails_once_is_final_for_that_file(void **state)
{
    struct bed b;
    char first[128];
    bed_prepare(&b);
    b.settings.journal_sync_ns = MILLISECONDS(50);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    disk_fault(DISK_SYNC, EIO, 1, "/journal/0000000000000001.seg");
    bed_sample(&b, 1, 0, clock_wall().ns - SECONDS(60), 1, 1);
    assert_true(bed_wait_durable(&b, 1));
    assert_true(bed_wait_trouble(&b, "journal"));
    expect_detail(&b, "journal", "Input/output error");
    assert_true(bed_wait_over(&b, "journal")); /* the next sync, of other files, went well */
    snprintf(first, sizeof first, "%s/journal/0000000000000001.seg", b.folder);
    assert_int_equal(access(first, F_OK), -1); /* nobody may trust it */
    snprintf(first, sizeof first, "%s/journal/0000000000000002.seg", b.folder);
    assert_int_equal(access(first, F_OK), 0);
    bed_remove(&b);
}

/* --- slow --- */

struct moment {
    struct mono at;
};

static bool has_come(void *ctx)
{
    return !mono_before(clock_mono(), ((struct moment *)ctx)->at);
}

/* A sample each 50 ms, as from an engine with its cadence; how long the slowest waited. */
static int64_t sample_for(struct bed *b, int64_t time_ns)
{
    struct mono end = mono_after(clock_mono(), time_ns);
    int64_t slowest_ns = 0;
    for (uint64_t n = b->durable + 1; mono_before(clock_mono(), end); n++) {
        struct mono sent = clock_mono();
        bed_sample(b, n, 0, clock_wall().ns, 1, 1);
        assert_true(bed_wait_durable(b, n));
        int64_t took_ns = mono_since(clock_mono(), sent);
        slowest_ns = took_ns > slowest_ns ? took_ns : slowest_ns;
        bed_until(b, has_come, &(struct moment){mono_after(sent, MILLISECONDS(50))});
    }
    return slowest_ns;
}

static void a_disk_that_syncs_for_seconds_delays_nobody(void **state)
{
    struct bed b;
    bed_prepare(&b);
    b.settings.journal_sync_ns = MILLISECONDS(100);
    b.settings.slow_sync_ns = SECONDS(1);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    disk_delay(DISK_SYNC, SECONDS(2), "/journal/");
    int64_t slowest_ns = sample_for(&b, SECONDS(3));
    assert_true(b.durable >= 10);
    if (slowest_ns >= SECONDS(1))
        fail_msg("a sample waited %d ms", (int)(slowest_ns / NS_PER_MS));
    assert_true(bed_wait_trouble(&b, "slow-disk"));
    expect_detail(&b, "slow-disk", "/journal takes over 1 s to be synced");
    disk_heal();
    assert_true(bed_wait_over(&b, "slow-disk"));
    bed_remove(&b);
}

static void a_commit_on_a_slow_disk_delays_no_sample(void **state)
{
    struct bed b;
    bed_make(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "ping", 1);
    disk_delay(DISK_SYNC, SECONDS(1), "hayloft.db-wal");
    send_event(&b, 1);
    struct mono sent = clock_mono();
    bed_sample(&b, 2, 0, clock_wall().ns, 1, 1);
    for (uint64_t i = 3; i < 50; i++) /* they go with the next transaction, all in one */
        send_event(&b, i);
    bed_turn(&b);
    assert_true(mono_since(clock_mono(), sent) < MILLISECONDS(900));
    assert_int_equal(b.durable, 0); /* nothing is called safe before it is */
    assert_true(bed_wait_durable(&b, 49));
    assert_true(mono_since(clock_mono(), sent) < SECONDS(8));
    disk_heal();
    bed_remove(&b);
}

static void what_a_disk_does_not_confirm_is_bounded(void **state)
{
    struct bed b;
    uint64_t n = 0;
    bed_prepare(&b);
    b.settings.journal_sync_ns = MILLISECONDS(100);
    b.settings.disk_look_ns = MILLISECONDS(50);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "many", 16);
    disk_delay(DISK_SYNC, SECONDS(3), "/journal/");
    int64_t now_ns = clock_wall().ns;
    while (n < 1000 && !bed_trouble(&b, "slow-disk"))
        for (int i = 0; i < 10; i++, n++)
            send_rows(&b, n + 1, now_ns + (int64_t)n * ROWS_A_RECORD);
    assert_true(bed_wait_trouble(&b, "slow-disk"));
    expect_detail(&b, "slow-disk", "has not confirmed 8388608 bytes");
    assert_true(n * ROWS_A_RECORD * 142 < 16u << 20);
    disk_heal();
    assert_true(bed_wait_durable(&b, n));
    bed_remove(&b);
}

static void a_stop_waits_for_a_slow_disk(void **state)
{
    struct bed b;
    bed_prepare(&b);
    b.settings.journal_sync_ns = MILLISECONDS(10);
    bed_start(&b);
    bed_hello(&b, "boot");
    bed_object(&b, 0, "router", "many", 16);
    send_rows(&b, 1, clock_wall().ns);
    assert_true(bed_wait_durable(&b, 1));
    disk_delay(DISK_SYNC, MILLISECONDS(300), "/journal/");
    int64_t sampled_ns = clock_wall().ns, began_ns = clock_mono().ns;
    send_rows(&b, 2, sampled_ns);
    bed_stop(&b);
    assert_true(clock_mono().ns - began_ns >= MILLISECONDS(300));
    disk_heal();
    bed_start(&b);
    bed_hello(&b, "boot");
    assert_true(b.newest.ns >= sampled_ns);
    bed_remove(&b);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, NULL, heal)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room),
        CASE(what_happens_is_kept_on_a_full_disk_where_room_was_taken_before),
        CASE(samples_wait_in_memory_while_the_journal_cannot_grow),
        CASE(what_memory_cannot_hold_is_dropped_and_counted),
        CASE(a_disk_with_less_than_a_tenth_free_is_told_before_it_is_full),
        CASE(a_disk_with_few_inodes_left_is_told_too),
        CASE(a_start_on_a_full_disk_works_from_memory_until_there_is_room),
        CASE(as_much_room_as_was_said_to_be_missing_is_enough),
        CASE(a_start_without_a_free_inode_works_from_memory),
        CASE(a_start_on_a_read_only_disk_goes_on_from_what_stands_there),
        CASE(a_state_folder_where_nothing_can_be_made_is_no_end),
        CASE(a_store_that_dies_in_memory_is_told_all_of_it_again),
        CASE(a_card_that_turns_read_only_costs_nothing_that_was_committed),
        CASE(a_card_that_answers_io_errors_costs_nothing_that_was_committed),
        CASE(a_used_up_quota_costs_nothing_that_was_committed),
        CASE(a_limit_of_file_sizes_costs_nothing_that_was_committed),
        CASE(an_fsync_of_the_database_that_fails_once_loses_nothing),
        CASE(an_fsync_of_the_journal_that_fails_once_is_final_for_that_file),
        CASE(a_disk_that_syncs_for_seconds_delays_nobody),
        CASE(a_commit_on_a_slow_disk_delays_no_sample),
        CASE(what_a_disk_does_not_confirm_is_bounded),
        CASE(a_stop_waits_for_a_slow_disk),
    };
    return cmocka_run_group_tests(tests, find_rights, NULL);
}
