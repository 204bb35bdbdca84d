#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "graphs/path.h"

static void plain_names_stay_readable(void **state)
{
    char out[512];
    assert_true(path_object("here", "lan-switch", "if-eth0.501", out, sizeof out));
    assert_string_equal(out, "rrd/here/lan-switch/if-eth0.501.rrd");
}

static void hostile_names_cannot_leave_their_folder(void **state)
{
    char out[PATH_PART_MAX + 1];
    path_encode("../../etc/passwd", out);
    assert_string_equal(out, "%2E.%2F..%2Fetc%2Fpasswd");
    path_encode(".", out);
    assert_string_equal(out, "%2E");
    path_encode("", out);
    assert_string_equal(out, "%");
    path_encode("a b:c\n\xff~%", out);
    assert_string_equal(out, "a%20b%3Ac%0A%FF%7E%25");
}

static void every_short_name_decodes_to_itself(void **state)
{
    char name[3] = "xy", part[PATH_PART_MAX + 1], back[16];
    for (int a = 1; a < 256; a++)
        for (int b = 0; b < 256; b++) {
            name[0] = (char)a;
            name[1] = (char)b;
            path_encode(name, part);
            assert_null(strchr(part, '/'));
            assert_true(path_decode(part, back, sizeof back));
            assert_string_equal(back, name);
        }
}

static void long_names_are_cut_and_stay_apart(void **state)
{
    char one[301], two[301], a[PATH_PART_MAX + 1], b[PATH_PART_MAX + 1], back[512];
    memset(one, '/', 300);
    memset(two, '/', 300);
    one[300] = two[300] = '\0';
    two[299] = 'x';
    path_encode(one, a);
    path_encode(two, b);
    assert_true(strlen(a) <= PATH_PART_MAX);
    assert_string_not_equal(a, b);
    assert_false(path_decode(a, back, sizeof back));
}

static void nonsense_does_not_decode(void **state)
{
    static const char *const bad[] = {"%zz", "%2", "a%00b", ".hidden", "a/b", "x~y", "%2f"};
    char back[16];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(path_decode(bad[i], back, sizeof back));
    assert_false(path_decode("abcdef", back, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_names_stay_readable),
        cmocka_unit_test(hostile_names_cannot_leave_their_folder),
        cmocka_unit_test(every_short_name_decodes_to_itself),
        cmocka_unit_test(long_names_are_cut_and_stay_apart),
        cmocka_unit_test(nonsense_does_not_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
