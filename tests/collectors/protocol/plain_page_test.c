#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/protocol/plain_page.h"

static void assert_place(const char *url, const char *host, uint16_t port, const char *path)
{
    struct page_place p;
    assert_true(page_place_read(url, &p));
    assert_string_equal(p.host, host);
    assert_int_equal(p.port, port);
    assert_string_equal(p.path, path);
}

static void an_address_is_taken_apart(void **state)
{
    assert_place("http://page.example", "page.example", 80, "/");
    assert_place("HTTP://page.example/a/b?c=d#e", "page.example", 80, "/a/b?c=d");
    assert_place("http://192.0.2.7:8080/", "192.0.2.7", 8080, "/");
    assert_place("http://page.example?q", "page.example", 80, "/?q");
}

static void what_is_no_plain_address_is_refused(void **state)
{
    static const char *const urls[] = {"", "page.example", "https://page.example/", "http://", "http:///x",
                                       "http://a:0/", "http://a:65536/", "http://a:8x/", "http://a:/",
                                       "http://a b/", "http://a/\r\nX: y", "http://user@a/", "http://[::1]/"};
    struct page_place p;
    char longer[700];
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_false(page_place_read(urls[i], &p));
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memcpy(longer, "http://", 7);
    assert_false(page_place_read(longer, &p));
    longer[10] = '/';
    assert_false(page_place_read(longer, &p));
}

static void the_question_names_host_and_port_and_wants_the_end(void **state)
{
    struct page_place p;
    char out[PAGE_QUESTION_MAX];
    assert_true(page_place_read("http://page.example:8080/a", &p));
    size_t len = page_question_write(&p, out);
    assert_int_equal(len, strlen(out));
    assert_non_null(strstr(out, "GET /a HTTP/1.0\r\n"));
    assert_non_null(strstr(out, "\r\nHost: page.example:8080\r\n"));
    assert_string_equal(out + len - strlen("Connection: close\r\n\r\n"), "Connection: close\r\n\r\n");
}

static bool read_text(const char *text, struct plain_page *out)
{
    static uint8_t *bytes;
    size_t len = strlen(text);
    free(bytes);
    bytes = malloc(len ? len : 1); /* exact: an over-read is seen */
    memcpy(bytes, text, len);
    return plain_page_read(bytes, len, out);
}

static void a_page_gives_up_status_and_body(void **state)
{
    struct plain_page p;
    assert_true(read_text("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length:  8\r\n\r\nsuccess\n", &p));
    assert_int_equal(p.status, 200);
    assert_int_equal(p.body_len, 8);
    assert_true(p.whole);
    assert_true(plain_page_holds(&p, "success"));
    assert_false(plain_page_holds(&p, "successful"));
    assert_string_equal(p.location, "");
}

static void without_a_length_only_the_end_tells(void **state)
{
    struct plain_page p;
    assert_true(read_text("HTTP/1.0 200 OK\n\nbody", &p)); /* bare line ends are common */
    assert_int_equal(p.body_len, 4);
    assert_false(p.whole);
    assert_true(read_text("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nbody", &p));
    assert_false(p.whole);
    assert_true(read_text("HTTP/1.0 200 OK\r\nContent-Length: 9999999999999999999999\r\n\r\nbody", &p));
    assert_false(p.whole);
}

static void a_redirection_tells_where_to(void **state)
{
    struct plain_page p;
    assert_true(read_text("HTTP/1.1 302 Found\r\nLOCATION: http://login.portal/\x1b[31m\r\n\r\n", &p));
    assert_int_equal(p.status, 302);
    assert_string_equal(p.location, "http://login.portal/?[31m"); /* hostile to a terminal */
}

static void a_head_that_is_not_whole_or_not_http_is_no_page(void **state)
{
    const char *whole = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";
    struct plain_page p;
    char part[64];
    for (size_t len = 0; len < strlen(whole); len++) {
        memcpy(part, whole, len);
        part[len] = '\0';
        assert_false(read_text(part, &p));
    }
    assert_true(read_text(whole, &p));
    assert_false(read_text("SSH-2.0-dropbear\r\n\r\n", &p));
    assert_false(read_text("HTTP/1.1 2x0 OK\r\n\r\n", &p));
    assert_false(read_text("HTTP/1.1 999 Odd\r\n\r\n", &p));
    assert_false(read_text("HTTP/1.1200 OK\r\n\r\n", &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_taken_apart),
        cmocka_unit_test(what_is_no_plain_address_is_refused),
        cmocka_unit_test(the_question_names_host_and_port_and_wants_the_end),
        cmocka_unit_test(a_page_gives_up_status_and_body),
        cmocka_unit_test(without_a_length_only_the_end_tells),
        cmocka_unit_test(a_redirection_tells_where_to),
        cmocka_unit_test(a_head_that_is_not_whole_or_not_http_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
