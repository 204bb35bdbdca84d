/* Names by c-ares, which asks without a thread and without blocking: its sockets stand in our loop. */
#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"

#define ANSWER_MAX 8      /* addresses of one name */
#define TICK_MS 500       /* how often c-ares looks at its timeouts while it asks */
#define TRIES 2
#define TIMEOUT_MS 2000

struct watched {
    uv_poll_t poll;
    struct watched *next;
    struct shell_resolver *resolver;
    ares_socket_t fd;
};

struct shell_resolver {
    struct shell *shell;
    ares_channel channel; /* NULL: no resolver to be had */
    struct watched *sockets;
    struct timer tick;
    unsigned asking;
};

struct question {
    struct shell_resolver *resolver;
    resolved_fn fn;
    void *arg;
};

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watched *w = poll->data;
    bool in = status < 0 || events & UV_READABLE, out = status < 0 || events & UV_WRITABLE;
    ares_process_fd(w->resolver->channel, in ? w->fd : ARES_SOCKET_BAD,
                    out ? w->fd : ARES_SOCKET_BAD);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void unwatch(struct shell_resolver *r, ares_socket_t fd)
{
    for (struct watched **at = &r->sockets; *at; at = &(*at)->next) {
        struct watched *w = *at;
        if (w->fd != fd)
            continue;
        *at = w->next;
        uv_poll_stop(&w->poll);
        uv_close((uv_handle_t *)&w->poll, on_closed);
        return;
    }
}

static struct watched *watch(struct shell_resolver *r, ares_socket_t fd)
{
    for (struct watched *w = r->sockets; w; w = w->next)
        if (w->fd == fd)
            return w;
    struct watched *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    *w = (struct watched){.resolver = r, .fd = fd};
    if (uv_poll_init(r->shell->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->next = r->sockets;
    r->sockets = w;
    return w;
}

static void on_socket(void *ctx, ares_socket_t fd, int readable, int writable)
{
    struct shell_resolver *r = ctx;
    if (!readable && !writable) {
        unwatch(r, fd);
        return;
    }
    struct watched *w = watch(r, fd);
    if (w)
        uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                      on_ready);
}

static void on_tick(void *arg)
{
    struct shell_resolver *r = arg;
    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (r->asking)
        shell_timer_set(r->shell, &r->tick, mono_after(clock_mono(), MILLISECONDS(TICK_MS)));
}

struct shell_resolver *shell_resolver_create(struct shell *s)
{
    struct shell_resolver *r = calloc(1, sizeof *r);
    if (!r)
        fatal("no memory for the resolver");
    r->shell = s;
    r->tick = (struct timer){.ring = on_tick, .arg = r};
    struct ares_options o = {.sock_state_cb = on_socket, .sock_state_cb_data = r, .tries = TRIES,
                             .timeout = TIMEOUT_MS};
    int result = ares_library_init(ARES_LIB_INIT_ALL);
    if (result == ARES_SUCCESS)
        result = ares_init_options(&r->channel, &o,
                                   ARES_OPT_SOCK_STATE_CB | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS);
    if (result != ARES_SUCCESS) {
        log_warnx("resolver", "names cannot be resolved: %s", ares_strerror(result));
        r->channel = NULL;
    }
    return r;
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
    struct question *q = arg;
    struct addr addresses[ANSWER_MAX];
    size_t count = 0;
    q->resolver->asking--;
    for (struct ares_addrinfo_node *n = found ? found->nodes : NULL; n && count < ANSWER_MAX;
         n = n->ai_next)
        count += addr_from_sockaddr(n->ai_addr, &addresses[count], NULL);
    if (found)
        ares_freeaddrinfo(found);
    bool ok = status == ARES_SUCCESS && count;
    if (status != ARES_EDESTRUCTION)
        q->fn(q->arg, addresses, ok ? count : 0, ok ? NULL : ares_strerror(status));
    free(q);
}

void shell_resolver_ask(struct shell_resolver *r, const char *name, resolved_fn fn, void *arg)
{
    struct addr number;
    if (addr_parse(name, &number)) {
        fn(arg, &number, 1, NULL);
        return;
    }
    struct question *q = r->channel ? calloc(1, sizeof *q) : NULL;
    if (!q) {
        fn(arg, NULL, 0, "no resolver");
        return;
    }
    *q = (struct question){r, fn, arg};
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    r->asking++;
    ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer, q);
    if (r->asking && !r->tick.link)
        shell_timer_set(r->shell, &r->tick, mono_after(clock_mono(), MILLISECONDS(TICK_MS)));
}

void shell_resolver_destroy(struct shell_resolver *r)
{
    if (!r)
        return;
    shell_timer_stop(r->shell, &r->tick);
    if (r->channel)
        ares_destroy(r->channel);
    ares_library_cleanup();
    free(r);
}
