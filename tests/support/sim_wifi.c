#include "tests/support/sim_wifi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct sim_wifi_join {
    struct sim_wifi *world;
    uint32_t id;
    wifi_news_fn fn;
    void *ctx;
    struct wifi_state state;
    struct timer *timer;
    struct mono began;
};

static void tell(struct sim_wifi_join *j)
{
    struct sim_wifi *w = j->world;
    if (w->on_stage)
        w->on_stage(w->ctx, j->state.stage);
    j->fn(j->ctx, j->id);
}

static void on_tried(void *arg)
{
    struct sim_wifi_join *j = arg;
    j->timer = NULL;
    j->state = j->world->end;
    j->state.scan_ns = SIM_WIFI_SCAN_NS;
    j->state.join_ns = SIM_WIFI_JOIN_NS;
    tell(j);
}

static void on_scanned(void *arg)
{
    struct sim_wifi_join *j = arg;
    const struct env *env = sim_env(j->world->sim);
    bool over = j->world->end.stage == WIFI_ABSENT || j->world->end.stage == WIFI_UNUSABLE;
    j->timer = NULL;
    j->state = j->world->end;
    j->state.scan_ns = SIM_WIFI_SCAN_NS;
    if (!over) {
        j->state.stage = WIFI_JOINING;
        j->timer = env->timer_start(env->ctx, mono_after(sim_now(j->world->sim).mono, SIM_WIFI_JOIN_NS), on_tried, j);
    }
    tell(j);
}

static uint32_t door_join(void *self, const struct wifi_wish *wish, wifi_news_fn fn, void *ctx)
{
    struct sim_wifi *w = self;
    const struct env *env = sim_env(w->sim);
    if (w->impossible)
        return 0;
    assert_null(w->join); /* a card is in one network at a time */
    struct sim_wifi_join *j = w->join = calloc(1, sizeof *j);
    assert_non_null(j);
    *j = (struct sim_wifi_join){.world = w, .id = ++w->joins, .fn = fn, .ctx = ctx};
    snprintf(w->interface, sizeof w->interface, "%s", wish->interface ? wish->interface : "");
    snprintf(w->ssid, sizeof w->ssid, "%s", wish->ssid);
    snprintf(w->password, sizeof w->password, "%s", wish->password ? wish->password : "");
    if (!w->silent)
        j->timer = env->timer_start(env->ctx, mono_after(sim_now(w->sim).mono, SIM_WIFI_SCAN_NS), on_scanned, j);
    return j->id;
}

static void stop(struct sim_wifi_join *j)
{
    const struct env *env = sim_env(j->world->sim);
    env->timer_stop(env->ctx, j->timer);
    j->timer = NULL;
}

static void door_leave(void *self, uint32_t join)
{
    struct sim_wifi *w = self;
    assert_true(w->join && w->join->id == join);
    stop(w->join);
    free(w->join);
    w->join = NULL;
    w->leaves++;
    if (w->on_stage)
        w->on_stage(w->ctx, WIFI_SCANNING); /* out of it */
}

static void door_state(void *self, uint32_t join, struct wifi_state *out)
{
    const struct sim_wifi *w = self;
    assert_true(w->join && w->join->id == join);
    *out = w->join->state;
}

static const struct wifi_ops ops = {.join = door_join, .leave = door_leave, .state = door_state};

struct sim_wifi *sim_wifi_create(struct sim *s)
{
    struct sim_wifi *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *w = (struct sim_wifi){
        .sim = s, .door = {&ops, w},
        .end = {.stage = WIFI_JOINED, .heard = "02:00:00:00:00:01 on channel 6 (2.4 GHz), -52 dBm",
                .bssid = {{2, 0, 0, 0, 0, 1}}, .freq_mhz = 2437}};
    sim_set_wifi(s, &w->door);
    return w;
}

void sim_wifi_destroy(struct sim_wifi *w)
{
    if (!w)
        return;
    assert_null(w->join);
    sim_set_wifi(w->sim, NULL);
    free(w);
}

void sim_wifi_say(struct sim_wifi *w, const struct wifi_state *state)
{
    assert_non_null(w->join);
    stop(w->join);
    w->join->state = *state;
    tell(w->join);
}
