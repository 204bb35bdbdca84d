#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/command/bundle_config.h"
#include "tests/support/text_file.h"

static char folder[64], kept[128], present[128], beside[PATH_MAX];

static int set_up(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/bundle-config-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(kept, sizeof kept, "%s/kept", folder);
    snprintf(present, sizeof present, "%s/home.yaml", folder);
    return 0;
}

static int tear_down(void **state)
{
    unlink(kept);
    unlink(present);
    if (beside[0])
        unlink(beside);
    return rmdir(folder);
}

static void one_that_differs_is_laid_beside_the_present_one(void **state)
{
    char want[160];
    struct stat st;
    text_file_write(kept, "site: Old\n");
    text_file_write(present, "site: New\n");
    assert_int_equal(bundle_config_return(kept, present, beside), BUNDLE_CONFIG_BESIDE);
    snprintf(want, sizeof want, "%s.restored", present);
    assert_string_equal(beside, want);
    text_file_assert(present, "site: New\n");
    text_file_assert(beside, "site: Old\n");
    assert_int_equal(stat(beside, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_same_is_not_written_again(void **state)
{
    text_file_write(kept, "site: Home\n");
    text_file_write(present, "site: Home\n");
    assert_int_equal(bundle_config_return(kept, present, beside), BUNDLE_CONFIG_SAME);
    assert_string_equal(beside, "");
}

static void a_backup_without_one_changes_nothing(void **state)
{
    text_file_write(present, "site: Home\n");
    assert_int_equal(bundle_config_return(kept, present, beside), BUNDLE_CONFIG_ABSENT);
    assert_string_equal(beside, "");
}

static void a_lost_one_comes_back_beside_its_place(void **state)
{
    text_file_write(kept, "site: Home\n");
    assert_int_equal(bundle_config_return(kept, present, beside), BUNDLE_CONFIG_BESIDE);
    assert_int_not_equal(access(present, F_OK), 0);
    text_file_assert(beside, "site: Home\n");
}

static void a_copy_is_whole_and_for_its_owner(void **state)
{
    struct stat st;
    text_file_write(present, "site: Home\n");
    assert_true(bundle_config_copy(present, kept));
    text_file_assert(kept, "site: Home\n");
    assert_int_equal(stat(kept, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void secrets_lie_beside_their_configuration(void **state)
{
    char path[PATH_MAX];
    bundle_secrets_path("/etc/hayloft/hayloft.yaml", path);
    assert_string_equal(path, "/etc/hayloft/secrets.yaml");
    bundle_secrets_path("home.yaml", path);
    assert_string_equal(path, "secrets.yaml");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(one_that_differs_is_laid_beside_the_present_one),
        CASE(the_same_is_not_written_again),
        CASE(a_backup_without_one_changes_nothing),
        CASE(a_lost_one_comes_back_beside_its_place),
        CASE(a_copy_is_whole_and_for_its_owner),
        cmocka_unit_test(secrets_lie_beside_their_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
