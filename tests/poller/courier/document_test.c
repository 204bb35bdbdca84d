#include "poller/courier/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char incident[] =
    "{\"id\":\"here-1-a\",\"message\":\"opened\",\"key\":\"k1\",\"severity\":\"wake\","
    "\"opened\":\"2026-11-24T10:00:00+00:00\",\"resolved\":null,"
    "\"cause\":{\"kind\":\"site-cut-off\",\"sentence\":\"The barn is cut off: no power there, or the "
    "radio pair. The house is fine.\",\"check_first\":\"Is there light in the barn?\",\"site\":\"barn\","
    "\"node\":null},\"affected\":[\"bridge-barn\",\"barn-node\"],"
    "\"also_possible\":[{\"kind\":\"radio-silent\",\"sentence\":\"The radio hangs.\"}],"
    "\"evidence\":[{\"fact\":\"bridge-barn does not answer\",\"source\":\"ping bridge-barn\","
    "\"at\":\"2026-11-24T10:00:00Z\"}]}";

static struct document *read_text(const char *text, enum message_kind kind, int64_t late_ns)
{
    struct sc_deliver m = {.key = "k1", .receiver = "me", .kind = kind, .attempt = 1,
                           .document = (char *)(uintptr_t)text};
    wall_parse("2026-11-24T10:00:30Z", &m.created);
    struct house house = {"Home farm", "https://watch.example"};
    return document_read(&m, &house, wall_after(m.created, late_ns));
}

static void an_opened_message_leads_with_what_broke(void **state)
{
    (void)state;
    struct document *d = read_text(incident, MESSAGE_OPENED, 0);
    assert_non_null(d);
    assert_string_equal(document_value(d, "subject"),
                        "[Home farm] The barn is cut off: no power there, or the radio pair");
    const char *text = document_value(d, "text");
    assert_ptr_equal(strstr(text, "The barn is cut off"), text);
    assert_non_null(strstr(text, "Check first: Is there light in the barn?"));
    assert_non_null(strstr(text, "Affected: bridge-barn, barn-node\n"));
    assert_non_null(strstr(text, "- bridge-barn does not answer (ping bridge-barn)"));
    assert_non_null(strstr(text, "Also possible:\n- The radio hangs."));
    assert_non_null(strstr(text, "https://watch.example/incident/here-1-a"));
    assert_null(strstr(text, "could not leave earlier"));
    document_destroy(d);
}

static void a_late_message_says_when_it_was_written(void **state)
{
    (void)state;
    struct document *d = read_text(incident, MESSAGE_OPENED, SECONDS(3 * 3600));
    assert_non_null(strstr(document_value(d, "text"), "could not leave earlier"));
    assert_non_null(strstr(document_value(d, "created"), "2026-11-24T"));
    document_destroy(d);
}

/* The same as store hands it out while the clock of this machine is not set. */
static void guessed_times_are_not_told_but_how_long_it_took_is(void **state)
{
    (void)state;
    char text[sizeof incident + 32];
    snprintf(text, sizeof text, "{\"clock_set\":false,%s", incident + 1);
    struct document *d = read_text(text, MESSAGE_OPENED, SECONDS(3 * 3600));
    const char *said = document_value(d, "text");
    assert_non_null(strstr(said, "It began 30 s before this message was written; at what time is uncertain"));
    assert_null(strstr(said, "Since"));
    assert_null(strstr(said, "could not leave earlier"));
    assert_false(document_times_are_true(d));
    document_destroy(d);
    d = read_text(incident, MESSAGE_OPENED, 0);
    assert_true(document_times_are_true(d));
    document_destroy(d);
}

static void a_resolved_message_says_so_and_asks_for_nothing(void **state)
{
    (void)state;
    struct document *d = read_text(incident, MESSAGE_RESOLVED, 0);
    assert_non_null(strstr(document_value(d, "subject"), "Solved: The barn"));
    assert_null(strstr(document_value(d, "text"), "Check first"));
    document_destroy(d);
}

static void values_are_found_by_dotted_names_and_null_is_absent(void **state)
{
    (void)state;
    struct document *d = read_text(incident, MESSAGE_OPENED, 0);
    assert_string_equal(document_value(d, "cause.site"), "barn");
    assert_string_equal(document_value(d, "affected"), "bridge-barn, barn-node");
    assert_null(document_value(d, "cause.node"));
    assert_null(document_value(d, "resolved"));
    assert_null(document_value(d, "no.such"));
    assert_string_equal(document_value(d, "document"), incident);
    document_destroy(d);
}

static void a_report_is_its_text(void **state)
{
    (void)state;
    struct document *d = read_text("{\"message\":\"report\",\"key\":\"k\",\"text\":\"All is well.\\n"
                                   "60 nodes up.\"}", MESSAGE_REPORT, 0);
    assert_string_equal(document_value(d, "subject"), "[Home farm] All is well");
    assert_string_equal(document_value(d, "text"), "All is well.\n60 nodes up.\n");
    document_destroy(d);
}

static void a_long_subject_is_cut_between_characters(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_text(&b, "{\"text\":\"");
    for (int i = 0; i < 100; i++)
        buf_text(&b, "\xc3\xa9\xc3\xa8");
    buf_text(&b, "\"}");
    struct document *d = read_text(buf_string(&b), MESSAGE_TEST, 0);
    const char *subject = document_value(d, "subject");
    assert_true(strlen(subject) <= 145);
    assert_string_equal(subject + strlen(subject) - 3, "\xe2\x80\xa6");
    document_destroy(d);
    buf_fini(&b);
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    assert_null(read_text("[1]", MESSAGE_OPENED, 0));
    assert_null(read_text("{", MESSAGE_OPENED, 0));
    assert_null(read_text("", MESSAGE_OPENED, 0));
    struct document *d = read_text("{\"cause\":\"text\",\"affected\":{},\"evidence\":[1,null,{}]}",
                                   MESSAGE_OPENED, 0);
    assert_non_null(d);
    document_destroy(d);
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opened_message_leads_with_what_broke),
        cmocka_unit_test(a_late_message_says_when_it_was_written),
        cmocka_unit_test(guessed_times_are_not_told_but_how_long_it_took_is),
        cmocka_unit_test(a_resolved_message_says_so_and_asks_for_nothing),
        cmocka_unit_test(values_are_found_by_dotted_names_and_null_is_absent),
        cmocka_unit_test(a_report_is_its_text),
        cmocka_unit_test(a_long_subject_is_cut_between_characters),
        cmocka_unit_test(what_is_no_document_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
