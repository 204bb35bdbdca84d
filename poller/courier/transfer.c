/* curl tells which sockets it waits for and when it wants to be called; we turn that into poll handles
 * and one timer. A socket's poll handle is stopped when curl says so, which is before curl closes the
 * socket: epoll would otherwise go on watching a number that belongs to something else by then.
 *
 * No proxy, no redirect, no scheme but the ones asked for, no reuse of connections: each message stands
 * for itself, and a courier that is idle holds nothing open. */
#include "poller/courier/transfer.h"

#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/addr.h"

struct transfers {
    uv_timer_t timer;
    CURLM *multi;
    struct watched *watched;
    bool closing;
};

struct transfer { /* CURLOPT_PRIVATE of a running handle */
    transfer_fn fn;
    void *ctx;
};

struct watched {
    uv_poll_t poll;
    curl_socket_t socket;
    CURL *easy; /* the one transfer it serves: connections are not used again */
    struct transfers *owner;
    struct watched *next;
};

static struct transfer *running(CURL *easy)
{
    char *p = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
    return (struct transfer *)(void *)p;
}

static void finish_done(struct transfers *t)
{
    CURLMsg *m;
    int left;
    while (!t->closing && (m = curl_multi_info_read(t->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURL *easy = m->easy_handle;
        CURLcode result = m->data.result;
        struct transfer done = *running(easy);
        transfer_cancel(t, easy);
        done.fn(done.ctx, easy, result);
    }
}

static void act(struct transfers *t, curl_socket_t socket, int flags)
{
    int still;
    curl_multi_socket_action(t->multi, socket, flags, &still);
    finish_done(t);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watched *w = poll->data;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(w->owner, w->socket, flags);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int want_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    struct transfers *t = ctx;
    if (timeout_ms < 0)
        uv_timer_stop(&t->timer);
    else /* not at once even when 0: curl must not be called from its own callback */
        uv_timer_start(&t->timer, on_timer, timeout_ms ? (uint64_t)timeout_ms : 1, 0);
    return 0;
}

static void free_watched(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watched *watch(struct transfers *t, CURL *easy, curl_socket_t socket)
{
    struct watched *w = calloc(1, sizeof *w);
    if (!w || uv_poll_init_socket(t->timer.loop, &w->poll, socket) != 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->socket = socket;
    w->easy = easy;
    w->owner = t;
    w->next = t->watched;
    t->watched = w;
    curl_multi_assign(t->multi, socket, w);
    return w;
}

static void unwatch(struct transfers *t, struct watched *w)
{
    struct watched **at = &t->watched;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, free_watched);
    curl_multi_assign(t->multi, w->socket, NULL);
}

/* curl ends a mail it is told to drop with the dot that makes it whole, and waits minutes for the server to
 * take it: half a mail, or an empty one, would count as delivered. So its connection goes first.
 * easy: NULL for all. */
static void hang_up(struct transfers *t, const CURL *easy)
{
    for (struct watched *w = t->watched; w; w = w->next)
        if (!easy || w->easy == easy)
            shutdown(w->socket, SHUT_RDWR);
}

static int want_socket(CURL *easy, curl_socket_t socket, int what, void *ctx, void *known)
{
    struct transfers *t = ctx;
    struct watched *w = known;
    if (what == CURL_POLL_REMOVE) {
        if (w)
            unwatch(t, w);
        return 0;
    }
    if (!w && !(w = watch(t, easy, socket)))
        return -1;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&w->poll, events, on_poll);
    return 0;
}

struct transfers *transfers_create(uv_loop_t *loop)
{
    struct transfers *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->multi = curl_multi_init();
    if (!t->multi || uv_timer_init(loop, &t->timer) != 0) {
        curl_multi_cleanup(t->multi);
        free(t);
        return NULL;
    }
    t->timer.data = t;
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
    return t;
}

void transfers_destroy(struct transfers *t)
{
    if (!t)
        return;
    t->closing = true;
    for (struct watched *w; (w = t->watched) && running(w->easy);)
        transfer_cancel(t, w->easy);
    hang_up(t, NULL);
    curl_multi_cleanup(t->multi);
    uv_timer_stop(&t->timer);
    uv_close((uv_handle_t *)&t->timer, free_watched);
}

/* 169.254/16 and fe80::/10 are where clouds keep their metadata and where nobody's receiver lives;
 * fd00:ec2::254 is one such service; the unspecified addresses mean "this host" to some kernels. */
static bool is_reserved(const struct sockaddr *sa)
{
    struct addr a;
    uint16_t port;
    if (!addr_from_sockaddr(sa, &a, &port))
        return true;
    static const uint8_t metadata6[16] = {0xfd, 0, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const uint8_t *b = a.bytes;
    if (a.family == AF_INET6 && memcmp(b, mapped, sizeof mapped) == 0)
        b += 12;
    else if (a.family == AF_INET6)
        return (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || memcmp(b, metadata6, 16) == 0 ||
               memcmp(b, (const uint8_t[16]){0}, 16) == 0;
    return (b[0] == 169 && b[1] == 254) || b[0] == 0;
}

static curl_socket_t open_allowed(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    if (is_reserved(&a->addr))
        return CURL_SOCKET_BAD;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

CURL *transfer_handle(const struct transfer_setting *s)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    bool ok = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, s->protocols) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_URL, s->url) == CURLE_OK;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)s->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, s->verify_tls ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, s->verify_tls ? 2L : 0L);
    if (s->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
    if (!s->private_targets)
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_allowed);
    if (ok)
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
}

bool transfer_start(struct transfers *t, CURL *easy, transfer_fn fn, void *ctx)
{
    struct transfer *r = malloc(sizeof *r);
    if (!r)
        return false;
    *r = (struct transfer){fn, ctx};
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    if (curl_multi_add_handle(t->multi, easy) == CURLM_OK)
        return true;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
    free(r);
    return false;
}

void transfer_cancel(struct transfers *t, CURL *easy)
{
    struct transfer *r = running(easy);
    if (!r)
        return;
    hang_up(t, easy);
    curl_multi_remove_handle(t->multi, easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
    free(r);
}

const char *transfer_reason(CURLcode result)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST: return "the name cannot be resolved";
    case CURLE_COULDNT_CONNECT: return "no connection";
    case CURLE_OPERATION_TIMEDOUT: return "no answer in time";
    case CURLE_PEER_FAILED_VERIFICATION: return "the certificate is not trusted";
    case CURLE_USE_SSL_FAILED: return "the server offers no encryption";
    case CURLE_LOGIN_DENIED: return "login refused";
    case CURLE_GOT_NOTHING: return "the connection was closed without an answer";
    case CURLE_RECV_ERROR: case CURLE_SEND_ERROR: return "the connection broke";
    default: return curl_easy_strerror(result);
    }
}
