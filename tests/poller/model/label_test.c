#include "poller/model/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static bool known(void *ctx, const char *name, size_t len)
{
    (void)ctx;
    return (len == 4 && memcmp(name, "band", 4) == 0) || (len == 1 && *name == '1') ||
           (len == 4 && memcmp(name, "none", 4) == 0) || (len == 4 && memcmp(name, "evil", 4) == 0);
}

static size_t value(void *ctx, const char *name, size_t len, char *out, size_t size)
{
    (void)ctx;
    const char *text = *name == '1' ? "chain" : *name == 'b' ? "ng" : *name == 'e' ? "a\r\n\x1b[2J \xc3\xa9" : "";
    size_t n = strlen(text);
    memcpy(out, text, n < size ? n : size);
    return n;
}

static void written(const char *template, const char *wanted)
{
    char out[64];
    label_write(template, value, NULL, out, sizeof out);
    assert_string_equal(out, wanted);
}

static void refused(const char *template, size_t wanted_at, const char *said)
{
    size_t at;
    char error[LABEL_ERROR_MAX] = "";
    bool ok = label_check(template, known, NULL, &at, error);
    if (ok || at != wanted_at || !strstr(error, said))
        fail_msg("%s: %s at %zu", template, ok ? "taken" : error, at);
}

static void places_get_their_values(void **state)
{
    (void)state;
    written("signal {1} {band}", "signal chain ng");
    written("plain", "plain");
    written("{{1} {} {", "{1} {} {");
    written("", "");
}

static void words_stand_for_raw_values(void **state)
{
    (void)state;
    written("{band|ng=2.4 GHz,na=5 GHz} noise", "2.4 GHz noise");
    written("{band|na=5 GHz}", "ng");
    written("{band|*=other,na=5 GHz}", "other");
    written("{none|*=other} x", "x"); /* absent stays absent */
}

static void an_absent_value_leaves_no_hole(void **state)
{
    (void)state;
    char out[8];
    written("signal {none} {1}", "signal chain");
    written("{none} signal {none}", "signal");
    assert_false(label_write("{none}", value, NULL, out, sizeof out));
    assert_string_equal(out, "");
}

static void what_comes_from_the_network_is_made_fit(void **state)
{
    (void)state;
    written("{evil}", "a [2J \xc3\xa9");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    char out[4];
    assert_true(label_write("ab\xc3\xa9", value, NULL, out, sizeof out));
    assert_string_equal(out, "ab");
    assert_true(label_write("a\xc3\xa9 z", value, NULL, out, sizeof out));
    assert_string_equal(out, "a\xc3\xa9");
    assert_true(label_write("ab cd", value, NULL, out, sizeof out));
    assert_string_equal(out, "ab");
    assert_false(label_write("ab", value, NULL, out, 1));
    assert_string_equal(out, "");
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    char longest[LABEL_MAX_BYTES + 2];
    refused("a {bend}", 3, "unknown name 'bend'");
    refused("a {band", 2, "not closed");
    refused("{band-2}", 0, "expected a name in braces");
    refused("{band|x}", 0, "expected words");
    refused("{2}", 1, "unknown name '2'");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    refused(longest, 0, "longer than 256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_get_their_values),
        cmocka_unit_test(words_stand_for_raw_values),
        cmocka_unit_test(an_absent_value_leaves_no_hole),
        cmocka_unit_test(what_comes_from_the_network_is_made_fit),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(mistakes_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
