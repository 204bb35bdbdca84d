#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "web/html.h"

static void expect(struct buf *b, const char *text)
{
    assert_string_equal(buf_string(b), text);
    buf_clear(b);
}

static void no_text_becomes_markup(void **state)
{
    struct buf b = {0};
    html_text(&b, "<b>\"a\" & 'b'</b>");
    expect(&b, "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;");
    html_text(&b, "caf\xc3\xa9 \xf0\x9f\x90\x84");
    expect(&b, "caf\xc3\xa9 \xf0\x9f\x90\x84");
    html_text(&b, "a\x01z\xff\xc0\xafq\n");
    expect(&b, "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdq ");
    html_text(&b, NULL);
    expect(&b, "");
    buf_fini(&b);
}

static void a_segment_stays_one_segment(void **state)
{
    struct buf b = {0};
    html_segment(&b, "gi1/0/5 ?#%");
    expect(&b, "gi1%2F0%2F5%20%3F%23%25");
    html_segment(&b, "..");
    expect(&b, "%2E%2E");
    html_segment(&b, "a.b");
    expect(&b, "a.b");
    html_segment(&b, "\xc3\xa9");
    expect(&b, "%C3%A9");
    buf_fini(&b);
}

static void values_go_to_their_places(void **state)
{
    struct buf b = {0};
    html(&b, "<p>plain</p>");
    expect(&b, "<p>plain</p>");
    html(&b, "<a href=\"/node/{u}\">{}</a>", "a/b", "<x>");
    expect(&b, "<a href=\"/node/a%2Fb\">&lt;x&gt;</a>");
    html(&b, "{}{}{}{}{}{}{}{}{}", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    expect(&b, "123456789");
    html(&b, "[{}]", NULL);
    expect(&b, "[]");
    html(&b, "{}", "{}{u}"); /* a value is no format */
    expect(&b, "{}{u}");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_becomes_markup),
        cmocka_unit_test(a_segment_stays_one_segment),
        cmocka_unit_test(values_go_to_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
