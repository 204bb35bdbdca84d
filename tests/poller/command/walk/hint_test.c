#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "poller/command/walk/hint.h"

static const char *shown(const char *hint, const char *octets, size_t len)
{
    static char text[128];
    struct buf out = {0};
    bool fits = hint_octets(hint, (const uint8_t *)octets, len, &out);
    snprintf(text, sizeof text, "%s", fits ? buf_string(&out) : "(no)");
    buf_fini(&out);
    return text;
}

static const char *number(const char *hint, int64_t value)
{
    static char text[128];
    struct buf out = {0};
    bool fits = hint_integer(hint, value, &out);
    snprintf(text, sizeof text, "%s", fits ? buf_string(&out) : "(no)");
    buf_fini(&out);
    return text;
}

static void addresses_dates_and_texts_are_shown_as_the_standards_say(void **state)
{
    assert_string_equal(shown("1x:", "\x3c\x84\x6a\x01\x02\x03", 6), "3c:84:6a:01:02:03");
    assert_string_equal(shown("255a", "barn", 4), "barn");
    assert_string_equal(shown("1d.1d.1d.1d", "\xc0\xa8\x01\x02", 4), "192.168.1.2");
    assert_string_equal(
        shown("2d-1d-1d,1d:1d:1d.1d,1a1d:1d", "\x07\xe8\x08\x19\x0a\x07\x08\x02+\x02\x00", 11),
        "2024-8-25,10:7:8.2,+2:0");
    assert_string_equal(
        shown("2d-1d-1d,1d:1d:1d.1d,1a1d:1d", "\x07\xe8\x08\x19\x0a\x07\x08\x02", 8),
        "2024-8-25,10:7:8.2");
}

static void a_repeated_piece_takes_its_number_from_the_octets(void **state)
{
    assert_string_equal(shown("*1x:/1x:", "\x02\xaa\xbb\xcc\xdd", 5), "aa:bb/cc:dd");
    assert_string_equal(shown("*1d.", "\x00", 1), "");
}

static void what_is_no_hint_or_does_not_fit_is_refused(void **state)
{
    assert_string_equal(shown("", "a", 1), "(no)");
    assert_string_equal(shown("x", "a", 1), "(no)");
    assert_string_equal(shown("1q", "a", 1), "(no)");
    assert_string_equal(shown("99999999d", "a", 1), "(no)");
    assert_string_equal(shown("9d", "123456789", 9), "(no)"); /* more than 64 bits */
    assert_string_equal(shown("0a", "abc", 3), "(no)");       /* would never end */
    assert_string_equal(shown("*0a", "\x05z", 2), "(no)");
}

static void integers_have_points_and_bases(void **state)
{
    assert_string_equal(number("d", -5), "-5");
    assert_string_equal(number("d-2", 1234), "12.34");
    assert_string_equal(number("d-2", -7), "-0.07");
    assert_string_equal(number("d-1", INT64_MIN), "-922337203685477580.8");
    assert_string_equal(number("x", 255), "ff");
    assert_string_equal(number("o", 8), "10");
    assert_string_equal(number("b", 5), "101");
    assert_string_equal(number("b", 0), "0");
    assert_string_equal(number("x", -1), "(no)");
    assert_string_equal(number("d-x", 1), "(no)");
    assert_string_equal(number("dd", 1), "(no)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_dates_and_texts_are_shown_as_the_standards_say),
        cmocka_unit_test(a_repeated_piece_takes_its_number_from_the_octets),
        cmocka_unit_test(what_is_no_hint_or_does_not_fit_is_refused),
        cmocka_unit_test(integers_have_points_and_bases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
