/* POST of a document: the incident's own, or a template's. A service (ntfy, Slack, ...) is this with a
 * data file's templates for address and headers too.
 *
 * What the other side answers decides: 2xx is sent, even if the body then never ends; 408, 425, 429 and
 * 5xx are tried again, when it says when; the rest, redirects among them, is refused: a header with a
 * token must not follow a redirect to somebody else. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "poller/base/clock.h"
#include "poller/courier/receiver.h"
#include "poller/model/template.h"

#define WEBHOOK_TIMEOUT_MS 10000     /* name, connection, TLS and answer together */
#define ANSWER_MAX_BYTES 65536       /* nobody reads more of it than the status */
#define RETRY_AFTER_MAX_S 86400
#define DEFAULT_CONTENT "application/json"

struct prepared_header {
    const char *name;
    struct template *value; /* NULL: as written */
    const char *written;
};

struct prepared {
    const struct config_receiver *setting;
    struct template *url, *body; /* NULL: as written; the document */
    struct prepared_header *headers;
    size_t header_count;
};

struct work {
    CURL *easy;
    struct curl_slist *headers;
    struct buf body;
    size_t answered; /* bytes */
};

static void release(void *ready)
{
    struct prepared *p = ready;
    if (!p)
        return;
    template_destroy(p->url);
    template_destroy(p->body);
    for (size_t i = 0; i < p->header_count; i++)
        template_destroy(p->headers[i].value);
    free(p->headers);
    free(p);
}

static bool is_token(const char *s) /* RFC 9110 5.6.2 */
{
    size_t len = strspn(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return len && !s[len];
}

static bool fails(char **error, const char *text)
{
    if (!*error)
        *error = strdup(text);
    return false;
}

static bool prepare_headers(struct prepared *p, bool service, char **error)
{
    const struct config_receiver *s = p->setting;
    p->headers = calloc(s->headers_count + 1, sizeof *p->headers);
    for (size_t i = 0; p->headers && i < s->headers_count; i++) {
        struct prepared_header *h = &p->headers[p->header_count++];
        h->name = s->headers[i].name;
        h->written = s->headers[i].value ? s->headers[i].value : "";
        if (!h->name || !is_token(h->name))
            return fails(error, "a header's name must be a word of letters, digits and -");
        if (strpbrk(h->written, "\r\n"))
            return fails(error, "a header's value must be one line");
        if (service && !(h->value = template_parse(h->written, template_message_known, NULL, error)))
            return false;
    }
    return p->headers != NULL;
}

static bool prepare(const struct config_receiver *s, void **ready, char **error)
{
    bool service = s->kind == RECEIVER_TEMPLATE;
    struct prepared *p = *ready = calloc(1, sizeof *p);
    if (!p)
        return false;
    p->setting = s;
    if (!s->url || !*s->url)
        return fails(error, "a webhook needs a url");
    if (!service && strncasecmp(s->url, "http://", 7) != 0 && strncasecmp(s->url, "https://", 8) != 0)
        return fails(error, "a webhook's url begins with https:// or http://");
    if (service && !(p->url = template_parse(s->url, template_message_known, NULL, error)))
        return false;
    if (s->template && !(p->body = template_parse(s->template, template_message_known, NULL, error)))
        return false;
    return prepare_headers(p, service, error);
}

static const char *look_up(void *ctx, const char *name)
{
    const struct delivery *d = ctx;
    const struct config_receiver *s = d->receiver->setting;
    if (strncmp(name, "option.", 7) != 0)
        return document_value(d->document, name);
    for (size_t i = 0; i < s->options_count; i++)
        if (strcmp(s->options[i].name, name + 7) == 0)
            return s->options[i].value;
    return NULL;
}

static const char *content_type(const struct config_receiver *s)
{
    return s->content_type && *s->content_type ? s->content_type : DEFAULT_CONTENT;
}

static enum template_escape body_escape(const char *type)
{
    if (strstr(type, "json"))
        return TEMPLATE_JSON;
    return strstr(type, "x-www-form-urlencoded") ? TEMPLATE_URL : TEMPLATE_TEXT;
}

static void add_line(struct work *w, const char *line)
{
    struct curl_slist *longer = curl_slist_append(w->headers, line);
    if (longer)
        w->headers = longer;
}

static void add_header(struct work *w, const char *name, const char *value)
{
    struct buf line = {0};
    /* ';' instead of ':' is how curl is told to send an empty one */
    buf_printf(&line, "%s%s", name, *value ? ": " : ";");
    template_put(TEMPLATE_HEADER, value, &line);
    add_line(w, buf_string(&line));
    buf_fini(&line);
}

static bool has_header(const struct prepared *p, const char *name)
{
    for (size_t i = 0; i < p->header_count; i++)
        if (strcasecmp(p->headers[i].name, name) == 0)
            return true;
    return false;
}

static void add_headers(struct work *w, struct delivery *d)
{
    const struct prepared *p = d->receiver->ready;
    for (size_t i = 0; i < p->header_count; i++) {
        struct buf value = {0};
        const struct prepared_header *h = &p->headers[i];
        if (h->value && template_lacks(h->value, "option.", look_up, d))
            continue;
        if (h->value)
            template_render(h->value, TEMPLATE_HEADER, look_up, d, &value);
        add_header(w, h->name, h->value ? buf_string(&value) : h->written);
        buf_fini(&value);
    }
    const char *key = document_value(d->document, "key");
    if (!has_header(p, "Content-Type"))
        add_header(w, "Content-Type", content_type(p->setting));
    if (!has_header(p, "X-Hayloft-Key"))
        add_header(w, "X-Hayloft-Key", key);
    if (!has_header(p, "Idempotency-Key"))
        add_header(w, "Idempotency-Key", key);
    add_line(w, "Expect:"); /* not sent at all: no waiting for a 100 before the body */
}

static void render_body(struct work *w, struct delivery *d)
{
    const struct prepared *p = d->receiver->ready;
    if (p->body)
        template_render(p->body, body_escape(content_type(p->setting)), look_up, d, &w->body);
    else
        buf_text(&w->body, document_value(d->document, "document"));
}

static size_t take_answer(char *bytes, size_t one, size_t len, void *ctx)
{
    struct work *w = ctx;
    w->answered += len;
    return w->answered > ANSWER_MAX_BYTES ? 0 : len;
}

static void free_work(struct work *w)
{
    curl_easy_cleanup(w->easy);
    curl_slist_free_all(w->headers);
    buf_fini(&w->body);
    free(w);
}

static bool later_may_help(long status)
{
    return status >= 500 || status == 408 || status == 425 || status == 429;
}

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct delivery *d = ctx;
    long status = 0;
    curl_off_t after_s = 0;
    char error[128] = "";
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after_s);
    free_work(d->work);
    enum delivery_outcome outcome = DELIVERY_REFUSED;
    if (status < 200) {
        snprintf(error, sizeof error, "%s", transfer_reason(result));
        outcome = DELIVERY_RETRY;
    } else if (status < 300) {
        outcome = DELIVERY_SENT;
    } else if (status < 400) {
        snprintf(error, sizeof error, "answered %ld: it wants to send us elsewhere, which we do not follow",
                 status);
    } else {
        snprintf(error, sizeof error, "answered %ld", status);
        outcome = later_may_help(status) ? DELIVERY_RETRY : DELIVERY_REFUSED;
    }
    after_s = after_s < 0 || outcome != DELIVERY_RETRY ? 0 : after_s;
    after_s = after_s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : after_s;
    d->done(d, outcome, SECONDS(after_s), error);
}

static CURL *make_handle(struct delivery *d)
{
    const struct prepared *p = d->receiver->ready;
    struct buf url = {0};
    if (p->url)
        template_render(p->url, TEMPLATE_URL, look_up, d, &url);
    int64_t timeout_ms = p->setting->timeout_ns / NS_PER_MS;
    struct transfer_setting setting = {
        .url = p->url ? buf_string(&url) : p->setting->url, .protocols = "http,https",
        .timeout_ms = timeout_ms > 0 ? timeout_ms : WEBHOOK_TIMEOUT_MS, .verify_tls = p->setting->verify_tls,
        .private_targets = p->setting->private_targets, .ca_file = d->ca_file};
    CURL *easy = transfer_handle(&setting);
    buf_fini(&url);
    return easy;
}

static void start(struct delivery *d)
{
    struct work *w = calloc(1, sizeof *w);
    if (!w || !(w->easy = make_handle(d))) {
        free(w);
        d->done(d, DELIVERY_RETRY, 0, "out of memory");
        return;
    }
    d->work = w;
    add_headers(w, d);
    render_body(w, d);
    curl_easy_setopt(w->easy, CURLOPT_HTTPHEADER, w->headers);
    curl_easy_setopt(w->easy, CURLOPT_USERAGENT, "hayloft/" HAYLOFT_VERSION);
    curl_easy_setopt(w->easy, CURLOPT_POSTFIELDSIZE, (long)w->body.len);
    curl_easy_setopt(w->easy, CURLOPT_POSTFIELDS, buf_string(&w->body));
    curl_easy_setopt(w->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(w->easy, CURLOPT_WRITEDATA, w);
    if (w->body.failed || !transfer_start(d->transfers, w->easy, on_done, d)) {
        free_work(w);
        d->done(d, DELIVERY_RETRY, 0, "out of memory");
    }
}

static void cancel(struct delivery *d)
{
    struct work *w = d->work;
    transfer_cancel(d->transfers, w->easy);
    free_work(w);
}

const struct receiver_driver webhook_driver = {
    .prepare = prepare, .release = release, .start = start, .cancel = cancel};
