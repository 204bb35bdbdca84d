#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poller/base/late.h"

#define HERE "libm.so.6" /* of glibc, wherever this runs */

static struct {
    double (*cbrt)(double);
    double (*nobody_has_this)(double);
} lib;

static void a_library_is_loaded_and_its_functions_are_found(void **state)
{
    const struct late_symbol symbols[] = {LATE(lib, cbrt), {NULL, NULL}};
    assert_true(late_load(HERE, symbols));
    assert_true(lib.cbrt(27.0) > 2.9 && lib.cbrt(27.0) < 3.1);
}

static void one_that_is_not_here_is_refused(void **state)
{
    const struct late_symbol symbols[] = {LATE(lib, cbrt), {NULL, NULL}};
    assert_false(late_load("libnobody-has-this.so.0", symbols));
}

static void one_that_lacks_a_function_is_refused(void **state)
{
    const struct late_symbol symbols[] = {LATE(lib, cbrt), LATE(lib, nobody_has_this), {NULL, NULL}};
    assert_false(late_load(HERE, symbols));
    assert_null(lib.nobody_has_this);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_library_is_loaded_and_its_functions_are_found),
        cmocka_unit_test(one_that_is_not_here_is_refused),
        cmocka_unit_test(one_that_lacks_a_function_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
