#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/json.h"

static bool accepted(const char *text)
{
    cJSON *document = json_parse(text, strlen(text), NULL);
    cJSON_Delete(document);
    return document != NULL;
}

static void well_formed_documents_are_read(void **state)
{
    assert_true(accepted("{}"));
    assert_true(accepted(" [1, -2.5e3, \"\\u00e9\\ud83d\\ude00\", true, null] "));
    assert_true(accepted("{\"a\":1,\"A\":2}"));
}

static void doubtful_documents_are_refused(void **state)
{
    const char *refused[] = {"", "{\"a\":1,\"a\":2}", "{} x", "[1,]", "{\"a\"}", "01", "1.", "nan",
                             "\"\\u0000\"", "\"\\ud800\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                             "\"a\nb\"", "\"\\q\"", "[1", "\"abc", "'a'", "\xef\xbb\xbf{}",
                             "123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(accepted(refused[i]));
}

static void a_double_member_is_found_at_any_depth(void **state)
{
    const char *why = NULL, *text = "[{\"x\":{\"k\":1,\"l\":2,\"k\":3}}]";
    assert_null(json_parse(text, strlen(text), &why));
    assert_string_equal(why, "a member twice");
}

static void depth_ends_at_the_ceiling(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1) + 1];
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        assert_int_equal(accepted(text), depth == JSON_DEPTH_MAX);
    }
}

static void a_nul_byte_inside_is_refused(void **state)
{
    assert_null(json_parse("[1]\0", 4, NULL));
    assert_null(json_parse("\"a\0b\"", 5, NULL));
}

static void in_html_nothing_can_close_a_script(void **state)
{
    cJSON *document = cJSON_CreateObject();
    struct buf out = {0};
    json_put_text(document, "name", "</script>&\xe2\x80\xa8");
    json_print_in_html(document, &out);
    assert_string_equal(buf_string(&out), "{\"name\":\"\\u003c/script\\u003e\\u0026\\u2028\"}");
    buf_fini(&out);
    cJSON_Delete(document);
}

static void broken_text_of_a_device_is_mended(void **state)
{
    cJSON *document = cJSON_CreateObject();
    struct buf out = {0};
    json_put_text(document, "name", "a\xff\xc3");
    json_print(document, false, &out);
    assert_string_equal(buf_string(&out), "{\"name\":\"a\xef\xbf\xbd\xef\xbf\xbd\"}");
    buf_fini(&out);
    cJSON_Delete(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_documents_are_read),
        cmocka_unit_test(doubtful_documents_are_refused),
        cmocka_unit_test(a_double_member_is_found_at_any_depth),
        cmocka_unit_test(depth_ends_at_the_ceiling),
        cmocka_unit_test(a_nul_byte_inside_is_refused),
        cmocka_unit_test(broken_text_of_a_device_is_mended),
        cmocka_unit_test(in_html_nothing_can_close_a_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
