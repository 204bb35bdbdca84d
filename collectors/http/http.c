/* http: a page answers with the right status and text, and its certificate lasts. The courier fetches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/questions.h"
#include "poller/base/log.h"

#define URL_MAX 512
#define BODY_MAX 262144
#define DETAIL_MAX 240
#define NUMBER_MAX 24

struct http_options {
    char *url;
    int64_t status;
    char *expect;
    int64_t timeout_ns;
    bool verify_tls;
};

static const struct field http_fields[] = {
    {FIELD(struct http_options, url, FIELD_TEXT), .flags = FIELD_SHORT,
     .help = "page to fetch; without one http:// and the node's address"},
    {FIELD(struct http_options, status, FIELD_INT), .standard = "200", .min = 0, .max = 599,
     .help = "status it has to give; 0: any below 400"},
    {FIELD(struct http_options, expect, FIELD_TEXT), .help = "text the body has to hold"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct http_options, timeout_ns),
     .standard = "10s", .min = MILLISECONDS(200), .max = SECONDS(120), .help = "how long that may take"},
    {FIELD(struct http_options, verify_tls, FIELD_BOOL), .standard = "yes",
     .help = "check the certificate of an https page; its end is told either way"},
};
static const struct record http_record = RECORD(http_options, http_fields);

/* A fetch cannot be called back: a question that ended leaves its fetch behind, with nobody to tell. */
struct fetching {
    struct question *question; /* NULL: nobody waits any more */
};

struct collector_instance {
    struct questions questions;
};

struct judged {
    enum outcome outcome;
    const char *reason;
};

static struct judged judge(const struct http_options *o, const struct fetch_answer *a,
                           char detail[DETAIL_MAX])
{
    if (a->own_fault)
        return (struct judged){OUTCOME_OWN_FAULT, "courier"};
    if (a->error) {
        bool spoke = strcmp(a->error, "tls") == 0 || strcmp(a->error, "refused") == 0;
        snprintf(detail, DETAIL_MAX, "%s", a->error_detail ? a->error_detail : a->error);
        return (struct judged){spoke ? OUTCOME_WRONG : OUTCOME_SILENT, a->error};
    }
    if (o->status ? a->status != o->status : a->status >= 400) {
        snprintf(detail, DETAIL_MAX, "status %d", a->status);
        return (struct judged){OUTCOME_WRONG, "status"};
    }
    if (o->expect && *o->expect &&
        (!a->body || !memmem(a->body, a->body_len, o->expect, strlen(o->expect)))) {
        snprintf(detail, DETAIL_MAX, "the page does not hold the expected text");
        return (struct judged){OUTCOME_WRONG, "body"};
    }
    return (struct judged){OUTCOME_ANSWERED, ""};
}

static size_t fill_facts(const struct question *q, const struct fetch_answer *a,
                         struct fact facts[2], char texts[2][NUMBER_MAX])
{
    const char *label = q->node->setting.label ? q->node->setting.label : "";
    size_t count = 0;
    if (!a->own_fault && !a->error) {
        snprintf(texts[count], NUMBER_MAX, "%d", a->status);
        facts[count] = (struct fact){"http.status", label, texts[count]};
        count++;
    }
    if (a->certificate_expires.ns) {
        snprintf(texts[count], NUMBER_MAX, "%lld", (long long)wall_seconds(a->certificate_expires));
        facts[count] = (struct fact){"tls.expires", label, texts[count]};
        count++;
    }
    return count;
}

/* Host and port of a URL, as a name for its series. */
static void site_of(const char *url, char *out, size_t room)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    snprintf(out, room, "%.*s", (int)strcspn(host, "/?#"), host);
}

static const char *url_of(const struct question *q, char out[URL_MAX])
{
    const struct check_setting *s = &q->node->setting;
    const struct http_options *o = s->options;
    char text[ADDR_TEXT_MAX];
    if (o->url && *o->url)
        return o->url;
    if (!s->address_count)
        return NULL;
    bool six = s->addresses[0].family == AF_INET6;
    snprintf(out, URL_MAX, six ? "http://[%s]/" : "http://%s/", addr_text(&s->addresses[0], text));
    return out;
}

static void on_fetched(void *arg, const struct fetch_answer *a)
{
    struct fetching *f = arg;
    struct question *q = f->question;
    free(f);
    if (!q)
        return;
    char detail[DETAIL_MAX] = "", object[QUESTION_OBJECT_MAX], site[64], url[URL_MAX];
    char texts[2][NUMBER_MAX];
    struct fact facts[2];
    struct judged v = judge(q->node->setting.options, a, detail);
    const char *asked = url_of(q, url);
    site_of(asked ? asked : "", site, sizeof site);
    q->handle = NULL;
    question_end(q, &(struct question_answer){
                        .outcome = v.outcome, .reason = v.reason, .detail = *detail ? detail : NULL,
                        .time_ns = v.outcome == OUTCOME_ANSWERED ? a->total_ns : 0,
                        .object = question_object(q, "http", site, object), .facts = facts,
                        .fact_count = fill_facts(q, a, facts, texts)});
}

static void ask(struct question *q)
{
    const struct env *env = q->owner->env;
    const struct http_options *o = q->node->setting.options;
    char url[URL_MAX];
    struct fetch_request request = {.url = url_of(q, url), .timeout_ns = o->timeout_ns,
                                    .body_max_bytes = BODY_MAX, .verify_tls = o->verify_tls};
    struct fetching *f = request.url ? calloc(1, sizeof *f) : NULL;
    if (!f) {
        question_fail_soon(q);
        return;
    }
    f->question = q;
    q->handle = f;
    env->fetch(env->ctx, &request, on_fetched, f);
}

static void forget(struct question *q)
{
    struct fetching *f = q->handle;
    if (f)
        f->question = NULL;
}

static const struct question_ops http_ops = {ask, forget};

static struct collector_instance *http_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (c)
        c->questions = (struct questions){.env = env, .ops = &http_ops};
    return c;
}

static bool http_adopt(struct collector_instance *c, const struct check_setting *s)
{
    return s->options && questions_adopt(&c->questions, s);
}

static void http_drop(struct collector_instance *c, uint32_t check)
{
    questions_drop(&c->questions, check);
}

static void http_start(struct collector_instance *c, uint32_t check, uint32_t round,
                       enum round_kind kind, struct mono deadline)
{
    questions_start(&c->questions, check, round, kind, deadline);
}

static void http_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    questions_cancel(&c->questions, check, round);
}

static void http_destroy(struct collector_instance *c)
{
    if (c)
        questions_fini(&c->questions);
    free(c);
}

extern const struct collector http_collector;
const struct collector http_collector = {
    .name = "http",
    .summary = "a web page answers with the right status and text, and its certificate lasts",
    .options = &http_record,
    .interval_ns = SECONDS(60),
    .create = http_create,
    .adopt = http_adopt,
    .drop = http_drop,
    .start = http_start,
    .cancel = http_cancel,
    .destroy = http_destroy,
};
