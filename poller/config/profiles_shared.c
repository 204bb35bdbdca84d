/* What a profile says once for many of its readings: `root`, which OIDs that begin with a dot stand below,
 * and `with`, columns any reading may use by name. Both are gone when the profile is read: OIDs are whole
 * then, and a reading has the columns it uses. */
#include <string.h>

#include "poller/config/profiles_internal.h"
#include "poller/model/expression.h"
#include "poller/model/label.h"

#define COLUMNS_MAX 64

#define T struct profile_shared
static const char *const source_words[] = {"snmp", "http", NULL};
static const struct field shared_fields[] = {
    {FIELD(T, source, FIELD_TEXT), .words = source_words, .help = "how it is asked: snmp, or http"},
    {FIELD(T, root, FIELD_TEXT), .help = "OIDs that begin with a dot stand below it"},
    {FIELD(T, with, FIELD_RECORD), .flags = FIELD_LIST, .count_offset = offsetof(T, with_count),
     .max = COLUMNS_MAX, .record = &profile_column_record, .help = "columns all readings may use by name"},
};
#undef T
const struct record profile_shared_record = RECORD(profile_shared, shared_fields);

struct sharing {
    struct binder *b;
    struct profile_shared *shared;
};

static const struct field *shared_field(const char *key)
{
    for (size_t i = 0; i < profile_shared_record.field_count; i++)
        if (strcmp(shared_fields[i].name, key) == 0)
            return &shared_fields[i];
    return NULL;
}

static bool take_shared(void *ctx, const struct yaml *value)
{
    struct sharing *s = ctx;
    const struct field *f = shared_field(value->key);
    if (f)
        bind_field(s->b, f, value, s->shared);
    return f != NULL;
}

static void offer_shared(void *ctx, struct nearest *near)
{
    for (size_t i = 0; i < profile_shared_record.field_count; i++)
        nearest_offer(near, shared_fields[i].name);
}

static void expand(struct binder *b, const char *root, char **oid)
{
    size_t root_len = strlen(root), len = *oid ? strlen(*oid) : 0;
    if (!len || **oid != '.')
        return;
    char *whole = arena_take(b->arena, root_len + len + 1);
    if (!whole)
        return;
    memcpy(whole, root, root_len);
    memcpy(whole + root_len, *oid, len);
    *oid = whole;
}

static void expand_columns(struct binder *b, const char *root, struct profile_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expand(b, root, &columns[i].oid);
}

static void expand_texts(struct binder *b, const char *root, struct profile_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expand(b, root, &texts[i].oid);
}

static void expand_all(struct binder *b, const char *root, struct profile_shared *s, struct profile *p)
{
    for (size_t i = 0; i < p->match_count; i++) {
        expand(b, root, &p->match[i].object_id);
        for (size_t k = 0; k < p->match[i].has_count; k++)
            expand(b, root, &p->match[i].has[k].oid);
    }
    expand_texts(b, root, p->model, p->model_count);
    expand_texts(b, root, p->version, p->version_count);
    expand_texts(b, root, p->serial, p->serial_count);
    expand_columns(b, root, s->with, s->with_count);
    for (size_t i = 0; i < p->readings_count; i++) {
        expand(b, root, &p->readings[i].oid);
        expand_columns(b, root, p->readings[i].with, p->readings[i].with_count);
    }
}

/* Which of the names an expression or a template looks at; of one with a mistake, all. */
struct use {
    const char *names[2 * COLUMNS_MAX + 1];
    bool used[2 * COLUMNS_MAX];
    size_t count;
};

static void see_expression(struct use *u, const char *text)
{
    char error[EXPRESSION_ERROR_MAX];
    size_t at;
    struct expression *e = text ? expression_compile(text, u->names, &at, error) : NULL;
    for (size_t i = 0; text && i < u->count; i++)
        u->used[i] = u->used[i] || !e || expression_uses(e, i + 1);
    expression_destroy(e);
}

static void see_template(struct use *u, const char *text)
{
    struct label_part part;
    while (text && label_next(&text, &part))
        for (size_t i = 0; part.name && i < u->count; i++)
            if (strlen(u->names[i]) == part.name_len && memcmp(u->names[i], part.name, part.name_len) == 0) {
                u->used[i] = true;
                break; /* its own column stands before a shared one of the same name */
            }
}

static void see_reading(struct use *u, const struct profile_shared *s, const struct profile_reading *r)
{
    for (size_t i = 0; i < r->with_count; i++)
        u->names[u->count++] = r->with[i].name ? r->with[i].name : "";
    for (size_t i = 0; i < s->with_count; i++)
        u->names[u->count++] = s->with[i].name ? s->with[i].name : "";
    see_expression(u, r->value);
    see_expression(u, r->when);
    see_template(u, r->label);
    see_template(u, r->object);
}

static void hand_out(struct binder *b, struct profile_shared *s, struct profile_reading *r)
{
    struct use u = {.count = 0};
    see_reading(&u, s, r);
    struct profile_column *all = arena_take(b->arena, u.count * sizeof *all);
    if (!all)
        return;
    size_t own = r->with_count, count = own;
    if (own)
        memcpy(all, r->with, own * sizeof *all);
    for (size_t i = 0; i < s->with_count; i++)
        if (u.used[own + i]) {
            s->used[i] = true;
            all[count++] = s->with[i];
        }
    r->with = all;
    r->with_count = count;
}

static void check_shared(struct binder *b, const struct yaml *root, const struct profile_shared *s)
{
    const struct yaml *with = yaml_get(root, "with");
    if (s->root)
        piece_check_oid(b->complaints, piece_of(root, "root"), s->root);
    for (size_t i = 0; i < s->with_count; i++) {
        const struct yaml *y = piece_at(with, i);
        piece_check_column(b->complaints, y, &s->with[i]);
        if (!s->used[i])
            complain(b->complaints, y->key_at, "column '%.80s' is used by no reading", y->key);
    }
}

void profile_bind(struct binder *b, const struct yaml *root, bool sound, struct profile *p)
{
    struct profile_shared s = {0};
    struct sharing sharing = {b, &s};
    struct bind_others others = {take_shared, offer_shared, &sharing};
    bind_record(b, &profile_record, root, root->at, &others, p);
    s.used = arena_take(b->arena, (s.with_count + 1) * sizeof *s.used);
    if (!s.used)
        return;
    if (s.root)
        expand_all(b, s.root, &s, p);
    for (size_t i = 0; i < p->readings_count && s.with_count; i++)
        hand_out(b, &s, &p->readings[i]);
    if (sound)
        check_shared(b, root, &s);
}
