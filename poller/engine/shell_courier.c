/* Pages fetched for checks: courier does it, which alone knows HTTP and TLS. It is started on demand;
 * when it cannot be had in time, that is our own fault and never the page's. */
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"
#include "poller/message/store_courier.h"

#define COURIER_SLACK_S 5   /* for starting it, beyond the fetch's own timeout */
#define FETCHES_MAX 1024    /* at a time; more is our own fault */

struct fetching {
    struct fetching *next, **link;
    struct shell_courier *courier;
    struct timer deadline;
    struct arena *arena;
    struct ec_fetch request;
    fetch_fn fn;
    void *arg;
    bool sent;
};

struct shell_courier {
    struct shell *shell;
    struct channel *channel;
    struct fetching *all;
    size_t count;
    uint32_t last_id;
};

struct shell_courier *shell_courier_create(struct shell *s)
{
    struct shell_courier *c = calloc(1, sizeof *c);
    if (!c)
        fatal("no memory for the courier's link");
    c->shell = s;
    return c;
}

static void finish(struct fetching *f, const struct fetch_answer *answer)
{
    *f->link = f->next;
    if (f->next)
        f->next->link = f->link;
    f->courier->count--;
    shell_timer_stop(f->courier->shell, &f->deadline);
    f->fn(f->arg, answer);
    arena_destroy(f->arena);
    free(f);
}

static const struct fetch_answer no_courier = {
    .own_fault = true, .error = "own fault", .error_detail = "courier does not answer"};

static void on_deadline(void *arg)
{
    finish(arg, &no_courier);
}

static void send_off(struct shell_courier *c, struct fetching *f)
{
    if (!c->channel) {
        role_want(c->shell->role, ROLE_COURIER);
        return;
    }
    f->sent = channel_send(c->channel, EC_FETCH, &ec_fetch_record, &f->request);
}

static bool fill(struct fetching *f, const struct fetch_request *r)
{
    size_t count = 0;
    while (r->headers && r->headers[count])
        count++;
    if (r->header_count && r->header_count < count)
        count = r->header_count;
    struct ec_fetch shallow = {.url = (char *)(uintptr_t)r->url,
                               .headers = (char **)(uintptr_t)r->headers,
                               .headers_count = count,
                               .timeout_ns = r->timeout_ns,
                               .body_max_bytes = (int64_t)r->body_max_bytes,
                               .verify_tls = r->verify_tls,
                               .id = ++f->courier->last_id};
    return field_copy(&ec_fetch_record, &shallow, NULL, f->arena, &f->request);
}

void shell_courier_fetch(struct shell_courier *c, const struct fetch_request *r, fetch_fn fn,
                         void *arg)
{
    struct fetching *f = c->count < FETCHES_MAX ? calloc(1, sizeof *f) : NULL;
    if (!f) {
        fn(arg, &no_courier);
        return;
    }
    *f = (struct fetching){.courier = c, .fn = fn, .arg = arg, .arena = arena_create(0),
                           .deadline = {.ring = on_deadline, .arg = f}};
    if (!f->arena || !fill(f, r))
        fatal("no memory to fetch a page");
    f->next = c->all;
    f->link = &c->all;
    if (f->next)
        f->next->link = &f->next;
    c->all = f;
    c->count++;
    shell_timer_set(c->shell, &f->deadline,
                    mono_after(clock_mono(), r->timeout_ns + SECONDS(COURIER_SLACK_S)));
    send_off(c, f);
}

static void take_fetched(struct shell_courier *c, const struct ce_fetched *m)
{
    for (struct fetching *f = c->all; f; f = f->next) {
        if (f->request.id != m->id)
            continue;
        struct fetch_answer a = {.error = m->error && *m->error ? m->error : NULL,
                                 .error_detail = m->error_detail,
                                 .status = (int)m->status,
                                 .body = m->body.data,
                                 .body_len = m->body.len,
                                 .name_lookup_ns = m->name_lookup_ns,
                                 .connect_ns = m->connect_ns,
                                 .first_byte_ns = m->first_byte_ns,
                                 .total_ns = m->total_ns,
                                 .certificate_expires = m->certificate_expires,
                                 .certificate_subject = m->certificate_subject};
        finish(f, &a);
        return;
    }
}

static void on_message(void *ctx, struct channel *channel, const struct frame *frame)
{
    struct arena *a = arena_create(0);
    struct ce_fetched m;
    if (a && frame->type == CE_FETCHED && frame_unpack(frame, &ce_fetched_record, a, &m))
        take_fetched(ctx, &m);
    arena_destroy(a);
}

static void on_closed(void *ctx, struct channel *channel)
{
    struct shell_courier *c = ctx;
    if (c->channel == channel)
        c->channel = NULL;
    channel_destroy(channel);
    bool waiting = false;
    for (struct fetching *f = c->all; f; f = f->next) {
        f->sent = false; /* asked again of the next one, within its deadline */
        waiting = true;
    }
    if (waiting)
        role_want(c->shell->role, ROLE_COURIER);
}

void shell_courier_connect(struct shell_courier *c, int fd)
{
    channel_destroy(c->channel);
    c->channel = channel_create(c->shell->loop, fd, on_message, on_closed, c);
    for (struct fetching *f = c->all; f && c->channel; f = f->next)
        if (!f->sent)
            send_off(c, f);
}

void shell_courier_destroy(struct shell_courier *c)
{
    if (!c)
        return;
    while (c->all)
        finish(c->all, &no_courier);
    channel_destroy(c->channel);
    free(c);
}
