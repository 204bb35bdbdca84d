/* The courier: takes messages out of the house, reports of a vantage into it, and fetches pages for checks. It opens
 * no database and keeps nothing: what it does not finish, store hands out again. It is started when there is something
 * to carry and ends by itself when there has been nothing for a while. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "poller/base/arena.h"
#include "poller/base/log.h"
#include "poller/base/sandbox.h"
#include "poller/courier/consult/consults.h"
#include "poller/courier/deliver.h"
#include "poller/courier/fetch.h"
#include "poller/courier/house.h"
#include "poller/courier/ups/upses.h"
#include "poller/message/role.h"

#define IDLE_NS SECONDS(60)
#define IDLE_AFTER_FETCH_NS MINUTES(5) /* checks come back every few minutes */
#define IDLE_LOOK_MS 5000
#define SLICE_MAX_BYTES (8u << 20)
#define MESSAGE_MAX_BYTES (1u << 20)

struct courier {
    uv_loop_t *loop;
    struct role_runtime *runtime;
    struct channel *store, *engine;
    struct transfers *transfers;
    struct deliveries *deliveries;
    struct fetches *fetches;
    struct house *house;
    struct consults *consults;
    struct upses *upses;
    uv_timer_t idle;
    struct mono busy_until;
    bool fenced, runs_programs;
    int early[ROLE_COUNT]; /* peers that came before the first receivers were adopted; -1: none */
};

static void stay(struct courier *c, int64_t span_ns)
{
    struct mono until = mono_after(clock_mono(), span_ns);
    if (mono_before(c->busy_until, until))
        c->busy_until = until;
}

static void on_outcome(void *ctx, const struct cs_outcome *outcome)
{
    struct courier *c = ctx;
    stay(c, IDLE_NS);
    /* without store the row is handed out again when it is back: sent twice rather than never */
    channel_send(c->store, CS_OUTCOME, &cs_outcome_record, outcome);
}

static void on_reported(void *ctx, const struct cs_reported *answer)
{
    struct courier *c = ctx;
    stay(c, IDLE_AFTER_FETCH_NS);
    channel_send(c->store, CS_REPORTED, &cs_reported_record, answer);
}

static void on_fetched(void *ctx, const struct ce_fetched *answer)
{
    struct courier *c = ctx;
    stay(c, IDLE_AFTER_FETCH_NS);
    channel_send(c->engine, CE_FETCHED, &ce_fetched_record, answer);
}

static void on_consulted(void *ctx, const struct ce_consulted *answer)
{
    struct courier *c = ctx;
    stay(c, IDLE_AFTER_FETCH_NS);
    channel_send(c->engine, CE_CONSULTED, &ce_consulted_record, answer);
}

static void on_ups(void *ctx, const struct ce_ups *answer)
{
    struct courier *c = ctx;
    stay(c, IDLE_AFTER_FETCH_NS);
    channel_send(c->engine, CE_UPS, &ce_ups_record, answer);
}

static void take_message(struct courier *c, struct channel *from, const struct frame *frame,
                         struct arena *arena)
{
    struct sc_deliver deliver;
    struct sc_report report;
    struct ec_fetch fetch;
    struct ec_consult consult;
    struct ec_ups ups;
    if (from == c->store && frame->type == SC_DELIVER &&
        frame_unpack(frame, &sc_deliver_record, arena, &deliver)) {
        stay(c, IDLE_NS);
        deliveries_take(c->deliveries, &deliver);
    } else if (from == c->store && frame->type == SC_REPORT &&
               frame_unpack(frame, &sc_report_record, arena, &report)) {
        stay(c, IDLE_AFTER_FETCH_NS);
        house_take(c->house, &report);
    } else if (from == c->engine && frame->type == EC_FETCH &&
               frame_unpack(frame, &ec_fetch_record, arena, &fetch)) {
        stay(c, IDLE_AFTER_FETCH_NS);
        fetches_take(c->fetches, &fetch);
    } else if (from == c->engine && frame->type == EC_CONSULT &&
               frame_unpack(frame, &ec_consult_record, arena, &consult)) {
        stay(c, IDLE_AFTER_FETCH_NS);
        consults_take(c->consults, &consult);
    } else if (from == c->engine && frame->type == EC_UPS &&
               frame_unpack(frame, &ec_ups_record, arena, &ups)) {
        stay(c, IDLE_AFTER_FETCH_NS);
        upses_take(c->upses, &ups);
    } else {
        log_warnx("courier", "message %u cannot be read; dropped", frame->type);
    }
}

static void on_message(void *ctx, struct channel *from, const struct frame *frame)
{
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    if (arena)
        take_message(ctx, from, frame, arena);
    arena_destroy(arena);
}

static void on_closed(void *ctx, struct channel *channel)
{
    struct courier *c = ctx;
    if (channel == c->store)
        c->store = NULL;
    if (channel == c->engine)
        c->engine = NULL;
    channel_destroy(channel);
}

static void connect_peer(struct courier *c, enum role peer, int fd)
{
    struct channel **slot = peer == ROLE_STORE ? &c->store : &c->engine;
    channel_destroy(*slot);
    *slot = channel_create(c->loop, fd, on_message, on_closed, c);
}

/* What store hands out before there are receivers would have to wait for its next try. */
static void on_peer(void *ctx, enum role peer, int fd)
{
    struct courier *c = ctx;
    if (c->fenced) {
        connect_peer(c, peer, fd);
        return;
    }
    if (c->early[peer] >= 0)
        close(c->early[peer]);
    c->early[peer] = fd;
}

static void connect_early(struct courier *c)
{
    for (int peer = 0; peer < ROLE_COUNT; peer++)
        if (c->early[peer] >= 0) {
            connect_peer(c, (enum role)peer, c->early[peer]);
            c->early[peer] = -1;
        }
}

static bool on_prepare(void *ctx, uint64_t generation, const void *slice, size_t len, char **error)
{
    struct courier *c = ctx;
    struct config config;
    struct arena *arena = arena_create(SLICE_MAX_BYTES);
    bool ok = false;
    bool read = arena && config_unpack(slice, len, NULL, arena, &config);
    if (!read || !house_prepare(c->house, &config))
        *error = strdup("courier cannot read its part of the configuration");
    else
        ok = deliveries_prepare(c->deliveries, &config, error);
    arena_destroy(arena);
    return ok;
}

/* The fence can be narrowed but never widened. The first receiver that starts programs comes with a
 * reload: then this process ends, and the next one is started as soon as there is something to carry. */
static void fence(struct courier *c)
{
    bool programs = deliveries_run_programs(c->deliveries);
    if (c->fenced && programs && !c->runs_programs) {
        log_info("courier", "a receiver starts programs now; starting anew");
        uv_stop(c->loop);
    }
    if (c->fenced)
        return;
    c->fenced = true;
    c->runs_programs = programs;
    sandbox_enter(SANDBOX_COURIER, &(struct sandbox_paths){.runs_programs = programs});
}

static void on_adopt(void *ctx, uint64_t generation)
{
    struct courier *c = ctx;
    deliveries_adopt(c->deliveries);
    house_adopt(c->house);
    fence(c);
    connect_early(c);
}

static void on_forget(void *ctx, uint64_t generation)
{
    struct courier *c = ctx;
    deliveries_forget(c->deliveries);
    house_forget(c->house);
}

static void on_stop(void *ctx)
{
    uv_stop(((struct courier *)ctx)->loop);
}

static void on_idle_look(uv_timer_t *timer)
{
    struct courier *c = timer->data;
    if (deliveries_running(c->deliveries) == 0 && fetches_running(c->fetches) == 0 &&
        house_running(c->house) == 0 && consults_running(c->consults) == 0 &&
        !consults_remember(c->consults) && upses_running(c->upses) == 0 &&
        mono_before(c->busy_until, clock_mono()))
        uv_stop(c->loop);
}

static void start(struct courier *c)
{
    static const struct role_hooks hooks = {.prepare = on_prepare, .adopt = on_adopt,
                                            .forget = on_forget, .peer = on_peer, .stop = on_stop};
    for (int i = 0; i < ROLE_COUNT; i++)
        c->early[i] = -1;
    c->loop = uv_default_loop();
    c->transfers = transfers_create(c->loop);
    c->deliveries = deliveries_create(c->loop, c->transfers, on_outcome, c);
    c->fetches = fetches_create(c->transfers, on_fetched, c);
    c->house = house_create(c->transfers, on_reported, c);
    c->consults = consults_create(c->transfers, on_consulted, c);
    c->upses = upses_create(c->loop, on_ups, c);
    if (!c->transfers || !c->deliveries || !c->fetches || !c->house || !c->consults || !c->upses)
        fatalx("out of memory");
    c->runtime = role_start(c->loop, ROLE_COURIER, &hooks, c);
    stay(c, IDLE_NS);
    uv_timer_init(c->loop, &c->idle);
    c->idle.data = c;
    uv_timer_start(&c->idle, on_idle_look, IDLE_LOOK_MS, IDLE_LOOK_MS);
}

int main(void)
{
    struct courier c = {0};
    log_init("courier", LOG_LEVEL_INFO);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    start(&c);
    uv_run(c.loop, UV_RUN_DEFAULT);
    deliveries_destroy(c.deliveries);
    fetches_destroy(c.fetches);
    house_destroy(c.house);
    consults_destroy(c.consults);
    upses_destroy(c.upses);
    channel_destroy(c.store);
    channel_destroy(c.engine);
    role_finish(c.runtime);
    transfers_destroy(c.transfers);
    curl_global_cleanup();
    return 0;
}
