#include "collectors/snmp/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"

struct catalogue {
    const struct profile_set *set;
    size_t count, users;
    struct book **books; /* by the profile's place in the set; NULL: not needed yet */
};

struct catalogue *catalogue_create(const struct profile_set *set)
{
    struct catalogue *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->set = set;
    c->users = 1;
    c->count = set ? set->profiles_count : 0;
    if (set && set->profiles_count && !(c->books = calloc(set->profiles_count, sizeof(struct book *)))) {
        free(c);
        return NULL;
    }
    return c;
}

static void recipe_fini(struct recipe *r)
{
    expression_destroy(r->value);
    expression_destroy(r->when);
    pattern_destroy(r->rows);
}

static void book_destroy(struct book *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->recipe_count; i++)
        recipe_fini(&b->recipes[i]);
    for (int kind = 0; kind < INSCRIPTION_KINDS; kind++) {
        for (size_t i = 0; i < b->inscription_counts[kind]; i++)
            pattern_destroy(b->inscriptions[kind][i].like);
        free(b->inscriptions[kind]);
    }
    free(b->recipes);
    free(b->columns);
    free(b);
}

struct catalogue *catalogue_hold(struct catalogue *c)
{
    c->users++;
    return c;
}

void catalogue_release(struct catalogue *c)
{
    if (!c || --c->users)
        return;
    for (size_t i = 0; c->books && i < c->count; i++)
        book_destroy(c->books[i]);
    free(c->books);
    free(c);
}

const struct profile_set *catalogue_set(const struct catalogue *c)
{
    return c->set;
}

/* "….0" is a scalar's instance, anything else a column. */
static bool is_scalar(const char *oid)
{
    size_t n = strlen(oid);
    return n > 2 && strcmp(oid + n - 2, ".0") == 0;
}

/* The number of a column in the book; -1: not an OID, or no memory. */
static int column(struct book *b, const char *text, bool scalar, bool fixed, bool rate)
{
    struct catalogue_column new = {.scalar = scalar, .fixed = fixed, .rate = rate};
    if (!snmp_oid_parse(text, &new.oid))
        return -1;
    for (size_t i = 0; i < b->column_count; i++) {
        struct catalogue_column *c = &b->columns[i];
        if (c->scalar == scalar && c->rate == rate &&
            snmp_oid_equal(snmp_oid_view(&c->oid), snmp_oid_view(&new.oid))) {
            c->fixed &= fixed;
            return (int)i;
        }
    }
    struct catalogue_column *columns = realloc(b->columns, (b->column_count + 1) * sizeof *columns);
    if (!columns)
        return -1;
    b->columns = columns;
    columns[b->column_count] = new;
    return (int)b->column_count++;
}

static bool compile_pattern(const char *text, struct pattern **out)
{
    char error[PATTERN_ERROR_MAX];
    return !text || (*out = pattern_compile(text, error)) != NULL;
}

static bool compile_expression(const char *text, const char *const *names, struct expression **out)
{
    char error[EXPRESSION_ERROR_MAX];
    size_t at;
    return !text || (*out = expression_compile(text, names, &at, error)) != NULL;
}

static bool compile_with(struct book *b, struct recipe *r, const char *names[RECIPE_COLUMNS_MAX + 1])
{
    const struct profile_reading *p = r->reading;
    if (p->with_count > RECIPE_COLUMNS_MAX)
        return false;
    for (size_t i = 0; i < p->with_count; i++) {
        const struct profile_column *w = &p->with[i];
        bool scalar = w->row == PROFILE_ROW_SCALAR || is_scalar(w->oid);
        int number = column(b, w->oid, scalar, w->fixed || p->fixed, w->rate);
        if (number < 0)
            return false;
        r->with[i] = (unsigned)number;
        names[i] = w->name;
    }
    names[p->with_count] = NULL;
    return true;
}

static bool compile_recipe(const struct catalogue *c, struct book *b, const struct profile_reading *p,
                           struct recipe *r)
{
    const char *names[RECIPE_COLUMNS_MAX + 1];
    *r = (struct recipe){.reading = p, .meaning = p->meaning ? profile_meaning(c->set, p->meaning) : NULL};
    int number = column(b, p->oid, is_scalar(p->oid), p->fixed, p->rate);
    r->column = (unsigned)number;
    return number >= 0 && compile_with(b, r, names) && compile_expression(p->value, names, &r->value) &&
           compile_expression(p->when, names, &r->when) &&
           compile_pattern(p->rows, &r->rows);
}

static void compile_recipes(const struct catalogue *c, struct book *b)
{
    const struct profile *p = b->profile;
    for (size_t i = 0; i < p->readings_count; i++) {
        struct recipe *r = &b->recipes[b->recipe_count];
        if (compile_recipe(c, b, &p->readings[i], r)) {
            b->recipe_count++;
        } else {
            log_warnx("snmp", "profile %s: the reading of %s cannot be used", p->name, p->readings[i].oid);
            recipe_fini(r);
        }
    }
}

static bool compile_inscriptions(struct book *b, enum inscription_kind kind, const struct profile_text *texts,
                                 size_t count)
{
    struct inscription *list = calloc(count ? count : 1, sizeof *list);
    b->inscriptions[kind] = list;
    if (!list)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct inscription *n = &list[b->inscription_counts[kind]];
        n->text = &texts[i];
        n->column = texts[i].oid ? column(b, texts[i].oid, is_scalar(texts[i].oid), true, false) : -1;
        if ((!texts[i].oid || n->column >= 0) && compile_pattern(texts[i].like, &n->like))
            b->inscription_counts[kind]++;
    }
    return true;
}

static struct book *compile(const struct catalogue *c, const struct profile *p)
{
    struct book *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->profile = p;
    b->recipes = calloc(p->readings_count ? p->readings_count : 1, sizeof *b->recipes);
    if (!b->recipes || !compile_inscriptions(b, INSCRIPTION_MODEL, p->model, p->model_count) ||
        !compile_inscriptions(b, INSCRIPTION_VERSION, p->version, p->version_count) ||
        !compile_inscriptions(b, INSCRIPTION_SERIAL, p->serial, p->serial_count)) {
        book_destroy(b);
        return NULL;
    }
    compile_recipes(c, b);
    return b;
}

const struct book *catalogue_book(struct catalogue *c, const struct profile *p)
{
    struct book **b = &c->books[p - c->set->profiles];
    if (!*b)
        *b = compile(c, p);
    return *b;
}
