#include "poller/model/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *value(void *ctx, const char *name)
{
    (void)ctx;
    if (strcmp(name, "cause.sentence") == 0)
        return "The \"barn\" is cut off:\r\nX-Evil: 1 & <b>\xc3\xa9";
    if (strcmp(name, "severity") == 0)
        return "wake";
    return NULL;
}

static void expect(const char *text, enum template_escape where, const char *wanted)
{
    char *error = NULL;
    struct template *t = template_parse(text, template_message_known, NULL, &error);
    if (!t)
        fail_msg("%s", error);
    struct buf out = {0};
    template_render(t, where, value, NULL, &out);
    assert_string_equal(buf_string(&out), wanted);
    buf_fini(&out);
    template_destroy(t);
}

static void refuse(const char *text, const char *word)
{
    char *error = NULL;
    assert_null(template_parse(text, template_message_known, NULL, &error));
    assert_non_null(error);
    assert_non_null(strstr(error, word));
    free(error);
}

static void a_value_is_escaped_for_where_it_stands(void **state)
{
    (void)state;
    expect("{\"text\": \"{cause.sentence}\"}", TEMPLATE_JSON,
           "{\"text\": \"The \\\"barn\\\" is cut off:\\u000d\\nX-Evil: 1 & <b>\xc3\xa9\"}");
    expect("{cause.sentence}", TEMPLATE_HEADER,
           "The \"barn\" is cut off:  X-Evil: 1 & <b>\xc3\xa9");
    expect("https://x/?q={cause.sentence}", TEMPLATE_URL,
           "https://x/?q=The%20%22barn%22%20is%20cut%20off%3A%0D%0AX-Evil%3A%201%20%26%20%3Cb%3E%C3%A9");
}

static void a_filter_overrules_the_place(void **state)
{
    (void)state;
    expect("{severity|json} {severity|choose:day=4,wake=5,*=2}", TEMPLATE_TEXT, "wake 5");
    expect("{cause.kind|choose:day=4,*=a b|url}", TEMPLATE_TEXT, "a%20b");
    expect("{severity|choose:day=4}", TEMPLATE_TEXT, "");
}

static void json_braces_stay_and_two_braces_are_one(void **state)
{
    (void)state;
    expect("{\"a\":{\"b\":[{}]}}", TEMPLATE_JSON, "{\"a\":{\"b\":[{}]}}");
    expect("{{severity}", TEMPLATE_TEXT, "{severity}");
    expect("", TEMPLATE_TEXT, "");
}

static void what_is_not_known_is_an_error_with_its_name(void **state)
{
    (void)state;
    refuse("x {cause.sentense} y", "cause.sentense");
    refuse("{severity|upper}", "upper");
    refuse("{severity", "closing");
    refuse("{severity |json}", "not a name");
    refuse("{option.}", "option.");
    refuse("{severity|choose:}", "filter");
}

static void more_places_than_the_ceiling_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 300; i++)
        buf_text(&b, "{severity}");
    refuse(buf_string(&b), "too many");
    buf_fini(&b);
}

static void a_missing_option_is_noticed(void **state)
{
    (void)state;
    char *error = NULL;
    struct template *t = template_parse("Bearer {option.token}", template_message_known, NULL, &error);
    assert_non_null(t);
    assert_true(template_lacks(t, "option.", value, NULL));
    assert_false(template_lacks(t, "cause.", value, NULL));
    template_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_escaped_for_where_it_stands),
        cmocka_unit_test(a_filter_overrules_the_place),
        cmocka_unit_test(json_braces_stay_and_two_braces_are_one),
        cmocka_unit_test(what_is_not_known_is_an_error_with_its_name),
        cmocka_unit_test(more_places_than_the_ceiling_are_refused),
        cmocka_unit_test(a_missing_option_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
