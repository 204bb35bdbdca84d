#include "poller/config/diff.h"

#include <stdlib.h>
#include <string.h>

const char *const fate_words[] = {"same", "changed", "new", "gone", NULL};

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct config_node *const *)a)->name, (*(const struct config_node *const *)b)->name);
}

/* The nodes of c by name, sorted. */
static const struct config_node **sorted_nodes(const struct config *c, struct arena *arena)
{
    const struct config_node **list = arena_take(arena, (c->nodes_count + 1) * sizeof(*list));
    for (size_t i = 0; list && i < c->nodes_count; i++)
        list[i] = &c->nodes[i];
    if (list)
        qsort(list, c->nodes_count, sizeof(*list), by_name);
    return list;
}

static const struct config_node *find(const struct config_node *const *sorted, size_t count,
                                      const struct config_node *like)
{
    const struct config_node *const *found = bsearch(&like, sorted, count, sizeof *sorted, by_name);
    return found ? *found : NULL;
}

static const struct config_check *find_check(const struct config_node *n, const struct config_check *like)
{
    for (size_t i = 0; n && i < n->checks_count; i++)
        if (strcmp(n->checks[i].kind.kind, like->kind.kind) == 0 &&
            strcmp(n->checks[i].label ? n->checks[i].label : "", like->label ? like->label : "") == 0)
            return &n->checks[i];
    return NULL;
}

static bool same_apart_from_checks(const struct config_node *a, const struct config_node *b)
{
    struct config_node x = *a, y = *b;
    x.checks_count = y.checks_count = 0;
    return field_equal(&config_node_record, &x, &y, NULL);
}

/* What a check sees of its node. */
static bool asked_alike(const struct config_node *a, const struct config_node *b)
{
    struct config_node x = {.written = a->written, .written_count = a->written_count, .mac = a->mac,
                            .class = a->class, .paused = a->paused};
    struct config_node y = {.written = b->written, .written_count = b->written_count, .mac = b->mac,
                            .class = b->class, .paused = b->paused};
    return field_equal(&config_node_record, &x, &y, NULL);
}

static void add_check(struct config_diff *d, enum fate fate, const struct config_node *node,
                      const struct config_check *before, const struct config_check *after)
{
    d->checks[d->checks_count++] = (struct check_fate){fate, node, before, after};
}

static void compare_checks(struct config_diff *d, const struct config_node *before,
                           const struct config_node *after, field_resolver resolve)
{
    bool alike = before && after && asked_alike(before, after);
    for (size_t i = 0; after && i < after->checks_count; i++) {
        const struct config_check *new = &after->checks[i], *old = find_check(before, new);
        bool same = old && alike && field_equal(&config_check_record, old, new, resolve);
        add_check(d, !old ? FATE_NEW : same ? FATE_SAME : FATE_CHANGED, after, old, new);
    }
    for (size_t i = 0; before && i < before->checks_count; i++)
        if (!find_check(after, &before->checks[i]))
            add_check(d, FATE_GONE, before, &before->checks[i], NULL);
}

static void compare_nodes(struct config_diff *d, const struct config_node *before,
                          const struct config_node *after, field_resolver resolve)
{
    enum fate fate = !before ? FATE_NEW
                     : !after ? FATE_GONE
                     : same_apart_from_checks(before, after) ? FATE_SAME : FATE_CHANGED;
    d->nodes[d->nodes_count++] = (struct node_fate){fate, before, after};
    compare_checks(d, before, after, resolve);
}

static size_t count_checks(const struct config *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->nodes_count; i++)
        count += c->nodes[i].checks_count;
    return count;
}

bool config_diff(const struct config *before, const struct config *after, field_resolver resolve,
                 struct arena *arena, struct config_diff *out)
{
    static const struct config nothing;
    const struct config *old = before ? before : &nothing;
    const struct config_node *const *sorted_old = sorted_nodes(old, arena);
    const struct config_node *const *sorted_new = sorted_nodes(after, arena);
    *out = (struct config_diff){
        .nodes = arena_take(arena, (old->nodes_count + after->nodes_count) * sizeof *out->nodes),
        .checks = arena_take(arena, (count_checks(old) + count_checks(after)) * sizeof *out->checks)};
    if (!sorted_old || !sorted_new || !out->nodes || !out->checks)
        return false;
    for (size_t i = 0; i < after->nodes_count; i++)
        compare_nodes(out, find(sorted_old, old->nodes_count, &after->nodes[i]), &after->nodes[i], resolve);
    for (size_t i = 0; i < old->nodes_count; i++)
        if (!find(sorted_new, after->nodes_count, &old->nodes[i]))
            compare_nodes(out, &old->nodes[i], NULL, resolve);
    return true;
}
