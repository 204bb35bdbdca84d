#include "poller/model/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_pointer_is_read_segment_by_segment(void **state)
{
    (void)state;
    char segment[POINTER_MAX_BYTES];
    const char *at = "/list/0//a~1b/m~0n/~01";
    static const char *const wanted[] = {"list", "0", "", "a/b", "m~n", "~1"}; /* RFC 6901 section 4 */
    for (size_t i = 0; i < 6; i++) {
        assert_true(pointer_next(&at, segment));
        assert_string_equal(segment, wanted[i]);
    }
    assert_false(pointer_next(&at, segment));
    at = "";
    assert_false(pointer_next(&at, segment));
    at = "/";
    assert_true(pointer_next(&at, segment));
    assert_string_equal(segment, "");
}

static void what_is_no_pointer_says_why(void **state)
{
    (void)state;
    char longest[POINTER_MAX_BYTES + 1];
    size_t stars;
    assert_null(pointer_check("", NULL));
    assert_null(pointer_check("/a/0", NULL));
    assert_non_null(strstr(pointer_check("a", NULL), "begins with '/'"));
    assert_non_null(strstr(pointer_check("/a~", NULL), "~0"));
    assert_non_null(strstr(pointer_check("/a~2/b", NULL), "~0"));
    assert_non_null(strstr(pointer_check("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", NULL), "16 segments"));
    assert_non_null(strstr(pointer_check("/a/*", NULL), "rows"));
    assert_null(pointer_check("/*/a/*", &stars));
    assert_int_equal(stars, 2);
    memset(longest, '/', POINTER_MAX_BYTES);
    longest[POINTER_MAX_BYTES] = '\0';
    assert_non_null(strstr(pointer_check(longest, NULL), "255 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pointer_is_read_segment_by_segment),
        cmocka_unit_test(what_is_no_pointer_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
