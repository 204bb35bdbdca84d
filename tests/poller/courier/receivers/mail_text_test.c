#include "poller/courier/receivers/mail_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *write_mail(const char *subject, const char *text, const char *key)
{
    static const char *const to[] = {"Anna M\xc3\xbcller <anna@example.org>", "b@example.org"};
    struct mail m = {.from = "hayloft <watch@farm.example>", .to = to, .to_count = 2,
                     .subject = subject, .text = text, .key = key, .kind = "opened",
                     .thread = "here-1"};
    wall_parse("2026-11-24T10:00:30Z", &m.date);
    struct buf b = {0};
    mail_text(&m, &b);
    return buf_detach(&b);
}

/* Lines before the empty one that begin a header. */
static size_t header_count(const char *mail)
{
    size_t count = 0;
    for (const char *line = mail; strncmp(line, "\r\n", 2) != 0; line = strstr(line, "\r\n") + 2)
        count += *line != ' ';
    return count;
}

#define HEADERS 12

static void a_plain_mail_is_readable_as_it_is(void **state)
{
    (void)state;
    char *mail = write_mail("[Home farm] The barn is cut off", "Line one.\nLine two.\n", "k:1");
    assert_non_null(strstr(mail, "From: =?UTF-8?B?aGF5bG9mdA==?= <watch@farm.example>\r\n"));
    assert_non_null(strstr(mail, "Subject: [Home farm] The barn is cut off\r\n"));
    assert_non_null(strstr(mail, "Date: Tue, 24 Nov 2026 10:00:30 +0000\r\n"));
    assert_non_null(strstr(mail, "Message-ID: <k_3a1@farm.example>\r\n"));
    assert_non_null(strstr(mail, "References: <here-1@farm.example>\r\n"));
    assert_non_null(strstr(mail, "\r\n\r\nLine one.\r\nLine two.\r\n"));
    assert_int_equal(header_count(mail), HEADERS);
    free(mail);
}

static void a_date_nobody_knows_is_left_to_the_server(void **state)
{
    (void)state;
    const char *to = "anna@example.org";
    struct mail m = {.from = "watch@farm.example", .to = &to, .to_count = 1, .subject = "s", .text = "t",
                     .key = "k", .kind = "opened", .thread = "here-1"};
    struct buf b = {0};
    mail_text(&m, &b);
    assert_null(strstr(buf_string(&b), "Date:"));
    assert_int_equal(header_count(buf_string(&b)), HEADERS - 1);
    buf_fini(&b);
}

static void no_value_can_add_a_header(void **state)
{
    (void)state;
    char *mail = write_mail("cut\r\nBcc: all@example.org\r\n\r\nbody", "text", "k\r\nX-Evil: 1");
    assert_int_equal(header_count(mail), HEADERS);
    assert_null(strstr(mail, "\nBcc"));
    assert_null(strstr(mail, "\nX-Evil"));
    free(mail);
    mail = write_mail("=?UTF-8?B?QUFB?=", "text", "k");
    assert_null(strstr(mail, "Subject: =?UTF-8?B?QUFB?="));
    free(mail);
}

static void long_and_foreign_subjects_are_folded_words(void **state)
{
    (void)state;
    struct buf subject = {0};
    for (int i = 0; i < 60; i++)
        buf_text(&subject, "gr\xc3\xbc\xc3\x9f");
    char *mail = write_mail(buf_string(&subject), "text", "k");
    for (const char *line = mail, *end; (end = strstr(line, "\r\n")); line = end + 2)
        assert_true(end - line <= 76);
    assert_int_equal(header_count(mail), HEADERS);
    free(mail);
    buf_fini(&subject);
}

static void the_body_is_quoted_and_never_ends_early(void **state)
{
    (void)state;
    char *mail = write_mail("s", ".\r\nQUIT \n= caf\xc3\xa9 \x01", "k");
    assert_non_null(strstr(mail, "\r\n\r\n=2E\r\nQUIT=20\r\n=3D caf=C3=A9 =01\r\n"));
    free(mail);
}

static void only_addresses_pass_for_addresses(void **state)
{
    (void)state;
    char out[64];
    assert_true(mail_address("Anna <anna@example.org>", out, sizeof out));
    assert_string_equal(out, "anna@example.org");
    assert_true(mail_address("root@localhost", out, sizeof out));
    assert_false(mail_address("anna", out, sizeof out));
    assert_false(mail_address("a@b>\r\nRCPT TO:<c@d", out, sizeof out));
    assert_false(mail_address("x <a@b\r\nDATA>", out, sizeof out));
    assert_false(mail_address("<a@b", out, sizeof out));
    assert_false(mail_address("", out, sizeof out));
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_mail_is_readable_as_it_is),
        cmocka_unit_test(a_date_nobody_knows_is_left_to_the_server),
        cmocka_unit_test(no_value_can_add_a_header),
        cmocka_unit_test(long_and_foreign_subjects_are_folded_words),
        cmocka_unit_test(the_body_is_quoted_and_never_ends_early),
        cmocka_unit_test(only_addresses_pass_for_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
