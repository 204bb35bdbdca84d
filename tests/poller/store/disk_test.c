/* A disk that is full: on a small tmpfs in a mount namespace of the test's own. Skipped without rights. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/store/elbow_room.h"
#include "tests/poller/store/bed.h"

static bool has_room_of_its_own;

static int find_rights(void **state)
{
    has_room_of_its_own = unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return 0;
}

static void make_small(struct bed *b, const char *size)
{
    if (!has_room_of_its_own)
        skip();
    bed_prepare(b);
    if (mount("none", b->folder, "tmpfs", 0, size) != 0)
        skip();
    bed_start(b);
    bed_hello(b, "boot");
}

static void remove_small(struct bed *b)
{
    bed_stop(b);
    assert_int_equal(umount(b->folder), 0);
    bed_remove(b);
}

static void fill(const struct bed *b)
{
    char path[128], block[4096] = {1};
    snprintf(path, sizeof path, "%s/filler", b->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

static void make_room(const struct bed *b)
{
    char path[128];
    snprintf(path, sizeof path, "%s/filler", b->folder);
    assert_int_equal(unlink(path), 0);
}

struct told {
    struct bed *bed;
    const char *what;
    bool over;
};

static bool is_told(void *ctx)
{
    struct told *t = ctx;
    for (size_t i = 0; i < t->bed->trouble_count; i++)
        if (strcmp(t->bed->troubles[i].what, t->what) == 0 && t->bed->troubles[i].over == t->over)
            return true;
    return false;
}

static void send_event(struct bed *b, uint64_t sequence)
{
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct plain_event e = {"test", "router", text, clock_wall()};
    struct es_commit c = {.sequence = sequence, .at = clock_wall(), .events = &e, .events_count = 1};
    bed_commit(b, &c);
}

static void a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room(void **state)
{
    struct bed b;
    make_small(&b, "size=8m");
    send_event(&b, 1);
    assert_true(bed_wait_durable(&b, 1));
    fill(&b);
    for (uint64_t n = 2; n < 40; n++)
        send_event(&b, n);
    assert_true(bed_until(&b, is_told, &(struct told){&b, "disk-full", false}));
    assert_true(b.durable < 39);
    make_room(&b);
    assert_true(bed_wait_durable(&b, 39));
    assert_true(bed_until(&b, is_told, &(struct told){&b, "disk-full", true}));
    assert_int_equal(bed_query(&b, "SELECT count(*) FROM event"), 39);
    remove_small(&b);
}

static void what_happens_is_kept_on_a_full_disk_where_room_was_taken_before(void **state)
{
    struct bed b;
    struct database_opening o;
    if (!has_room_of_its_own)
        skip();
    bed_prepare(&b);
    assert_int_equal(mount("none", b.folder, "tmpfs", 0, "size=8m"), 0);
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
    assert_int_equal(umount(b.folder), 0);
    bed_remove(&b);
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
    while (n < 30000 && !is_told(&(struct told){&b, "disk-full", false})) {
        for (int i = 0; i < 100; i++, n++)
            bed_sample(&b, n + 1, 0, now_ns + (int64_t)n, 1, 16);
        bed_turn(&b);
    }
    assert_true(is_told(&(struct told){&b, "disk-full", false}));
    assert_true(b.durable < n);
    make_room(&b);
    bool all = bed_wait_durable(&b, n);
    if (!all)
        fail_msg("%d of %d", (int)b.durable, (int)n);
    remove_small(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_told_and_nothing_is_acknowledged_until_there_is_room),
        cmocka_unit_test(what_happens_is_kept_on_a_full_disk_where_room_was_taken_before),
        cmocka_unit_test(samples_wait_in_memory_while_the_journal_cannot_grow),
    };
    return cmocka_run_group_tests(tests, find_rights, NULL);
}
