#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/utf8.h"
#include "poller/wire/wifi/wpa_text.h"

static void lines_and_cells_come_one_by_one(void **state)
{
    struct wpa_text rest = wpa_text_of("a\tb\n\nc"), line, cell;
    assert_true(wpa_line(&rest, &line));
    assert_true(wpa_cell(&line, '\t', &cell) && wpa_is(cell, "a"));
    assert_true(wpa_cell(&line, '\t', &cell) && wpa_is(cell, "b"));
    assert_false(wpa_cell(&line, '\t', &cell));
    assert_true(wpa_line(&rest, &line) && line.len == 0);
    assert_true(wpa_line(&rest, &line) && wpa_is(line, "c"));
    assert_false(wpa_line(&rest, &line));
}

static void a_word_in_quotes_may_hold_blanks_and_quotes(void **state)
{
    struct wpa_text line = wpa_text_of("id=3 ssid=\"a b\\\"c\\\\\" duration=10"), value;
    assert_true(wpa_word(line, "ssid", &value) && wpa_is(value, "a b\\\"c\\\\"));
    assert_true(wpa_word(line, "duration", &value) && wpa_is(value, "10"));
    assert_true(wpa_word(line, "id", &value) && wpa_is(value, "3"));
    assert_false(wpa_word(line, "reason", &value));
}

/* Whoever names a network so shall not be believed. */
static void what_stands_in_a_name_is_no_word(void **state)
{
    struct wpa_text value;
    assert_false(wpa_word(wpa_text_of("ssid=\"x reason=WRONG_KEY\" id=1"), "reason", &value));
    assert_false(wpa_word(wpa_text_of("ssid=\"x\\\" reason=WRONG_KEY\" id=1"), "reason", &value));
    assert_false(wpa_word(wpa_text_of("ssid=\"never ends reason=WRONG_KEY"), "reason", &value));
}

static void numbers_are_decimal_and_bounded(void **state)
{
    int64_t n = 0;
    assert_true(wpa_number(wpa_text_of("-71"), &n) && n == -71);
    assert_true(wpa_number(wpa_text_of("9999999999"), &n) && n == 9999999999);
    static const char *const wrong[] = {"", "-", "1a", " 1", "99999999999", "--1", "0x1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(wpa_number(wpa_text_of(wrong[i]), &n));
}

static void addresses_are_whole(void **state)
{
    struct mac m;
    assert_true(wpa_mac(wpa_text_of("02:00:00:00:0a:01"), &m) && m.bytes[4] == 0x0a);
    assert_false(wpa_mac(wpa_text_of("02:00:00:00:0a"), &m));
    assert_false(wpa_mac(wpa_text_of("02:00:00:00:0a:01 "), &m));
    assert_false(wpa_mac(wpa_text_of(""), &m));
}

static void every_escape_is_undone(void **state)
{
    struct ssid s;
    static const uint8_t bytes[] = {'\\', '"', 0x1b, '\n', '\r', '\t', 0, 0xff, 'x'};
    assert_true(wpa_ssid(wpa_text_of("\\\\\\\"\\e\\n\\r\\t\\x00\\xFFx"), &s));
    assert_int_equal(s.len, sizeof bytes);
    assert_memory_equal(s.bytes, bytes, sizeof bytes);
}

static void what_is_no_escape_or_too_long_is_no_name(void **state)
{
    struct ssid s;
    static const char *const wrong[] = {"\\", "\\q", "\\x", "\\x1", "\\xg0", "123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(wpa_ssid(wpa_text_of(wrong[i]), &s));
    assert_false(wpa_ssid((struct wpa_text){"\\\0x", 3}, &s));
    assert_true(wpa_ssid(wpa_text_of("12345678901234567890123456789012"), &s) && s.len == 32);
}

static char *shown(const void *bytes, size_t len)
{
    struct ssid s = {.len = (uint8_t)len};
    struct buf out = {0};
    memcpy(s.bytes, bytes, len);
    ssid_show(&s, &out);
    assert_true(utf8_is_valid(buf_string(&out), out.len));
    return out.data ? buf_detach(&out) : strdup("");
}

static void names_are_shown_as_text_without_controls(void **state)
{
    static const struct { const char *bytes, *shown; } cases[] = {
        {"barn-guest", "barn-guest"},
        {"Gäste", "Gäste"},
        {"a\nb\x7f", "a\xef\xbf\xbd" "b\xef\xbf\xbd"},
        {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc2\x9b" "31m", "\xef\xbf\xbd" "31m"}, /* CSI of one character */
        {"\xe2\x80\xae" "moc", "\xef\xbf\xbd" "moc"}, /* right to left from here on */
        {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = shown(cases[i].bytes, strlen(cases[i].bytes));
        assert_string_equal(text, cases[i].shown);
        free(text);
    }
    char *text = shown("\0x", 2);
    assert_string_equal(text, "\xef\xbf\xbdx");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_cells_come_one_by_one),
        cmocka_unit_test(a_word_in_quotes_may_hold_blanks_and_quotes),
        cmocka_unit_test(what_stands_in_a_name_is_no_word),
        cmocka_unit_test(numbers_are_decimal_and_bounded),
        cmocka_unit_test(addresses_are_whole),
        cmocka_unit_test(every_escape_is_undone),
        cmocka_unit_test(what_is_no_escape_or_too_long_is_no_name),
        cmocka_unit_test(names_are_shown_as_text_without_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
