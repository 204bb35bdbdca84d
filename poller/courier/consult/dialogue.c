#include "poller/courier/consult/dialogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/courier/consult/request.h"
#include "poller/courier/consult/sign.h"
#include "poller/courier/consult/walk.h"

enum stage { STAGE_LOGIN, STAGE_PAGES, STAGE_OVER };

struct dialogue {
    const struct http_profile *profile;
    const char *user, *password;
    struct dialogue_session *session;
    enum stage stage;
    size_t step, page, element; /* of login; of pages; of what a page is asked for */
    char *elements[HTTP_EACH_MAX];
    size_t element_count;
    bool elements_known, logged_in, forget; /* logged_in: in this talk */
    unsigned requests;
    struct dialogue_document documents[DIALOGUE_REQUESTS_MAX];
    size_t document_count;
    struct arena *arena; /* of the request under way */
    struct dialogue_request request;
    enum consultation_end end;
    const char *reason;
    char detail[DIALOGUE_DETAIL_MAX];
};

static void finish(struct dialogue *d, enum consultation_end end, const char *reason)
{
    d->stage = STAGE_OVER;
    d->end = end;
    d->reason = reason;
}

__attribute__((format(printf, 3, 4))) static void go_wrong(struct dialogue *d, const char *reason,
                                                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->detail, sizeof d->detail, format, args);
    va_end(args);
    for (char *c = d->detail; *c; c++) /* it may hold what the device said */
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    finish(d, CONSULTATION_WRONG, reason);
}

static void forget_session(struct dialogue *d)
{
    explicit_bzero(d->session, sizeof *d->session);
    d->forget = true;
}

static void forget_elements(struct dialogue *d)
{
    for (size_t i = 0; i < d->element_count; i++)
        free(d->elements[i]);
    d->element_count = d->element = 0;
    d->elements_known = false;
}

static void forget_documents(struct dialogue *d)
{
    for (size_t i = 0; i < d->document_count; i++) {
        free((char *)(uintptr_t)d->documents[i].each);
        cJSON_Delete(d->documents[i].json);
    }
    d->document_count = 0;
    forget_elements(d);
}

static void begin_login(struct dialogue *d)
{
    forget_session(d);
    forget_documents(d);
    d->stage = STAGE_LOGIN;
    d->step = d->page = 0;
}

struct dialogue *dialogue_create(const struct http_profile *p, const char *user,
                                 const char *password, struct dialogue_session *session)
{
    struct dialogue *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    *d = (struct dialogue){.profile = p,
                           .user = user,
                           .password = password,
                           .session = session,
                           .stage = STAGE_PAGES,
                           .reason = ""};
    if (p->login_count && !session->open)
        begin_login(d);
    return d;
}

void dialogue_destroy(struct dialogue *d)
{
    if (!d)
        return;
    forget_documents(d);
    arena_destroy(d->arena);
    free(d);
}

/* ---- asking ---- */

static bool add_element(void *ctx, const cJSON *element, const struct walk_keys *keys)
{
    struct dialogue *d = ctx;
    char scratch[WALK_TEXT_MAX];
    const char *text = walk_text(element, scratch);
    char *copy = text && *text && strlen(text) < DIALOGUE_KEPT_BYTES ? strdup(text) : NULL;
    if (copy)
        d->elements[d->element_count++] = copy;
    return true;
}

static void find_elements(struct dialogue *d, const struct http_each *each)
{
    for (size_t i = 0; i < d->document_count; i++)
        if (strcmp(d->documents[i].page->name, each->page) == 0)
            walk_each(d->documents[i].json, each->pointer, HTTP_EACH_MAX - d->element_count,
                      add_element, d);
    d->elements_known = true;
}

/* Moves on to a page that has something to ask; NULL: there is none left. */
static const struct http_page *page_to_ask(struct dialogue *d)
{
    for (; d->page < d->profile->pages_count; d->page++, forget_elements(d)) {
        const struct http_page *p = &d->profile->pages[d->page];
        if (!p->each.page)
            return p;
        if (!d->elements_known)
            find_elements(d, &p->each);
        if (d->element < d->element_count)
            return p;
    }
    return NULL;
}

static const char *element_of(const struct dialogue *d)
{
    return d->element < d->element_count ? d->elements[d->element] : NULL;
}

static bool make(struct dialogue *d, const struct http_ask *ask, const char *each)
{
    struct request_values v = {.profile = d->profile,
                               .session = d->session,
                               .user = d->user,
                               .password = d->password,
                               .each = each};
    arena_destroy(d->arena);
    d->arena = arena_create(0);
    bool made = d->arena && request_make(ask, &v, d->arena, &d->request);
    if (v.basic.data)
        explicit_bzero(v.basic.data, v.basic.len);
    buf_fini(&v.basic);
    d->request.forget = d->forget;
    d->forget = false;
    return made;
}

const struct dialogue_request *dialogue_next(struct dialogue *d)
{
    const struct http_ask *ask = NULL;
    const char *each = NULL;
    if (d->stage == STAGE_PAGES) {
        const struct http_page *p = page_to_ask(d);
        ask = p ? &p->ask : NULL;
        each = element_of(d);
        if (!p)
            finish(d, CONSULTATION_READ, "");
    } else if (d->stage == STAGE_LOGIN) {
        ask = &d->profile->login[d->step].ask;
    }
    if (!ask)
        return NULL;
    if (d->requests++ == DIALOGUE_REQUESTS_MAX || !make(d, ask, each)) {
        go_wrong(d, "profile",
                 "the profile %s asks for more than %d requests, or for what it does not know",
                 d->profile->name ? d->profile->name : "", DIALOGUE_REQUESTS_MAX);
        return NULL;
    }
    return &d->request;
}

/* ---- what came: a login ---- */

static bool keep_text(struct dialogue *d, const struct http_keep *k, const char *text)
{
    struct dialogue_session *s = d->session;
    size_t len = text ? strlen(text) : 0;
    if (!len || len >= DIALOGUE_KEPT_BYTES || s->kept_count == DIALOGUE_KEPT_MAX)
        return false;
    snprintf(s->kept[s->kept_count].name, sizeof s->kept[0].name, "%s", k->name);
    memcpy(s->kept[s->kept_count].value, text, len + 1);
    s->kept_count++;
    return true;
}

static bool keep_all(struct dialogue *d, const struct http_step *s, const struct dialogue_answer *a,
                     const cJSON *document)
{
    char scratch[WALK_TEXT_MAX];
    for (size_t i = 0; i < s->keep_count; i++) {
        const struct http_keep *k = &s->keep[i];
        const cJSON *found = k->pointer && document ? walk_to(document, k->pointer) : NULL;
        const char *text = k->header && a->header ? a->header(a->ctx, k->header)
                           : found                ? walk_text(found, scratch)
                                                  : NULL;
        if (!keep_text(d, k, text)) {
            go_wrong(d, "login", "the answer to the login %s holds no %s", s->ask.path, k->name);
            return false;
        }
    }
    return true;
}

static void refuse(struct dialogue *d, enum consultation_end end, const char *reason,
                   const char *sentence)
{
    snprintf(d->detail, sizeof d->detail, "%s", sentence);
    forget_session(d);
    finish(d, end, reason);
}

static void next_step(struct dialogue *d, bool enough)
{
    if (!enough && ++d->step < d->profile->login_count)
        return;
    d->session->open = d->logged_in = true;
    d->stage = STAGE_PAGES;
    d->page = 0;
}

static void take_login(struct dialogue *d, const struct dialogue_answer *a, const cJSON *document)
{
    const struct http_step *s = &d->profile->login[d->step];
    if (sign_any(s->locked, s->locked_count, a, document))
        refuse(d, CONSULTATION_LOCKED, "auth-locked",
               "it lets nobody in for now, after wrong passwords or because "
               "somebody else is logged in");
    else if (sign_any(s->refused, s->refused_count, a, document))
        refuse(d, CONSULTATION_REFUSED, "auth-refused",
               "it takes the user or the password for wrong");
    else if (sign_any(s->absent, s->absent_count, a, document)) {
        if (++d->step == d->profile->login_count)
            go_wrong(d, "login",
                     "it has none of the login pages of the profile: is it another device?");
    } else if (a->status == 401 || a->status == 403)
        refuse(d, CONSULTATION_REFUSED, "auth-refused",
               "it takes the user or the password for wrong");
    else if (a->status >= 400)
        go_wrong(d, "login", "the login %s is answered with status %d", s->ask.path, a->status);
    else if (keep_all(d, s, a, document))
        next_step(d, s->enough);
}

/* ---- what came: a page ---- */

static bool looks_like_html(const struct dialogue_answer *a)
{
    size_t at = 0;
    while (at < a->len && strchr(" \t\r\n\xef\xbb\xbf", a->body[at]) && a->body[at])
        at++;
    return at < a->len && a->body[at] == '<';
}

static bool is_expired(const struct dialogue *d, const struct dialogue_answer *a,
                       const cJSON *document)
{
    if (!d->profile->login_count)
        return false;
    return a->status == 401 ||
           sign_any(d->profile->expired, d->profile->expired_count, a, document) ||
           (!document && a->status == 200 &&
            looks_like_html(a)); /* a login page is what it most likely is */
}

static void next_page(struct dialogue *d)
{
    if (d->elements_known && ++d->element < d->element_count)
        return;
    d->page++;
    forget_elements(d);
}

static void keep_document(struct dialogue *d, const struct http_page *p, cJSON **document, struct mono at)
{
    const char *each = element_of(d);
    char *copy = each ? strdup(each) : NULL;
    d->documents[d->document_count++] = (struct dialogue_document){p, copy, *document, at};
    *document = NULL;
    next_page(d);
}

static void tell_wrong_page(struct dialogue *d, const struct http_page *p,
                            const struct dialogue_answer *a, const char *why)
{
    if (a->status >= 300 && a->status < 400)
        go_wrong(d, "redirect", "%s sends us on to %.80s", p->ask.path,
                 a->location ? a->location : "nowhere");
    else if (a->status == 403)
        go_wrong(d, "auth-rights", "%s is not for this user (status 403)", p->ask.path);
    else if (a->status != 200)
        go_wrong(d, "status", "%s is answered with status %d", p->ask.path, a->status);
    else
        go_wrong(d, "json", "%s is no JSON: %s", p->ask.path,
                 looks_like_html(a) ? "a page for people" : why);
}

static void take_page(struct dialogue *d, const struct dialogue_answer *a, cJSON **document,
                      const char *why)
{
    const struct http_page *p = &d->profile->pages[d->page];
    if (sign_any(p->absent, p->absent_count, a, *document))
        next_page(d);
    else if (is_expired(d, a, *document)) {
        if (!d->logged_in)
            begin_login(d);
        else if (p->optional)
            next_page(d);
        else {
            go_wrong(d, "auth-rights",
                     "%s asks for a login again right after one: has this user the rights?",
                     p->ask.path);
            forget_session(d);
        }
    } else if (a->status == 200 && *document)
        keep_document(d, p, document, a->at);
    else if (p->optional)
        next_page(d);
    else
        tell_wrong_page(d, p, a, why);
}

void dialogue_take(struct dialogue *d, const struct dialogue_answer *a)
{
    const char *why = NULL;
    cJSON *document = a->body ? json_parse(a->body, a->len, &why) : NULL;
    if (d->stage == STAGE_LOGIN)
        take_login(d, a, document);
    else if (d->stage == STAGE_PAGES)
        take_page(d, a, &document, why ? why : "nothing came");
    cJSON_Delete(document);
}

enum consultation_end dialogue_end(const struct dialogue *d)
{
    return d->end;
}

const char *dialogue_reason(const struct dialogue *d)
{
    return d->reason;
}

const char *dialogue_detail(const struct dialogue *d)
{
    return d->detail;
}

const struct dialogue_document *dialogue_documents(const struct dialogue *d, size_t *count)
{
    *count = d->document_count;
    return d->documents;
}
