#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/walk/needles.h"

static size_t find(const struct needles *n, const char *text, size_t at)
{
    return needles_find(n, (const uint8_t *)text, strlen(text), at);
}

static struct needles *with(const char *const *texts)
{
    struct needles *n = needles_create();
    for (; *texts; texts++)
        assert_true(needles_add(n, (const uint8_t *)*texts, strlen(*texts)));
    needles_seal(n);
    return n;
}

static void long_ones_are_found_anywhere_in_any_case(void **state)
{
    struct needles *n = with((const char *const[]){"barn-pi", "Mueller", NULL});
    assert_int_equal(find(n, "xBARN-PIx", 1), 7);
    assert_int_equal(find(n, "familiemueller", 7), 7);
    assert_int_equal(find(n, "barn-p", 0), 0);
    assert_int_equal(find(n, "barn-pi", 1), 0);
    needles_destroy(n);
}

static void short_ones_are_words_of_their_own(void **state)
{
    struct needles *n = with((const char *const[]){"hans", NULL});
    assert_int_equal(find(n, "hans", 0), 4);
    assert_int_equal(find(n, "<hans>", 1), 4);
    assert_int_equal(find(n, "hansa", 0), 0);
    assert_int_equal(find(n, "xhans", 1), 0);
    needles_destroy(n);
}

static void the_longest_is_taken(void **state)
{
    struct needles *n = with((const char *const[]){"barn-wifi", "barn-wifi-guest", "barn", NULL});
    assert_int_equal(find(n, "barn-wifi-guest", 0), 15);
    assert_int_equal(find(n, "barn-wifi", 0), 9);
    assert_int_equal(find(n, "barn wall", 0), 4);
    needles_destroy(n);
}

static void the_same_one_many_times_is_one(void **state)
{
    struct needles *n = needles_create();
    char text[64];
    for (unsigned i = 0; i < 200000; i++)
        assert_true(needles_add(n, (const uint8_t *)(i % 2 ? "barn-wifi" : "Barn-WiFi"), 9));
    needles_seal(n);
    snprintf(text, sizeof text, "barn-walk");
    for (unsigned i = 0; i < 100000; i++) /* 20 * 10^9 comparisons if all were kept */
        assert_int_equal(find(n, text, 0), 0);
    assert_int_equal(find(n, "barn-wifi", 0), 9);
    needles_destroy(n);
}

static void nothing_is_found_among_none(void **state)
{
    struct needles *n = with((const char *const[]){"ab", NULL}); /* too short to be looked for */
    assert_int_equal(find(n, "ab", 0), 0);
    assert_int_equal(find(n, "abcdefgh", 0), 0);
    needles_destroy(n);
    needles_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_ones_are_found_anywhere_in_any_case),
        cmocka_unit_test(short_ones_are_words_of_their_own),
        cmocka_unit_test(the_longest_is_taken),
        cmocka_unit_test(the_same_one_many_times_is_one),
        cmocka_unit_test(nothing_is_found_among_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
