#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "poller/config/hidden.h"

/* The line as it is shown with a caret, here '^', before the character it stood at: "a: ^b". */
static const char *shown(const struct hidden *h, const char *marked)
{
    static char text[512], line[256];
    const char *caret = strchr(marked, '^');
    size_t before = caret ? (size_t)(caret - marked) : 0, column = 1;
    struct buf out = {0};
    snprintf(line, sizeof line, "%.*s%s", (int)before, marked, caret ? caret + 1 : marked);
    for (size_t i = 0; i < before; i++)
        column += (marked[i] & 0xc0) != 0x80;
    hidden_write(h, line, strlen(line), &column, &out);
    size_t at = 0;
    for (size_t i = 1; i < column && at < out.len; i++)
        for (at++; at < out.len && (out.data[at] & 0xc0) == 0x80;)
            at++;
    snprintf(text, sizeof text, "%.*s%s%s", (int)at, buf_string(&out), caret ? "^" : "", buf_string(&out) + at);
    buf_fini(&out);
    return text;
}

static void assert_guess(const char *marked, const char *wanted)
{
    char line[256];
    const char *caret = strchr(marked, '^');
    struct hidden h = {.count = 0};
    snprintf(line, sizeof line, "%.*s%s", caret ? (int)(caret - marked) : 0, marked, caret ? caret + 1 : marked);
    hidden_guess(&h, line, strlen(line));
    assert_string_equal(shown(&h, marked), wanted);
}

static void values_of_keys_called_as_secrets_are_hidden(void **state)
{
    assert_guess("password: hunter2", "password: ***");
    assert_guess("  auth_password:   hunter2   # mine", "  auth_password:   ***   # mine");
    assert_guess("- community: 'it''s mine'", "- community: ***");
    assert_guess("token: \"a \\\" b\" # c", "token: *** # c");
    assert_guess("a: {user: b, password: hunter2, port: 3}", "a: {user: b, password: ***, port: 3}");
    assert_guess("a: [{priv_password: hunter2}, {token: t}]", "a: [{priv_password: ***}, {token: ***}]");
    assert_guess("headers: {Authorization: Bearer hunter2}", "headers: {Authorization: ***}");
    assert_guess("{\"password\":\"hunter2\",\"x\":1}", "{\"password\":***,\"x\":1}");
    assert_guess("password: a,b}c", "password: ***");
    assert_guess("{token: [a, {b: c}], port: 3}", "{token: ***, port: 3}");
}

static void keys_nearly_called_so_are_taken_for_them(void **state)
{
    assert_guess("pasword: hunter2", "pasword: ***");
    assert_guess("Comunity: hunter2", "Comunity: ***");
    assert_guess("toekn: hunter2", "toekn: ***");
    assert_guess("Passwort: hunter2", "Passwort: ***");
    assert_guess("smtp_pwd: hunter2", "smtp_pwd: ***");
    assert_guess("authorisation: hunter2", "authorisation: ***");
}

static void a_forgotten_colon_or_quote_gives_nothing_away(void **state)
{
    assert_guess("password hunter2", "password ***");
    assert_guess("password = hunter2", "password = ***");
    assert_guess("password:hunter2", "password:***");
    assert_guess("password: \"hunter2", "password: ***");
    assert_guess("{password: 'hunter2, port: 3}", "{password: ***");
    assert_guess("password: hunter2, port: 3}", "password: ***"); /* the brace stands in another line */
}

static void what_is_no_secret_is_shown(void **state)
{
    static const char *const open[] = {
        "password: !secret mail", "address: 192.168.1.1", "auth: sha256", "priv: aes128", "password:", "password: |",
        "label: the password of it all", "open: yes", "pin: \"sha256//AAAA=\"", "comment: nothing",
        "secret: {address: 10.0.0.1}", "key: /etc/x.pem", "url: https://hay.example/a", "", "{}", ":"};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        assert_guess(open[i], open[i]);
}

static void users_in_addresses_are_hidden(void **state)
{
    assert_guess("url: https://me:hunter2@hay.example/x", "url: https://***@hay.example/x");
    assert_guess("- \"nut://barn@192.168.1.2/ups\"", "- \"nut://***@192.168.1.2/ups\"");
}

static void the_caret_stays_at_what_it_points_to(void **state)
{
    assert_guess("^password: hunter2", "^password: ***");
    assert_guess("password: ^hunter2", "password: ^***");
    assert_guess("password: hunt^er2", "password: ^***");
    assert_guess("{password: hunter2, ^port: x}", "{password: ***, ^port: x}");
    assert_guess("{token: t, ^port: x}", "{token: ***, ^port: x}");
    assert_guess("\303\266: {token: h\303\266h\303\266, ^port: \303\266}",
                 "\303\266: {token: ***, ^port: \303\266}");
    assert_guess("password: hunter2^", "password: ***^");
    assert_guess("port: x^", "port: x^");
}

static void places_that_are_known_are_hidden_whatever_they_are_called(void **state)
{
    struct hidden h = {.count = 0};
    hidden_add(&h, (struct hidden_range){7, 11});
    hidden_add(&h, (struct hidden_range){9, 13}); /* over the first */
    hidden_add(&h, (struct hidden_range){5, 5});  /* nothing */
    assert_string_equal(shown(&h, "snmp: farm-1, ^x: 2"), "snmp: ***, ^x: 2");
    h = (struct hidden){.count = 0};
    hidden_add(&h, (struct hidden_range){3, SIZE_MAX});
    assert_string_equal(shown(&h, "  second line of it"), "  ***");
}

static void too_many_hide_the_rest(void **state)
{
    struct hidden h = {.count = 0};
    for (size_t i = 0; i < 2 * HIDDEN_RANGES_MAX; i++)
        hidden_add(&h, (struct hidden_range){1 + 2 * i, 2 + 2 * i});
    assert_int_equal(h.count, HIDDEN_RANGES_MAX);
    assert_int_equal(h.ranges[HIDDEN_RANGES_MAX - 1].to, SIZE_MAX);
}

static void assert_values(const char *line, const char *wanted)
{
    struct hidden h = {.count = 0};
    hidden_values(&h, line, strlen(line));
    assert_string_equal(shown(&h, line), wanted);
}

static void a_file_of_secrets_shows_its_keys_at_most(void **state)
{
    assert_values("mail: hunter2", "mail: ***");
    assert_values("mail hunter2", "***");
    assert_values("  - hunter2", "  ***");
    assert_values("mail:", "mail:");
    assert_values("", "");
    assert_values("# mine", "# mine");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_keys_called_as_secrets_are_hidden),
        cmocka_unit_test(keys_nearly_called_so_are_taken_for_them),
        cmocka_unit_test(a_forgotten_colon_or_quote_gives_nothing_away),
        cmocka_unit_test(what_is_no_secret_is_shown),
        cmocka_unit_test(users_in_addresses_are_hidden),
        cmocka_unit_test(the_caret_stays_at_what_it_points_to),
        cmocka_unit_test(places_that_are_known_are_hidden_whatever_they_are_called),
        cmocka_unit_test(too_many_hide_the_rest),
        cmocka_unit_test(a_file_of_secrets_shows_its_keys_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
