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

#include "poller/base/atomic_file.h"

static char folder[64], path[128];

static int make_folder(void **state)
{
    strncpy(folder, "/tmp/hayloft-test-XXXXXX", sizeof folder - 1);
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    unlink(path);
    return rmdir(folder); /* fails when something was left behind */
}

static void assert_holds(const char *text)
{
    char got[64] = "";
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(got, 1, sizeof got - 1, f);
    fclose(f);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static void a_file_is_replaced_whole_with_its_mode(void **state)
{
    struct stat s;
    assert_true(atomic_file_write(path, "old", 3, 0644));
    assert_true(atomic_file_write(path, "newer", 5, 0600));
    assert_holds("newer");
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
}

static void creating_never_replaces(void **state)
{
    assert_true(atomic_file_create(path, "mine", 4, 0600));
    assert_false(atomic_file_create(path, "other", 5, 0600));
    assert_int_equal(errno, EEXIST);
    assert_holds("mine");
}

static void a_missing_folder_is_said(void **state)
{
    assert_false(atomic_file_write("/nonexistent/folder/file", "x", 1, 0600));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_replaced_whole_with_its_mode, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(creating_never_replaces, make_folder, remove_folder),
        cmocka_unit_test(a_missing_folder_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
