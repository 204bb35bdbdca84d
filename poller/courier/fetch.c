#include "poller/courier/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "poller/base/buf.h"

#define FETCHES_MAX 64
#define BODY_MAX_BYTES 32768 /* an answer travels in one message */
#define TIMEOUT_MAX_MS 60000

struct fetch {
    struct fetch *next;
    struct fetches *owner;
    CURL *easy;
    struct curl_slist *headers;
    uint32_t id;
    size_t body_max;
    bool cut;
    struct buf body;
};

struct fetches {
    struct transfers *transfers;
    fetched_fn fn;
    void *ctx;
    struct fetch *first;
    size_t count;
};

static size_t take_body(char *bytes, size_t one, size_t len, void *ctx)
{
    struct fetch *f = ctx;
    size_t room = f->body_max - f->body.len, kept = len < room ? len : room;
    buf_put(&f->body, bytes, kept);
    f->cut = f->cut || kept < len;
    return kept; /* less than len ends the transfer: the rest is not wanted */
}

const char *fetch_error_word(CURLcode result)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST: return "dns";
    case CURLE_COULDNT_CONNECT: return "refused";
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
    case CURLE_SSL_CONNECT_ERROR: case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER: case CURLE_SSL_ISSUER_ERROR: return "tls";
    case CURLE_GOT_NOTHING: case CURLE_RECV_ERROR: case CURLE_SEND_ERROR: return "reset";
    case CURLE_URL_MALFORMAT: case CURLE_UNSUPPORTED_PROTOCOL: return "url";
    default: return "failed";
    }
}

bool fetch_read_expiry(const char *text, struct wall *out)
{
    static const char *const forms[] = {"%b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M:%S"};
    for (size_t i = 0; i < 2; i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        time_t t = end ? timegm(&tm) : -1;
        if (end && t > 0 && (!*end || strcmp(end, " GMT") == 0)) {
            out->ns = (int64_t)t * NS_PER_S;
            return true;
        }
    }
    return false;
}

/* The server's own certificate is the first of the chain. */
static void read_certificate(CURL *easy, struct ce_fetched *a)
{
    struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info ||
        info->num_of_certs < 1)
        return;
    for (struct curl_slist *line = info->certinfo[0]; line; line = line->next) {
        if (strncasecmp(line->data, "Expire date:", 12) == 0)
            fetch_read_expiry(line->data + 12, &a->certificate_expires);
        else if (strncasecmp(line->data, "Subject:", 8) == 0)
            a->certificate_subject = line->data + 8;
    }
}

static int64_t timing_ns(CURL *easy, CURLINFO which)
{
    curl_off_t us = 0;
    curl_easy_getinfo(easy, which, &us);
    return (int64_t)us * NS_PER_US;
}

static void drop(struct fetch *f)
{
    struct fetch **at = &f->owner->first;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    f->owner->count--;
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->headers);
    buf_fini(&f->body);
    free(f);
}

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct fetch *f = ctx;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    struct ce_fetched a = {.id = f->id, .status = status,
                           .body = {(uint8_t *)f->body.data, f->body.len},
                           .name_lookup_ns = timing_ns(easy, CURLINFO_NAMELOOKUP_TIME_T),
                           .connect_ns = timing_ns(easy, CURLINFO_CONNECT_TIME_T),
                           .first_byte_ns = timing_ns(easy, CURLINFO_STARTTRANSFER_TIME_T),
                           .total_ns = timing_ns(easy, CURLINFO_TOTAL_TIME_T)};
    if (result != CURLE_OK && !f->cut) {
        a.error = (char *)(uintptr_t)fetch_error_word(result);
        a.error_detail = (char *)(uintptr_t)transfer_reason(result);
    }
    read_certificate(easy, &a);
    f->owner->fn(f->owner->ctx, &a);
    drop(f);
}

static void refuse(struct fetches *o, uint32_t id, const char *word, const char *detail)
{
    struct ce_fetched a = {.id = id, .error = (char *)(uintptr_t)word,
                           .error_detail = (char *)(uintptr_t)detail};
    o->fn(o->ctx, &a);
}

static CURL *make_handle(const struct ec_fetch *r)
{
    int64_t timeout_ms = r->timeout_ns / NS_PER_MS;
    struct transfer_setting s = {
        .url = r->url, .protocols = "http,https", .verify_tls = r->verify_tls, .private_targets = true,
        .timeout_ms = timeout_ms <= 0 || timeout_ms > TIMEOUT_MAX_MS ? TIMEOUT_MAX_MS : timeout_ms};
    return r->url ? transfer_handle(&s) : NULL;
}

static void set_options(struct fetch *f, const struct ec_fetch *r)
{
    for (size_t i = 0; i < r->headers_count; i++) {
        bool sane = r->headers[i] && !strpbrk(r->headers[i], "\r\n");
        struct curl_slist *longer = sane ? curl_slist_append(f->headers, r->headers[i]) : NULL;
        f->headers = longer ? longer : f->headers;
    }
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
    curl_easy_setopt(f->easy, CURLOPT_USERAGENT, "hayloft/" HAYLOFT_VERSION);
    curl_easy_setopt(f->easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
}

void fetches_take(struct fetches *o, const struct ec_fetch *r)
{
    if (o->count >= FETCHES_MAX) {
        refuse(o, r->id, "busy", "too many fetches at once");
        return;
    }
    CURL *easy = make_handle(r);
    struct fetch *f = easy ? calloc(1, sizeof *f) : NULL;
    if (!f) {
        curl_easy_cleanup(easy);
        refuse(o, r->id, "url", "the address cannot be used");
        return;
    }
    int64_t most = r->body_max_bytes;
    *f = (struct fetch){.next = o->first, .owner = o, .easy = easy, .id = r->id,
                        .body_max = most > 0 && most < BODY_MAX_BYTES ? (size_t)most : BODY_MAX_BYTES};
    o->first = f;
    o->count++;
    set_options(f, r);
    if (!transfer_start(o->transfers, easy, on_done, f)) {
        drop(f);
        refuse(o, r->id, "busy", "out of memory");
    }
}

size_t fetches_running(const struct fetches *f)
{
    return f->count;
}

struct fetches *fetches_create(struct transfers *transfers, fetched_fn fn, void *ctx)
{
    struct fetches *f = calloc(1, sizeof *f);
    if (f)
        *f = (struct fetches){.transfers = transfers, .fn = fn, .ctx = ctx};
    return f;
}

void fetches_destroy(struct fetches *f)
{
    while (f && f->first) {
        transfer_cancel(f->transfers, f->first->easy);
        drop(f->first);
    }
    free(f);
}
