#include "poller/config/defaults.h"

#include <string.h>

#include "poller/config/bind.h"
#include "poller/config/checks.h"
#include "poller/config/config.h"

/* {key: value} in value's place, so that a short form can be merged like the long one. */
static struct yaml *wrap(struct arena *arena, const struct yaml *value, const char *key)
{
    struct yaml *map = arena_copy(arena, value, sizeof *map), *inner = arena_copy(arena, value, sizeof *map);
    if (!map || !inner)
        return NULL;
    inner->key = key;
    inner->next = NULL;
    *map = (struct yaml){.kind = YAML_MAP, .at = value->at, .key = value->key, .key_at = value->key_at};
    yaml_append(map, inner);
    return map;
}

static struct yaml *one_check(struct arena *arena, const struct check_kind *kind, const struct yaml *under,
                              const struct yaml *own)
{
    const struct field *bare = bind_short(kind->options);
    if (check_is_bare(own)) {
        struct yaml *copy = arena_copy(arena, under, sizeof *copy);
        if (copy)
            copy->next = NULL;
        return copy;
    }
    if (own->kind == YAML_TEXT && bare && under->kind == YAML_MAP)
        own = wrap(arena, own, bare->name);
    return own ? yaml_merge(arena, under, own) : NULL;
}

/* A check's own value over the inherited one: each of several gets it, bare forms keep it. */
static struct yaml *merge_check(struct arena *arena, const struct check_kind *kind,
                                const struct yaml *under, const struct yaml *own)
{
    if (under->kind != YAML_MAP || check_is_off(own))
        return arena_copy(arena, own, sizeof *own);
    if (own->kind != YAML_LIST)
        return one_check(arena, kind, under, own);
    struct yaml *list = arena_copy(arena, own, sizeof *own);
    if (!list)
        return NULL;
    list->first = list->last = NULL;
    for (const struct yaml *item = own->first; item; item = item->next) {
        struct yaml *merged = one_check(arena, kind, under, item);
        if (!merged)
            return NULL;
        merged->next = NULL;
        yaml_append(list, merged);
    }
    return list;
}

static bool add_copy(struct arena *arena, struct yaml *map, const struct yaml *value, bool inherited)
{
    struct yaml *copy = value ? arena_copy(arena, value, sizeof *copy) : NULL;
    if (!copy)
        return false;
    copy->inherited = inherited;
    copy->next = NULL;
    yaml_append(map, copy);
    return true;
}

bool defaults_is_threshold(const char *key)
{
    return strcmp(key, "warn") == 0 || strcmp(key, "bad") == 0;
}

/* own over block; block NULL or no map: own as it is. */
static const struct yaml *over(struct arena *arena, const struct check_kinds *kinds,
                               const struct yaml *block, const struct yaml *own)
{
    if (!block || block->kind != YAML_MAP)
        return own;
    struct yaml *map = arena_copy(arena, own, sizeof *map);
    if (!map)
        return NULL;
    map->first = map->last = NULL;
    for (const struct yaml *y = own->first; y; y = y->next) {
        const struct yaml *under = yaml_get(block, y->key), *merged = y;
        const struct check_kind *kind = under ? check_kind_find(kinds, y->key) : NULL;
        if (kind && (merged = merge_check(arena, kind, under, y))) {
            ((struct yaml *)merged)->key = y->key;
            ((struct yaml *)merged)->key_at = y->key_at;
        }
        if (!add_copy(arena, map, merged, y->inherited))
            return NULL;
    }
    for (const struct yaml *y = block->first; y; y = y->next)
        if (!defaults_is_threshold(y->key) && !yaml_get(own, y->key) && !add_copy(arena, map, y, true))
            return NULL;
    return map;
}

static const char *text_of(const struct yaml *map, const char *key, const char *otherwise)
{
    const struct yaml *y = yaml_get(map, key);
    return y && y->kind == YAML_TEXT && !yaml_is_empty(y) ? y->text : otherwise;
}

static struct yaml *as_map(struct arena *arena, const struct yaml *node)
{
    if (yaml_is_empty(node)) {
        struct yaml *map = arena_copy(arena, node, sizeof *map);
        if (map)
            map->kind = YAML_MAP;
        return map;
    }
    return node->kind == YAML_MAP ? arena_copy(arena, node, sizeof *node) : wrap(arena, node, "address");
}

struct yaml *defaults_merge(struct arena *arena, const struct check_kinds *kinds,
                            const struct yaml *defaults, const struct yaml *node)
{
    const struct yaml *own = as_map(arena, node), *all = yaml_get(defaults, "all");
    static const char *const groups[] = {"site", "family", "class"}; /* nearest first */
    for (size_t i = 0; own && i < 3; i++) {
        const char *standard = i == 2 ? node_class_words[CLASS_NETWORK] : "";
        const char *member = text_of(own, groups[i], text_of(all, groups[i], standard));
        own = over(arena, kinds, yaml_get(yaml_get(defaults, groups[i]), member), own);
    }
    own = own ? over(arena, kinds, all, own) : NULL;
    return (struct yaml *)own;
}
