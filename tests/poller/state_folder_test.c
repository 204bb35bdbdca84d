/* As the unit starts it: root with few capabilities, a folder that belongs to the store's user.
 * Each case works in a forked child, which alone loses its rights. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cap-ng.h>
#include <cmocka.h>

#include "poller/state_folder.h"
#include "tests/support/folder.h"

static const struct state_owner store = {.set = true, .uid = 54321, .gid = 54322};
static char scratch[64], state[96], path[PATH_MAX];

static const char *in_state(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", state, name);
    return path;
}

static int make_scratch(void **ctx)
{
    snprintf(scratch, sizeof scratch, "/tmp/hayloft-state-XXXXXX");
    folder_make(scratch);
    snprintf(state, sizeof state, "%s/state", scratch);
    return chmod(scratch, 0755); /* the store's user passes through */
}

static int remove_scratch(void **ctx)
{
    folder_remove(scratch);
    return 0;
}

static void keep_few_rights(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET, CAP_SETUID,
                  CAP_SETGID, CAP_CHOWN, CAP_DAC_READ_SEARCH, -1);
    capng_apply(CAPNG_SELECT_BOTH);
}

/* What the parent does at a start: bit 0 the folder was made, bit 1 it was locked, bit 2 rights are
 * back. */
static int enter_with_few_rights(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        keep_few_rights();
        int made = state_folder_make(state, &store) ? 1 : 0;
        int locked = made && state_folder_lock(state, &store) >= 0 ? 2 : 0;
        _exit(made | locked | (geteuid() == 0 && getegid() == 0 ? 4 : 0));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_owned(const char *name, mode_t mode)
{
    struct stat s;
    assert_int_equal(lstat(name, &s), 0);
    assert_int_equal(s.st_uid, store.uid);
    assert_int_equal(s.st_gid, store.gid);
    assert_int_equal(s.st_mode & 07777, mode);
}

static void assert_roots(const char *name, mode_t mode)
{
    struct stat s;
    assert_int_equal(lstat(name, &s), 0);
    assert_int_equal(s.st_uid, 0);
    assert_int_equal(s.st_mode & 07777, mode);
}

static void need_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void a_folder_that_is_not_there_is_made_for_the_store(void **ctx)
{
    need_root();
    assert_int_equal(enter_with_few_rights(), 7);
    assert_owned(state, 02750);
    assert_owned(in_state("control"), 02770);
    assert_owned(in_state("lock"), 0640);
}

static void a_folder_of_the_store_is_entered_without_the_right_to_override_modes(void **ctx)
{
    need_root();
    assert_int_equal(mkdir(state, 0700), 0);
    assert_int_equal(chown(state, store.uid, store.gid), 0);
    assert_int_equal(chmod(state, 02750), 0);
    assert_int_equal(enter_with_few_rights(), 7);
    assert_int_equal(enter_with_few_rights(), 7); /* and again, with all of it there */
    assert_owned(state, 02750);
    assert_owned(in_state("control"), 02770);
}

static void a_folder_of_root_becomes_the_stores(void **ctx)
{
    need_root();
    assert_int_equal(mkdir(state, 0755), 0);
    assert_int_equal(enter_with_few_rights(), 7);
    assert_owned(state, 02750);
}

static void a_link_left_in_place_of_the_lock_leads_nowhere(void **ctx)
{
    char target[PATH_MAX];
    need_root();
    snprintf(target, sizeof target, "%s/shadow", scratch);
    int fd = open(target, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "secret", 6), 6);
    close(fd);
    assert_int_equal(enter_with_few_rights(), 7);
    assert_int_equal(unlink(in_state("lock")), 0);
    assert_int_equal(symlink(target, in_state("lock")), 0);
    assert_int_equal(enter_with_few_rights(), 5);
    struct stat s;
    assert_int_equal(stat(target, &s), 0);
    assert_int_equal(s.st_size, 6);
    assert_roots(target, 0600);
}

static void a_link_left_in_place_of_control_leads_nowhere(void **ctx)
{
    char target[PATH_MAX];
    need_root();
    snprintf(target, sizeof target, "%s/etc", scratch);
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(enter_with_few_rights(), 7);
    assert_int_equal(rmdir(in_state("control")), 0);
    assert_int_equal(symlink(target, in_state("control")), 0);
    assert_int_equal(enter_with_few_rights(), 4);
    assert_roots(target, 0700);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_folder_that_is_not_there_is_made_for_the_store),
        CASE(a_folder_of_the_store_is_entered_without_the_right_to_override_modes),
        CASE(a_folder_of_root_becomes_the_stores),
        CASE(a_link_left_in_place_of_the_lock_leads_nowhere),
        CASE(a_link_left_in_place_of_control_leads_nowhere),
    };
    umask(027);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
