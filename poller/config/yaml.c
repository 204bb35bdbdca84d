#include "poller/config/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct parsing {
    yaml_parser_t parser;
    const struct source *source;
    struct arena *arena;
    struct complaints *complaints;
};

static struct place place_of(const struct parsing *p, yaml_mark_t mark)
{
    return (struct place){p->source, mark.line + 1, mark.column + 1};
}

static size_t byte_order_mark(const struct source *s)
{
    return s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Bytes that are no text have an offset, not a mark. */
static struct place place_at_offset(const struct source *s, size_t offset)
{
    struct place at = {s, 1, 1};
    size_t mark = byte_order_mark(s);
    for (size_t i = mark; i < offset + mark && i < s->len; i++) {
        if (s->text[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (((unsigned char)s->text[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

static bool is_tab(const struct source *s, size_t offset)
{
    return offset < s->len && s->text[offset] == '\t';
}

static void complain_of_syntax(struct parsing *p)
{
    const yaml_parser_t *y = &p->parser;
    if (y->error == YAML_SCANNER_ERROR && is_tab(p->source, y->problem_mark.index + byte_order_mark(p->source)))
        complain(p->complaints, place_of(p, y->problem_mark), "a tab cannot indent: use blanks");
    else if (y->error == YAML_READER_ERROR)
        complain(p->complaints, place_at_offset(p->source, y->problem_offset), "%s",
                 y->problem ? y->problem : "not UTF-8 text");
    else if (y->context)
        complain(p->complaints, place_of(p, y->problem_mark), "%s (%s)", y->problem, y->context);
    else
        complain(p->complaints, place_of(p, y->problem_mark), "%s",
                 y->problem ? y->problem : "out of memory");
}

static bool next_event(struct parsing *p, yaml_event_t *event)
{
    if (yaml_parser_parse(&p->parser, event))
        return true;
    complain_of_syntax(p);
    return false;
}

static struct yaml *new_node(struct parsing *p, enum yaml_kind kind, yaml_mark_t mark)
{
    struct yaml *y = arena_take(p->arena, sizeof *y);
    if (!y) {
        complain(p->complaints, place_of(p, mark), "the configuration is too large");
        return NULL;
    }
    y->kind = kind;
    y->at = place_of(p, mark);
    return y;
}

void yaml_append(struct yaml *parent, struct yaml *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

static bool tag_is_fine(struct parsing *p, const yaml_event_t *e, const yaml_char_t *tag, bool *secret)
{
    *secret = false;
    if (!tag || strcmp((const char *)tag, YAML_STR_TAG) == 0)
        return true;
    *secret = e->type == YAML_SCALAR_EVENT && strcmp((const char *)tag, "!secret") == 0;
    if (!*secret)
        complain(p->complaints, place_of(p, e->start_mark),
                 "tag '%s' means nothing here; the only one is !secret NAME", (const char *)tag);
    return *secret;
}

static struct yaml *scalar_node(struct parsing *p, const yaml_event_t *e)
{
    bool secret;
    struct place at = place_of(p, e->start_mark);
    if (!tag_is_fine(p, e, e->data.scalar.tag, &secret))
        return NULL;
    if (memchr(e->data.scalar.value, 0, e->data.scalar.length)) {
        complain(p->complaints, at, "a text may not hold a NUL character");
        return NULL;
    }
    struct yaml *y = new_node(p, YAML_TEXT, e->start_mark);
    if (!y)
        return NULL;
    y->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    y->secret = secret;
    y->until = place_of(p, e->end_mark);
    y->text = arena_text(p->arena, (const char *)e->data.scalar.value, e->data.scalar.length);
    return y->text ? y : NULL;
}

static struct yaml *read_node(struct parsing *p, const yaml_event_t *first, int depth);

/* The next node, or NULL with *ended when `end` came, or NULL after a complaint. */
static struct yaml *read_child(struct parsing *p, yaml_event_type_t end, int depth, bool *ended)
{
    yaml_event_t e;
    *ended = false;
    if (!next_event(p, &e))
        return NULL;
    *ended = e.type == end;
    struct yaml *child = *ended ? NULL : read_node(p, &e, depth);
    yaml_event_delete(&e);
    return child;
}

static bool read_items(struct parsing *p, struct yaml *list, int depth)
{
    for (;;) {
        bool ended;
        struct yaml *item = read_child(p, YAML_SEQUENCE_END_EVENT, depth, &ended);
        if (!item)
            return ended;
        yaml_append(list, item);
    }
}

static bool key_is_fine(struct parsing *p, const struct yaml *key)
{
    if (key->kind != YAML_TEXT || key->secret) {
        complain(p->complaints, key->at, "a key must be a plain text");
        return false;
    }
    if (key->plain && strcmp(key->text, "<<") == 0) {
        complain(p->complaints, key->at,
                 "merge keys are not read; use `defaults:` for what several nodes share");
        return false;
    }
    return true;
}

static bool read_entries(struct parsing *p, struct yaml *map, int depth)
{
    for (;;) {
        bool ended;
        struct yaml *key = read_child(p, YAML_MAPPING_END_EVENT, depth, &ended);
        if (!key)
            return ended;
        if (!key_is_fine(p, key))
            return false;
        struct yaml *value = read_child(p, YAML_MAPPING_END_EVENT, depth, &ended);
        if (!value)
            return false;
        value->key = key->text;
        value->key_at = key->at;
        yaml_append(map, value);
    }
}

/* By key, then as written. Sorting keeps a map of many thousand nodes cheap. */
static int by_key(const void *a, const void *b)
{
    const struct yaml *x = *(struct yaml *const *)a, *y = *(struct yaml *const *)b;
    int order = strcmp(x->key, y->key);
    if (order)
        return order;
    if (x->key_at.source != y->key_at.source)
        return strcmp(x->key_at.source->name, y->key_at.source->name);
    if (x->key_at.line != y->key_at.line)
        return x->key_at.line > y->key_at.line ? 1 : -1;
    return (x->key_at.column > y->key_at.column) - (x->key_at.column < y->key_at.column);
}

static void complain_of_double(struct complaints *c, const struct yaml *first, const struct yaml *again)
{
    if (first->key_at.source == again->key_at.source)
        complain(c, again->key_at, "key '%s' is given twice, first in line %zu", again->key,
                 first->key_at.line);
    else
        complain(c, again->key_at, "key '%s' is given twice, first in %s:%zu", again->key,
                 first->key_at.source->name, first->key_at.line);
}

void yaml_check_doubles(struct complaints *complaints, const struct yaml *map)
{
    size_t count = 0;
    for (const struct yaml *y = map->first; y; y = y->next)
        count++;
    const struct yaml **sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted)
        return;
    count = 0;
    for (const struct yaml *y = map->first; y; y = y->next)
        sorted[count++] = y;
    qsort(sorted, count, sizeof *sorted, by_key);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
            complain_of_double(complaints, sorted[i - 1], sorted[i]);
    free(sorted);
}

static struct yaml *collection_node(struct parsing *p, const yaml_event_t *e, int depth)
{
    bool is_map = e->type == YAML_MAPPING_START_EVENT, secret;
    const yaml_char_t *tag = is_map ? e->data.mapping_start.tag : e->data.sequence_start.tag;
    if (!tag_is_fine(p, e, tag, &secret))
        return NULL;
    if (depth >= YAML_DEPTH_MAX) {
        complain(p->complaints, place_of(p, e->start_mark), "nested deeper than %d levels",
                 YAML_DEPTH_MAX);
        return NULL;
    }
    struct yaml *y = new_node(p, is_map ? YAML_MAP : YAML_LIST, e->start_mark);
    if (!y || !(is_map ? read_entries(p, y, depth + 1) : read_items(p, y, depth + 1)))
        return NULL;
    if (is_map)
        yaml_check_doubles(p->complaints, y);
    return y;
}

static struct yaml *read_node(struct parsing *p, const yaml_event_t *first, int depth)
{
    switch (first->type) {
    case YAML_SCALAR_EVENT:
        return scalar_node(p, first);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return collection_node(p, first, depth);
    case YAML_ALIAS_EVENT:
        complain(p->complaints, place_of(p, first->start_mark),
                 "aliases are not read; use `defaults:` for what several nodes share");
        return NULL;
    default:
        complain(p->complaints, place_of(p, first->start_mark), "expected a value");
        return NULL;
    }
}

static bool expect(struct parsing *p, yaml_event_type_t wanted, const char *otherwise)
{
    yaml_event_t e;
    if (!next_event(p, &e))
        return false;
    bool came = e.type == wanted;
    if (!came)
        complain(p->complaints, place_of(p, e.start_mark), "%s", otherwise);
    yaml_event_delete(&e);
    return came;
}

static struct yaml *read_document(struct parsing *p)
{
    yaml_event_t e;
    if (!expect(p, YAML_STREAM_START_EVENT, "expected text") ||
        !expect(p, YAML_DOCUMENT_START_EVENT, "the file is empty") || !next_event(p, &e))
        return NULL;
    struct yaml *root = read_node(p, &e, 0);
    yaml_event_delete(&e);
    if (!root || !expect(p, YAML_DOCUMENT_END_EVENT, "expected the end of the document") ||
        !expect(p, YAML_STREAM_END_EVENT, "a second document (---) is not read"))
        return NULL;
    return root;
}

struct yaml *yaml_parse(const struct source *source, struct arena *arena, struct complaints *complaints)
{
    struct parsing p = {.source = source, .arena = arena, .complaints = complaints};
    if (!yaml_parser_initialize(&p.parser)) {
        complain(complaints, (struct place){source, 0, 0}, "out of memory");
        return NULL;
    }
    size_t mark = byte_order_mark(source);
    yaml_parser_set_encoding(&p.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p.parser, (const unsigned char *)source->text + mark,
                                 source->len - mark);
    struct yaml *root = read_document(&p);
    yaml_parser_delete(&p.parser);
    return root;
}

bool yaml_is_empty(const struct yaml *y)
{
    return !y || (y->kind == YAML_TEXT && y->plain && !y->secret &&
                  (y->text[0] == '\0' || strcmp(y->text, "~") == 0));
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml *y = map->first; y; y = y->next)
        if (strcmp(y->key, key) == 0)
            return y;
    return NULL;
}

static bool append_copy(struct arena *arena, struct yaml *map, const struct yaml *child)
{
    struct yaml *copy = arena_copy(arena, child, sizeof *child);
    if (!copy)
        return false;
    copy->next = NULL;
    yaml_append(map, copy);
    return true;
}

struct yaml *yaml_merge(struct arena *arena, const struct yaml *under, const struct yaml *over)
{
    struct yaml *map = arena_copy(arena, over ? over : under, sizeof *map);
    if (!map || map->kind != YAML_MAP || !over || !under || under->kind != YAML_MAP)
        return map;
    map->first = map->last = NULL;
    for (const struct yaml *y = over->first; y; y = y->next) {
        const struct yaml *below = yaml_get(under, y->key);
        const struct yaml *merged =
            below && below->kind == YAML_MAP && y->kind == YAML_MAP ? yaml_merge(arena, below, y) : y;
        if (!merged || !append_copy(arena, map, merged))
            return NULL;
    }
    for (const struct yaml *y = under->first; y; y = y->next)
        if (!yaml_get(over, y->key) && !append_copy(arena, map, y))
            return NULL;
    return map;
}

const char *yaml_kind_name(const struct yaml *y)
{
    return y->kind == YAML_MAP ? "a map" : y->kind == YAML_LIST ? "a list" : "a text";
}
