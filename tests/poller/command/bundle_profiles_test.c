#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/command/bundle_profiles.h"
#include "tests/support/text_file.h"

#define PATH_ROOM 160

static char folder[64], own[PATH_ROOM - 64], kept[PATH_ROOM - 64], which[PATH_MAX];

static const char *in(const char *where, const char *name)
{
    static char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", where, name);
    return path;
}

static int set_up(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/bundle-profiles-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(own, sizeof own, "%s/profiles", folder);
    snprintf(kept, sizeof kept, "%s/kept", folder);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"a.yaml", "b.yaml", "meanings.yaml", "notes.txt", ".hidden.yaml",
                                        "a.yaml.restored", "b.yaml.restored"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unlink(in(own, names[i]));
        unlink(in(kept, names[i]));
    }
    rmdir(own);
    rmdir(kept);
    return rmdir(folder);
}

static void fill_own(void)
{
    assert_int_equal(mkdir(own, 0755), 0);
    text_file_write(in(own, "a.yaml"), "vendor: A\n");
    text_file_write(in(own, "meanings.yaml"), "signal: {warn_low: -70}\n");
    text_file_write(in(own, "notes.txt"), "not a profile");
    text_file_write(in(own, ".hidden.yaml"), "an editor's");
}

static void profiles_are_copied_and_nothing_else(void **state)
{
    struct stat st;
    int64_t files, bytes;
    fill_own();
    bundle_profiles_measure(own, &files, &bytes);
    assert_int_equal(files, 2);
    assert_int_equal(bytes, strlen("vendor: A\n") + strlen("signal: {warn_low: -70}\n"));
    assert_true(bundle_profiles_copy(own, kept, which));
    text_file_assert(in(kept, "a.yaml"), "vendor: A\n");
    assert_int_equal(stat(in(kept, "meanings.yaml"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_not_equal(access(in(kept, "notes.txt"), F_OK), 0);
    assert_int_not_equal(access(in(kept, ".hidden.yaml"), F_OK), 0);
    bundle_profiles_forget(kept);
    assert_int_not_equal(access(kept, F_OK), 0);
}

static void without_profiles_there_is_nothing_to_do(void **state)
{
    int64_t files, bytes;
    bundle_profiles_measure(own, &files, &bytes);
    assert_int_equal(files, 0);
    assert_true(bundle_profiles_copy(own, kept, which));
    assert_int_not_equal(access(kept, F_OK), 0);
    struct bundle_profiles_fate fate = bundle_profiles_return(kept, own);
    assert_int_equal(fate.beside + fate.failed, 0);
    assert_int_not_equal(access(own, F_OK), 0);
}

static void one_that_cannot_be_read_is_named(void **state)
{
    fill_own();
    assert_int_equal(mkdir(in(own, "b.yaml"), 0755), 0);
    assert_false(bundle_profiles_copy(own, kept, which));
    assert_string_equal(which, in(own, "b.yaml"));
    assert_int_equal(errno, EISDIR);
    rmdir(in(own, "b.yaml"));
}

static void those_that_differ_or_are_gone_are_laid_beside(void **state)
{
    fill_own();
    assert_int_equal(mkdir(kept, 0755), 0);
    text_file_write(in(kept, "a.yaml"), "vendor: Old\n");
    text_file_write(in(kept, "b.yaml"), "vendor: B\n");
    text_file_write(in(kept, "meanings.yaml"), "signal: {warn_low: -70}\n");
    struct bundle_profiles_fate fate = bundle_profiles_return(kept, own);
    assert_int_equal(fate.beside, 2);
    assert_int_equal(fate.failed, 0);
    text_file_assert(in(own, "a.yaml"), "vendor: A\n");
    text_file_assert(in(own, "a.yaml.restored"), "vendor: Old\n");
    text_file_assert(in(own, "b.yaml.restored"), "vendor: B\n");
    assert_int_not_equal(access(in(own, "b.yaml"), F_OK), 0);
}

static void a_new_machine_gets_its_folder(void **state)
{
    assert_int_equal(mkdir(kept, 0755), 0);
    text_file_write(in(kept, "b.yaml"), "vendor: B\n");
    assert_int_equal(bundle_profiles_return(kept, own).beside, 1);
    text_file_assert(in(own, "b.yaml.restored"), "vendor: B\n");
}

static void they_lie_beside_their_configuration(void **state)
{
    char path[PATH_MAX];
    bundle_profiles_path("/etc/hayloft/hayloft.yaml", path);
    assert_string_equal(path, "/etc/hayloft/profiles");
    bundle_profiles_path("home.yaml", path);
    assert_string_equal(path, "profiles");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(profiles_are_copied_and_nothing_else),
        CASE(without_profiles_there_is_nothing_to_do),
        CASE(one_that_cannot_be_read_is_named),
        CASE(those_that_differ_or_are_gone_are_laid_beside),
        CASE(a_new_machine_gets_its_folder),
        cmocka_unit_test(they_lie_beside_their_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
