#include "web/tree.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define RING_MAX 1000
#define RECURSION_MAX 512 /* no network is that deep */

struct name_place {
    const char *name;
    size_t node;
};

struct links {
    size_t *parent, *first, *next; /* by node */
    struct tree_row *rows;
    size_t count, written;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name_place *)a)->name, ((const struct name_place *)b)->name);
}

static void find_parents(const struct snapshot *view, struct name_place *places, struct links *l)
{
    for (size_t i = 0; i < l->count; i++)
        places[i] = (struct name_place){snapshot_node_at(view, i)->name, i};
    qsort(places, l->count, sizeof *places, by_name);
    for (size_t i = 0; i < l->count; i++) {
        struct name_place wanted = {snapshot_node_at(view, i)->parent, 0};
        const struct name_place *found =
            wanted.name ? bsearch(&wanted, places, l->count, sizeof *places, by_name) : NULL;
        l->parent[i] = found && found->node != i ? found->node : NONE;
    }
}

/* A ring of parents has no top: it is opened at its first node. */
static void open_rings(struct links *l)
{
    for (size_t i = 0; i < l->count; i++) {
        size_t steps = 0, at = i;
        while (l->parent[at] != NONE && l->parent[at] != i && ++steps < RING_MAX)
            at = l->parent[at];
        if (l->parent[at] == i)
            l->parent[i] = NONE;
    }
}

static void link_children(struct links *l)
{
    for (size_t i = l->count; i-- > 0;) {
        size_t p = l->parent[i];
        l->next[i] = NONE;
        if (p == NONE)
            continue;
        l->next[i] = l->first[p];
        l->first[p] = i;
    }
}

static void write_rows(struct links *l, size_t node, size_t depth)
{
    l->rows[l->written++] = (struct tree_row){node, depth};
    if (depth == RECURSION_MAX)
        return;
    for (size_t child = l->first[node]; child != NONE; child = l->next[child])
        write_rows(l, child, depth + 1);
}

static void clamp_depths(struct links *l)
{
    for (size_t i = 0; i < l->written; i++)
        if (l->rows[i].depth > TREE_DEPTH_MAX)
            l->rows[i].depth = TREE_DEPTH_MAX;
}

struct tree_row *tree_rows(const struct snapshot *view, size_t *count)
{
    size_t nodes = snapshot_node_count(view), room = nodes ? nodes : 1;
    struct name_place *places = calloc(room, sizeof *places);
    struct links l = {.parent = calloc(room, sizeof(size_t)), .first = calloc(room, sizeof(size_t)),
                      .next = calloc(room, sizeof(size_t)),
                      .rows = calloc(room, sizeof(struct tree_row)), .count = nodes};
    bool ok = places && l.parent && l.first && l.next && l.rows;
    if (ok) {
        for (size_t i = 0; i < nodes; i++)
            l.first[i] = NONE;
        find_parents(view, places, &l);
        open_rings(&l);
        link_children(&l);
        for (size_t i = 0; i < nodes; i++)
            if (l.parent[i] == NONE)
                write_rows(&l, i, 0);
        clamp_depths(&l);
    } else {
        free(l.rows);
        l.rows = NULL;
    }
    *count = l.written;
    free(places);
    free(l.parent);
    free(l.first);
    free(l.next);
    return l.rows;
}
