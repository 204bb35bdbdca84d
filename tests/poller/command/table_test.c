#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/command/table.h"

static char *printed(const struct table *t)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    table_print(t, out);
    fclose(out);
    return text;
}

static const char *safe(const char *text)
{
    static char out[256];
    struct buf b = {0};
    terminal_put(&b, text);
    snprintf(out, sizeof out, "%s", buf_string(&b));
    buf_fini(&b);
    return out;
}

static void columns_line_up_whatever_the_characters(void **state)
{
    static const char *const titles[] = {"node", "state", NULL};
    struct table *t = table_create(titles, 0);
    table_cell(t, COLOUR_NONE, "ab");
    table_cell(t, COLOUR_GOOD, "up");
    table_cell(t, COLOUR_NONE, "k\xc3\xbc" "che");
    table_cell(t, COLOUR_NONE, NULL);
    table_cell(t, COLOUR_NONE, "\xe7\xb6\xb2");
    table_cell(t, COLOUR_NONE, "down");
    char *text = printed(t);
    assert_string_equal(text, "node   state\nab     up\nk\xc3\xbc" "che  -\n\xe7\xb6\xb2     down\n");
    free(text);
    table_destroy(t);
}

static void nothing_from_the_network_is_obeyed(void **state)
{
    assert_string_equal(safe("a\x1b[2Jb"), "a?[2Jb");
    assert_string_equal(safe("a\nb\tc"), "a b c");
    assert_string_equal(safe("\xe2\x80\xaegnp.exe"), "?gnp.exe");
    assert_string_equal(safe("\xc2\x9b" "31m"), "?31m");
    assert_string_equal(safe("bad \xff byte"), "bad \xef\xbf\xbd byte");
}

static void widths_are_of_cells_not_bytes(void **state)
{
    assert_int_equal(terminal_width_of("abc"), 3);
    assert_int_equal(terminal_width_of("\xc3\xa4\xc3\xb6"), 2);
    assert_int_equal(terminal_width_of("e\xcc\x81"), 1);
    assert_int_equal(terminal_width_of("\xe7\xb6\xb2"), 2);
}

static void there_is_no_colour_where_nobody_looks(void **state)
{
    FILE *out = tmpfile();
    assert_string_equal(colour_begin(COLOUR_BAD, out), "");
    assert_string_equal(colour_end(COLOUR_BAD, out), "");
    fclose(out);
}

static void a_row_that_is_not_full_is_filled(void **state)
{
    static const char *const titles[] = {"a", "b", NULL};
    struct table *t = table_create(titles, 0);
    table_cell(t, COLOUR_NONE, "1");
    table_row(t);
    char *text = printed(t);
    assert_string_equal(text, "a  b\n1  \n");
    free(text);
    table_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up_whatever_the_characters),
        cmocka_unit_test(nothing_from_the_network_is_obeyed),
        cmocka_unit_test(widths_are_of_cells_not_bytes),
        cmocka_unit_test(there_is_no_colour_where_nobody_looks),
        cmocka_unit_test(a_row_that_is_not_full_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
