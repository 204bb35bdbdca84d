/* Mail by SMTP, one transaction for each recipient, one after the other: a full mailbox or a greylist
 * of one must not keep the message from the others. Encryption is required unless the setting says
 * `tls: none`; a server that offers none is an error, never a reason to go on in the clear.
 *
 * A retry goes to those who have not got it: who accepted is remembered while this process lives. After
 * that the same Message-ID lets a mail program drop the second copy. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/clock.h"
#include "poller/courier/receiver.h"
#include "poller/courier/receivers/mail_text.h"

#define MAIL_TIMEOUT_MS 30000 /* for one recipient, unless the setting says; some greet late on purpose */
#define REPLY_MAX_BYTES 160
#define REMEMBERED 128

enum mail_tls { TLS_REQUIRED /* from the first byte */, TLS_STARTTLS, TLS_NONE };
static const char *const tls_words[] = {"required", "starttls", "none", NULL};

struct prepared {
    const struct config_receiver *setting;
    enum mail_tls tls;
    char *url;          /* smtp(s)://host:port */
    char from[256];     /* envelope */
    const char *author; /* as written */
};

struct work {
    struct delivery *delivery;
    CURL *easy;
    struct curl_slist *recipient;
    struct buf text;
    size_t sent_bytes;
    size_t at;                   /* the recipient under way */
    size_t accepted;
    enum delivery_outcome worst; /* of those not accepted */
    char error[320];
    char reply[REPLY_MAX_BYTES]; /* the server's last refusal */
};

/* Who has got which message. A ring: the oldest is forgotten first. */
static uint64_t remembered[REMEMBERED];
static size_t remembered_next;

static uint64_t mark_of(const char *key, const char *recipient)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(1099511628211);
    h *= UINT64_C(1099511628211);
    for (; *recipient; recipient++)
        h = (h ^ (unsigned char)*recipient) * UINT64_C(1099511628211);
    return h ? h : 1;
}

static bool has_got(uint64_t mark)
{
    for (size_t i = 0; i < REMEMBERED; i++)
        if (remembered[i] == mark)
            return true;
    return false;
}

static bool fails(char **error, const char *text)
{
    *error = strdup(text);
    return false;
}

/* host, host:port, [v6]:port */
static char *server_url(const char *server, enum mail_tls tls)
{
    static const char *const ports[] = {[TLS_REQUIRED] = "465", [TLS_STARTTLS] = "587",
                                        [TLS_NONE] = "25"};
    const char *bracket = strchr(server, ']'), *colon = strrchr(bracket ? bracket : server, ':');
    const char *port = colon ? colon + 1 : ports[tls];
    if (strpbrk(server, "/@ ?#\r\n") || !*server)
        return NULL;
    struct buf b = {0};
    buf_printf(&b, "%s://%.*s:%s", tls == TLS_REQUIRED ? "smtps" : "smtp",
               (int)(colon ? colon - server : (long)strlen(server)), server, port);
    return buf_detach(&b);
}

static void release(void *ready)
{
    struct prepared *p = ready;
    if (p)
        free(p->url);
    free(p);
}

static bool prepare(const struct config_receiver *s, void **ready, char **error)
{
    struct prepared *p = *ready = calloc(1, sizeof *p);
    char address[256];
    if (!p)
        return false;
    p->setting = s;
    int tls = s->tls ? field_word_index(tls_words, s->tls) : TLS_STARTTLS;
    if (tls < 0)
        return fails(error, "tls of a mail receiver is required, starttls or none");
    p->tls = (enum mail_tls)tls;
    if (!s->server || !(p->url = server_url(s->server, p->tls)))
        return fails(error, "a mail receiver needs its server, as host or host:port");
    p->author = s->from ? s->from : s->user && strchr(s->user, '@') ? s->user : "hayloft@localhost";
    if (!mail_address(p->author, p->from, sizeof p->from))
        return fails(error, "from of a mail receiver is not an address");
    if (s->to_count == 0)
        return fails(error, "a mail receiver needs to: one address or a list");
    for (size_t i = 0; i < s->to_count; i++)
        if (!mail_address(s->to[i], address, sizeof address))
            return fails(error, "to of a mail receiver holds something that is not an address");
    return true;
}

static size_t give_text(char *out, size_t one, size_t room, void *ctx)
{
    struct work *w = ctx;
    size_t left = w->text.len - w->sent_bytes;
    size_t len = left < one * room ? left : one * room;
    memcpy(out, w->text.data + w->sent_bytes, len);
    w->sent_bytes += len;
    return len;
}

/* Keeps a refusal for people, not the goodbye that follows it. It is the server's text: printable ASCII
 * only. */
static size_t take_reply(char *line, size_t one, size_t len, void *ctx)
{
    struct work *w = ctx;
    size_t kept = 0;
    if (len == 0 || (line[0] != '4' && line[0] != '5'))
        return len;
    for (size_t i = 0; i < len && kept + 1 < sizeof w->reply; i++)
        if (line[i] >= ' ' && line[i] <= '~')
            w->reply[kept++] = line[i];
    w->reply[kept] = 0;
    return len;
}

static void write_mail(struct work *w)
{
    const struct delivery *d = w->delivery;
    const struct prepared *p = d->receiver->ready;
    struct mail m = {.from = p->author,
                     .to = (const char *const *)p->setting->to,
                     .to_count = p->setting->to_count,
                     .subject = document_value(d->document, "subject"),
                     .text = document_value(d->document, "text"),
                     .key = document_value(d->document, "key"),
                     .kind = document_value(d->document, "message"),
                     .thread = document_value(d->document, "id"),
                     .date = document_times_are_true(d->document) ? document_created(d->document)
                                                                  : (struct wall){0}};
    mail_text(&m, &w->text);
}

static void end_try(struct work *w)
{
    curl_easy_cleanup(w->easy);
    curl_slist_free_all(w->recipient);
    w->easy = NULL;
    w->recipient = NULL;
}

static void free_work(struct work *w)
{
    end_try(w);
    buf_fini(&w->text);
    free(w);
}

static void finish(struct work *w)
{
    struct delivery *d = w->delivery;
    enum delivery_outcome outcome = w->worst;
    char error[sizeof w->error];
    memcpy(error, w->error, sizeof error);
    /* refused by one, taken by another: it went out, and the error says to whom it did not */
    if (w->worst == DELIVERY_REFUSED && w->accepted)
        outcome = DELIVERY_SENT;
    free_work(w);
    d->done(d, outcome, 0, error);
}

/* curl hands the code of the last reply; 0 when the server never said a word. */
static void judge(struct work *w, const char *recipient, CURLcode result)
{
    long code = 0;
    curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &code);
    if (result == CURLE_OK) {
        w->accepted++;
        remembered[remembered_next++ % REMEMBERED] =
            mark_of(document_value(w->delivery->document, "key"), recipient);
        return;
    }
    bool refused = code >= 500 && code < 600 && result != CURLE_OPERATION_TIMEDOUT;
    if (w->worst != DELIVERY_RETRY)
        w->worst = refused ? DELIVERY_REFUSED : DELIVERY_RETRY;
    if (code >= 400 && code < 600)
        snprintf(w->error, sizeof w->error, "to %.100s: %s", recipient, w->reply);
    else
        snprintf(w->error, sizeof w->error, "to %.100s: %s", recipient, transfer_reason(result));
}

static void next_recipient(struct work *w);

static void on_done(void *ctx, CURL *easy, CURLcode result)
{
    struct work *w = ctx;
    const struct prepared *p = w->delivery->receiver->ready;
    judge(w, p->setting->to[w->at], result);
    end_try(w);
    w->at++;
    next_recipient(w);
}

static void set_options(struct work *w, const struct prepared *p, const char *recipient)
{
    const struct config_receiver *s = p->setting;
    struct buf from = {0};
    w->recipient = curl_slist_append(NULL, recipient);
    buf_printf(&from, "<%s>", p->from);
    curl_easy_setopt(w->easy, CURLOPT_USE_SSL, p->tls == TLS_NONE ? CURLUSESSL_NONE : CURLUSESSL_ALL);
    curl_easy_setopt(w->easy, CURLOPT_MAIL_FROM, buf_string(&from));
    curl_easy_setopt(w->easy, CURLOPT_MAIL_RCPT, w->recipient);
    if (s->user && s->password) {
        curl_easy_setopt(w->easy, CURLOPT_USERNAME, s->user);
        curl_easy_setopt(w->easy, CURLOPT_PASSWORD, s->password);
    }
    curl_easy_setopt(w->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(w->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)w->text.len);
    curl_easy_setopt(w->easy, CURLOPT_READFUNCTION, give_text);
    curl_easy_setopt(w->easy, CURLOPT_READDATA, w);
    curl_easy_setopt(w->easy, CURLOPT_HEADERFUNCTION, take_reply);
    curl_easy_setopt(w->easy, CURLOPT_HEADERDATA, w);
    buf_fini(&from);
}

static bool try_recipient(struct work *w, const char *recipient)
{
    struct delivery *d = w->delivery;
    const struct prepared *p = d->receiver->ready;
    int64_t timeout_ms = p->setting->timeout_ns / NS_PER_MS;
    struct transfer_setting setting = {
        .url = p->url, .protocols = "smtp,smtps",
        .timeout_ms = timeout_ms > 0 ? timeout_ms : MAIL_TIMEOUT_MS,
        .verify_tls = p->setting->verify_tls, .private_targets = true, .ca_file = d->ca_file};
    w->easy = transfer_handle(&setting);
    if (!w->easy)
        return false;
    w->sent_bytes = 0;
    w->reply[0] = 0;
    set_options(w, p, recipient);
    return w->recipient && transfer_start(d->transfers, w->easy, on_done, w);
}

static void next_recipient(struct work *w)
{
    const struct delivery *d = w->delivery;
    const struct prepared *p = d->receiver->ready;
    for (; w->at < p->setting->to_count; w->at++) {
        const char *recipient = p->setting->to[w->at];
        if (has_got(mark_of(document_value(d->document, "key"), recipient))) {
            w->accepted++;
            continue;
        }
        if (try_recipient(w, recipient))
            return;
        end_try(w);
        w->worst = DELIVERY_RETRY;
        snprintf(w->error, sizeof w->error, "out of memory");
    }
    finish(w);
}

static void start(struct delivery *d)
{
    struct work *w = calloc(1, sizeof *w);
    if (!w) {
        d->done(d, DELIVERY_RETRY, 0, "out of memory");
        return;
    }
    d->work = w;
    w->delivery = d;
    w->worst = DELIVERY_SENT;
    write_mail(w);
    next_recipient(w);
}

static void cancel(struct delivery *d)
{
    struct work *w = d->work;
    transfer_cancel(d->transfers, w->easy);
    free_work(w);
}

const struct receiver_driver mail_driver = {
    .prepare = prepare, .release = release, .start = start, .cancel = cancel};
