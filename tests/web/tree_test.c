#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/tree.h"

static void give(struct snapshot *s, const char *name, const char *parent)
{
    struct ew_node n = {.name = (char *)name, .parent = (char *)parent};
    struct buf packed = {0};
    field_pack(&ew_node_record, &n, NULL, &packed);
    struct frame f = {.type = EW_NODE, .payload = (const uint8_t *)packed.data, .len = packed.len, .fd = -1};
    assert_true(snapshot_take(s, &f));
    buf_fini(&packed);
}

/* "router lan-switch." : a dot for each level in front of a name */
static void expect(struct snapshot *s, const char *drawn)
{
    char text[1024] = "";
    size_t count, len = 0;
    struct tree_row *rows = tree_rows(s, &count);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s%s", i ? " " : "", (int)rows[i].depth,
                                "..............................", snapshot_node_at(s, rows[i].node)->name);
    assert_string_equal(text, drawn);
    free(rows);
    snapshot_destroy(s);
}

static void children_stand_behind_their_parent(void **state)
{
    struct snapshot *s = snapshot_create();
    give(s, "cam", "barn-node");
    give(s, "router", NULL);
    give(s, "switch", "router");
    give(s, "barn-node", "switch");
    give(s, "nas", "switch");
    expect(s, "router .switch ..barn-node ...cam ..nas");
}

static void an_unknown_parent_is_no_parent(void **state)
{
    struct snapshot *s = snapshot_create();
    give(s, "cam", "gone");
    give(s, "self", "self");
    expect(s, "cam self");
}

static void a_ring_is_opened_once(void **state)
{
    struct snapshot *s = snapshot_create();
    give(s, "a", "c");
    give(s, "b", "a");
    give(s, "c", "b");
    give(s, "tail", "c");
    expect(s, "a .b ..c ...tail");
}

static void a_long_chain_does_not_go_off_the_page(void **state)
{
    struct snapshot *s = snapshot_create();
    char name[16], parent[16];
    size_t count;
    give(s, "n0", NULL);
    for (int i = 1; i < 100; i++) {
        snprintf(name, sizeof name, "n%d", i);
        snprintf(parent, sizeof parent, "n%d", i - 1);
        give(s, name, parent);
    }
    struct tree_row *rows = tree_rows(s, &count);
    assert_int_equal(count, 100);
    assert_int_equal(rows[99].depth, TREE_DEPTH_MAX);
    free(rows);
    snapshot_destroy(s);
}

static void nothing_gives_nothing(void **state)
{
    struct snapshot *s = snapshot_create();
    expect(s, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_stand_behind_their_parent),
        cmocka_unit_test(an_unknown_parent_is_no_parent),
        cmocka_unit_test(a_ring_is_opened_once),
        cmocka_unit_test(a_long_chain_does_not_go_off_the_page),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
