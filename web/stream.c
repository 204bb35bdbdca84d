#include "web/stream.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "poller/base/log.h"
#include "web/server.h"

#define BLOCK_BYTES 256

struct stream {
    struct streams *streams;
    struct stream *next, *previous;
    struct MHD_Connection *connection;
    struct addr client;
    int fd;
    uint64_t told;  /* the change last told */
    bool greeted, asleep, heartbeat, gone;
};

struct streams {
    struct web *web;
    uv_timer_t heartbeat, gap;
    struct stream *first;
    size_t count;
    bool waiting, ending;
    int handles;
};

static void wake_all(struct streams *s)
{
    for (struct stream *t = s->first; t; t = t->next)
        if (t->asleep) {
            t->asleep = false;
            MHD_resume_connection(t->connection);
        }
    if (s->first && s->web->server)
        server_nudge(s->web->server);
}

static void on_heartbeat(uv_timer_t *timer)
{
    struct streams *s = timer->data;
    for (struct stream *t = s->first; t; t = t->next)
        t->heartbeat = true;
    wake_all(s);
}

static void on_gap(uv_timer_t *timer)
{
    struct streams *s = timer->data;
    s->waiting = false;
    wake_all(s);
}

struct streams *streams_create(uv_loop_t *loop, struct web *web)
{
    struct streams *s = calloc(1, sizeof *s);
    if (!s)
        fatalx("out of memory");
    s->web = web;
    uv_timer_init(loop, &s->heartbeat);
    uv_timer_init(loop, &s->gap);
    s->heartbeat.data = s->gap.data = s;
    s->handles = 2;
    return s;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct streams *s = handle->data;
    if (--s->handles == 0)
        free(s);
}

void streams_destroy(struct streams *s)
{
    uv_close((uv_handle_t *)&s->heartbeat, on_handle_closed);
    uv_close((uv_handle_t *)&s->gap, on_handle_closed);
}

void streams_changed(struct streams *s)
{
    if (!s->first || s->waiting)
        return;
    s->waiting = true;
    uv_timer_start(&s->gap, on_gap, STREAM_GAP_MS, 0);
}

void streams_end(struct streams *s)
{
    s->ending = true;
    wake_all(s);
}

size_t streams_count(const struct streams *s)
{
    return s->count;
}

/* The library does not look at a connection that sleeps: whoever leafs through pages would leave a listener
 * on each until the next heartbeat. */
static bool has_left(const struct stream *t)
{
    struct pollfd p = {.fd = t->fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0;
}

bool streams_have_place(struct streams *s, const struct addr *client)
{
    size_t same = 0, all = 0;
    for (struct stream *t = s->first; t; t = t->next) {
        t->gone = t->gone || has_left(t);
        all += !t->gone;
        same += !t->gone && addr_equal(&t->client, client);
    }
    if (all < s->count)
        wake_all(s);
    return all < STREAMS_MAX && same < STREAMS_EACH;
}

/* Gives what there is to say, else goes to sleep: answering 0 without sleeping would turn the loop hot. */
static ssize_t on_read(void *cls, uint64_t position, char *out, size_t max)
{
    struct stream *t = cls;
    uint64_t now = backend_change_count(t->streams->web->backend);
    bool news = !t->streams->waiting && t->told != now;
    int n = 0;
    if (t->streams->ending || t->gone)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!t->greeted)
        n = snprintf(out, max, "retry: 3000\nevent: hello\ndata: %llu\n\n", (unsigned long long)now);
    else if (news)
        n = snprintf(out, max, "event: change\ndata: %llu\n\n", (unsigned long long)now);
    else if (t->heartbeat)
        n = snprintf(out, max, ": still here\n\n");
    if (n > 0 && (size_t)n < max) {
        t->told = news || !t->greeted ? now : t->told;
        t->greeted = true;
        t->heartbeat = false;
        return n;
    }
    t->asleep = true;
    MHD_suspend_connection(t->connection);
    return 0;
}

static void on_free(void *cls)
{
    struct stream *t = cls;
    struct streams *s = t->streams;
    if (t->previous)
        t->previous->next = t->next;
    else
        s->first = t->next;
    if (t->next)
        t->next->previous = t->previous;
    if (--s->count == 0)
        uv_timer_stop(&s->heartbeat);
    free(t);
}

struct MHD_Response *stream_response(struct exchange *x)
{
    struct streams *s = x->web->streams;
    struct stream *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct stream){.streams = s, .next = s->first, .connection = x->connection, .client = x->client,
                         .fd = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd};
    if (s->first)
        s->first->previous = t;
    else
        uv_timer_start(&s->heartbeat, on_heartbeat, STREAM_HEARTBEAT_MS, STREAM_HEARTBEAT_MS);
    s->first = t;
    s->count++;
    struct MHD_Response *r =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_read, t, on_free);
    if (!r)
        on_free(t);
    return r;
}
