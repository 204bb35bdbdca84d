#include "poller/courier/ups/upses.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/clock.h"
#include "poller/courier/ups/nut.h"

#define ASKS_MAX       32 /* those beyond the loop's threads wait */
#define TIMEOUT_MAX_NS SECONDS(60)

struct ask {
    uv_work_t work;
    uv_timer_t patience;
    struct upses *owner;
    struct ask *next, **link;
    char *host, *ups;
    uint16_t port;
    uint32_t id;
    struct nut_talk *talk;
    struct nut_listing listing;
    struct mono started;
    int64_t timeout_ns;
    bool told, worked, closed; /* answered; the thread is done; the timer too */
};

struct upses {
    uv_loop_t *loop;
    ups_told_fn fn;
    void *ctx;
    struct ask *first;
    size_t count;
    bool ending;
};

static void tell(struct ask *a, const struct nut_listing *l)
{
    struct ce_ups m = {.id = a->id,
                       .error = (char *)(uintptr_t)l->error,
                       .error_detail = (char *)(uintptr_t)l->detail,
                       .names = (char **)(uintptr_t)l->names,
                       .values = (char **)(uintptr_t)l->values,
                       .names_count = l->count,
                       .values_count = l->count,
                       .total_ns = mono_since(clock_mono(), a->started)};
    if (!a->told && !a->owner->ending)
        a->owner->fn(a->owner->ctx, &m);
    a->told = true;
}

static void ask_free(struct ask *a)
{
    if (!a->worked || !a->closed)
        return;
    *a->link = a->next;
    if (a->next)
        a->next->link = a->link;
    a->owner->count--;
    nut_listing_fini(&a->listing);
    nut_talk_destroy(a->talk);
    free(a->host);
    free(a->ups);
    free(a);
}

static void on_closed(uv_handle_t *timer)
{
    struct ask *a = timer->data;
    a->closed = true;
    ask_free(a);
}

static void run(uv_work_t *work)
{
    struct ask *a = work->data;
    nut_list(a->talk, a->host, a->port, a->ups, a->timeout_ns / NS_PER_MS, &a->listing);
}

static void done(uv_work_t *work, int status)
{
    struct ask *a = work->data;
    if (status == 0) /* else it was never begun, and is ending */
        tell(a, &a->listing);
    a->worked = true;
    if (!uv_is_closing((uv_handle_t *)&a->patience))
        uv_close((uv_handle_t *)&a->patience, on_closed);
    ask_free(a);
}

/* Looking up a name, or waiting for a thread, cannot be ended: it is answered all the same. */
static void on_impatient(uv_timer_t *timer)
{
    static const struct nut_listing late = {.error = "timeout", .detail = "no answer in time"};
    struct ask *a = timer->data;
    nut_give_up(a->talk);
    tell(a, &late);
}

static struct ask *ask_create(struct upses *u, const struct ec_ups *r)
{
    struct ask *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    int64_t timeout_ns =
        r->timeout_ns > 0 && r->timeout_ns < TIMEOUT_MAX_NS ? r->timeout_ns : TIMEOUT_MAX_NS;
    *a = (struct ask){.owner = u,
                      .host = strdup(r->host),
                      .ups = strdup(r->ups),
                      .port = (uint16_t)r->port,
                      .id = r->id,
                      .talk = nut_talk_create(),
                      .started = clock_mono(),
                      .timeout_ns = timeout_ns,
                      .next = u->first,
                      .link = &u->first};
    if (!a->host || !a->ups || !a->talk) {
        nut_talk_destroy(a->talk);
        free(a->host);
        free(a->ups);
        free(a);
        return NULL;
    }
    if (a->next)
        a->next->link = &a->next;
    u->first = a;
    u->count++;
    return a;
}

static void refuse(struct upses *u, uint32_t id, const char *word, const char *sentence)
{
    struct ce_ups m = {
        .id = id, .error = (char *)(uintptr_t)word, .error_detail = (char *)(uintptr_t)sentence};
    u->fn(u->ctx, &m);
}

void upses_take(struct upses *u, const struct ec_ups *r)
{
    bool sound = r->host && r->ups && r->port > 0 && r->port <= UINT16_MAX;
    struct ask *a = sound && u->count < ASKS_MAX ? ask_create(u, r) : NULL;
    if (!a) {
        refuse(u, r->id, "own fault", "too many UPSes are asked at once");
        return;
    }
    uv_timer_init(u->loop, &a->patience);
    a->patience.data = a->work.data = a;
    uv_timer_start(&a->patience, on_impatient, (uint64_t)(a->timeout_ns / NS_PER_MS), 0);
    if (uv_queue_work(u->loop, &a->work, run, done) == 0)
        return;
    refuse(u, r->id, "own fault", "no thread to ask a UPS in");
    a->worked = a->told = true;
    uv_close((uv_handle_t *)&a->patience, on_closed);
}

size_t upses_running(const struct upses *u)
{
    return u->count;
}

struct upses *upses_create(uv_loop_t *loop, ups_told_fn fn, void *ctx)
{
    struct upses *u = calloc(1, sizeof *u);
    if (u)
        *u = (struct upses){.loop = loop, .fn = fn, .ctx = ctx};
    return u;
}

void upses_destroy(struct upses *u)
{
    if (!u)
        return;
    u->ending = true;
    for (struct ask *a = u->first; a; a = a->next) {
        nut_give_up(a->talk);
        uv_cancel((uv_req_t *)&a->work);
    }
    while (u->first)
        uv_run(u->loop, UV_RUN_ONCE);
    free(u);
}
