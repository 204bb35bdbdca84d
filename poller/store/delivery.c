#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/outbox.h"
#include "poller/store/refuge.h"
#include "poller/store/store_internal.h"

/* Rows go to the courier and stay in flight until it says what became of them; nothing in flight is handed
 * out twice. A courier that dies takes nothing along: its rows are handed out again with the same keys. */

#define IN_FLIGHT_MAX 16
#define LOOK_MOST_MS 60000   /* the wall clock may step */
#define COURIER_AGAIN_MS 5000 /* ask again for a courier that does not come */
#define SETTLE_AGAIN_MS 1000  /* after a database error */

struct look {
    struct delivery *delivery;
    struct arena *arena;
    struct sc_deliver *rows;
    size_t count;
    struct wall next;
    bool ok;
};

struct told {
    struct told *next;
    struct delivery *delivery;
    struct arena *arena;
    struct cs_outcome outcome;
    struct outbox_settled settled;
    bool ok;
};

struct delivery {
    struct store *store;
    struct channel *channel;
    char *in_flight[IN_FLIGHT_MAX];
    size_t in_flight_count;
    bool looking, look_again;
    size_t settling;
    struct told *unsettled; /* the database refused; tried again */
    uv_timer_t timer;
};

static void on_timer(uv_timer_t *timer);

struct delivery *delivery_create(struct store *s)
{
    struct delivery *d = calloc(1, sizeof *d);
    if (!d)
        fatalx("no memory for deliveries");
    d->store = s;
    uv_timer_init(s->loop, &d->timer);
    d->timer.data = d;
    return d;
}

static bool is_in_flight(const struct delivery *d, const char *key)
{
    for (size_t i = 0; i < d->in_flight_count; i++)
        if (strcmp(d->in_flight[i], key) == 0)
            return true;
    return false;
}

static void land(struct delivery *d, const char *key)
{
    for (size_t i = 0; i < d->in_flight_count; i++)
        if (strcmp(d->in_flight[i], key) == 0) {
            free(d->in_flight[i]);
            d->in_flight[i] = d->in_flight[--d->in_flight_count];
            return;
        }
}

static void land_all(struct delivery *d)
{
    while (d->in_flight_count)
        free(d->in_flight[--d->in_flight_count]);
}

/* --- handing out --- */

static void hand_out(struct delivery *d, const struct sc_deliver *row)
{
    if (is_in_flight(d, row->key) || d->in_flight_count == IN_FLIGHT_MAX || !row->document)
        return;
    char *key = strdup(row->key);
    if (!key)
        fatalx("no memory for deliveries");
    if (channel_send(d->channel, SC_DELIVER, &sc_deliver_record, row))
        d->in_flight[d->in_flight_count++] = key;
    else
        free(key);
}

static void look_at(struct delivery *d, uint64_t after_ms)
{
    uv_timer_start(&d->timer, on_timer, after_ms < LOOK_MOST_MS ? after_ms : LOOK_MOST_MS, 0);
}

static void run_look(void *arg)
{
    struct look *l = arg;
    l->ok = outbox_due(l->delivery->store->database, clock_wall(), clock_is_set(), 2 * IN_FLIGHT_MAX,
                       l->arena, &l->rows, &l->count, &l->next);
}

static void after_look(void *arg)
{
    struct look *l = arg;
    struct delivery *d = l->delivery;
    d->looking = false;
    if (l->next.ns) {
        int64_t wait_ns = l->next.ns - clock_wall().ns;
        look_at(d, wait_ns > 0 ? (uint64_t)(wait_ns / NS_PER_MS) + 1 : 1);
    }
    for (size_t i = 0; i < l->count && d->channel; i++)
        hand_out(d, &l->rows[i]);
    if (l->count && !d->channel && !d->store->stopping) {
        if (d->store->settings.want_courier)
            d->store->settings.want_courier(d->store->settings.ctx);
        look_at(d, COURIER_AGAIN_MS);
    }
    if (!l->ok)
        look_at(d, COURIER_AGAIN_MS);
    arena_destroy(l->arena);
    free(l);
    if (d->look_again)
        delivery_kick(d);
}

void delivery_kick(struct delivery *d)
{
    if (!d)
        return;
    d->look_again = d->looking;
    if (d->looking || d->store->stopping)
        return;
    struct look *l = calloc(1, sizeof *l);
    if (!l || !(l->arena = arena_create(0)))
        fatalx("no memory for deliveries");
    l->delivery = d;
    d->looking = true;
    lane_add(d->store->database_lane, run_look, after_look, l);
}

/* --- outcomes --- */

static void run_settle(void *arg)
{
    struct told *o = arg;
    struct database *d = o->delivery->store->database;
    do {
        o->ok = outbox_settle(d, &o->outcome, clock_wall(), &o->settled);
    } while (!o->ok && refuge_helps(d));
}

static void tell_engine(struct delivery *d, const struct told *o)
{
    struct se_delivery message = {.key = o->outcome.key, .receiver = o->outcome.receiver,
                                  .sent = o->settled.sent, .attempts = o->settled.attempts,
                                  .retry_at = o->settled.retry_at, .error = o->outcome.error};
    intake_send(d->store->intake, SE_DELIVERY, &se_delivery_record, &message);
}

static void after_settle(void *arg)
{
    struct told *o = arg;
    struct delivery *d = o->delivery;
    d->settling--;
    homing_look(d->store->homing);
    if (!o->ok && !d->store->stopping) {
        o->next = d->unsettled;
        d->unsettled = o;
        look_at(d, SETTLE_AGAIN_MS);
        return;
    }
    if (o->settled.found)
        tell_engine(d, o);
    land(d, o->outcome.key);
    arena_destroy(o->arena); /* o lives in it */
    delivery_kick(d);
}

static void settle(struct told *o)
{
    o->delivery->settling++;
    lane_add(o->delivery->store->database_lane, run_settle, after_settle, o);
}

static void on_timer(uv_timer_t *timer)
{
    struct delivery *d = timer->data;
    while (d->unsettled) {
        struct told *o = d->unsettled;
        d->unsettled = o->next;
        settle(o);
    }
    delivery_kick(d);
}

/* --- the courier's channel --- */

static void take_reported(struct delivery *d, const struct frame *frame)
{
    struct arena *arena = arena_create(0);
    struct cs_reported m;
    if (arena && frame_unpack(frame, &cs_reported_record, arena, &m))
        upstream_reported(d->store->upstream, &m);
    arena_destroy(arena);
}

static void on_message(void *ctx, struct channel *c, const struct frame *frame)
{
    struct delivery *d = ctx;
    if (frame->type == CS_REPORTED) {
        take_reported(d, frame);
        return;
    }
    struct arena *arena = arena_create(0);
    struct told *o = arena ? arena_take(arena, sizeof *o) : NULL;
    (void)c;
    if (frame->fd >= 0)
        close(frame->fd);
    if (!o || frame->type != CS_OUTCOME ||
        !frame_unpack(frame, &cs_outcome_record, arena, &o->outcome) || !o->outcome.key) {
        log_warnx("courier", "a message of type %u cannot be read", frame->type);
        arena_destroy(arena);
        return;
    }
    o->arena = arena;
    o->delivery = d;
    settle(o);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct delivery *d = ctx;
    channel_destroy(c);
    if (d->channel != c)
        return;
    d->channel = NULL;
    upstream_courier(d->store->upstream, NULL);
    land_all(d);
    delivery_kick(d);
}

void delivery_peer(struct delivery *d, int fd)
{
    channel_drain(d->channel); /* what it sent before it died need not be sent again */
    channel_destroy(d->channel);
    land_all(d);
    d->channel = channel_create(d->store->loop, fd, on_message, on_closed, d);
    upstream_courier(d->store->upstream, d->channel);
    delivery_kick(d);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void delivery_destroy(struct delivery *d)
{
    if (!d)
        return;
    channel_destroy(d->channel);
    d->channel = NULL;
    while (d->looking || d->settling)
        uv_run(d->store->loop, UV_RUN_ONCE);
    land_all(d);
    uv_close((uv_handle_t *)&d->timer, on_timer_closed);
}
