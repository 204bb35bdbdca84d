/* What a profile of `source: http` says by itself: its pages and steps name what there is, its
 * templates, patterns and pointers are well-formed, its readings mean something. */
#include <stdlib.h>
#include <string.h>

#include "poller/config/profiles_internal.h"
#include "poller/model/pattern.h"
#include "poller/model/pointer.h"
#include "poller/model/template.h"

struct checked_profile {
    struct complaints *c;
    const struct http_profile *p;
    bool each; /* of the page looked at */
};

bool http_profile_is(const struct yaml *root)
{
    const struct yaml *source = yaml_get(root, "source");
    return source && source->kind == YAML_TEXT && strcmp(source->text, "http") == 0;
}

/* The i-th of a list that may be written as one. */
static const struct yaml *one_of(const struct yaml *y, size_t i)
{
    return y && y->kind == YAML_LIST ? piece_at(y, i) : y;
}

/* ---- what is sent ---- */

static bool known(void *ctx, const char *name)
{
    const struct checked_profile *k = ctx;
    return http_profile_knows(k->p, k->each, name);
}

static void check_template(struct checked_profile *k, const struct yaml *y, const char *text)
{
    char *error = NULL;
    struct template *t = text ? template_parse(text, known, k, &error) : NULL;
    if (text && !t)
        complain(k->c, y->at, "%s", error ? error : "the configuration is too large");
    template_destroy(t);
    free(error);
}

static void check_pairs(struct checked_profile *k, const struct yaml *y,
                        const struct http_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct yaml *one = piece_at(y, i);
        check_template(k, piece_of(one, "value"), pairs[i].value);
        if (strpbrk(one->key, "\r\n"))
            complain(k->c, one->key_at, "a name is one line");
    }
}

static void check_ask(struct checked_profile *k, const struct yaml *y, const struct http_ask *a)
{
    int bodies = (a->json != NULL) + (a->form_count > 0) + (a->multipart_count > 0);
    check_template(k, piece_of(y, "path"), a->path);
    if (a->path && *a->path != '/')
        complain(k->c, piece_of(y, "path")->at, "a path begins with '/', as /status.cgi");
    check_template(k, piece_of(y, "json"), a->json);
    check_pairs(k, yaml_get(y, "form"), a->form, a->form_count);
    check_pairs(k, yaml_get(y, "multipart"), a->multipart, a->multipart_count);
    check_pairs(k, yaml_get(y, "headers"), a->headers, a->headers_count);
    if (bodies > 1)
        complain(k->c, y->at, "one request sends json, a form, or parts: give one");
}

/* ---- what comes ---- */

/* How many * it has; which are a mistake unless many may be meant. */
static size_t check_pointer(struct checked_profile *k, const struct yaml *y, const char *text,
                            bool many)
{
    size_t stars = 0;
    const char *wrong = text ? pointer_check(text, many ? &stars : NULL) : NULL;
    if (wrong)
        complain(k->c, y->at, "%s", wrong);
    return stars;
}

static void check_signs(struct checked_profile *k, const struct yaml *y,
                        const struct http_sign *signs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct yaml *one = one_of(y, i);
        const struct http_sign *s = &signs[i];
        piece_check_pattern(k->c, piece_of(one, "location"), s->location);
        piece_check_pattern(k->c, piece_of(one, "body"), s->body);
        piece_check_pattern(k->c, piece_of(one, "like"), s->like);
        check_pointer(k, piece_of(one, "pointer"), s->pointer, false);
        if (!s->status && !s->location && !s->body && !s->pointer)
            complain(k->c, one->at,
                     "this holds for every answer: give status, location, body or pointer");
        if (s->like && !s->pointer)
            complain(k->c, piece_of(one, "like")->at, "`like` needs a `pointer`: of what?");
    }
}

static void check_keep(struct checked_profile *k, const struct yaml *y,
                       const struct http_keep *keep, size_t count)
{
    static const char *const words[] = {"user", "password", "basic", "each", NULL};
    for (size_t i = 0; i < count; i++) {
        const struct yaml *one = piece_at(y, i);
        check_pointer(k, piece_of(one, "pointer"), keep[i].pointer, false);
        piece_check_name(k->c, one, words);
        if (!keep[i].pointer == !keep[i].header)
            complain(k->c, one->at, "what is kept stands at a pointer, or in a header: give one");
    }
}

static void check_login(struct checked_profile *k, const struct yaml *login)
{
    for (size_t i = 0; i < k->p->login_count; i++) {
        const struct yaml *y = one_of(login, i);
        const struct http_step *s = &k->p->login[i];
        check_ask(k, y, &s->ask);
        check_keep(k, yaml_get(y, "keep"), s->keep, s->keep_count);
        check_signs(k, yaml_get(y, "refused"), s->refused, s->refused_count);
        check_signs(k, yaml_get(y, "locked"), s->locked, s->locked_count);
        check_signs(k, yaml_get(y, "absent"), s->absent, s->absent_count);
    }
}

static void check_page_name(struct checked_profile *k, const struct yaml *y, const char *name)
{
    struct nearest near = nearest_to(name ? name : "");
    for (size_t i = 0; i < k->p->pages_count; i++)
        nearest_offer(&near, k->p->pages[i].name);
    if (name && !http_profile_page(k->p, name))
        complain(k->c, y->at, "no page is called '%.80s'" NEAREST_FORMAT, name, NEAREST_ARGS(near));
}

static void check_each(struct checked_profile *k, const struct yaml *y,
                       const struct http_page *page)
{
    const struct http_each *e = &page->each;
    const struct http_page *of = http_profile_page(k->p, e->page);
    if (!y || (!e->page && !e->pointer))
        return;
    check_page_name(k, piece_of(y, "page"), e->page);
    check_pointer(k, piece_of(y, "pointer"), e->pointer, true);
    if (!e->page || !e->pointer)
        complain(k->c, y->at, "each: give the page and the pointer its texts stand at");
    if (of && of >= page)
        complain(k->c, piece_of(y, "page")->at,
                 "pages are asked in their order: '%s' does not come before", e->page);
}

static void check_pages(struct checked_profile *k, const struct yaml *pages)
{
    for (size_t i = 0; i < k->p->pages_count; i++) {
        const struct yaml *y = piece_at(pages, i);
        const struct http_page *page = &k->p->pages[i];
        k->each = page->each.page != NULL;
        check_ask(k, y, &page->ask);
        k->each = false;
        check_each(k, yaml_get(y, "each"), page);
        check_signs(k, yaml_get(y, "absent"), page->absent, page->absent_count);
    }
}

static void check_texts(struct checked_profile *k, const struct yaml *y,
                        const struct http_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct yaml *one = one_of(y, i);
        check_page_name(k, piece_of(one, "page"), texts[i].page);
        check_pointer(k, piece_of(one, "pointer"), texts[i].pointer, false);
        piece_check_pattern(k->c, piece_of(one, "like"), texts[i].like);
    }
}

/* ---- figures ---- */

/* What it has in common with those of SNMP. */
static void check_meaning(struct checked_profile *k, const struct profile_set *set,
                          const struct yaml *y, const struct http_reading *r,
                          const char *const *words, size_t groups)
{
    struct profile_column columns[HTTP_COLUMNS_MAX] = {0};
    struct profile_reading same = {.meaning = r->meaning,
                                   .class_ = r->class_,
                                   .unit = r->unit,
                                   .label = r->label,
                                   .value = r->value,
                                   .when = r->when,
                                   .states = r->states,
                                   .states_count = r->states_count,
                                   .limits = r->limits,
                                   .object = r->object,
                                   .source = r->source,
                                   .with = columns};
    for (; same.with_count < r->with_count && same.with_count < HTTP_COLUMNS_MAX; same.with_count++)
        columns[same.with_count].name = r->with[same.with_count].name;
    profile_reading_check_rest(k->c, set, y, &same, words, groups);
}

static void check_reading(struct checked_profile *k, const struct profile_set *set,
                          const struct yaml *y, const struct http_reading *r)
{
    static const char *const words[] = {"index", NULL}, *const each_words[] = {"index", "each",
                                                                               NULL};
    const struct http_page *page = http_profile_page(k->p, r->page);
    const struct yaml *with = yaml_get(y, "with");
    check_page_name(k, piece_of(y, "page"), r->page);
    size_t stars = check_pointer(k, piece_of(y, "rows"), r->rows, true);
    check_pointer(k, piece_of(y, "pointer"), r->pointer, false);
    for (size_t i = 0; i < r->with_count; i++)
        check_pointer(k, piece_of(piece_at(with, i), "pointer"), r->with[i].pointer, false);
    if (r->rate && r->count)
        complain(k->c, piece_of(y, "count")->at, "how many stand there is no counter: give `rate` or `count`");
    if (r->rate && r->states_count)
        complain(k->c, piece_of(y, "rate")->at, "a state does not count up: `rate` is of a counter");
    check_meaning(k, set, y, r, page && page->each.page ? each_words : words, stars);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *source_of(const struct http_reading *r)
{
    return r->source ? r->source : r->meaning;
}

/* Two readings may not fill the same place of the same series, but where `when` says which of them
 * does. */
static void check_series(struct checked_profile *k, const struct yaml *readings)
{
    for (size_t i = 0; i < k->p->readings_count; i++)
        for (size_t j = 0; j < i && k->p->readings[j].object; j++) {
            const struct http_reading *a = &k->p->readings[j], *b = &k->p->readings[i];
            if ((a->when && b->when) || !same_text(a->object, b->object) ||
                !same_text(source_of(a), source_of(b)))
                continue;
            complain(k->c, piece_of(piece_at(readings, i), "object")->at,
                     "the reading in line %zu fills the same series (%s of object %s)",
                     piece_at(readings, j)->at.line, source_of(b), b->object);
            break;
        }
}

static void check_top(struct checked_profile *k, const struct yaml *root)
{
    const struct place top = root->at;
    if (!k->p->vendor)
        complain(k->c, top, "'vendor' is missing: whose device it is, as Ubiquiti");
    if (!k->p->family)
        complain(k->c, top, "'family' is missing: what runs on it, as airOS");
    if (!k->p->pages_count)
        complain(k->c, top, "'pages' is missing: what is asked for, as {status: /status.cgi}");
    if (!k->p->readings_count)
        complain(k->c, top, "'readings' is missing: its figures");
}

void http_profile_check(struct complaints *c, const struct profile_set *set,
                        const struct yaml *root, const struct http_profile *p)
{
    struct checked_profile k = {.c = c, .p = p};
    const struct yaml *readings = yaml_get(root, "readings");
    check_top(&k, root);
    check_login(&k, yaml_get(root, "login"));
    check_signs(&k, yaml_get(root, "expired"), p->expired, p->expired_count);
    check_pages(&k, yaml_get(root, "pages"));
    check_texts(&k, yaml_get(root, "model"), p->model, p->model_count);
    check_texts(&k, yaml_get(root, "version"), p->version, p->version_count);
    check_texts(&k, yaml_get(root, "serial"), p->serial, p->serial_count);
    for (size_t i = 0; i < p->readings_count; i++)
        check_reading(&k, set, one_of(readings, i), &p->readings[i]);
    if (readings && readings->kind == YAML_LIST)
        check_series(&k, readings);
}
