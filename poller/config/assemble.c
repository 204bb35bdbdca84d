#include "poller/config/assemble.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "poller/config/checks.h"
#include "poller/config/defaults.h"
#include "poller/config/relations.h"
#include "poller/config/thresholds.h"
#include "poller/model/http_profile.h"

#define LINK_ENDS 2

struct assembly {
    struct binder *binder;
    const struct check_kinds *kinds;
    const struct service_door *services;
    const struct profile_set *profiles;
    const struct yaml *defaults;
    struct config *config;
};

/* Of a node, a link or a group: their members have the same names. */
#define WRITTEN(p) (&(struct written_thresholds){&(p)->warn, &(p)->bad, &(p)->warn_count, &(p)->bad_count, \
                                                 &(p)->thresholds, &(p)->thresholds_count})

/* Below a node: the kinds of checks are read later, when the address is known. */
static bool take_check(void *ctx, const struct yaml *value)
{
    const struct assembly *a = ctx;
    return check_kind_find(a->kinds, value->key) != NULL;
}

static void offer_checks(void *ctx, struct nearest *near)
{
    const struct assembly *a = ctx;
    for (size_t i = 0; i < a->kinds->count; i++)
        nearest_offer(near, a->kinds->list[i].name);
}

/* What was written as address, sorted into numbers and a name. */
static void read_addresses(struct assembly *a, const struct yaml *at, struct config_node *node)
{
    node->addresses = arena_take(a->binder->arena, node->written_count * sizeof *node->addresses);
    if (!node->addresses)
        return;
    for (size_t i = 0; i < node->written_count; i++) {
        char *text = node->written[i];
        if (!text)
            continue;
        if (addr_parse(text, &node->addresses[node->addresses_count]))
            node->addresses_count++;
        else if (!relation_is_hostname(text))
            complain(a->binder->complaints, at->at,
                     "address: expected a number as 192.168.1.1 or a host name, not '%.80s'", text);
        else if (!node->hostname)
            node->hostname = text;
        if (!node->address_text)
            node->address_text = text;
    }
}

/* A check that goes by a named profile says one that is there. */
static void check_profile(struct assembly *a, const struct yaml *map, const struct config_check *check)
{
    const struct check_kind *kind = check_kind_find(a->kinds, check->kind.kind);
    for (size_t i = 0; kind && check->kind.value && i < kind->options->field_count; i++) {
        const struct field *f = &kind->options->fields[i];
        if (strcmp(f->name, "profile") != 0 || f->type != FIELD_TEXT)
            continue;
        const char *name = *(char **)(void *)((char *)check->kind.value + f->offset);
        const struct yaml *y = yaml_get(map, kind->name), *value = y ? yaml_get(y, "profile") : NULL;
        struct nearest near = nearest_to(name ? name : "");
        for (size_t k = 0; k < a->profiles->http_profiles_count; k++)
            nearest_offer(&near, a->profiles->http_profiles[k].name);
        if (name && !profile_find_http(a->profiles, name))
            complain(a->binder->complaints, value ? value->at : y ? y->at : map->at,
                     "no profile of `source: http` is called '%.80s'" NEAREST_FORMAT, name,
                     NEAREST_ARGS(near));
    }
}

static void node_entry(void *ctx, struct binder *b, const struct yaml *entry, void *item)
{
    struct assembly *a = ctx;
    struct bind_others others = {take_check, offer_checks, a};
    const struct yaml *map = defaults_merge(b->arena, a->kinds, a->defaults, entry);
    struct config_node *node = item;
    if (!map) {
        complain(b->complaints, entry->at, "the configuration is too large");
        return;
    }
    bind_record(b, &config_node_record, map, entry->key_at, &others, node);
    const struct yaml *address = yaml_get(map, "address");
    read_addresses(a, address ? address : map, node);
    checks_bind(b, a->kinds, map, node);
    for (size_t i = 0; a->profiles && i < node->checks_count; i++)
        check_profile(a, map, &node->checks[i]);
    thresholds_bind(b, a->profiles, map, WRITTEN(node));
}

struct link_keys {
    struct binder *binder;
    struct config_link *link;
    bool given;
};

static bool take_ends(void *ctx, const struct yaml *value)
{
    struct link_keys *keys = ctx;
    int kind = field_word_index(link_kind_words, value->key);
    if (kind < 0)
        return false;
    static const struct field ends = {FIELD(struct config_link, ends, FIELD_TEXT), .flags = FIELD_LIST,
                                      .count_offset = offsetof(struct config_link, ends_count)};
    if (keys->given)
        complain(keys->binder->complaints, value->key_at, "a link is a wire or a bridge, not both");
    keys->given = true;
    keys->link->kind = (enum link_kind)kind;
    bind_field(keys->binder, &ends, value, keys->link);
    if (keys->link->ends_count != LINK_ENDS)
        complain(keys->binder->complaints, value->at, "a link has two ends, as [A, B]");
    return true;
}

static void offer_ends(void *ctx, struct nearest *near)
{
    for (size_t i = 0; link_kind_words[i]; i++)
        nearest_offer(near, link_kind_words[i]);
}

static void link_entry(void *ctx, struct binder *b, const struct yaml *entry, void *item)
{
    struct assembly *a = ctx;
    struct config_link *link = item;
    struct link_keys keys = {b, item, false};
    struct bind_others others = {take_ends, offer_ends, &keys};
    size_t errors = complaints_errors(b->complaints);
    bind_record(b, &config_link_record, entry, entry->key_at, &others, item);
    if (!keys.given && complaints_errors(b->complaints) == errors)
        complain(b->complaints, entry->key_at, "this link has no ends: wire: [A, B] or bridge: [A, B]");
    thresholds_bind(b, a->profiles, entry, WRITTEN(link));
}

/* `vlan: 501` is short for `vlans: [501]`. */
struct network_keys {
    struct binder *binder;
    const struct record *record;
    void *network;
};

static bool take_vlan(void *ctx, const struct yaml *value)
{
    struct network_keys *keys = ctx;
    if (strcmp(value->key, "vlan") != 0)
        return false;
    bind_field(keys->binder, bind_member(keys->record, "vlans"), value, keys->network);
    return true;
}

static void offer_vlan(void *ctx, struct nearest *near)
{
    nearest_offer(near, "vlan");
}

static void network_entry(void *record, struct binder *b, const struct yaml *entry, void *item)
{
    struct network_keys keys = {b, record, item};
    struct bind_others others = {take_vlan, offer_vlan, &keys};
    bind_record(b, record, entry, entry->key_at, &others, item);
    const struct yaml *one = yaml_get(entry, "vlan");
    if (one && yaml_get(entry, "vlans"))
        complain(b->complaints, one->key_at, "'vlan' and 'vlans' say the same: give one");
}

static void receiver_entry(void *ctx, struct binder *b, const struct yaml *entry, void *item)
{
    const struct assembly *a = ctx;
    receiver_bind(b, a->services, entry, item);
}

/* The keys at the top that are more than their record says. */
static bool take_top(void *ctx, const struct yaml *value)
{
    struct assembly *a = ctx;
    static const struct {
        const char *key;
        bind_entry_fn entry;
    } maps[] = {{"nodes", node_entry}, {"links", link_entry}, {"networks", network_entry},
                {"receivers", receiver_entry}};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        if (strcmp(maps[i].key, value->key) != 0)
            continue;
        const struct field *f = bind_member(&config_record, value->key);
        if (!yaml_is_empty(value))
            bind_map(a->binder, f, value, maps[i].entry,
                     maps[i].entry == network_entry ? (void *)f->record : a, a->config);
        return true;
    }
    return strcmp(value->key, "defaults") == 0 || strcmp(value->key, "include") == 0;
}

static void offer_top(void *ctx, struct nearest *near)
{
    nearest_offer(near, "defaults");
    nearest_offer(near, "include");
}

static bool try_check(void *ctx, const struct yaml *value)
{
    struct assembly *a = ctx;
    const struct check_kind *kind = check_kind_find(a->kinds, value->key);
    if (kind)
        checks_try(a->binder, kind, value);
    return kind != NULL;
}

/* A family that neither a profile nor a node has is probably mistyped. */
static void doubt_family(struct assembly *a, const struct yaml *block)
{
    struct nearest near = nearest_to(block->key);
    for (size_t i = 0; i < a->config->nodes_count; i++)
        if (a->config->nodes[i].family && strcasecmp(a->config->nodes[i].family, block->key) == 0)
            return;
    for (size_t i = 0; i < a->profiles->profiles_count; i++) {
        const char *family = a->profiles->profiles[i].family;
        if (family && strcasecmp(family, block->key) == 0)
            return;
        nearest_offer(&near, family);
    }
    for (size_t i = 0; i < a->profiles->http_profiles_count; i++) {
        const char *family = a->profiles->http_profiles[i].family;
        if (family && strcasecmp(family, block->key) == 0)
            return;
        nearest_offer(&near, family);
    }
    complain_mildly(a->binder->complaints, block->key_at, "no profile is of the family '%.80s'" NEAREST_FORMAT,
                    block->key, NEAREST_ARGS(near));
}

/* What a block says of thresholds stays with its scope. */
static void keep_group(struct assembly *a, const struct yaml *block, enum config_scope scope,
                       const struct config_node *bound)
{
    struct config_group *g = &a->config->groups[a->config->groups_count];
    if (!bound->warn_count && !bound->bad_count)
        return;
    *g = (struct config_group){.scope = scope, .name = scope == SCOPE_ALL ? "" : (char *)(uintptr_t)block->key,
                               .warn = bound->warn, .warn_count = bound->warn_count, .bad = bound->bad,
                               .bad_count = bound->bad_count};
    thresholds_bind(a->binder, a->profiles, block, WRITTEN(g));
    if (scope == SCOPE_FAMILY && a->profiles && a->profiles->profiles_count)
        doubt_family(a, block);
    a->config->groups_count++;
}

/* A block nobody inherits is checked too: bound to a node that is thrown away. */
static void check_block(struct assembly *a, const struct yaml *block, enum config_scope scope)
{
    struct bind_others others = {try_check, offer_checks, a};
    struct config_node scratch;
    bind_record(a->binder, &config_node_record, block, block->key_at, &others, &scratch);
    for (const struct yaml *y = block->kind == YAML_MAP ? block->first : NULL; y; y = y->next)
        if (strcmp(y->key, "address") == 0 || strcmp(y->key, "mac") == 0)
            complain(a->binder->complaints, y->key_at, "'%s' belongs to one node, not to defaults", y->key);
    keep_group(a, block, scope, &scratch);
}

static void check_group(struct assembly *a, const struct yaml *group, enum config_scope scope)
{
    const char *const *words = scope == SCOPE_CLASS ? node_class_words : NULL;
    if (group->kind != YAML_MAP) {
        complain(a->binder->complaints, group->at, "expected a map, as {NAME: {...}}, not %s",
                 yaml_kind_name(group));
        return;
    }
    for (const struct yaml *block = group->first; block; block = block->next) {
        struct nearest near = nearest_to(block->key);
        for (size_t i = 0; words && words[i]; i++)
            nearest_offer(&near, words[i]);
        if (words && field_word_index(words, block->key) < 0)
            complain(a->binder->complaints, block->key_at, "no class is called '%s'" NEAREST_FORMAT,
                     block->key, NEAREST_ARGS(near));
        check_block(a, block, scope);
    }
}

static int by_scope(const void *x, const void *y)
{
    const struct config_group *a = x, *b = y;
    return a->scope != b->scope ? (int)a->scope - (int)b->scope : strcmp(a->name, b->name);
}

static size_t count_blocks(const struct yaml *defaults)
{
    size_t count = 1;
    for (const struct yaml *y = defaults->first; y; y = y->next)
        count += 1 + bind_count(y);
    return count;
}

static void check_defaults(struct assembly *a)
{
    const char *const *known = config_scope_words;
    if (yaml_is_empty(a->defaults))
        return;
    a->config->groups = arena_take(a->binder->arena, count_blocks(a->defaults) * sizeof *a->config->groups);
    if (!a->config->groups)
        return;
    if (a->defaults->kind != YAML_MAP)
        complain(a->binder->complaints, a->defaults->at, "'defaults' takes a map, not %s",
                 yaml_kind_name(a->defaults));
    for (const struct yaml *y = a->defaults->first; y && a->defaults->kind == YAML_MAP; y = y->next) {
        int index = field_word_index(known, y->key);
        struct nearest near = nearest_to(y->key);
        for (size_t i = 0; known[i]; i++)
            nearest_offer(&near, known[i]);
        if (index < 0)
            complain(a->binder->complaints, y->key_at,
                     "unknown key '%s'" NEAREST_FORMAT " (defaults go by all, class, family or site)",
                     y->key, NEAREST_ARGS(near));
        else if (index == SCOPE_ALL)
            check_block(a, y, SCOPE_ALL);
        else if (!yaml_is_empty(y))
            check_group(a, y, (enum config_scope)index);
    }
    qsort(a->config->groups, a->config->groups_count, sizeof *a->config->groups, by_scope);
}

void config_assemble(struct binder *b, const struct check_kinds *kinds,
                     const struct service_door *services, const struct profile_set *profiles,
                     const struct yaml *root, struct config *out)
{
    struct assembly a = {b, kinds, services, profiles, yaml_get(root, "defaults"), out};
    struct bind_others others = {take_top, offer_top, &a};
    bind_record(b, &config_record, root, root->at, &others, out);
    check_defaults(&a);
    relations_check(b, kinds, root, out);
}
