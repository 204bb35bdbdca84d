#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/store/refuge.h"
#include "poller/store/store_internal.h"

/* While the database is in memory (refuge.h) the way home is tried at once, then every few seconds.
 * Opening the file may mean a look at all of it, which is done where RRD files are written: they
 * can wait, commits and messages go on. */

#define TRY_AGAIN_NS     SECONDS(5)
#define LOCKED_AGAIN_MS  500
#define LOOK_PATIENCE_NS SECONDS(60) /* at a file found damaged */

struct homing {
    struct store *store;
    uv_timer_t timer;
    bool trying, away; /* away: said so */
    bool goes_on;      /* after this step */
    struct refuge_try result;
};

static void on_timer(uv_timer_t *timer);

static void tell_replaced(struct homing *h)
{
    char detail[2 * DATABASE_TEXT_MAX + 128];
    const struct database_opening *o = &h->result.opening;
    if (!o->aside[0])
        return;
    database_tell_replaced(o, detail, sizeof detail);
    trouble_begin(h->store->troubles, "start", "database-replaced", detail);
}

static void come_home(struct homing *h)
{
    struct store *s = h->store;
    if (h->result.entered_for[0] && !h->away)
        log_warnx("database", "%s: what came is carried over, and it goes on",
                  h->result.entered_for);
    if (h->result.forgotten)
        log_warnx("database", "%" PRIu64 " events were lost: there was no more memory for them",
                  h->result.forgotten);
    h->away = false;
    trouble_over(s->troubles, "database");
    intake_is_home(s->intake);
    if (h->result.partly_known && s->desk)
        desk_reload(s->desk);
    delivery_kick(s->delivery);
}

static void stay_away(struct homing *h)
{
    const struct refuge_try *r = &h->result;
    if (r->what) {
        if (!h->away && r->entered_for[0])
            log_warnx("database", "%s: it goes on in memory", r->entered_for);
        h->away = true;
        trouble_begin(h->store->troubles, "database", r->what, r->why);
    }
    int64_t again_ns = h->store->settings.home_ns ? h->store->settings.home_ns : TRY_AGAIN_NS;
    uv_timer_start(&h->timer, on_timer,
                   r->what ? (uint64_t)(again_ns / NS_PER_MS) : LOCKED_AGAIN_MS, 0);
}

static void done(void *arg)
{
    struct homing *h = arg;
    h->trying = false;
    tell_replaced(h);
    if (h->result.home)
        come_home(h);
    else
        stay_away(h);
}

static void run_move(void *arg)
{
    struct homing *h = arg;
    refuge_move_home(h->store->database, &h->result);
}

static void run_open(void *arg)
{
    struct homing *h = arg;
    h->goes_on = refuge_open_home(&h->result, LOOK_PATIENCE_NS);
}

static void after_open(void *arg)
{
    struct homing *h = arg;
    if (h->goes_on)
        lane_add(h->store->database_lane, run_move, done, h);
    else
        done(h);
}

static void run_look(void *arg)
{
    struct homing *h = arg;
    h->goes_on = refuge_look_home(h->store->database, &h->result);
}

static void after_look(void *arg)
{
    struct homing *h = arg;
    if (h->goes_on)
        lane_add(h->store->files_lane, run_open, after_open, h);
    else
        done(h);
}

static void try_now(struct homing *h)
{
    h->trying = true;
    lane_add(h->store->database_lane, run_look, after_look, h);
}

void homing_look(struct homing *h)
{
    if (h && !h->trying && database_in_memory(h->store->database) &&
        !uv_is_active((uv_handle_t *)&h->timer))
        try_now(h);
}

static void on_timer(uv_timer_t *timer)
{
    homing_look(timer->data);
}

struct homing *homing_create(struct store *s)
{
    struct homing *h = calloc(1, sizeof *h);
    if (!h)
        fatalx("no memory for the way home");
    h->store = s;
    uv_timer_init(s->loop, &h->timer);
    h->timer.data = h;
    homing_look(h);
    return h;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void settle(struct homing *h)
{
    while (h->trying)
        uv_run(h->store->loop, UV_RUN_ONCE);
}

void homing_destroy(struct homing *h)
{
    if (!h)
        return;
    settle(h);
    if (database_in_memory(h->store->database)) {
        try_now(h);
        settle(h);
    }
    if (database_in_memory(h->store->database))
        log_warnx("database",
                  "we end while nothing can be written: the engine knows what came meanwhile,"
                  " and if it ends too that is lost");
    uv_close((uv_handle_t *)&h->timer, on_closed);
}
