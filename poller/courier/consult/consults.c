#include "poller/courier/consult/consults.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "poller/base/frame.h"
#include "poller/base/sha256.h"
#include "poller/courier/consult/dialogue.h"
#include "poller/courier/consult/figures.h"
#include "poller/courier/fetch.h"

#define SESSIONS_MAX      512
#define RUNNING_MAX       64
#define PAGE_MAX_BYTES    JSON_TEXT_MAX_BYTES
#define HEADERS_MAX_BYTES 16384 /* of one answer */
#define TIMEOUT_MAX_NS    MINUTES(2)
#define ANSWER_ROOM       (FRAME_PAYLOAD_MAX - 1024)
#define ARENA_MAX_BYTES   (8u << 20)

struct session {
    struct session *next;
    struct consults *owner;
    char *node;
    uint8_t whose[SHA256_BYTES]; /* of all that another session would differ in */
    CURL *easy;                  /* holds the cookies */
    struct dialogue_session talk;
    struct rates *rates; /* counters as they were read last */
    uint64_t used; /* the higher the later */

    /* while a talk goes on */
    struct arena *arena; /* of request; NULL: none goes on */
    struct ec_consult request;
    struct dialogue *dialogue;
    struct curl_slist *headers;
    curl_mime *parts;
    struct buf body, head;
    bool too_large;
    struct mono started;
    int64_t waited_ns; /* for the pages that came */
    struct wall certificate_expires;
};

struct consults {
    struct transfers *transfers;
    consulted_fn fn;
    void *ctx;
    struct session *first;
    size_t count, running;
    uint64_t turns;
};

/* ---- an answer ---- */

static void end_request(struct session *s)
{
    curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(s->easy, CURLOPT_MIMEPOST, NULL);
    curl_slist_free_all(s->headers);
    curl_mime_free(s->parts);
    s->headers = NULL;
    s->parts = NULL;
}

static void end_talk(struct session *s)
{
    end_request(s);
    transfer_cancel(s->owner->transfers, s->easy);
    dialogue_destroy(s->dialogue);
    buf_fini(&s->body);
    buf_fini(&s->head);
    if (s->request.password)
        explicit_bzero(s->request.password, strlen(s->request.password));
    arena_destroy(s->arena);
    s->dialogue = NULL;
    s->arena = NULL;
    s->owner->running--;
}

/* So many figures that they fit a message. */
static void make_fit(struct ce_consulted *a)
{
    struct buf packed = {0};
    for (;;) {
        buf_clear(&packed);
        field_pack(&ce_consulted_record, a, NULL, &packed);
        if (packed.len <= ANSWER_ROOM || !a->readings_count)
            break;
        a->readings_count /= 2;
        a->detail = "it has more figures than are read";
    }
    buf_fini(&packed);
}

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static void answer(struct session *s, enum consultation_end end, const char *reason,
                   const char *detail)
{
    struct ce_consulted a = {.id = s->request.id,
                             .end = end,
                             .reason = text(reason),
                             .detail = text(detail),
                             .total_ns = s->waited_ns,
                             .certificate_expires = s->certificate_expires};
    const struct http_profile *p = &s->request.profile;
    struct arena *arena = arena_create(ARENA_MAX_BYTES);
    struct figure_list figures = {0};
    size_t count = 0;
    const struct dialogue_document *documents = dialogue_documents(s->dialogue, &count);
    if (end == CONSULTATION_READ && arena) {
        rates_begin(s->rates, clock_mono());
        figures_read(p, s->request.meanings, s->request.meanings_count, documents, count, s->rates, arena,
                     &figures);
        a.readings = figures.items;
        a.readings_count = figures.count;
        a.model = text(figures_text(p->model, p->model_count, documents, count, arena));
        a.version = text(figures_text(p->version, p->version_count, documents, count, arena));
        a.serial = text(figures_text(p->serial, p->serial_count, documents, count, arena));
        if (figures.cut)
            a.detail = text("it has more figures than are read");
        make_fit(&a);
    }
    s->owner->fn(s->owner->ctx, &a);
    end_talk(s);
    arena_destroy(arena);
}

/* ---- sockets ---- */

static size_t take_body(char *bytes, size_t one, size_t len, void *ctx)
{
    struct session *s = ctx;
    s->too_large |= s->body.len + len > PAGE_MAX_BYTES;
    if (s->too_large)
        return 0; /* ends the transfer */
    buf_put(&s->body, bytes, len);
    return len;
}

static size_t take_head(char *bytes, size_t one, size_t len, void *ctx)
{
    struct session *s = ctx;
    if (len > 5 && strncmp(bytes, "HTTP/", 5) == 0)
        buf_clear(&s->head); /* of an interim answer */
    s->too_large |= s->head.len + len > HEADERS_MAX_BYTES;
    if (s->too_large)
        return 0;
    buf_put(&s->head, bytes, len);
    return len;
}

/* The value of a header of the answer, terminated where it ends; the last use of it. */
static const char *header_of(void *ctx, const char *name)
{
    struct session *s = ctx;
    size_t len = strlen(name);
    for (char *line = s->head.data; line && *line;
         line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        char *value = line + len + 1 + strspn(line + len + 1, " \t");
        size_t end = strcspn(value, "\r\n");
        if (!value[end])
            return value;
        char *copy = arena_text(s->arena, value, end);
        return copy;
    }
    return NULL;
}

static void read_certificate(struct session *s)
{
    struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(s->easy, CURLINFO_CERTINFO, &info) != CURLE_OK || !info ||
        info->num_of_certs < 1)
        return;
    for (struct curl_slist *line = info->certinfo[0]; line; line = line->next)
        if (strncasecmp(line->data, "Expire date:", 12) == 0)
            fetch_read_expiry(line->data + 12, &s->certificate_expires);
}

static void go_on(struct session *s);

static void fail(struct session *s, CURLcode result)
{
    const char *word = fetch_error_word(result);
    bool spoke = strcmp(word, "tls") == 0 || strcmp(word, "refused") == 0;
    if (s->too_large)
        answer(s, CONSULTATION_WRONG, "too-large", "a page is larger than 1 MiB");
    else if (result == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        answer(s, CONSULTATION_WRONG, "tls",
               "its key is not the one pinned: another device, or a new key");
    else if (strcmp(word, "url") == 0)
        answer(s, CONSULTATION_OURS, word, transfer_reason(result));
    else
        answer(s, spoke ? CONSULTATION_WRONG : CONSULTATION_SILENT, word, transfer_reason(result));
}

/* Of one page; finding its address is not the device's work. */
static int64_t took_ns(CURL *easy)
{
    curl_off_t whole_us = 0, name_us = 0;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &whole_us);
    curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &name_us);
    return whole_us > name_us ? (whole_us - name_us) * NS_PER_US : 0;
}

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct session *s = ctx;
    long status = 0;
    char *location = NULL;
    read_certificate(s);
    if (result != CURLE_OK) {
        fail(s, result);
        return;
    }
    s->waited_ns += took_ns(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
    struct dialogue_answer a = {.status = (int)status,
                                .location = location,
                                .body = buf_string(&s->body),
                                .len = s->body.len,
                                .at = clock_mono(),
                                .header = header_of,
                                .ctx = s};
    dialogue_take(s->dialogue, &a);
    go_on(s);
}

static void add_header(struct session *s, const char *line)
{
    bool sane = !strpbrk(line, "\r\n");
    struct curl_slist *longer = sane ? curl_slist_append(s->headers, line) : NULL;
    s->headers = longer ? longer : s->headers;
}

static void set_body(struct session *s, const struct dialogue_request *r)
{
    char type[64] = "Content-Type: ";
    s->parts = r->part_count ? curl_mime_init(s->easy) : NULL;
    for (size_t i = 0; s->parts && i < r->part_count; i++) {
        curl_mimepart *part = curl_mime_addpart(s->parts);
        curl_mime_name(part, r->parts[i].name);
        curl_mime_data(part, r->parts[i].value, CURL_ZERO_TERMINATED);
    }
    if (s->parts) {
        curl_easy_setopt(s->easy, CURLOPT_MIMEPOST, s->parts);
    } else if (r->body) {
        strncat(type, r->type, sizeof type - strlen(type) - 1);
        add_header(s, type);
        curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(r->body));
        curl_easy_setopt(s->easy, CURLOPT_COPYPOSTFIELDS, r->body);
    } else {
        curl_easy_setopt(s->easy, CURLOPT_HTTPGET, 1L);
    }
}

static bool set_request(struct session *s, const struct dialogue_request *r, int64_t left_ns)
{
    struct buf url = {0};
    end_request(s);
    buf_clear(&s->body);
    buf_clear(&s->head);
    buf_printf(&url, "%s%s", s->request.url, r->path);
    bool good = curl_easy_setopt(s->easy, CURLOPT_URL, buf_string(&url)) == CURLE_OK;
    buf_fini(&url);
    if (r->forget)
        curl_easy_setopt(s->easy, CURLOPT_COOKIELIST, "ALL");
    set_body(s, r);
    for (size_t i = 0; i < r->header_count; i++)
        add_header(s, r->headers[i]);
    add_header(s, "Expect:"); /* small servers do not know 100-continue */
    curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, (long)(left_ns / NS_PER_MS) + 1);
    return good;
}

static void go_on(struct session *s)
{
    const struct dialogue_request *r = dialogue_next(s->dialogue);
    int64_t left_ns = s->request.timeout_ns - mono_since(clock_mono(), s->started);
    if (!r)
        answer(s, dialogue_end(s->dialogue), dialogue_reason(s->dialogue),
               dialogue_detail(s->dialogue));
    else if (left_ns <= 0)
        answer(s, CONSULTATION_SILENT, "timeout", "not all of it was answered in time");
    else if (!set_request(s, r, left_ns))
        answer(s, CONSULTATION_OURS, "url", "the address cannot be used");
    else if (!transfer_start(s->owner->transfers, s->easy, on_done, s))
        answer(s, CONSULTATION_OURS, "busy", "out of memory");
}

/* ---- sessions ---- */

static CURL *make_handle(struct session *s, const struct ec_consult *r)
{
    bool pinned = r->pin && *r->pin;
    struct transfer_setting setting = {.url = r->url,
                                       .protocols = "http,https",
                                       .private_targets = true,
                                       .verify_tls = r->verify_tls && !pinned,
                                       .timeout_ms = 1000};
    CURL *easy = transfer_handle(&setting);
    if (!easy)
        return NULL;
    if (pinned && curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, r->pin) != CURLE_OK) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    if (r->profile.cookies)
        curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "hayloft/" HAYLOFT_VERSION);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
    return easy;
}

static void whose(const struct ec_consult *r, uint8_t out[SHA256_BYTES])
{
    struct ec_consult same = *r;
    struct buf packed = {0};
    same.id = 0;
    field_pack(&ec_consult_record, &same, NULL, &packed);
    sha256(packed.data, packed.len, out);
    if (packed.data)
        explicit_bzero(packed.data, packed.len);
    buf_fini(&packed);
}

static void session_destroy(struct session *s)
{
    struct session **at = &s->owner->first;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    s->owner->count--;
    if (s->arena)
        end_talk(s);
    curl_easy_cleanup(s->easy);
    rates_destroy(s->rates);
    explicit_bzero(&s->talk, sizeof s->talk);
    free(s->node);
    free(s);
}

static struct session *session_create(struct consults *c, const struct ec_consult *r,
                                      const uint8_t hash[SHA256_BYTES])
{
    struct session *s = calloc(1, sizeof *s);
    char *node = s ? strdup(r->node) : NULL;
    struct rates *rates = node ? rates_create() : NULL;
    CURL *easy = rates ? make_handle(s, r) : NULL;
    if (!easy) {
        rates_destroy(rates);
        free(node);
        free(s);
        return NULL;
    }
    *s = (struct session){.next = c->first, .owner = c, .node = node, .easy = easy, .rates = rates};
    memcpy(s->whose, hash, SHA256_BYTES);
    c->first = s;
    c->count++;
    return s;
}

static struct session *longest_unused(struct consults *c)
{
    struct session *found = NULL;
    for (struct session *s = c->first; s; s = s->next)
        if (!s->arena && (!found || s->used < found->used))
            found = s;
    return found;
}

/* A node may be read by several profiles: each is a session. One whose password changed is not
 * found. */
static struct session *session_of(struct consults *c, const struct ec_consult *r)
{
    uint8_t hash[SHA256_BYTES];
    whose(r, hash);
    for (struct session *s = c->first; s; s = s->next)
        if (strcmp(s->node, r->node) == 0 && memcmp(s->whose, hash, sizeof hash) == 0)
            return s;
    if (c->count >= SESSIONS_MAX && longest_unused(c))
        session_destroy(longest_unused(c));
    return session_create(c, r, hash);
}

static void refuse(struct consults *c, uint32_t id, const char *word, const char *detail)
{
    struct ce_consulted a = {
        .id = id, .end = CONSULTATION_OURS, .reason = text(word), .detail = text(detail)};
    c->fn(c->ctx, &a);
}

static bool begin(struct session *s, const struct ec_consult *r)
{
    s->arena = arena_create(ARENA_MAX_BYTES);
    if (!s->arena || !field_copy(&ec_consult_record, r, NULL, s->arena, &s->request) ||
        !(s->dialogue = dialogue_create(&s->request.profile, s->request.user, s->request.password,
                                        &s->talk))) {
        arena_destroy(s->arena);
        s->arena = NULL;
        return false;
    }
    if (s->request.timeout_ns <= 0 || s->request.timeout_ns > TIMEOUT_MAX_NS)
        s->request.timeout_ns = TIMEOUT_MAX_NS;
    s->started = clock_mono();
    s->waited_ns = 0;
    s->certificate_expires = (struct wall){0};
    s->too_large = false;
    s->used = ++s->owner->turns;
    s->owner->running++;
    return true;
}

void consults_take(struct consults *c, const struct ec_consult *r)
{
    if (c->running >= RUNNING_MAX || !r->node || !r->url) {
        refuse(c, r->id, "busy", "too many devices are read at once");
        return;
    }
    struct session *s = session_of(c, r);
    if (s && s->arena) /* nobody waits for that one any more */
        answer(s, CONSULTATION_SILENT, "timeout", "asked again before it had answered");
    if (!s || !begin(s, r))
        refuse(c, r->id, "url", "the address or the pin cannot be used");
    else
        go_on(s);
}

size_t consults_running(const struct consults *c)
{
    return c->running;
}

bool consults_remember(const struct consults *c)
{
    for (const struct session *s = c->first; s; s = s->next)
        if (rates_are_remembered(s->rates, clock_mono()))
            return true;
    return false;
}

struct consults *consults_create(struct transfers *transfers, consulted_fn fn, void *ctx)
{
    struct consults *c = calloc(1, sizeof *c);
    if (c)
        *c = (struct consults){.transfers = transfers, .fn = fn, .ctx = ctx};
    return c;
}

void consults_destroy(struct consults *c)
{
    while (c && c->first)
        session_destroy(c->first);
    free(c);
}
