/* libmicrohttpd is given its own epoll descriptor to this loop and a timer. Two things it does not do are
 * done here: a deadline for a whole request (its own timeout starts anew with each byte, so a slow drip
 * would hold a connection for ever), and places kept for this machine when others take all.
 *
 * Life of an exchange: made with the request line, its body gathered, given to route_take once whole;
 * asleep (suspended) while somebody is asked; freed when the library says that the request is over, which
 * it never does while it sleeps. */
#include "web/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "web/response.h"
#include "web/route.h"
#include "web/stream.h"

#define SWEEP_MS 1000
#define HEADERS_MAX_BYTES 16384
#define BACKLOG 64

struct client {
    struct MHD_Connection *connection;
    struct client *next, *previous;
    struct addr address;
    int fd;
    struct mono deadline;
};

struct server {
    struct MHD_Daemon *daemon;
    struct web *web;
    uv_poll_t poll;
    uv_timer_t timer, sweep;
    struct client *clients;
    size_t count;
    struct exchange *exchanges;
    bool ending, running;
    int handles; /* not closed yet */
};

static void schedule(struct server *s)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
        uv_timer_start(&s->timer, s->timer.timer_cb, ms, 0);
    else
        uv_timer_stop(&s->timer);
}

static void run(struct server *s)
{
    if (s->running) /* a handler woke somebody: the running turn sees it */
        return;
    s->running = true;
    MHD_run(s->daemon);
    s->running = false;
    schedule(s);
}

static void on_timer(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    run(poll->data);
}

void server_nudge(struct server *s)
{
    uv_timer_start(&s->timer, on_timer, 0, 0);
}

size_t server_connection_count(const struct server *s)
{
    return s->count;
}

static bool is_loopback(const struct addr *a)
{
    static const uint8_t one[16] = {[15] = 1};
    return a->family == AF_INET ? a->bytes[0] == 127 : memcmp(a->bytes, one, sizeof one) == 0;
}

/* An IPv4 client of a socket that listens on both families comes as ::ffff:a.b.c.d. */
static struct addr client_address(const struct sockaddr *sa)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct addr a = {0};
    uint16_t port;
    addr_from_sockaddr(sa, &a, &port);
    if (a.family == AF_INET6 && memcmp(a.bytes, mapped, sizeof mapped) == 0) {
        struct addr v4 = {.family = AF_INET};
        memcpy(v4.bytes, a.bytes + 12, 4);
        return v4;
    }
    return a;
}

static enum MHD_Result may_connect(void *cls, const struct sockaddr *sa, socklen_t len)
{
    struct server *s = cls;
    struct addr a = client_address(sa);
    size_t away = 0, same = 0;
    if (is_loopback(&a))
        return MHD_YES;
    for (const struct client *c = s->clients; c; c = c->next) {
        away += !is_loopback(&c->address);
        same += addr_equal(&c->address, &a);
    }
    return away < SERVER_CONNECTIONS_AWAY && same < SERVER_CONNECTIONS_EACH ? MHD_YES : MHD_NO;
}

static void on_sweep(uv_timer_t *timer)
{
    struct server *s = timer->data;
    struct mono now = clock_mono();
    for (struct client *c = s->clients; c; c = c->next)
        if (mono_before(c->deadline, now)) {
            shutdown(c->fd, SHUT_RDWR); /* the library then sees the end by itself */
            c->deadline = MONO_NEVER;
        }
    if (!s->clients)
        uv_timer_stop(timer);
}

static void client_arrives(struct server *s, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *fd, *address;
    struct client *c = calloc(1, sizeof *c);
    if (!c)
        return;
    fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *c = (struct client){.connection = connection, .next = s->clients, .fd = fd->connect_fd,
                         .address = client_address(address->client_addr),
                         .deadline = mono_after(clock_mono(), SERVER_REQUEST_NS)};
    if (s->clients)
        s->clients->previous = c;
    else if (!s->ending)
        uv_timer_start(&s->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    s->clients = c;
    s->count++;
    *context = c;
}

static void client_leaves(struct server *s, struct client *c)
{
    if (!c)
        return;
    if (c->previous)
        c->previous->next = c->next;
    else
        s->clients = c->next;
    if (c->next)
        c->next->previous = c->previous;
    s->count--;
    free(c);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        client_arrives(cls, connection, context);
    else
        client_leaves(cls, *context);
}

static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *i =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return i ? i->socket_context : NULL;
}

static void set_deadline(struct MHD_Connection *connection, int64_t delay_ns)
{
    struct client *c = client_of(connection);
    if (c)
        c->deadline = delay_ns ? mono_after(clock_mono(), delay_ns) : MONO_NEVER;
}

/* The request line is there: the exchange begins. Its target is taken apart by us, from the raw bytes. */
static void *on_request_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = cls;
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->web = s->web;
    x->connection = connection;
    x->target_ok = target_parse(uri, &x->target);
    x->next = s->exchanges;
    if (s->exchanges)
        s->exchanges->previous = x;
    s->exchanges = x;
    return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct server *s = cls;
    struct exchange *x = *context;
    *context = NULL;
    set_deadline(connection, SERVER_IDLE_NS);
    if (!x)
        return;
    if (x->previous)
        x->previous->next = x->next;
    else
        s->exchanges = x->next;
    if (x->next)
        x->next->previous = x->previous;
    if (x->work_free)
        x->work_free(x->work);
    buf_fini(&x->body);
    buf_fini(&x->reply);
    free(x->location);
    free(x->cookie);
    free(x);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void begin(struct exchange *x, const char *method)
{
    struct client *c = client_of(x->connection);
    const char *length = header(x->connection, "Content-Length");
    const char *encodings = header(x->connection, "Accept-Encoding");
    x->head = strcmp(method, "HEAD") == 0;
    x->method = x->head || strcmp(method, "GET") == 0 ? METHOD_GET
                : strcmp(method, "POST") == 0         ? METHOD_POST
                                                      : METHOD_OTHER;
    x->host = header(x->connection, "Host");
    x->accepts_gzip = encodings && strstr(encodings, "gzip");
    x->body_max = route_body_max(x);
    x->too_large = length && strtoull(length, NULL, 10) > x->body_max;
    x->client = c ? c->address : (struct addr){0};
    /* a proxy on this machine speaks for somebody else */
    x->visitor.from_here = c && is_loopback(&c->address) &&
                           !header(x->connection, "X-Forwarded-For") &&
                           !header(x->connection, "Forwarded") && !header(x->connection, "Via");
}

static void take_body(struct exchange *x, const char *bytes, size_t len)
{
    if (x->body.len + len > x->body_max)
        x->too_large = true;
    else
        buf_put(&x->body, bytes, len);
}

static void wake(struct exchange *x)
{
    x->resume = NULL;
    MHD_resume_connection(x->connection);
    server_nudge(x->web->server);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **context)
{
    struct server *s = cls;
    struct exchange *x = *context;
    if (!x)
        return MHD_NO;
    if (!x->begun) {
        x->begun = true;
        begin(x, method);
        if (!x->too_large)
            return MHD_YES;
    }
    if (*upload_len && !x->status) {
        take_body(x, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (!x->taken) {
        x->taken = true;
        set_deadline(connection, 0);
        if (s->ending)
            reply_error(x, 503, "hayloft is being stopped.");
        else
            route_take(x);
    }
    if (!x->status) {
        x->resume = wake;
        MHD_suspend_connection(connection);
        return MHD_YES;
    }
    set_deadline(connection, x->stream ? 0 : SERVER_ANSWER_NS);
    return response_send(x);
}

static void on_log(void *cls, const char *format, va_list args)
{
    char line[256];
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    log_debug("http", "%s", line); /* one per broken client: not worth more */
}

static bool split_listen(const char *listen, char host[static 64], uint16_t *port)
{
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : 0;
    char *end;
    unsigned long number = colon ? strtoul(colon + 1, &end, 10) : 0;
    if (!colon || len >= 64 || number > 65535 || end == colon + 1 || *end)
        return false;
    bool bracketed = len >= 2 && listen[0] == '[' && listen[len - 1] == ']';
    memcpy(host, listen + bracketed, len - 2 * (size_t)bracketed);
    host[len - 2 * (size_t)bracketed] = '\0';
    *port = (uint16_t)number;
    return true;
}

static int listen_at(const char *text)
{
    char host[64];
    uint16_t port;
    struct addr a;
    struct sockaddr_storage sa;
    if (!split_listen(text, host, &port) || !addr_parse(*host ? host : "::", &a)) {
        errno = EINVAL;
        return -1;
    }
    socklen_t len = addr_to_sockaddr(&a, port, &sa);
    int yes = 1, no = 0, fd = socket(a.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (a.family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, (struct sockaddr *)&sa, len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static struct MHD_Daemon *start_daemon(struct server *s, int fd, const char *certificate, const char *key)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (certificate ? MHD_USE_TLS : 0u);
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, may_connect, s, on_request, s,
                            MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
                            MHD_OPTION_LISTEN_SOCKET, fd,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX,
                            MHD_OPTION_CONNECTION_TIMEOUT, 120u,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX_BYTES,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
                            MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
                            MHD_OPTION_ARRAY, certificate ? tls : none, MHD_OPTION_END);
}

static void watch(struct server *s, uv_loop_t *loop)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    uv_poll_init(loop, &s->poll, info->epoll_fd);
    uv_timer_init(loop, &s->timer);
    uv_timer_init(loop, &s->sweep);
    s->poll.data = s->timer.data = s->sweep.data = s;
    s->handles = 3;
    uv_timer_start(&s->timer, on_timer, 0, 0);
    uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

struct server *server_create(uv_loop_t *loop, struct web *web, const char *listen,
                             const char *certificate, const char *key, char **error)
{
    struct buf sentence = {0};
    struct server *s = calloc(1, sizeof *s);
    int fd = listen_at(listen);
    if (s && fd >= 0) {
        s->web = web;
        s->daemon = start_daemon(s, fd, certificate, key);
    }
    if (s && s->daemon) {
        watch(s, loop);
        return s;
    }
    buf_printf(&sentence, "web: cannot serve at %s: %s", listen,
               fd < 0 ? strerror(errno) : certificate ? "is the certificate right?" : "no memory");
    *error = buf_detach(&sentence);
    if (fd >= 0)
        close(fd);
    free(s);
    return NULL;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *s = handle->data;
    if (--s->handles == 0)
        free(s);
}

void server_destroy(struct server *s)
{
    if (!s)
        return;
    s->ending = true;
    for (struct exchange *x = s->exchanges; x; x = x->next)
        if (x->resume)
            reply_error(x, 503, "hayloft is being stopped.");
    streams_end(s->web->streams);
    run(s);
    uv_poll_stop(&s->poll);
    MHD_stop_daemon(s->daemon);
    uv_close((uv_handle_t *)&s->poll, on_handle_closed);
    uv_close((uv_handle_t *)&s->timer, on_handle_closed);
    uv_close((uv_handle_t *)&s->sweep, on_handle_closed);
}
