/* The folder and its lock on a disk that takes nothing: a tmpfs in a mount namespace of the
 * test's own, skipped without rights. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/log.h"
#include "poller/state_folder.h"
#include "tests/support/folder.h"

static bool has_rights;
static const struct state_owner nobody = {0};

static int find_rights(void **state)
{
    log_init("test", LOG_LEVEL_WARN);
    has_rights =
        unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return 0;
}

static void make_small(char folder[32], const char *options)
{
    if (!has_rights)
        skip();
    snprintf(folder, 32, "/tmp/hayloft-folder-XXXXXX");
    folder_make(folder);
    assert_int_equal(mount("none", folder, "tmpfs", 0, options), 0);
}

static void remove_small(const char *folder)
{
    assert_int_equal(umount2(folder, MNT_DETACH), 0);
    folder_remove(folder);
}

/* An earlier daemon, that ended. */
static void lock_once(const char *folder)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(state_folder_lock(folder, &nobody) >= 0 ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_second_daemon_is_refused(void **state)
{
    char folder[] = "/tmp/hayloft-folder-XXXXXX";
    folder_make(folder);
    assert_true(state_folder_make(folder, &nobody));
    int lock = state_folder_lock(folder, &nobody);
    assert_true(lock >= 0);
    assert_int_equal(state_folder_lock(folder, &nobody), -1);
    close(lock);
    folder_remove(folder);
}

static void a_read_only_folder_is_locked_by_the_file_that_is_there(void **state)
{
    char folder[32];
    make_small(folder, "size=1m");
    const struct state_owner root = {.set = true};
    assert_true(state_folder_make(folder, &root));
    lock_once(folder);
    assert_int_equal(mount("none", folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_true(state_folder_make(folder, &root));
    int lock = state_folder_lock(folder, &nobody);
    assert_true(lock >= 0);
    assert_int_equal(mount("none", folder, NULL, MS_REMOUNT, NULL), 0);
    assert_int_equal(state_folder_lock(folder, &nobody),
                     -1); /* one that could write is refused too */
    close(lock);
    remove_small(folder);
}

static void without_a_free_inode_the_folder_itself_is_locked(void **state)
{
    char folder[32], path[64];
    make_small(folder, "size=1m,nr_inodes=2");
    snprintf(path, sizeof path, "%s/file", folder);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    assert_true(
        state_folder_make(folder, &nobody)); /* without control: the daemon works nevertheless */
    int lock = state_folder_lock(folder, &nobody);
    assert_true(lock >= 0);
    assert_int_equal(state_folder_lock(folder, &nobody), -1);
    unlink(path); /* now a lock could be made, and the folder is held still */
    assert_int_equal(state_folder_lock(folder, &nobody), -1);
    close(lock);
    remove_small(folder);
}

static void a_full_disk_is_locked_though_the_number_cannot_be_written(void **state)
{
    char folder[32], path[64], block[4096] = {1};
    make_small(folder, "size=64k");
    snprintf(path, sizeof path, "%s/file", folder);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    while (write(fd, block, sizeof block) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    close(fd);
    assert_true(state_folder_make(folder, &nobody));
    int lock = state_folder_lock(folder, &nobody);
    assert_true(lock >= 0);
    assert_int_equal(state_folder_lock(folder, &nobody), -1);
    close(lock);
    remove_small(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_daemon_is_refused),
        cmocka_unit_test(a_read_only_folder_is_locked_by_the_file_that_is_there),
        cmocka_unit_test(without_a_free_inode_the_folder_itself_is_locked),
        cmocka_unit_test(a_full_disk_is_locked_though_the_number_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, find_rights, NULL);
}
