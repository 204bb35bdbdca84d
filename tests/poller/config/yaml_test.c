#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/config/yaml.h"

static struct arena *arena;
static struct complaints *complaints;

static int begin(void **state)
{
    arena = arena_create(0);
    complaints = complaints_create(arena);
    return 0;
}

static int end(void **state)
{
    arena_destroy(arena);
    return 0;
}

static struct yaml *parse(const char *text)
{
    struct source *s = arena_take(arena, sizeof *s);
    *s = (struct source){"f.yaml", text, strlen(text)};
    return yaml_parse(s, arena, complaints);
}

static void assert_refused(const char *text, size_t line, size_t column, const char *why)
{
    struct complaint_view v;
    assert_null(parse(text));
    assert_true(complaints_at(complaints, 0, &v));
    assert_non_null(strstr(v.text, why));
    assert_int_equal(v.line, line);
    assert_int_equal(v.column, column);
}

static void values_stay_text_and_know_their_places(void **state)
{
    struct yaml *root = parse("a: on\nb: {c: 010, d: [1:30, ~]}\n");
    assert_non_null(root);
    assert_string_equal(yaml_get(root, "a")->text, "on");
    const struct yaml *b = yaml_get(root, "b"), *c = yaml_get(b, "c"), *d = yaml_get(b, "d");
    assert_string_equal(c->text, "010");
    assert_int_equal(c->at.line, 2);
    assert_int_equal(c->at.column, 8);
    assert_int_equal(d->key_at.column, 13);
    assert_string_equal(d->first->text, "1:30");
    assert_true(yaml_is_empty(d->last));
}

static void a_byte_order_mark_and_dos_line_ends_are_read(void **state)
{
    struct yaml *root = parse("\xef\xbb\xbf" "a: x\r\nb: y\r\n");
    assert_non_null(root);
    assert_string_equal(yaml_get(root, "a")->text, "x");
    assert_string_equal(yaml_get(root, "b")->text, "y");
}

static void a_key_given_twice_is_told_with_the_first_place(void **state)
{
    struct complaint_view v;
    parse("a: 1\nb: 2\na: 3\n");
    assert_true(complaints_at(complaints, 0, &v));
    assert_int_equal(v.line, 3);
    assert_string_equal(v.text, "key 'a' is given twice, first in line 1");
}

static void aliases_are_refused(void **state)
{
    assert_refused("a: &x {b: 1}\nc: *x\n", 2, 4, "aliases");
}

static void merge_keys_are_refused(void **state)
{
    assert_refused("a: {<<: {b: 1}}\n", 1, 5, "merge keys");
}

static void a_second_document_is_refused(void **state)
{
    assert_refused("a: 1\n---\nb: 2\n", 2, 1, "second document");
}

static void a_tab_is_told_where_it_stands(void **state)
{
    assert_refused("a:\n\tb: 1\n", 2, 1, "tab");
}

static void bytes_that_are_no_text_are_told_where_they_stand(void **state)
{
    assert_refused("a: 1\nb: \xff\n", 2, 4, "UTF-8");
}

static void an_empty_file_is_refused(void **state)
{
    assert_refused("", 1, 1, "empty");
}

static void unknown_tags_are_refused_and_secret_is_known(void **state)
{
    const struct yaml *root = parse("a: !secret name\n");
    assert_true(yaml_get(root, "a")->secret);
    assert_refused("a: !!python/object x\n", 1, 4, "tag");
}

static void depth_is_capped_before_memory_is(void **state)
{
    enum { LEVELS = 100000 };
    char *text = malloc(LEVELS + 1);
    struct complaint_view v;
    memset(text, '[', LEVELS);
    text[LEVELS] = '\0';
    assert_null(parse(text));
    assert_true(complaints_at(complaints, 0, &v));
    assert_non_null(strstr(v.text, "deeper"));
    assert_int_equal(v.column, YAML_DEPTH_MAX + 1);
    free(text);
}

static void merging_keeps_the_nearer_value_and_adds_the_rest(void **state)
{
    const struct yaml *root = parse("u: {a: 1, m: {x: 1, y: 1}}\no: {m: {x: 2}, b: 3}\n");
    const struct yaml *m = yaml_merge(arena, yaml_get(root, "u"), yaml_get(root, "o"));
    assert_string_equal(yaml_get(m, "a")->text, "1");
    assert_string_equal(yaml_get(m, "b")->text, "3");
    assert_string_equal(yaml_get(yaml_get(m, "m"), "x")->text, "2");
    assert_string_equal(yaml_get(yaml_get(m, "m"), "y")->text, "1");
}

static void a_caret_points_under_the_column(void **state)
{
    struct buf text = {0};
    parse("name: \xc3\xa4\xc3\xa4 \n  bad\n: x: y\n");
    complaints_print(complaints, &text);
    assert_non_null(strstr(buf_string(&text), "f.yaml:"));
    assert_non_null(strstr(buf_string(&text), "^\n"));
    buf_fini(&text);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(values_stay_text_and_know_their_places),
        T(a_byte_order_mark_and_dos_line_ends_are_read),
        T(a_key_given_twice_is_told_with_the_first_place),
        T(aliases_are_refused),
        T(merge_keys_are_refused),
        T(a_second_document_is_refused),
        T(a_tab_is_told_where_it_stands),
        T(bytes_that_are_no_text_are_told_where_they_stand),
        T(an_empty_file_is_refused),
        T(unknown_tags_are_refused_and_secret_is_known),
        T(depth_is_capped_before_memory_is),
        T(merging_keeps_the_nearer_value_and_adds_the_rest),
        T(a_caret_points_under_the_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
