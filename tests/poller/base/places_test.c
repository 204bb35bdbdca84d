#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/places.h"

static void programs_of_a_build_stand_beside_the_running_one(void **state)
{
    char self[PLACES_PATH_MAX], sibling[PLACES_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = '\0';
    assert_false(places_installed());
    assert_true(places_program(strrchr(self, '/') + 1, sibling));
    assert_string_equal(self, sibling);
}

static void data_of_a_build_is_found_in_the_source_tree(void **state)
{
    char path[PLACES_PATH_MAX];
    assert_true(places_data("texts/en.yaml", path));
    assert_non_null(strstr(path, "/../etc/texts/en.yaml"));
}

static void a_name_that_does_not_fit_is_refused(void **state)
{
    char name[PLACES_PATH_MAX], path[PLACES_PATH_MAX] = "before";
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(places_program(name, path));
    assert_string_equal(path, "");
    assert_false(places_data(name, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_of_a_build_stand_beside_the_running_one),
        cmocka_unit_test(data_of_a_build_is_found_in_the_source_tree),
        cmocka_unit_test(a_name_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
