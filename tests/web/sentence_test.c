#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "web/sentence.h"

static char head[SENTENCE_HEAD_MAX];

static void a_sentence_is_cut_at_its_first_stop(void **state)
{
    assert_string_equal(sentence_cut("The barn is cut off: 4 devices are silent. Is there light?", head),
                        "4 devices are silent. Is there light?");
    assert_string_equal(head, "The barn is cut off");
}

static void numbers_are_no_stops(void **state)
{
    assert_string_equal(sentence_cut("192.168.1.4:445 is silent. Look.", head), "Look.");
    assert_string_equal(head, "192.168.1.4:445 is silent");
}

static void a_short_sentence_is_all_head(void **state)
{
    assert_string_equal(sentence_cut("Port gi5 went down.", head), "");
    assert_string_equal(head, "Port gi5 went down.");
    assert_string_equal(sentence_cut(NULL, head), "");
    assert_string_equal(head, "");
}

static void a_long_one_without_a_stop_comes_back_whole(void **state)
{
    char text[400];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_ptr_equal(sentence_cut(text, head), text);
    assert_string_equal(head, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_is_cut_at_its_first_stop),
        cmocka_unit_test(numbers_are_no_stops),
        cmocka_unit_test(a_short_sentence_is_all_head),
        cmocka_unit_test(a_long_one_without_a_stop_comes_back_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
