#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "poller/config/diff.h"

static const char before[] = "nodes:\n"
                             "  router: {address: 10.0.0.1, snmp: a}\n"
                             "  switch: {address: 10.0.0.2, parent: router}\n"
                             "  camera: {address: 10.0.0.3, tcp: [22, 80]}\n";

static struct arena *arena;
static struct config_diff diff;

static void compare(const char *after)
{
    struct readout old, new;
    assert_true(memory_read(before, NULL, arena, &old));
    assert_true(memory_read(after, NULL, arena, &new));
    assert_true(config_diff(&old.config, &new.config, memory_kinds.resolve, arena, &diff));
}

static int begin(void **state)
{
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    arena_destroy(arena);
    return 0;
}

static const char *node_fate(const char *name)
{
    for (size_t i = 0; i < diff.nodes_count; i++) {
        const struct config_node *n = diff.nodes[i].after ? diff.nodes[i].after : diff.nodes[i].before;
        if (strcmp(n->name, name) == 0)
            return fate_words[diff.nodes[i].fate];
    }
    return "absent";
}

static const char *check_fate(const char *node, const char *kind, const char *label)
{
    for (size_t i = 0; i < diff.checks_count; i++) {
        const struct config_check *c = diff.checks[i].after ? diff.checks[i].after : diff.checks[i].before;
        if (strcmp(diff.checks[i].node->name, node) == 0 && strcmp(c->kind.kind, kind) == 0 &&
            strcmp(c->label, label) == 0)
            return fate_words[diff.checks[i].fate];
    }
    return "absent";
}

static void an_equal_file_leaves_everything_alone(void **state)
{
    compare(before);
    for (size_t i = 0; i < diff.nodes_count; i++)
        assert_int_equal(diff.nodes[i].fate, FATE_SAME);
    for (size_t i = 0; i < diff.checks_count; i++)
        assert_int_equal(diff.checks[i].fate, FATE_SAME);
    assert_int_equal(diff.checks_count, 6);
}

static void a_changed_option_touches_that_check_only(void **state)
{
    compare("nodes:\n  camera: {address: 10.0.0.3, tcp: [80, 22]}\n"
            "  router: {address: 10.0.0.1, snmp: b}\n  switch: {address: 10.0.0.2, parent: router}\n");
    assert_string_equal(check_fate("router", "snmp", ""), "changed");
    assert_string_equal(check_fate("router", "ping", ""), "same");
    assert_string_equal(check_fate("camera", "tcp", "22"), "same");
    assert_string_equal(check_fate("camera", "tcp", "80"), "same");
    assert_string_equal(node_fate("router"), "same");
}

static void another_address_changes_all_checks_of_a_node(void **state)
{
    compare("nodes:\n  router: {address: 10.0.0.9, snmp: a}\n  switch: {address: 10.0.0.2}\n"
            "  camera: {address: 10.0.0.3, tcp: [22, 443]}\n");
    assert_string_equal(check_fate("router", "ping", ""), "changed");
    assert_string_equal(check_fate("switch", "ping", ""), "same");
    assert_string_equal(node_fate("switch"), "changed");
    assert_string_equal(check_fate("camera", "tcp", "80"), "gone");
    assert_string_equal(check_fate("camera", "tcp", "443"), "new");
}

static void a_node_that_left_takes_its_checks_along(void **state)
{
    compare("nodes:\n  router: {address: 10.0.0.1, snmp: a}\n  barn: 10.0.0.4\n");
    assert_string_equal(node_fate("camera"), "gone");
    assert_string_equal(check_fate("camera", "tcp", "22"), "gone");
    assert_string_equal(node_fate("barn"), "new");
    assert_string_equal(check_fate("barn", "ping", ""), "new");
}

static void the_first_configuration_is_all_new(void **state)
{
    struct readout new;
    assert_true(memory_read(before, NULL, arena, &new));
    assert_true(config_diff(NULL, &new.config, memory_kinds.resolve, arena, &diff));
    assert_int_equal(diff.nodes_count, 3);
    assert_string_equal(check_fate("router", "snmp", ""), "new");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(an_equal_file_leaves_everything_alone),
        T(a_changed_option_touches_that_check_only),
        T(another_address_changes_all_checks_of_a_node),
        T(a_node_that_left_takes_its_checks_along),
        T(the_first_configuration_is_all_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
