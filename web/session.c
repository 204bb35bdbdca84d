#include "web/session.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "poller/base/log.h"
#include "web/cookie.h"
#include "web/host.h"
#include "web/page.h"
#include "web/web.h"

#define KNOWN_MAX 64
#define KNOWN_FOR_NS SECONDS(30)
#define NOBODY_FOR_NS SECONDS(5) /* "there is no user yet" is asked anew sooner */

struct known {
    char session[VISITOR_TEXT_MAX]; /* "": what a visitor without a cookie is */
    char user[VISITOR_TEXT_MAX], csrf[VISITOR_TEXT_MAX];
    bool ok, no_user_yet;
    struct mono until; /* ns 0: free */
};

struct sessions {
    struct known known[KNOWN_MAX];
    size_t next;
    char own_csrf[33]; /* of those who look without a user */
};

struct sessions *sessions_create(void)
{
    struct sessions *s = calloc(1, sizeof *s);
    unsigned char random[16];
    if (!s || getrandom(random, sizeof random, 0) != sizeof random)
        fatal("cannot make a token");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(s->own_csrf + 2 * i, 3, "%02x", random[i]);
    return s;
}

void sessions_destroy(struct sessions *s)
{
    free(s);
}

void sessions_forget(struct sessions *s, const char *session)
{
    for (size_t i = 0; i < KNOWN_MAX; i++)
        if (!session || strcmp(s->known[i].session, session) == 0)
            s->known[i].until.ns = 0;
}

static const char *cookie_name(const struct exchange *x)
{
    return x->web->secure ? "__Host-hayloft" : "hayloft";
}

static const char *header_of(const struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static struct known *find(struct sessions *s, const char *session, bool even_old)
{
    struct mono now = clock_mono();
    for (size_t i = 0; i < KNOWN_MAX; i++)
        if (s->known[i].until.ns && strcmp(s->known[i].session, session) == 0 &&
            (even_old || mono_before(now, s->known[i].until)))
            return &s->known[i];
    return NULL;
}

static struct known *remember(struct sessions *s, const char *session, const struct sw_login *answer)
{
    struct known *k = find(s, session, true);
    if (!k)
        k = &s->known[s->next++ % KNOWN_MAX];
    *k = (struct known){.ok = answer->ok, .no_user_yet = answer->no_user_yet,
                        .until = mono_after(clock_mono(), answer->ok ? KNOWN_FOR_NS : NOBODY_FOR_NS)};
    snprintf(k->session, sizeof k->session, "%s", session);
    snprintf(k->user, sizeof k->user, "%s", answer->user ? answer->user : "");
    snprintf(k->csrf, sizeof k->csrf, "%s", answer->csrf ? answer->csrf : "");
    return k;
}

static void fill_in(struct exchange *x, const struct known *k)
{
    struct visitor *v = &x->visitor;
    v->signed_in = k->ok;
    v->may_see = k->ok || (k->no_user_yet && v->from_here);
    snprintf(v->user, sizeof v->user, "%s", k->ok ? k->user : "");
    snprintf(v->csrf, sizeof v->csrf, "%s",
             k->ok ? k->csrf : v->may_see ? x->web->sessions->own_csrf : "");
}

struct resolving {
    void (*next)(struct exchange *x);
};

static bool on_session(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    struct resolving *r = x->work;
    void (*next)(struct exchange *) = r->next;
    /* while store restarts, what it said last still holds */
    const struct known *k = value ? remember(x->web->sessions, x->visitor.session, value)
                                  : find(x->web->sessions, x->visitor.session, true);
    free(r);
    x->work = NULL;
    if (k) {
        fill_in(x, k);
        next(x);
    } else {
        x->retry_after_s = 2;
        reply_error(x, 503, "hayloft is just starting. This page comes by itself in a moment.");
    }
    return true;
}

void session_resolve(struct exchange *x, void (*next)(struct exchange *x))
{
    struct visitor *v = &x->visitor;
    if (!cookie_value(header_of(x, "Cookie"), cookie_name(x), v->session, sizeof v->session))
        v->session[0] = '\0';
    const struct known *k = find(x->web->sessions, v->session, false);
    if (k) {
        fill_in(x, k);
        next(x);
        return;
    }
    struct resolving *r = malloc(sizeof *r);
    uint32_t number = r ? backend_expect(x->web->backend, ROLE_STORE, on_session, x) : 0;
    if (number == 0) {
        free(r);
        reply_error(x, 503, "Too many questions at once. Try again in a moment.");
        return;
    }
    r->next = next;
    x->work = r;
    struct ws_session question = {.request = number, .session = v->session};
    backend_ask(x->web->backend, ROLE_STORE, number, WS_SESSION, &ws_session_record, &question);
}

static void set_cookie(struct exchange *x, const char *value, const char *attributes)
{
    struct buf text = {0};
    buf_printf(&text, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie_name(x), value,
               x->web->secure ? "; Secure" : "", attributes);
    x->cookie = buf_detach(&text);
}

static bool on_login(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    const struct sw_login *answer = value;
    char sentence[160], span[CLOCK_TEXT_MAX];
    if (answer && answer->ok && answer->session) {
        sessions_forget(x->web->sessions, x->visitor.session);
        set_cookie(x, answer->session, "; Max-Age=7776000");
        reply_redirect(x, x->work);
        return true;
    }
    if (!answer)
        snprintf(sentence, sizeof sentence, "The password could not be checked. Try again in a moment.");
    else if (answer->wait_ns > 0)
        snprintf(sentence, sizeof sentence, "Too many tries. Wait %s, then try again.",
                 span_text(answer->wait_ns, span));
    else
        snprintf(sentence, sizeof sentence, "Name and password do not fit.");
    page_login(x, sentence, x->work);
    reply_html(x, answer ? 403 : 503);
    return true;
}

void session_login(struct exchange *x, const char *user, const char *password, const char *to)
{
    char address[ADDR_TEXT_MAX];
    uint32_t number = backend_expect(x->web->backend, ROLE_STORE, on_login, x);
    x->work = strdup(to);
    x->work_free = free;
    if (number == 0) {
        reply_error(x, 503, "Too many questions at once. Try again in a moment.");
        return;
    }
    struct ws_login question = {.request = number, .user = (char *)(uintptr_t)user,
                                .password = (char *)(uintptr_t)password,
                                .address = addr_text(&x->client, address)};
    backend_ask(x->web->backend, ROLE_STORE, number, WS_LOGIN, &ws_login_record, &question);
}

static bool on_logout(void *ctx, uint16_t type, const void *value)
{
    struct exchange *x = ctx;
    sessions_forget(x->web->sessions, x->visitor.session);
    set_cookie(x, "gone", "; Max-Age=0");
    reply_redirect(x, "/login");
    return true;
}

void session_logout(struct exchange *x)
{
    uint32_t number = backend_expect(x->web->backend, ROLE_STORE, on_logout, x);
    struct ws_session question = {.request = number, .session = x->visitor.session};
    if (number == 0)
        on_logout(x, 0, NULL);
    else
        backend_ask(x->web->backend, ROLE_STORE, number, WS_LOGOUT, &ws_session_record, &question);
}

bool session_is_same_origin(const struct exchange *x)
{
    const char *site = header_of(x, "Sec-Fetch-Site"), *origin = header_of(x, "Origin");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    return !origin || host_is_origin(origin, x->host);
}

bool session_may_change(const struct exchange *x)
{
    const char *token = header_of(x, "X-CSRF-Token");
    if (!token)
        token = parameter(&x->form.fields, "csrf");
    return token && x->visitor.csrf[0] && same_secret(token, x->visitor.csrf) &&
           session_is_same_origin(x);
}
