#include "poller/model/expression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const names[] = {"noise", "unit", "gone", NULL};
static uint8_t scratch[EXPRESSION_TEXT_MAX];

/* raw: "165" a number, "'18 dBm" a text, "" nothing */
static struct expression_value value_of(const char *raw)
{
    if (!*raw)
        return (struct expression_value){0};
    return *raw == '\'' ? expression_of_text(raw + 1, strlen(raw + 1)) : expression_of_number(atof(raw));
}

static struct expression *compiled(const char *text)
{
    size_t at;
    char error[EXPRESSION_ERROR_MAX];
    struct expression *e = expression_compile(text, names, &at, error);
    if (!e)
        fail_msg("%s: %s at %zu", text, error, at);
    return e;
}

/* noise is -90, unit is the text "C" */
static struct expression_value run(struct expression *e, const char *raw)
{
    const struct expression_value values[] = {value_of(raw), value_of("-90"), value_of("'C")};
    return expression_run(e, values, 3, scratch);
}

static void number(const char *text, const char *raw, double wanted)
{
    struct expression *e = compiled(text);
    struct expression_value v = run(e, raw);
    if (!v.has_number || v.has_text || fabs(v.number - wanted) > 1e-9)
        fail_msg("%s of %s: %d %g, wanted %g", text, raw, v.has_number, v.number, wanted);
    expression_destroy(e);
}

static void text(const char *of, const char *raw, const char *wanted)
{
    struct expression *e = compiled(of);
    struct expression_value v = run(e, raw);
    if (!v.has_text || v.len != strlen(wanted) || memcmp(v.text, wanted, v.len) != 0)
        fail_msg("%s of %s: '%.*s', wanted '%s'", of, raw, (int)v.len, (const char *)v.text, wanted);
    expression_destroy(e);
}

static void nothing(const char *of, const char *raw)
{
    struct expression *e = compiled(of);
    struct expression_value v = run(e, raw);
    if (v.has_number || v.has_text)
        fail_msg("%s of %s is %g", of, raw, v.number);
    expression_destroy(e);
}

static void refused(const char *of, size_t wanted_at, const char *wanted)
{
    size_t at;
    char error[EXPRESSION_ERROR_MAX];
    struct expression *e = expression_compile(of, names, &at, error);
    if (e || at != wanted_at || !strstr(error, wanted))
        fail_msg("%s: %s at %zu, wanted %s at %zu", of, e ? "taken" : error, at, wanted, wanted_at);
}

static void arithmetic_goes_by_rank_and_from_left_to_right(void **state)
{
    (void)state;
    number("x / 10", "245", 24.5);
    number("1 + 2 * 3 - 4", "0", 3);
    number("100 / 10 / 2", "0", 5);
    number("10 - 3 - 2", "0", 5);
    number("(1 + 2) * 3", "0", 9);
    number("17 % 5", "0", 2);
    number("-x + 1", "4", -3);
    number("- -2 * -3", "0", -6);
    number("x*9/5+32", "100", 212);
    number("1.25", "0", 1.25);
}

static void comparisons_are_of_numbers_or_of_texts(void **state)
{
    (void)state;
    number("x < 2", "1", 1);
    number("x <= 2", "2", 1);
    number("x > 2", "2", 0);
    number("x >= 2", "2", 1);
    number("x == 2", "2", 1);
    number("x != 2", "2", 0);
    number("text == \"up\"", "'up", 1);
    number("text != 'up'", "'down", 1);
    number("text < \"b\"", "'a", 1);
    number("text >= \"b\"", "'ab", 0);
    number("unit.text == \"C\"", "1", 1);
    number("text == \"65\"", "65", 1); /* a number has its digits as text */
}

static void conditions_choose(void **state)
{
    (void)state;
    number("x > 1000000 ? x / 1000 : x", "11245000", 11245);
    number("x > 1000000 ? x / 1000 : x", "5805", 5805);
    number("unit.text == \"F\" ? (x - 32) * 5 / 9 : x", "20", 20);
    number("x == 1 ? 10 : x == 2 ? 20 : 30", "2", 20);
    nothing("x == 0 ? none : x", "0");
    number("not x", "0", 1);
    number("not not x", "7", 1);
    number("x > 0 and x < 5", "3", 1);
    number("x < 0 or x > 5", "3", 0);
    number("x < 0 or x > 5 and x < 9", "6", 1);
}

static void none_stays_none(void **state)
{
    (void)state;
    nothing("x + 1", "");
    nothing("1 - gone", "5");
    nothing("-gone", "5");
    nothing("gone == 5", "5");
    nothing("gone != gone", "5");
    nothing("not gone", "5");
    nothing("gone ? 1 : 2", "5");
    nothing("min(x, gone)", "5");
    nothing("match(gone.text, \"a\")", "5");
    nothing("x", "'no digits here");
    number("gone == none", "5", 1);
    number("x == none", "5", 0);
    number("x != none", "5", 1);
    number("(x / 0) == none", "5", 1);
    number("text == none", "'a", 0);
    number("x == none ? 0 : x", "", 0);
}

static void and_and_or_give_what_holds_whatever_none_may_be(void **state)
{
    (void)state;
    number("0 and gone", "1", 0);
    number("gone and 0", "1", 0);
    nothing("1 and gone", "1");
    number("1 or gone", "1", 1);
    number("gone or 2", "1", 1);
    nothing("gone or 0", "1");
}

static void what_has_no_value_is_none_not_zero(void **state)
{
    (void)state;
    nothing("1 / 0", "1");
    nothing("x % 0", "1");
    nothing("log10(0)", "1");
    nothing("log10(-1)", "1");
    nothing("pow(10, 400)", "1");
    nothing("pow(0 - 8, 0.5)", "1");
}

static void numbers_are_found_in_texts(void **state)
{
    (void)state;
    number("x", "'18 dBm", 18);
    number("x", "'28 C/82 F", 28);
    number("x", "'-65", -65);
    number("x", "'-11.0", -11);
    number("x", "'116E", 116);
    number("number(text, 2)", "'28 C/82 F", 82);
    number("number(text, 2)", "'5 Secs ( 31.1%)  60 Secs ( 16.7%)", 31.1);
    number("number(text, 4)", "'5 Secs ( 31.1%)  60 Secs ( 16.7%)", 16.7);
    number("number(text, 2)", "'10-20", 20);
    number("number(text)", "'eth-1", 1);
    number("number(text)", "'(-7)", -7);
    number("number(text, 2)", "'1.2.3", 3);
    nothing("number(text, 3)", "'28 C/82 F");
    nothing("number(text, 0)", "'28 C");
    nothing("number(text, 1.5)", "'28 C");
}

static void patterns_match_and_take_parts(void **state)
{
    (void)state;
    number("match(text, \"^[0-9]+QAM$\")", "'256QAM", 1);
    number("match(text, \"^[0-9]+QAM$\")", "'QPSK", 0);
    text("part(text, \"CPU: ([0-9.]+)\")", "'a CPU: 31.5 %", "31.5");
    nothing("part(text, \"CPU: ([0-9]+)\")", "'idle");
    nothing("part(text, \"a(b)?\")", "'ac");
    number("number(part(text, \"60 Secs .([^)]*)\"))", "'5 Secs ( 31.1%)  60 Secs ( 16.7%)", 16.7);
    number("match(text, '\"quoted\"')", "'a \"quoted\" word", 1);
}

static void a_text_that_comes_out_carries_its_number(void **state)
{
    (void)state;
    struct expression *e = compiled("part(text, \"([0-9]+ C)\")");
    struct expression_value v = run(e, "'28 C/82 F");
    assert_true(v.has_text && v.has_number);
    assert_true(v.number == 28);
    assert_true(expression_gives_text(e));
    expression_destroy(e);
}

static void functions_do_what_they_say(void **state)
{
    (void)state;
    number("channel_mhz(x)", "1", 2412);
    number("channel_mhz(x)", "13", 2472);
    number("channel_mhz(x)", "14", 2484);
    number("channel_mhz(x)", "'116E", 5580);
    number("channel_mhz(x)", "177", 5885);
    nothing("channel_mhz(x)", "0");
    nothing("channel_mhz(x)", "20");
    nothing("channel_mhz(x)", "178");
    nothing("channel_mhz(x)", "36.5");
    number("signed8(x)", "165", -91);
    number("signed8(x)", "-91", -91);
    number("signed8(x)", "127", 127);
    nothing("signed8(x)", "256");
    number("signed16(x)", "65535", -1);
    number("signed32(x)", "4294967231", -65);
    nothing("signed32(x)", "0.5");
    number("bit(text, 0)", "'\x80\x01", 1);
    number("bit(text, 1)", "'\x80\x01", 0);
    number("bit(text, 15)", "'\x80\x01", 1);
    number("bit(text, 16)", "'\x80\x01", 0);
    nothing("bit(text, x - 1)", "'");
    nothing("bit(text, 0.5)", "'a");
    number("min(x, noise, -5)", "3", -90);
    number("max(x, noise)", "3", 3);
    number("abs(noise)", "3", 90);
    number("round(x)", "2.5", 3);
    number("floor(x)", "-2.5", -3);
    number("pow(2, x)", "10", 1024);
    number("10 * log10(x)", "1000", 30);
}

static void other_columns_are_told_by_name(void **state)
{
    (void)state;
    number("x - noise", "-60", 30);
    text("unit.text", "1", "C");
    struct expression *e = compiled("noise + 1");
    assert_true(expression_uses(e, 1));
    assert_false(expression_uses(e, 0) || expression_uses(e, 2));
    expression_destroy(e);
}

static void nul_octets_at_the_end_of_a_text_count_for_nothing(void **state)
{
    (void)state;
    struct expression *e = compiled("text == \"ng\"");
    struct expression_value v = expression_of_text("ng\0\0", 4);
    v = expression_run(e, &v, 1, scratch);
    assert_true(v.has_number && v.number == 1);
    expression_destroy(e);
}

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    refused("", 0, "expected a number");
    refused("x +", 3, "expected a number");
    refused("x + nois", 4, "unknown name 'nois'");
    refused("(x", 2, "expected ')'");
    refused("x y", 2, "expected an operator or the end");
    refused("x = 1", 2, "equality is written ==");
    refused("1 < x < 3", 6, "expected an operator or the end");
    refused("text + 1", 0, "expected a number, not a text; number(...) finds the one in it");
    refused("x == \"up\"", 5, "expected a number, not a text");
    refused("text == 1", 8, "expected a text, not a number");
    refused("x < none", 4, "none is only asked for by == and !=");
    refused("none == x", 5, "none stands to the right");
    refused("none + 1", 0, "expected a number, not none");
    refused("x ? none : none", 11, "none either way");
    refused("x ? 1 : text", 8, "expected a number, not a text");
    refused("x ? 1", 5, "expected ':'");
    refused("text ? 1 : 2", 0, "expected a number");
    refused("not text", 4, "expected a number");
    refused("log10()", 6, "expected a number");
    refused("log10(1, 2)", 9, "log10 takes 1 argument");
    refused("pow(1)", 5, "pow takes 2 arguments");
    refused("number(x)", 7, "expected a text, not a number");
    refused("match(text, \"(\")", 13, "not a regular expression");
    refused("match(text, x)", 12, "expected a text in quotes");
    refused("part(text, \"a\")", 12, "first group");
    refused("\"open", 0, "no closing quote");
    refused("noise.txt", 5, "only .text");
    refused("1.5.2", 3, "expected an operator");
    refused("12abc", 0, "a number is written as");
    refused("x + and", 4, "expected a number");
    refused("x $ 2", 2, "expected an operator");
    refused("match(text, \"(a)\\1\")", 13, "back references");
    refused("match(text, \"((a{99}){99}){9}\")", 13, "too many repetitions");
}

static char *repeated(const char *piece, size_t times, const char *end)
{
    size_t len = strlen(piece);
    char *all = malloc(len * times + strlen(end) + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * len, piece, len);
    memcpy(all + len * times, end, strlen(end) + 1);
    return all;
}

static void what_is_too_long_or_too_deep_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *piece, *end, *said;
        size_t times;
    } cases[] = {{"(", "x", "too deep", 500},     {"-", "x", "too deep", 900},
                 {"not ", "x", "too deep", 200},  {"x+", "x", "too long", 500},
                 {"x ", "", "longer than", 600},  {"x?1:", "x", "too long", 200},
                 {"1+(", "x", "too long", 300}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t at;
        char error[EXPRESSION_ERROR_MAX], *all = repeated(cases[i].piece, cases[i].times, cases[i].end);
        struct expression *e = expression_compile(all, names, &at, error);
        if (e || !strstr(error, cases[i].said))
            fail_msg("%s...: %s", cases[i].piece, e ? "taken" : error);
        free(all);
    }
}

static void hostile_texts_do_no_harm(void **state)
{
    (void)state;
    static uint8_t bytes[70000];
    struct expression *e = compiled("part(text, \"(a*)*b\") == \"\" or number(text, 999) > 0 or bit(text, 559999)");
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = "aaaaaaaa9.-\xff\0\x80"[i % 14];
    struct expression_value v = expression_of_text(bytes, sizeof bytes);
    v = expression_run(e, &v, 1, scratch);
    assert_false(v.has_text);
    v = expression_of_text("", 0);
    expression_run(e, &v, 1, scratch);
    expression_destroy(e);
    memset(bytes, '7', sizeof bytes); /* a number of a thousand digits is none */
    v = expression_of_text(bytes, sizeof bytes);
    assert_false(v.has_number);
}

static void digits_of_many_numbers_fit_or_are_none(void **state)
{
    (void)state;
    char *many = repeated("text==\"1\"or ", 60, "text==\"2\"");
    struct expression *e = compiled(many);
    struct expression_value x = expression_of_number(1.0 / 3), v = expression_run(e, &x, 1, scratch);
    assert_true(!v.has_number || v.number == 0);
    expression_destroy(e);
    free(many);
}

static void names_are_small_words_of_their_own(void **state)
{
    (void)state;
    assert_true(expression_name_is_fine("noise_0"));
    assert_false(expression_name_is_fine("x"));
    assert_false(expression_name_is_fine("min"));
    assert_false(expression_name_is_fine("Noise"));
    assert_false(expression_name_is_fine("tx-rate"));
    assert_false(expression_name_is_fine(""));
    assert_false(expression_name_is_fine("a23456789012345678901234567890123"));
}

/* The list of words is the list of what the compiler knows. */
static void every_word_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; expression_words[i]; i++) {
        size_t at;
        char error[EXPRESSION_ERROR_MAX] = "";
        expression_destroy(expression_compile(expression_words[i], NULL, &at, error));
        if (strstr(error, "unknown name"))
            fail_msg("%s", expression_words[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_goes_by_rank_and_from_left_to_right),
        cmocka_unit_test(comparisons_are_of_numbers_or_of_texts),
        cmocka_unit_test(conditions_choose),
        cmocka_unit_test(none_stays_none),
        cmocka_unit_test(and_and_or_give_what_holds_whatever_none_may_be),
        cmocka_unit_test(what_has_no_value_is_none_not_zero),
        cmocka_unit_test(numbers_are_found_in_texts),
        cmocka_unit_test(patterns_match_and_take_parts),
        cmocka_unit_test(a_text_that_comes_out_carries_its_number),
        cmocka_unit_test(functions_do_what_they_say),
        cmocka_unit_test(other_columns_are_told_by_name),
        cmocka_unit_test(nul_octets_at_the_end_of_a_text_count_for_nothing),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(what_is_too_long_or_too_deep_is_refused),
        cmocka_unit_test(hostile_texts_do_no_harm),
        cmocka_unit_test(digits_of_many_numbers_fit_or_are_none),
        cmocka_unit_test(names_are_small_words_of_their_own),
        cmocka_unit_test(every_word_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
