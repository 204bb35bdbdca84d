#include "poller/base/addr.h"
#include "poller/courier/consult/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poller/courier/consult/walk.h"
#include "poller/model/label.h"
#include "poller/model/pattern.h"

/* One reading of the profile, made ready. */
struct recipe {
    const struct http_reading *reading;
    size_t number; /* of the reading */
    const struct meaning *meaning;
    struct expression *value, *when;
};

struct sheet {
    struct recipe recipe;
    const struct dialogue_document *document;
    struct arena *arena;
    struct rates *rates;
    struct figure_list *out;
    size_t first; /* of this recipe's in out */
    const char *objects[FIGURES_OBJECTS_MAX];
    size_t object_count;
    double rows[FIGURES_MAX]; /* added up in each of out; of sums only */
    bool failed;
};

struct row {
    const struct sheet *sheet;
    const struct walk_keys *keys;
    bool there, sentinel;   /* something stands at its place; what stands for nothing */
    struct expression_value values[1 + HTTP_COLUMNS_MAX];
};

/* ---- names ---- */

static size_t put(const void *text, size_t len, char *out, size_t size)
{
    memcpy(out, text, len < size ? len : size);
    return len;
}

static size_t put_text(const char *text, char *out, size_t size)
{
    return text ? put(text, strlen(text), out, size) : 0;
}

static size_t put_value(const struct expression_value *v, char *out, size_t size)
{
    char text[32];
    if (v->has_text)
        return put(v->text, v->len, out, size);
    if (!v->has_number)
        return 0;
    return put(text, (size_t)snprintf(text, sizeof text, "%.15g", v->number), out, size);
}

static bool is(const char *name, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(name, word, len) == 0;
}

/* A label_value_fn. */
static size_t value_of(void *ctx, const char *name, size_t len, char *out, size_t size)
{
    const struct row *r = ctx;
    const struct http_reading *p = r->sheet->recipe.reading;
    if (is(name, len, "index"))
        return r->keys->count ? put_text(r->keys->keys[r->keys->count - 1], out, size) : 0;
    if (is(name, len, "each"))
        return put_text(r->sheet->document->each, out, size);
    if (len == 1 && *name >= '1' && *name <= '9')
        return (size_t)(*name - '1') < r->keys->count
                   ? put_text(r->keys->keys[*name - '1'], out, size)
                   : 0;
    for (size_t i = 0; i < p->with_count && i < HTTP_COLUMNS_MAX; i++)
        if (is(name, len, p->with[i].name))
            return put_value(&r->values[1 + i], out, size);
    return 0;
}

static const char *kept(struct sheet *s, const char *text)
{
    const char *copy = arena_text(s->arena, text, strlen(text));
    s->failed |= !copy;
    return copy ? copy : "";
}

static const char *named(struct sheet *s, const struct row *r, const char *template)
{
    char text[FIGURES_LABEL_MAX];
    if (!template || !label_write(template, value_of, (void *)(uintptr_t)r, text, sizeof text))
        return NULL;
    return kept(s, text);
}

/* Of whom the row is about, where the profile has it as `mac`. */
static const char *mac_of(struct sheet *s, const struct row *r)
{
    char text[FIGURES_LABEL_MAX];
    struct mac mac;
    if (!label_write("{mac}", value_of, (void *)(uintptr_t)r, text, sizeof text) || !mac_parse(text, &mac))
        return NULL;
    return kept(s, mac_text(&mac, text));
}

/* "tx-rate" is the data source tx_rate. */
static const char *source_of(struct sheet *s)
{
    const struct http_reading *p = s->recipe.reading;
    char text[PROFILE_SOURCE_MAX + 1];
    if (p->source)
        return p->source;
    snprintf(text, sizeof text, "%s", p->meaning);
    for (char *c = text; *c; c++)
        if (*c == '-')
            *c = '_';
    return kept(s, text);
}

/* Is there room for its series? Each object is a file, and its name may be the device's idea. */
static bool has_room(struct sheet *s, const char *object)
{
    for (size_t i = 0; i < s->object_count; i++)
        if (strcmp(s->objects[i], object) == 0)
            return true;
    if (s->object_count == FIGURES_OBJECTS_MAX) {
        s->out->cut = true;
        return false;
    }
    s->objects[s->object_count++] = object;
    return true;
}

static void name_it(struct sheet *s, const struct row *r, struct reading *out)
{
    const struct http_reading *p = s->recipe.reading;
    const struct meaning *m = s->recipe.meaning;
    out->meaning = p->meaning;
    out->class_ = p->class_ ? p->class_ : m ? m->class_ : "";
    out->unit = p->unit ? p->unit : m && m->unit ? m->unit : "";
    out->label = named(s, r, p->label);
    if (!out->label)
        out->label = out->meaning;
    out->mac = mac_of(s, r);
    out->object = named(s, r, p->object);
    if (out->object && !has_room(s, out->object))
        out->object = NULL;
    out->source = out->object ? source_of(s) : NULL;
}

/* "mesh /get_cfg_clientlist/1/rssi5g", and the keys of its row. */
static void locate_it(struct sheet *s, const struct row *r, struct reading *out)
{
    const struct http_reading *h = s->recipe.reading;
    char segment[POINTER_MAX_BYTES];
    struct buf place = {0}, index = {0};
    size_t star = 0;
    buf_printf(&place, "%s%s%s ", h->page, s->document->each ? " " : "",
               s->document->each ? s->document->each : "");
    for (const char *at = h->rows ? h->rows : ""; pointer_next(&at, segment);) {
        bool every = pointer_is_every(segment) && star < r->keys->count;
        buf_printf(&place, "/%s", every ? r->keys->keys[star] : segment);
        star += every;
    }
    buf_text(&place, h->pointer);
    for (size_t i = 0; i < r->keys->count; i++)
        buf_printf(&index, "%s%s", i ? "." : "", r->keys->keys[i]);
    out->oid = kept(s, buf_string(&place));
    out->index = index.len ? kept(s, buf_string(&index)) : "0";
    buf_fini(&place);
    buf_fini(&index);
}

/* ---- values ---- */

static bool is_true(const struct expression_value *v)
{
    return v->has_number && !isnan(v->number) && v->number != 0;
}

static bool is_sentinel(const struct http_reading *p, const struct expression_value *x)
{
    for (size_t i = 0; i < p->absent_count; i++)
        if (x->has_number && x->number == p->absent[i])
            return true;
    return false;
}

static double reckon(const struct row *r, bool *wanted)
{
    const struct recipe *k = &r->sheet->recipe;
    uint8_t scratch[EXPRESSION_TEXT_MAX];
    size_t count = 1 + k->reading->with_count;
    struct expression_value v = r->values[0];
    *wanted = true;
    if (k->when) {
        struct expression_value when = expression_run(k->when, r->values, count, scratch);
        *wanted = is_true(&when);
    }
    if (!*wanted || r->sentinel)
        return NAN;
    if (k->value)
        v = expression_run(k->value, r->values, count, scratch);
    return v.has_number ? v.number : NAN;
}

static void put_state(const struct row *r, struct reading *out)
{
    const struct http_reading *p = r->sheet->recipe.reading;
    const struct expression_value *v = &r->values[0];
    char number[32];
    bool as_text = !r->sheet->recipe.value && v->has_text;
    size_t len = (size_t)snprintf(number, sizeof number, "%.15g", out->value);
    if (!as_text && isnan(out->value))
        return;
    const struct profile_word *w =
        as_text ? profile_word_find(p->states, p->states_count, (const char *)v->text, v->len)
                : profile_word_find(p->states, p->states_count, number, len);
    if (w && !profile_state(w->word, &out->level, &out->state))
        out->state = w->word;
    if (w && as_text && isnan(out->value))
        out->value =
            (double)(w -
                     p->states); /* a word has no number of its own: its place in the list is it */
}

static struct reading *next_reading(struct sheet *s)
{
    struct figure_list *f = s->out;
    if (f->count == FIGURES_MAX) {
        f->cut = true;
        return NULL;
    }
    s->rows[f->count] = 0;
    f->items[f->count] = (struct reading){.value = NAN};
    return &f->items[f->count++];
}

static struct reading_limits limits_of(const struct recipe *r)
{
    const struct reading_limits *own = &r->reading->limits;
    return r->meaning ? reading_limits_over(&r->meaning->limits, own) : *own;
}

/* ---- sums ---- */

static struct reading *same_label(const struct sheet *s, const char *label)
{
    for (size_t i = s->first; i < s->out->count; i++)
        if (strcmp(s->out->items[i].label, label) == 0)
            return &s->out->items[i];
    return NULL;
}

static void add_up(enum profile_sum how, struct reading *to, double value, double rows)
{
    if (how == PROFILE_COUNT)
        to->value = rows;
    else if (isnan(to->value))
        to->value = value;
    else if (how == PROFILE_SUM)
        to->value += value;
    else if (how == PROFILE_MEAN)
        to->value += (value - to->value) / rows;
    else
        to->value = how == PROFILE_MIN ? fmin(to->value, value) : fmax(to->value, value);
}

/* The figure of all rows with this one's label; made when it is the first. */
static struct reading *sum_of(struct sheet *s, const struct row *r)
{
    const char *label = named(s, r, s->recipe.reading->label);
    struct reading *to = same_label(s, label ? label : s->recipe.reading->meaning);
    if (to || !(to = next_reading(s)))
        return to;
    name_it(s, r, to);
    locate_it(s, r, to);
    to->limits = limits_of(&s->recipe);
    if (s->recipe.reading->sum == PROFILE_COUNT)
        to->value = 0;
    return to;
}

static void put_sum(struct sheet *s, const struct row *r, double value)
{
    enum profile_sum how = s->recipe.reading->sum;
    struct reading *to = sum_of(s, r);
    if (to && (how == PROFILE_COUNT || !isnan(value)))
        add_up(how, to, value, ++s->rows[to - s->out->items]);
}

/* ---- rates ---- */

/* Whose counter it is: which figure of which page, of which row, under which name. */
static void put_whose(const struct row *r, size_t value, struct buf *out)
{
    const struct http_reading *h = r->sheet->recipe.reading;
    char label[FIGURES_LABEL_MAX] = "";
    if (h->label)
        label_write(h->label, value_of, (void *)(uintptr_t)r, label, sizeof label);
    buf_printf(out, "%zu %zu\n%s\n%s", r->sheet->recipe.number, value,
               r->sheet->document->each ? r->sheet->document->each : "", label);
    for (size_t i = 0; i < r->keys->count; i++)
        buf_printf(out, "\n%s", r->keys->keys[i]);
}

static struct expression_value rate_of(const struct row *r, size_t value)
{
    const struct expression_value *v = &r->values[value];
    struct buf whose = {0};
    double rate = NAN;
    put_whose(r, value, &whose);
    bool counts = v->has_number && !(value == 0 && r->sentinel);
    if (r->sheet->rates && !whose.failed)
        rate = rates_take(r->sheet->rates, buf_string(&whose), whose.len, counts ? v->number : (double)NAN,
                          r->sheet->document->at);
    buf_fini(&whose);
    return isnan(rate) ? (struct expression_value){0} : expression_of_number(rate);
}

/* Names are made of what stands there, so all of those come first. */
static void take_rates(struct row *r)
{
    const struct http_reading *h = r->sheet->recipe.reading;
    struct expression_value rates[1 + HTTP_COLUMNS_MAX];
    bool wanted[1 + HTTP_COLUMNS_MAX] = {h->rate};
    for (size_t i = 0; i < h->with_count && i < HTTP_COLUMNS_MAX; i++)
        wanted[1 + i] = h->with[i].rate;
    for (size_t i = 0; i < 1 + HTTP_COLUMNS_MAX; i++)
        if (wanted[i])
            rates[i] = rate_of(r, i);
    for (size_t i = 0; i < 1 + HTTP_COLUMNS_MAX; i++)
        if (wanted[i])
            r->values[i] = rates[i];
}

/* ---- rows ---- */

static void put_one(struct sheet *s, const struct row *r, double value, bool wanted)
{
    struct reading made = {.value = value, .limits = limits_of(&s->recipe)}, *out;
    name_it(s, r, &made);
    if (!r->there || (!made.object && (!wanted || (isnan(value) && !s->recipe.reading->states_count))))
        return;
    locate_it(s, r, &made);
    if (wanted && s->recipe.reading->states_count)
        put_state(r, &made);
    if ((out = next_reading(s)))
        *out = made;
}

static struct expression_value value_at(const cJSON *row, const char *pointer, bool count)
{
    const cJSON *found = walk_to(row, pointer);
    if (!count)
        return walk_value(found);
    bool holds = cJSON_IsArray(found) || cJSON_IsObject(found);
    return holds ? expression_of_number(cJSON_GetArraySize(found)) : (struct expression_value){0};
}

static bool take_row(void *ctx, const cJSON *element, const struct walk_keys *keys)
{
    struct sheet *s = ctx;
    const struct http_reading *h = s->recipe.reading;
    struct row r = {.sheet = s, .keys = keys};
    bool wanted;
    r.values[0] = value_at(element, h->pointer, h->count);
    r.there = r.values[0].has_number || r.values[0].has_text;
    r.sentinel = is_sentinel(h, &r.values[0]);
    for (size_t i = 0; i < h->with_count && i < HTTP_COLUMNS_MAX; i++)
        r.values[1 + i] = value_at(element, h->with[i].pointer, h->with[i].count);
    take_rates(&r);
    double value = reckon(&r, &wanted);
    if (h->sum == PROFILE_EACH)
        put_one(s, &r, value, wanted);
    else if (wanted)
        put_sum(s, &r, value);
    return !s->failed && s->out->count < FIGURES_MAX;
}

/* A list without rows is a list of none. */
static void put_none(struct sheet *s)
{
    struct walk_keys keys = {.count = 0};
    struct row r = {.sheet = s, .keys = &keys};
    if (s->recipe.reading->sum == PROFILE_COUNT && s->recipe.reading->label)
        sum_of(s, &r);
}

static bool compile(struct recipe *r)
{
    const char *names[HTTP_COLUMNS_MAX + 1] = {NULL};
    const struct http_reading *p = r->reading;
    char error[EXPRESSION_ERROR_MAX];
    size_t at;
    for (size_t i = 0; i < p->with_count && i < HTTP_COLUMNS_MAX; i++)
        names[i] = p->with[i].name;
    r->value = p->value ? expression_compile(p->value, names, &at, error) : NULL;
    r->when = p->when ? expression_compile(p->when, names, &at, error) : NULL;
    return p->with_count <= HTTP_COLUMNS_MAX && (!p->value || r->value) && (!p->when || r->when);
}

static void read_recipe(struct sheet *s, const struct dialogue_document *documents, size_t count)
{
    const struct http_reading *h = s->recipe.reading;
    s->first = s->out->count;
    for (size_t i = 0; i < count && !s->failed; i++) {
        if (strcmp(documents[i].page->name, h->page) != 0)
            continue;
        s->document = &documents[i];
        if (walk_each(documents[i].json, h->rows, FIGURES_ROWS_MAX, take_row, s) == 0)
            put_none(s);
    }
}

static const struct meaning *meaning_of(const struct meaning *meanings, size_t count,
                                        const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(meanings[i].name, name) == 0)
            return &meanings[i];
    return NULL;
}

bool figures_read(const struct http_profile *p, const struct meaning *meanings,
                  size_t meaning_count, const struct dialogue_document *documents,
                  size_t document_count, struct rates *rates, struct arena *arena, struct figure_list *out)
{
    *out = (struct figure_list){.items = arena_take(arena, FIGURES_MAX * sizeof *out->items)};
    struct sheet *s = arena_take(arena, sizeof *s);
    if (!out->items || !s)
        return false;
    *s = (struct sheet){.arena = arena, .out = out, .rates = rates};
    for (size_t i = 0; i < p->readings_count && !s->failed; i++) {
        s->recipe = (struct recipe){&p->readings[i], i,
                                    meaning_of(meanings, meaning_count, p->readings[i].meaning),
                                    NULL, NULL};
        if (compile(&s->recipe)) /* the configuration child has checked it */
            read_recipe(s, documents, document_count);
        expression_destroy(s->recipe.value);
        expression_destroy(s->recipe.when);
    }
    return !s->failed;
}

/* ---- who it is ---- */

static const char *inscribe(const struct http_text *t, const char *raw, struct arena *arena)
{
    char error[PATTERN_ERROR_MAX];
    struct pattern_span m[2] = {{true, 0, strlen(raw)}, {false, 0, 0}};
    struct pattern *p = t->like ? pattern_compile(t->like, error) : NULL;
    bool fits = !t->like || (p && pattern_match(p, raw, strlen(raw), m, 2));
    pattern_destroy(p);
    const struct pattern_span *taken = &m[m[1].found];
    const char *gap = t->form ? strstr(t->form, "{}") : NULL;
    char shown[FIGURES_LABEL_MAX];
    if (!fits || taken->to == taken->from)
        return NULL;
    snprintf(shown, sizeof shown, "%.*s%.*s%s", gap ? (int)(gap - t->form) : 0, gap ? t->form : "",
             (int)(taken->to - taken->from), raw + taken->from, gap ? gap + 2 : "");
    for (char *c = shown; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return arena_text(arena, shown, strlen(shown));
}

const char *figures_text(const struct http_text *texts, size_t count,
                         const struct dialogue_document *documents, size_t document_count,
                         struct arena *arena)
{
    char scratch[WALK_TEXT_MAX];
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < document_count; k++) {
            bool here = strcmp(documents[k].page->name, texts[i].page) == 0;
            const cJSON *found = here ? walk_to(documents[k].json, texts[i].pointer) : NULL;
            const char *raw = found ? walk_text(found, scratch) : NULL;
            const char *text = raw && *raw ? inscribe(&texts[i], raw, arena) : NULL;
            if (text)
                return text;
        }
    return NULL;
}
