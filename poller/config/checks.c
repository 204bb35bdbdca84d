#include "poller/config/checks.h"

#include <string.h>

#include "poller/config/scalar.h"

#define LABEL_MAX_BYTES 64 /* ends up in a file's name */

const struct check_kind *check_kind_find(const struct check_kinds *kinds, const char *name)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (strcmp(kinds->list[i].name, name) == 0)
            return &kinds->list[i];
    return NULL;
}

static bool is_word(const struct yaml *y, const char *const *words)
{
    return y->kind == YAML_TEXT && y->plain && !y->secret && field_word_index(words, y->text) >= 0;
}

bool check_is_off(const struct yaml *y)
{
    static const char *const words[] = {"off", "no", "false", NULL};
    return y && is_word(y, words);
}

bool check_is_bare(const struct yaml *y)
{
    static const char *const words[] = {"on", "yes", "true", NULL};
    return yaml_is_empty(y) || is_word(y, words);
}

/* Defaults that lack what the kind needs are for nodes that give it themselves. */
static bool is_only_options(const struct check_kind *kind, const struct yaml *y)
{
    for (size_t i = 0; y->inherited && i < kind->options->field_count; i++) {
        const struct field *f = &kind->options->fields[i];
        if ((f->flags & FIELD_REQUIRED) && (y->kind != YAML_MAP || !yaml_get(y, f->name)) &&
            (y->kind == YAML_MAP || !(f->flags & FIELD_SHORT)))
            return true;
    }
    return false;
}

/* How many checks a key asks for; y NULL: it is not there. */
static size_t wanted(const struct check_kind *kind, const struct yaml *y, const struct config_node *node)
{
    if (!y)
        return kind->automatic && node->written_count > 0 ? 1 : 0;
    if (check_is_off(y) || is_only_options(kind, y))
        return 0;
    return y->kind == YAML_LIST ? bind_count(y) : 1;
}

struct check_keys {
    struct binder *binder;
    struct config_check *check;
};

static const struct field *own_key(const char *key)
{
    for (size_t i = 0; i < config_check_record.field_count; i++) {
        const struct field *f = &config_check_record.fields[i];
        if (!(f->flags & FIELD_HIDDEN) && strcmp(f->name, key) == 0)
            return f;
    }
    return NULL;
}

static bool take_own_key(void *ctx, const struct yaml *value)
{
    struct check_keys *keys = ctx;
    const struct field *f = own_key(value->key);
    if (f)
        bind_field(keys->binder, f, value, keys->check);
    return f != NULL;
}

static void offer_own_keys(void *ctx, struct nearest *near)
{
    for (size_t i = 0; i < config_check_record.field_count; i++)
        if (!(config_check_record.fields[i].flags & FIELD_HIDDEN))
            nearest_offer(near, config_check_record.fields[i].name);
}

static void bind_check(struct binder *b, const struct check_kind *kind, const struct yaml *y,
                       struct place at, struct config_check *check)
{
    struct check_keys keys = {b, check};
    struct bind_others others = {take_own_key, offer_own_keys, &keys};
    check->kind.kind = (char *)kind->name;
    check->kind.value = arena_take(b->arena, kind->options->size);
    if (!check->kind.value) {
        complain(b->complaints, at, "the configuration is too large");
        return;
    }
    bind_record(b, kind->options, check_is_bare(y) ? NULL : y, at, &others, check->kind.value);
    if (check->label && (strlen(check->label) > LABEL_MAX_BYTES || strchr(check->label, '/')))
        complain(b->complaints, y->at, "a label may be %d bytes long at most and hold no '/'",
                 LABEL_MAX_BYTES);
    if (check->interval_ns == 0)
        check->interval_ns = kind->interval_ns;
}

/* Among several of a kind each needs a label: what a bare value would have given, unless one was written. */
static void label_check(struct binder *b, const struct check_kind *kind, struct config_check *check,
                        bool several)
{
    const struct field *f = several && !check->label ? bind_short(kind->options) : NULL;
    struct buf text = {0};
    if (f && !(f->flags & FIELD_LIST) && scalar_is(f->type) && check->kind.value)
        scalar_write(f, (const char *)check->kind.value + f->offset, &text);
    if (!check->label)
        check->label = arena_text(b->arena, buf_string(&text), text.len);
    buf_fini(&text);
}

static void complain_of_same_labels(struct binder *b, const struct check_kind *kind,
                                    const struct yaml *y, const struct config_check *checks, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (checks[i].label && checks[k].label && strcmp(checks[i].label, checks[k].label) == 0) {
                complain(b->complaints, y->at, "two %s checks are both labelled '%s': give each a `label`",
                         kind->name, checks[i].label);
                return;
            }
}

static void bind_kind(struct binder *b, const struct check_kind *kind, const struct yaml *y,
                      size_t count, struct config_check *checks, struct place at)
{
    const struct yaml *item = y && y->kind == YAML_LIST ? y->first : y;
    for (size_t i = 0; i < count; i++, item = item ? item->next : NULL) {
        bind_check(b, kind, item, item ? item->at : at, &checks[i]);
        label_check(b, kind, &checks[i], count > 1);
    }
    if (count > 1)
        complain_of_same_labels(b, kind, y, checks, count);
}

void checks_try(struct binder *b, const struct check_kind *kind, const struct yaml *y)
{
    struct config_check scratch = {0};
    b->lenient = true;
    for (const struct yaml *item = y->kind == YAML_LIST ? y->first : y; item;
         item = y->kind == YAML_LIST ? item->next : NULL)
        if (!check_is_off(item))
            bind_check(b, kind, item, item->at, &scratch);
    b->lenient = false;
}

void checks_bind(struct binder *b, const struct check_kinds *kinds, const struct yaml *map,
                 struct config_node *node)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < kinds->count; i++)
        count += wanted(&kinds->list[i], yaml_get(map, kinds->list[i].name), node);
    struct config_check *checks = arena_take(b->arena, count * sizeof *checks);
    if (!checks) {
        complain(b->complaints, map->at, "the configuration is too large");
        return;
    }
    for (size_t i = 0; i < kinds->count; i++) {
        const struct yaml *y = yaml_get(map, kinds->list[i].name);
        size_t some = wanted(&kinds->list[i], y, node);
        bind_kind(b, &kinds->list[i], y, some, &checks[at], map->key_at);
        at += some;
    }
    node->checks = checks;
    node->checks_count = count;
}
