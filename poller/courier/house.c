#include "poller/courier/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"
#include "poller/base/buf.h"
#include "poller/base/clock.h"
#include "poller/base/json.h"

#define TIMEOUT_MS 30000      /* a radio that is back is slow at first; the house syncs its disk meanwhile */
#define CONNECT_MS 5000
#define ANSWER_MAX_BYTES 4096
#define ERROR_MAX 200

/* Where reports go. */
struct place {
    struct arena *arena;
    struct config_upstream setting;
    char *url, *authorization; /* NULL: there is no house */
};

struct post {
    struct post *next;
    struct house *house;
    CURL *easy;
    struct curl_slist *headers;
    uint32_t id;
    uint8_t *body;
    struct buf answer;
};

struct house {
    struct transfers *transfers;
    reported_fn fn;
    void *ctx;
    const char *ca_file;
    struct place *current, *prepared;
    struct post *first;
    size_t count;
};

/* --- where it is --- */

static void drop_place(struct place *p)
{
    if (!p)
        return;
    arena_destroy(p->arena);
    free(p);
}

static char *join(struct arena *arena, const char *a, size_t a_len, const char *b, const char *c, const char *d)
{
    struct buf text = {0};
    buf_put(&text, a, a_len);
    buf_text(&text, b);
    buf_text(&text, c);
    buf_text(&text, d);
    char *kept = text.failed ? NULL : arena_text(arena, text.data, text.len);
    buf_fini(&text);
    return kept;
}

static bool fill_place(struct place *p, const struct config *c)
{
    struct config copy;
    const struct config_upstream *u = &c->upstream;
    struct config wanted = {.vantage = c->vantage, .upstream = *u};
    if (!field_copy(&config_record, &wanted, NULL, p->arena, &copy))
        return false;
    p->setting = copy.upstream;
    if (!u->url || !u->token)
        return true;
    size_t len = strlen(u->url);
    while (len && u->url[len - 1] == '/')
        len--;
    p->url = join(p->arena, u->url, len, "/api/v1/vantages/", c->vantage ? c->vantage : "", "/records");
    p->authorization = join(p->arena, "", 0, "Authorization: Bearer ", u->token, "");
    return p->url && p->authorization;
}

bool house_prepare(struct house *h, const struct config *c)
{
    struct place *p = calloc(1, sizeof *p);
    house_forget(h);
    if (!p || !(p->arena = arena_create(0)) || !fill_place(p, c)) {
        drop_place(p);
        return false;
    }
    h->prepared = p;
    return true;
}

void house_adopt(struct house *h)
{
    drop_place(h->current);
    h->current = h->prepared;
    h->prepared = NULL;
}

void house_forget(struct house *h)
{
    drop_place(h->prepared);
    h->prepared = NULL;
}

void house_trust(struct house *h, const char *ca_file)
{
    h->ca_file = ca_file;
}

/* --- a report --- */

static void drop(struct post *p)
{
    struct post **at = &p->house->first;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    p->house->count--;
    curl_easy_cleanup(p->easy);
    curl_slist_free_all(p->headers);
    buf_fini(&p->answer);
    free(p->body);
    free(p);
}

static size_t take_answer(char *bytes, size_t one, size_t len, void *ctx)
{
    struct post *p = ctx;
    size_t room = ANSWER_MAX_BYTES - p->answer.len;
    buf_put(&p->answer, bytes, len < room ? len : room);
    return len < room ? len : 0; /* a house says little */
}

/* What the house says, if it is one. */
static void read_error(const struct post *p, char out[static ERROR_MAX])
{
    cJSON *document = json_parse(buf_string(&p->answer), p->answer.len, NULL);
    const char *text = document ? json_text(document, "error") : NULL;
    out[0] = '\0';
    if (text)
        snprintf(out, ERROR_MAX, "%.*s", ERROR_MAX - 1, text);
    cJSON_Delete(document);
}

static const char *reason(CURLcode result)
{
    return result == CURLE_SSL_PINNEDPUBKEYNOTMATCH ? "its key is not the one pinned: another machine, or a new key"
                                                    : transfer_reason(result);
}

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct post *p = ctx;
    char text[ERROR_MAX];
    long status = 0;
    curl_off_t retry_s = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_s);
    struct cs_reported answer = {.id = p->id, .status = result == CURLE_OK ? status : 0,
                                 .retry_after_ns = retry_s > 0 && retry_s < 86400 ? SECONDS(retry_s) : 0};
    if (result != CURLE_OK) {
        answer.error = (char *)(uintptr_t)reason(result);
    } else if (status != 200) {
        read_error(p, text);
        answer.error = text[0] ? text : NULL;
    }
    p->house->fn(p->house->ctx, &answer);
    drop(p);
}

static CURL *make_handle(const struct house *h)
{
    const struct place *at = h->current;
    bool pinned = at->setting.pin && *at->setting.pin;
    CURL *easy = transfer_handle(&(struct transfer_setting){.url = at->url,
                                                            .protocols = "http,https",
                                                            .timeout_ms = TIMEOUT_MS,
                                                            .verify_tls = at->setting.verify_tls && !pinned,
                                                            .private_targets = true,
                                                            .ca_file = h->ca_file});
    if (easy && pinned && curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, at->setting.pin) != CURLE_OK) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    return easy;
}

static void set_options(struct post *p, const struct bytes *body)
{
    static const char *const fixed[] = {"Content-Type: application/vnd.hayloft.report", "Expect:"};
    p->headers = curl_slist_append(NULL, p->house->current->authorization);
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        struct curl_slist *longer = curl_slist_append(p->headers, fixed[i]);
        p->headers = longer ? longer : p->headers;
    }
    curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, p->headers);
    curl_easy_setopt(p->easy, CURLOPT_USERAGENT, "hayloft/" HAYLOFT_VERSION);
    curl_easy_setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(p->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE, (long)body->len);
    curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, p->body);
    curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
}

static void refuse(struct house *h, uint32_t id, const char *text)
{
    struct cs_reported answer = {.id = id, .error = (char *)(uintptr_t)text};
    h->fn(h->ctx, &answer);
}

static struct post *begin(struct house *h, CURL *easy, const struct sc_report *m)
{
    struct post *p = calloc(1, sizeof *p);
    uint8_t *body = malloc(m->body.len + 1);
    if (!p || !body) {
        free(p);
        free(body);
        curl_easy_cleanup(easy);
        return NULL;
    }
    if (m->body.len)
        memcpy(body, m->body.data, m->body.len);
    *p = (struct post){.next = h->first, .house = h, .easy = easy, .id = m->id, .body = body};
    h->first = p;
    h->count++;
    set_options(p, &m->body);
    return p;
}

void house_take(struct house *h, const struct sc_report *m)
{
    if (!h->current || !h->current->url) {
        refuse(h, m->id, "there is no upstream");
        return;
    }
    CURL *easy = make_handle(h);
    struct post *p = easy ? begin(h, easy, m) : NULL;
    if (!p) {
        refuse(h, m->id, "the address or the pin cannot be used");
    } else if (!transfer_start(h->transfers, easy, on_done, p)) {
        refuse(h, m->id, "out of memory");
        drop(p);
    }
}

size_t house_running(const struct house *h)
{
    return h->count;
}

struct house *house_create(struct transfers *transfers, reported_fn fn, void *ctx)
{
    struct house *h = calloc(1, sizeof *h);
    if (h)
        *h = (struct house){.transfers = transfers, .fn = fn, .ctx = ctx};
    return h;
}

void house_destroy(struct house *h)
{
    if (!h)
        return;
    while (h->first) {
        transfer_cancel(h->transfers, h->first->easy);
        drop(h->first);
    }
    drop_place(h->current);
    drop_place(h->prepared);
    free(h);
}
