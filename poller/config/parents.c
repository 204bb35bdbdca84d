/* Who hangs behind whom, as written and as bridges imply it. */
#include <string.h>

#include "poller/config/relations_internal.h"

static void check_parents(struct relations *r)
{
    const struct yaml *entry = relations_entries(r, "nodes");
    for (size_t i = 0; i < r->config->nodes_count && entry; i++, entry = entry->next) {
        const struct config_node *n = &r->config->nodes[i];
        for (size_t k = 0; k < n->parents_count; k++)
            if (n->parents[k] && !relations_node(r, n->parents[k]))
                relations_no_node(r, relations_place(entry, "parent"), "parent", n->parents[k]);
        if (n->port && n->parents_count == 0)
            complain_mildly(r->binder->complaints, relations_place(entry, "port"),
                            "'port' says where on its parent it hangs, but no parent is given");
    }
}

/* Is `node` behind `other` by the first parents written so far? */
static bool is_behind(const struct relations *r, const struct config_node *node,
                      const struct config_node *other)
{
    for (size_t steps = 0; node && steps <= r->config->nodes_count; steps++) {
        if (node == other)
            return true;
        node = node->parents_count && node->parents[0] ? relations_node(r, node->parents[0]) : NULL;
    }
    return false;
}

/* bridge: [A, B] says that B hangs behind A, unless B's place is written or A hangs behind B. */
static void imply_parents(struct relations *r)
{
    for (size_t i = 0; i < r->config->links_count; i++) {
        const struct config_link *l = &r->config->links[i];
        if (l->kind != LINK_BRIDGE || l->ends_count != 2 || !l->ends[0] || !l->ends[1])
            continue;
        struct config_node *near = relations_node(r, l->ends[0]), *far = relations_node(r, l->ends[1]);
        if (!near || !far || far->parents_count || is_behind(r, near, far))
            continue;
        far->parents = arena_take(r->binder->arena, sizeof *far->parents);
        if (far->parents) {
            far->parents[0] = near->name;
            far->parents_count = 1;
        }
    }
}

/* Takes away, again and again, nodes without a parent left: what remains hangs in circles or behind one. */
static void mark_circles(const struct relations *r, bool *remains)
{
    size_t count = r->config->nodes_count;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            const struct config_node *n = &r->config->nodes[i];
            bool held = false;
            for (size_t k = 0; k < n->parents_count && remains[i]; k++) {
                const struct config_node *p = n->parents[k] ? relations_node(r, n->parents[k]) : NULL;
                held = held || (p && remains[p - r->config->nodes]);
            }
            if (remains[i] && !held) {
                remains[i] = false;
                again = true;
            }
        }
    }
}

static const struct config_node *remaining_parent(const struct relations *r, const struct config_node *n,
                                                  const bool *remains)
{
    for (size_t k = 0; k < n->parents_count; k++) {
        const struct config_node *p = n->parents[k] ? relations_node(r, n->parents[k]) : NULL;
        if (p && remains[p - r->config->nodes])
            return p;
    }
    return NULL;
}

static void print_circle(struct relations *r, const struct config_node *start, bool *remains)
{
    struct buf text = {0};
    const struct config_node *n = start;
    const struct yaml *entry = relations_entries(r, "nodes");
    for (size_t i = (size_t)(start - r->config->nodes); i > 0 && entry; i--)
        entry = entry->next;
    do {
        const struct config_node *next = remaining_parent(r, n, remains);
        buf_printf(&text, "%s -> ", n->name);
        n = next ? next : start;
    } while (n != start && text.len < 600);
    buf_text(&text, n == start ? start->name : "...");
    if (entry)
        complain(r->binder->complaints, relations_place(entry, "parent"), "parents go in a circle: %s",
                 buf_string(&text));
    buf_fini(&text);
}

/* Every circle once, from the first of its nodes as written. */
static void check_circles(struct relations *r)
{
    size_t count = r->config->nodes_count;
    bool *remains = arena_take(r->binder->arena, count + 1);
    size_t *seen_by = arena_take(r->binder->arena, (count + 1) * sizeof *seen_by);
    if (!remains || !seen_by)
        return;
    memset(remains, true, count);
    mark_circles(r, remains);
    for (size_t i = 0; i < count; i++) {
        const struct config_node *n = &r->config->nodes[i];
        if (!remains[i])
            continue;
        while (n && !seen_by[n - r->config->nodes]) {
            seen_by[n - r->config->nodes] = i + 1;
            n = remaining_parent(r, n, remains);
        }
        if (n && seen_by[n - r->config->nodes] == i + 1)
            print_circle(r, n, remains);
    }
}

void parents_check(struct relations *r)
{
    imply_parents(r);
    check_parents(r);
    check_circles(r);
}
