#include "poller/config/bind.h"

#include <assert.h>
#include <string.h>

#include "poller/config/nearest.h"
#include "poller/config/scalar.h"

#define NAME_MAX_CHARACTERS 64
#define NAME_MAX_BYTES 80 /* as a file name each byte may take three, and the file system has 255 */

const struct field *bind_short(const struct record *r)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].flags & FIELD_SHORT)
            return &r->fields[i];
    return NULL;
}

static const struct field *key_field(const struct record *r)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].flags & FIELD_KEY)
            return &r->fields[i];
    return NULL;
}

const struct field *bind_member(const struct record *r, const char *name)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (strcmp(r->fields[i].name, name) == 0)
            return &r->fields[i];
    assert(!"a member that is not in its table");
    return NULL;
}

static const struct field *find_field(const struct record *r, const char *key)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (!(r->fields[i].flags & (FIELD_HIDDEN | FIELD_KEY)) && strcmp(r->fields[i].name, key) == 0)
            return &r->fields[i];
    return NULL;
}

static void *take(struct binder *b, size_t count, size_t size, struct place at)
{
    void *p = arena_take(b->arena, count * size);
    if (!p)
        complain(b->complaints, at, "the configuration is too large");
    return p;
}

static const char *secret_value(struct binder *b, const struct yaml *y)
{
    const struct yaml *found = yaml_get(b->secrets, y->text);
    if (found && found->kind == YAML_TEXT && !found->secret)
        return found->text;
    if (b->secrets_failed)
        return NULL;
    struct nearest near = nearest_to(y->text);
    for (const struct yaml *s = b->secrets ? b->secrets->first : NULL; s; s = s->next)
        nearest_offer(&near, s->key);
    complain(b->complaints, y->at, "no secret '%s' in %s" NEAREST_FORMAT, y->text, b->secrets_file,
             NEAREST_ARGS(near));
    return NULL;
}

const char *bind_text(struct binder *b, const struct yaml *y)
{
    if (y->kind != YAML_TEXT) {
        complain(b->complaints, y->at, "expected a text, not %s", yaml_kind_name(y));
        return NULL;
    }
    return y->secret ? secret_value(b, y) : y->text;
}

static void remember_secret(struct binder *b, const struct yaml *y, const char *value)
{
    struct secret_use *use = arena_take(b->arena, sizeof *use);
    if (!use)
        return;
    *use = (struct secret_use){value, y->text, b->uses};
    b->uses = use;
}

static void bind_scalar(struct binder *b, const struct field *f, const struct yaml *y, void *out)
{
    bool is_text = f->type == FIELD_TEXT || f->type == FIELD_SECRET;
    if (y->kind != YAML_TEXT) {
        complain(b->complaints, y->at, "'%s' takes one value, not %s", f->name, yaml_kind_name(y));
        return;
    }
    if (y->secret && !is_text) {
        complain(b->complaints, y->at, "'%s' is no secret: write its value here", f->name);
        return;
    }
    if (f->type == FIELD_SECRET && !y->secret)
        complaints_hide(b->complaints, y->at, y->until);
    const char *text = bind_text(b, y);
    if (!text)
        return;
    struct buf why = {0};
    if (!scalar_read(f, text, b->arena, out, &why)) /* a refused secret is not shown */
        complain(b->complaints, y->at, "%s: %s", f->name, y->secret ? "this secret does not fit" : buf_string(&why));
    else if (y->secret)
        remember_secret(b, y, *(char **)out);
    buf_fini(&why);
}

static void set_list(const struct field *f, void *out, void *items, size_t count)
{
    *(void **)((char *)out + f->offset) = items;
    *(size_t *)((char *)out + f->count_offset) = count;
}

size_t bind_count(const struct yaml *y)
{
    if (yaml_is_empty(y))
        return 0;
    if (y->kind == YAML_TEXT)
        return 1;
    size_t count = 0;
    for (const struct yaml *item = y->first; item; item = item->next)
        count++;
    return count;
}

static bool limits_are_of_elements(const struct field *f)
{
    return f->type == FIELD_INT || f->type == FIELD_DURATION || f->type == FIELD_SIZE;
}

static bool length_is_fine(struct binder *b, const struct field *f, const struct yaml *y, size_t count)
{
    if (limits_are_of_elements(f) || f->max == 0 || count <= (size_t)f->max)
        return true;
    complain(b->complaints, y->at, "%s: %zu entries, at most %lld are allowed", f->name, count,
             (long long)f->max);
    return false;
}

void bind_map(struct binder *b, const struct field *f, const struct yaml *y, bind_entry_fn entry_fn,
              void *ctx, void *out)
{
    const struct field *key = key_field(f->record);
    size_t count = bind_count(y), i = 0;
    if (y->kind != YAML_MAP) {
        complain(b->complaints, y->at, "'%s' takes a map of NAME: value, not %s", f->name,
                 yaml_kind_name(y));
        return;
    }
    char *items = length_is_fine(b, f, y, count) ? take(b, count, f->record->size, y->at) : NULL;
    if (!items)
        return;
    for (const struct yaml *entry = y->first; entry; entry = entry->next, i++) {
        char *item = items + i * f->record->size;
        entry_fn(ctx, b, entry, item);
        if ((key->flags & FIELD_ANY_KEY) || bind_name(b, entry->key, entry->key_at))
            *(const char **)(item + key->offset) = entry->key;
    }
    set_list(f, out, items, count);
}

static void plain_entry(void *record, struct binder *b, const struct yaml *entry, void *item)
{
    bind_record(b, record, entry, entry->key_at, NULL, item);
}

static void bind_list(struct binder *b, const struct field *f, const struct yaml *y, void *out)
{
    size_t count = y->kind == YAML_LIST ? bind_count(y) : 1, i = 0, size = field_size(f);
    char *items = length_is_fine(b, f, y, count) ? take(b, count, size, y->at) : NULL;
    if (!items)
        return;
    for (const struct yaml *item = y->kind == YAML_LIST ? y->first : y; i < count;
         item = item->next, i++) {
        if (f->type == FIELD_RECORD)
            bind_record(b, f->record, item, item->at, NULL, items + i * size);
        else
            bind_scalar(b, f, item, items + i * size);
    }
    set_list(f, out, items, count);
}

void bind_field(struct binder *b, const struct field *f, const struct yaml *y, void *out)
{
    if (yaml_is_empty(y))
        return;
    if ((f->flags & FIELD_LIST) && f->type == FIELD_RECORD && key_field(f->record))
        bind_map(b, f, y, plain_entry, (void *)f->record, out);
    else if (f->flags & FIELD_LIST)
        bind_list(b, f, y, out);
    else if (f->type == FIELD_RECORD)
        bind_record(b, f->record, y, y->at, NULL, (char *)out + f->offset);
    else
        bind_scalar(b, f, y, (char *)out + f->offset);
}

/* "[a, b]" in a table becomes a list of texts read like any other. */
static void standard_list(struct binder *b, const struct field *f, void *out)
{
    struct yaml list = {.kind = YAML_LIST}, items[16] = {0};
    size_t count = 0;
    const char *p = f->standard + strspn(f->standard, "[ ");
    while (*p && *p != ']' && count < 16) {
        size_t len = strcspn(p, ",]");
        items[count] = (struct yaml){.kind = YAML_TEXT, .text = arena_text(b->arena, p, len)};
        if (!items[count].text)
            return;
        if (count)
            items[count - 1].next = &items[count];
        count++;
        p += len + strspn(p + len, ", ");
    }
    list.first = count ? items : NULL;
    bind_list(b, f, &list, out);
}

void bind_standards(struct binder *b, const struct record *r, void *out)
{
    memset(out, 0, r->size);
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        struct yaml y = {.kind = YAML_TEXT, .text = f->standard};
        if (f->type == FIELD_RECORD && !(f->flags & FIELD_LIST))
            bind_standards(b, f->record, (char *)out + f->offset);
        else if (f->standard && (f->flags & FIELD_LIST))
            standard_list(b, f, out);
        else if (f->standard)
            bind_scalar(b, f, &y, (char *)out + f->offset);
    }
}

/* What was meant may be one of the others' keys: nobody here knows what those hold. */
static bool may_be_secret(const struct record *r, const char *name)
{
    const struct field *f = find_field(r, name);
    return !f || f->type == FIELD_SECRET;
}

static void complain_of_key(struct binder *b, const struct record *r, const struct yaml *y,
                            const struct bind_others *others)
{
    struct nearest near = nearest_to(y->key);
    for (size_t i = 0; i < r->field_count; i++)
        if (!(r->fields[i].flags & (FIELD_HIDDEN | FIELD_KEY)))
            nearest_offer(&near, r->fields[i].name);
    if (others)
        others->offer(others->ctx, &near);
    if (near.best && y->kind == YAML_TEXT && may_be_secret(r, near.best))
        complaints_hide(b->complaints, y->at, y->until);
    complain(b->complaints, y->key_at, "unknown key '%s'" NEAREST_FORMAT, y->key, NEAREST_ARGS(near));
}

static void bind_keys(struct binder *b, const struct record *r, const struct yaml *map,
                      const struct bind_others *others, void *out)
{
    for (const struct yaml *y = map->first; y; y = y->next) {
        if (others && others->take(others->ctx, y))
            continue;
        const struct field *f = find_field(r, y->key);
        if (f)
            bind_field(b, f, y, out);
        else
            complain_of_key(b, r, y, others);
    }
}

static bool was_given(const struct record *r, const struct field *f, const struct yaml *y)
{
    if (yaml_is_empty(y))
        return false;
    if (y->kind != YAML_MAP)
        return f == bind_short(r);
    return bind_count(yaml_get(y, f->name)) > 0;
}

static void complain_of_missing(struct binder *b, const struct record *r, const struct yaml *y,
                                struct place at)
{
    for (size_t i = 0; i < r->field_count; i++) {
        const struct field *f = &r->fields[i];
        if ((f->flags & FIELD_REQUIRED) && !was_given(r, f, y))
            complain(b->complaints, at, "'%s' is missing%s%s", f->name, f->help ? ": " : "",
                     f->help ? f->help : "");
    }
}

struct fitting {
    struct binder *binder;
    const struct yaml *map;
    struct place at;
};

static void complain_of_member(void *ctx, const char *member, const char *text)
{
    const struct fitting *f = ctx;
    const struct yaml *y = f->map && f->map->kind == YAML_MAP ? yaml_get(f->map, member) : NULL;
    complain(f->binder->complaints, y ? y->at : f->at, "%s: %s", member, text);
}

void bind_record(struct binder *b, const struct record *r, const struct yaml *y, struct place at,
                 const struct bind_others *others, void *out)
{
    const struct field *bare = bind_short(r);
    size_t wrong_before = complaints_errors(b->complaints);
    bind_standards(b, r, out);
    if (yaml_is_empty(y))
        ;
    else if (y->kind == YAML_MAP)
        bind_keys(b, r, y, others, out);
    else if (bare && (y->kind == YAML_TEXT || (bare->flags & FIELD_LIST)))
        bind_field(b, bare, y, out);
    else {
        complain(b->complaints, y->at, "expected a map of keys, not %s", yaml_kind_name(y));
        return;
    }
    if (b->lenient)
        return;
    complain_of_missing(b, r, y, at);
    if (r->check && complaints_errors(b->complaints) == wrong_before)
        r->check(out, complain_of_member, &(struct fitting){b, y, at});
}

/* Characters that are not seen, or turn the text around them, hide what a name is. */
static bool is_invisible(const unsigned char *p)
{
    if (*p < 0x20 || *p == 0x7f)
        return true;
    if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) /* C1 controls */
        return true;
    if (p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae)))
        return true; /* zero width, line ends, embeddings and overrides */
    if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf)
        return true;
    return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

static const char *wrong_with_name(const char *name)
{
    size_t characters = 0, len = strlen(name);
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        characters += (*p & 0xc0) != 0x80;
        if (is_invisible(p))
            return "may not hold control or invisible characters";
    }
    if (len == 0)
        return "may not be empty";
    if (characters > NAME_MAX_CHARACTERS || len > NAME_MAX_BYTES)
        return "may be 64 characters (80 bytes) long at most";
    if (strchr(name, '/'))
        return "may not hold '/'";
    if (name[0] == ' ' || name[len - 1] == ' ')
        return "may not begin or end with a blank";
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? "may not be a name of a folder" : NULL;
}

bool bind_name(struct binder *b, const char *name, struct place at)
{
    const char *wrong = wrong_with_name(name);
    if (wrong)
        complain(b->complaints, at, "a name %s", wrong);
    return !wrong;
}
