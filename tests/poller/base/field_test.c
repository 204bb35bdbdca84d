#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/field.h"

struct leaf {
    char *text;
    double real;
};

struct tree {
    int64_t number;
    int word;
    struct leaf *leaves;
    size_t leaves_count;
    char **names;
    size_t names_count;
    struct bytes blob;
};

static const char *const words[] = {"red", "green", NULL};
static const struct field leaf_fields[] = {
    {FIELD(struct leaf, text, FIELD_TEXT)},
    {FIELD(struct leaf, real, FIELD_REAL)},
};
static const struct record leaf_record = RECORD(leaf, leaf_fields);
static const struct field tree_fields[] = {
    {FIELD(struct tree, number, FIELD_INT)},
    {FIELD(struct tree, word, FIELD_ENUM), .words = words},
    {FIELD_MANY(struct tree, leaves, FIELD_RECORD), .record = &leaf_record},
    {FIELD_MANY(struct tree, names, FIELD_TEXT)},
    {FIELD(struct tree, blob, FIELD_BYTES)},
};
static const struct record tree_record = RECORD(tree, tree_fields);

static struct leaf leaves[] = {{"oak", 1.5}, {NULL, -2}, {"", 0}};
static char *names[] = {"a", "bb"};
static const struct tree sample = {.number = -7, .word = 1, .leaves = leaves, .leaves_count = 3,
                                   .names = names, .names_count = 2,
                                   .blob = {(uint8_t *)"\0\1\2", 3}};

static void what_is_packed_comes_back(void **state)
{
    struct arena *a = arena_create(0);
    struct tree back;
    assert_true(field_copy(&tree_record, &sample, NULL, a, &back));
    assert_true(field_equal(&tree_record, &sample, &back, NULL));
    assert_string_equal(back.leaves[0].text, "oak");
    assert_null(back.leaves[1].text);
    assert_string_equal(back.leaves[2].text, "");
    arena_destroy(a);
}

static void every_truncation_is_refused(void **state)
{
    struct buf packed = {0};
    field_pack(&tree_record, &sample, NULL, &packed);
    for (size_t len = 0; len < packed.len; len++) {
        struct arena *a = arena_create(0);
        struct reader in = reader_over(packed.data, len);
        struct tree back;
        assert_false(field_unpack(&tree_record, &in, NULL, a, &back));
        arena_destroy(a);
    }
    buf_fini(&packed);
}

static void an_unknown_word_and_a_huge_count_are_refused(void **state)
{
    struct buf packed = {0};
    struct arena *a = arena_create(0);
    struct tree back;
    field_pack(&tree_record, &sample, NULL, &packed);
    packed.data[11] = 2; /* the word's last byte */
    struct reader in = reader_over(packed.data, packed.len);
    assert_false(field_unpack(&tree_record, &in, NULL, a, &back));
    packed.data[11] = 1;
    packed.data[12] = (char)0x7f; /* the list's count */
    in = reader_over(packed.data, packed.len);
    assert_false(field_unpack(&tree_record, &in, NULL, a, &back));
    buf_fini(&packed);
    arena_destroy(a);
}

static void an_arena_at_its_ceiling_refuses(void **state)
{
    struct arena *a = arena_create(64);
    struct tree back;
    assert_false(field_copy(&tree_record, &sample, NULL, a, &back));
    arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(an_unknown_word_and_a_huge_count_are_refused),
        cmocka_unit_test(an_arena_at_its_ceiling_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
