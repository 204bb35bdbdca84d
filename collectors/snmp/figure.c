#include "collectors/snmp/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/row.h"

#define SOURCE_MAX 19 /* RRDtool's own bound */

bool figure_add_book(struct figure_set *f, const struct book *b, struct cell_table *t)
{
    struct figure_book *books = f->count < FIGURE_BOOKS_MAX ? realloc(f->books, (f->count + 1) * sizeof *books) : NULL;
    if (!books)
        return false;
    f->books = books;
    uint16_t *columns = malloc((b->column_count + 1) * sizeof *columns);
    if (!columns)
        return false;
    for (size_t i = 0; i < b->column_count; i++) {
        const struct catalogue_column *c = &b->columns[i];
        int number = cell_table_column(t, snmp_oid_view(&c->oid), c->scalar, c->fixed, c->rate);
        if (number < 0) {
            free(columns);
            return false;
        }
        columns[i] = (uint16_t)number;
    }
    f->books[f->count++] = (struct figure_book){b, columns};
    return true;
}

void figure_fini(struct figure_set *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->books[i].columns);
    free(f->books);
    *f = (struct figure_set){0};
}

/* --- one row --- */

struct sheet { /* what all rows of one recipe share */
    const struct recipe *recipe;
    const uint16_t *columns;
    const struct cell_table *table;
    const struct port_table *ports;
    struct arena *arena;
    struct figures *out;
    size_t first; /* of its readings in out */
    bool tells_mac; /* its rows are about somebody */
    bool failed;
};

static struct snmp_oid_view row_of(struct snmp_oid_view index, enum profile_row row)
{
    struct snmp_oid_view rest = index, last = index;
    uint32_t number;
    switch (row) {
    case PROFILE_ROW_FIRST:
        snmp_oid_take(&rest, &number);
        return (struct snmp_oid_view){index.bytes, index.len - rest.len};
    case PROFILE_ROW_LAST:
        while (rest.len) {
            last = rest;
            if (!snmp_oid_take(&rest, &number))
                break;
        }
        return last;
    case PROFILE_ROW_SCALAR:
        return (struct snmp_oid_view){0};
    default:
        return index;
    }
}

static void read_values(const struct sheet *s, const struct cell *x,
                        struct expression_value values[static 1 + RECIPE_COLUMNS_MAX])
{
    const struct profile_reading *p = s->recipe->reading;
    struct snmp_oid_view index = {x->suffix, x->suffix_len};
    values[0] = cell_value(x);
    for (size_t i = 0; i < p->with_count; i++) {
        unsigned column = s->columns[s->recipe->with[i]];
        bool scalar = s->table->columns[column].scalar;
        struct snmp_oid_view row = scalar ? (struct snmp_oid_view){0} : row_of(index, p->with[i].row);
        values[1 + i] = cell_value(cell_table_find(s->table, column, row));
    }
}

static bool is_sentinel(const struct profile_reading *p, const struct expression_value *x)
{
    for (size_t i = 0; i < p->absent_count; i++)
        if (x->has_number && x->number == p->absent[i])
            return true;
    return false;
}

static bool is_true(const struct expression_value *v)
{
    return v->has_number && !isnan(v->number) && v->number != 0;
}

/* Does the index fit `rows`? Leaves its groups. */
static bool row_fits(const struct recipe *r, struct row *row)
{
    return !r->rows || pattern_match(r->rows, row->index_text, strlen(row->index_text), row->groups,
                                     PATTERN_GROUPS_MAX + 1);
}

static double value_of(const struct sheet *s, const struct expression_value *values, bool *wanted)
{
    const struct recipe *r = s->recipe;
    uint8_t scratch[EXPRESSION_TEXT_MAX];
    struct expression_value v = values[0];
    size_t count = 1 + r->reading->with_count;
    *wanted = true;
    if (r->when) {
        struct expression_value when = expression_run(r->when, values, count, scratch);
        *wanted = is_true(&when);
    }
    if (!*wanted || is_sentinel(r->reading, &values[0]))
        return NAN;
    if (r->value)
        v = expression_run(r->value, values, count, scratch);
    return v.has_number ? v.number : NAN;
}

/* --- states --- */

static void put_state(const struct sheet *s, const struct expression_value *values, struct reading *out)
{
    const struct profile_reading *p = s->recipe->reading;
    const struct expression_value *v = &values[0];
    char number[32];
    const char *raw = number;
    size_t len;
    if (!s->recipe->value && v->has_text) {
        raw = (const char *)v->text;
        len = v->len;
    } else {
        len = (size_t)snprintf(number, sizeof number, "%.15g", out->value);
    }
    const struct profile_word *w = isnan(out->value) && raw == number
                                       ? NULL
                                       : profile_word_find(p->states, p->states_count, raw, len);
    if (w && !profile_state(w->word, &out->level, &out->state))
        out->state = w->word;
}

/* --- readings --- */

static struct reading *next_reading(struct sheet *s)
{
    struct figures *f = s->out;
    if (f->count == f->capacity) {
        size_t capacity = f->capacity ? f->capacity * 2 : 32;
        struct reading *items = arena_take(s->arena, capacity * sizeof *items);
        if (!items) {
            s->failed = true;
            return NULL;
        }
        if (f->count)
            memcpy(items, f->items, f->count * sizeof *items);
        f->items = items;
        f->capacity = capacity;
    }
    struct reading *r = &f->items[f->count++];
    *r = (struct reading){.value = NAN};
    return r;
}

static const char *kept(struct sheet *s, const char *text)
{
    const char *copy = arena_text(s->arena, text, strlen(text));
    s->failed |= !copy;
    return copy ? copy : "";
}

static struct reading_limits limits_of(const struct recipe *r)
{
    return r->meaning ? reading_limits_over(&r->meaning->limits, &r->reading->limits) : r->reading->limits;
}

/* "tx-rate" is the data source tx_rate. */
static const char *source_of(struct sheet *s)
{
    const struct profile_reading *p = s->recipe->reading;
    char text[SOURCE_MAX + 1];
    if (p->source)
        return p->source;
    snprintf(text, sizeof text, "%s", p->meaning ? p->meaning : p->class_);
    for (char *c = text; *c; c++)
        if (*c == '-')
            *c = '_';
    return kept(s, text);
}

static bool mentions_mac(const char *template)
{
    return template && strstr(template, "{mac}");
}

static const char *mac_of(struct sheet *s, const struct row *row)
{
    char text[FIGURE_LABEL_MAX];
    struct mac mac;
    row_label(row, "{mac}", text, sizeof text);
    return mac_parse(text, &mac) ? kept(s, text) : NULL;
}

static void name_it(struct sheet *s, const struct row *row, struct reading *out)
{
    const struct profile_reading *p = s->recipe->reading;
    const struct meaning *m = s->recipe->meaning;
    char text[FIGURE_LABEL_MAX];
    out->meaning = p->meaning ? p->meaning : "";
    out->class_ = p->class_ ? p->class_ : m ? m->class_ : "";
    out->unit = p->unit ? p->unit : m && m->unit ? m->unit : "";
    row_label(row, p->label, text, sizeof text);
    out->label = *text ? kept(s, text) : out->meaning;
    out->mac = s->tells_mac ? mac_of(s, row) : NULL;
    if (!p->object)
        return;
    out->object = kept(s, row_label(row, p->object, text, sizeof text));
    out->source = source_of(s);
}

static void locate_it(struct sheet *s, const struct cell *x, struct reading *out)
{
    const struct snmp_oid *root = &s->table->columns[x->column].root;
    char text[SNMP_OID_TEXT_MAX];
    uint8_t bytes[SNMP_OID_BYTES_MAX + UINT8_MAX];
    memcpy(bytes, root->bytes, root->len);
    if (x->suffix_len)
        memcpy(bytes + root->len, x->suffix, x->suffix_len);
    out->oid = kept(s, snmp_oid_text((struct snmp_oid_view){bytes, (size_t)root->len + x->suffix_len}, text));
    if (s->table->columns[x->column].scalar)
        out->index = "0";
    else
        out->index = kept(s, snmp_oid_index_text((struct snmp_oid_view){x->suffix, x->suffix_len}, text));
}

/* A reading of the same recipe and label, to which this row is added. */
static struct reading *same_label(const struct sheet *s, const char *label)
{
    for (size_t i = s->first; i < s->out->count; i++)
        if (strcmp(s->out->items[i].label, label) == 0)
            return &s->out->items[i];
    return NULL;
}

/* `slack` counts the rows of a mean meanwhile; it is set right when all are in. */
static void add_up(enum profile_sum how, struct reading *to, double value, double *rows)
{
    if (isnan(value))
        return;
    ++*rows;
    if (how == PROFILE_COUNT)
        to->value = *rows;
    else if (isnan(to->value))
        to->value = value;
    else if (how == PROFILE_SUM)
        to->value += value;
    else if (how == PROFILE_MEAN)
        to->value += (value - to->value) / *rows;
    else
        to->value = how == PROFILE_MIN ? fmin(to->value, value) : fmax(to->value, value);
}

static void put_sum(struct sheet *s, const struct cell *x, const struct row *row, double value)
{
    enum profile_sum how = s->recipe->reading->sum;
    struct reading made = {.value = NAN}, *to;
    name_it(s, row, &made);
    to = same_label(s, made.label);
    if (!to && (to = next_reading(s))) {
        *to = made;
        locate_it(s, x, to);
        to->limits.slack = 0;
        if (how == PROFILE_COUNT)
            to->value = 0;
    }
    if (to)
        add_up(how, to, how == PROFILE_COUNT && isnan(value) ? 1 : value, &to->limits.slack);
}

static void put_row(struct sheet *s, const struct cell *x)
{
    struct expression_value values[1 + RECIPE_COLUMNS_MAX];
    const struct recipe *r = s->recipe;
    struct row row = {.values = values, .ports = s->ports};
    bool wanted;
    row_init(&row, r->reading, (struct snmp_oid_view){x->suffix, x->suffix_len});
    if (!row_fits(r, &row))
        return;
    read_values(s, x, values);
    double value = value_of(s, values, &wanted);
    if (!wanted && !r->reading->object)
        return;
    if (r->reading->sum != PROFILE_EACH) {
        if (wanted)
            put_sum(s, x, &row, value);
        return;
    }
    struct reading *out = next_reading(s);
    if (!out)
        return;
    out->value = value;
    out->limits = limits_of(r);
    name_it(s, &row, out);
    locate_it(s, x, out);
    if (wanted && r->reading->states_count)
        put_state(s, values, out);
}

/* A state that is sent as a word has no number of its own: its place in the list is it. */
static void number_states(const struct sheet *s)
{
    const struct profile_reading *p = s->recipe->reading;
    for (size_t i = s->first; p->states_count && i < s->out->count; i++) {
        struct reading *r = &s->out->items[i];
        for (size_t k = 0; r->state && isnan(r->value) && k < p->states_count; k++) {
            enum reading_level level;
            const char *state = p->states[k].word;
            profile_state(p->states[k].word, &level, &state);
            if (state == r->state)
                r->value = (double)k;
        }
    }
}

static void settle_sums(const struct sheet *s)
{
    for (size_t i = s->first; s->recipe->reading->sum != PROFILE_EACH && i < s->out->count; i++)
        s->out->items[i].limits = limits_of(s->recipe);
}

static void read_recipe(struct sheet *s)
{
    const struct cell_column *column = &s->table->columns[s->columns[s->recipe->column]];
    const struct profile_reading *p = s->recipe->reading;
    s->first = s->out->count;
    s->tells_mac = p->sum == PROFILE_EACH &&
                   (p->whose || p->index == PROFILE_INDEX_MAC || mentions_mac(p->label) || mentions_mac(p->object));
    for (uint32_t i = column->first; i < column->first + column->count && !s->failed; i++)
        if (!s->table->cells[i].refused)
            put_row(s, &s->table->cells[i]);
    number_states(s);
    settle_sums(s);
}

bool figure_read(const struct figure_set *f, const struct cell_table *t, const struct port_table *ports,
                 struct arena *arena, struct figures *out)
{
    struct sheet s = {.table = t, .ports = ports, .arena = arena, .out = out};
    *out = (struct figures){0};
    for (size_t b = 0; b < f->count; b++)
        for (size_t i = 0; i < f->books[b].book->recipe_count; i++) {
            s.recipe = &f->books[b].book->recipes[i];
            s.columns = f->books[b].columns;
            read_recipe(&s);
        }
    return !s.failed;
}

/* --- who it is --- */

static const char *translate(const struct profile_text *t, const char *raw)
{
    const struct profile_word *w = profile_word_find(t->words, t->words_count, raw, strlen(raw));
    return w ? w->word : t->words_count ? NULL : raw;
}

/* The wanted piece of a text, in the form it is shown; NULL: it does not fit. */
static const char *inscribe(const struct inscription *n, const char *raw, struct arena *arena)
{
    struct pattern_span m[2] = {{true, 0, strlen(raw)}, {false, 0, 0}};
    char piece[256], shown[320];
    if (n->like && !pattern_match(n->like, raw, strlen(raw), m, 2))
        return NULL;
    const struct pattern_span *taken = &m[m[1].found];
    snprintf(piece, sizeof piece, "%.*s", (int)(taken->to - taken->from), raw + taken->from);
    const char *word = translate(n->text, piece), *gap = n->text->form ? strstr(n->text->form, "{}") : NULL;
    if (!word || !*word)
        return NULL;
    if (!gap)
        return arena_text(arena, word, strlen(word));
    snprintf(shown, sizeof shown, "%.*s%s%s", (int)(gap - n->text->form), n->text->form, word, gap + 2);
    return arena_text(arena, shown, strlen(shown));
}

static const char *of_column(const struct inscription *n, const struct cell_table *t, unsigned column,
                             struct arena *arena)
{
    const struct cell_column *c = &t->columns[column];
    for (uint32_t i = c->first; i < c->first + c->count; i++) {
        char text[CELL_TEXT_MAX + 1] = "";
        const struct cell *cell = &t->cells[i];
        if (cell->kind == CELL_TEXT)
            port_text(cell->text, cell->text_len, sizeof text - 1, text);
        else if (cell->kind == CELL_NUMBER && !isnan(cell->number))
            snprintf(text, sizeof text, "%.15g", cell->number);
        const char *found = *text ? inscribe(n, text, arena) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

static const char *of_text(const struct inscription *n, const char *const texts[IF_SCALAR_COUNT],
                           struct arena *arena)
{
    static const enum if_scalar places[] = {[PROFILE_OF_OID] = SYS_DESCR,
                                            [PROFILE_OF_DESCR] = SYS_DESCR,
                                            [PROFILE_OF_NAME] = SYS_NAME,
                                            [PROFILE_OF_OBJECT_ID] = SYS_OBJECT_ID};
    const char *text = texts[places[n->text->of]];
    return text ? inscribe(n, text, arena) : NULL;
}

const char *figure_inscription(const struct figure_set *f, const struct cell_table *t,
                               enum inscription_kind kind, const char *const texts[IF_SCALAR_COUNT],
                               struct arena *arena)
{
    for (size_t b = 0; b < f->count; b++)
        for (size_t i = 0; i < f->books[b].book->inscription_counts[kind]; i++) {
            const struct inscription *n = &f->books[b].book->inscriptions[kind][i];
            const char *found = n->column >= 0 ? of_column(n, t, f->books[b].columns[n->column], arena)
                                               : of_text(n, texts, arena);
            if (found)
                return found;
        }
    return NULL;
}
