#include "tests/poller/store/road.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/frame.h"

static void tell_barn(struct road *r, int64_t status, const char *error)
{
    struct cs_reported m = {r->id, status, 0, (char *)(uintptr_t)error};
    r->id = 0;
    if (r->courier)
        channel_send(r->courier, CS_REPORTED, &cs_reported_record, &m);
}

static void read_report(struct road *r, const struct sc_report *m)
{
    arena_destroy(r->arena);
    r->arena = arena_create(0);
    uint8_t *bytes = arena_copy(r->arena, m->body.data, m->body.len);
    assert_true(m->body.len <= VANTAGE_REPORT_MAX_BYTES);
    assert_true(vantage_read(bytes, m->body.len, r->arena, &r->report));
}

static void on_report(void *ctx, struct channel *c, const struct frame *frame)
{
    struct road *r = ctx;
    struct arena *arena = arena_create(0);
    struct sc_report m;
    assert_int_equal(frame->type, SC_REPORT);
    assert_true(frame_unpack(frame, &sc_report_record, arena, &m));
    read_report(r, &m);
    r->posts++;
    r->id = m.id;
    struct ws_report w = {m.id, (char *)(uintptr_t)r->name, m.body};
    if (r->cut || !r->web)
        tell_barn(r, 0, "no connection");
    else
        assert_true(channel_send(r->web, WS_REPORT, &ws_report_record, &w));
    arena_destroy(arena);
}

static int64_t status_of(enum vantage_taken taken)
{
    static const int64_t statuses[] = {[VANTAGE_TAKEN] = 200, [VANTAGE_MALFORMED] = 400, [VANTAGE_UNKNOWN] = 404,
                                       [VANTAGE_BUSY] = 503, [VANTAGE_CLOCK] = 409};
    return statuses[taken];
}

static void on_answer(void *ctx, struct channel *c, const struct frame *frame)
{
    struct road *r = ctx;
    if (frame->type == SW_RESULT) {
        r->written = true;
        return;
    }
    assert_int_equal(frame->type, SW_REPORT);
    assert_true(frame_unpack(frame, &sw_report_record, r->house.arena, &r->last));
    r->taken += r->last.taken == VANTAGE_TAKEN;
    if (r->answers_lost)
        tell_barn(r, 0, "no answer in time");
    else
        tell_barn(r, r->answer ? r->answer : status_of(r->last.taken), r->last.text);
}

static void on_closed(void *ctx, struct channel *c)
{
    struct road *r = ctx;
    channel_destroy(c);
    if (r->courier == c)
        r->courier = NULL;
    if (r->web == c)
        r->web = NULL;
}

void road_connect(struct road *r)
{
    int fds[2];
    channel_destroy(r->courier);
    channel_destroy(r->web);
    assert_int_equal(frame_pair(fds), 0);
    r->web = channel_create(&r->house.loop, fds[0], on_answer, on_closed, r);
    store_peer(r->house.store, ROLE_WEB, fds[1]);
    assert_int_equal(frame_pair(fds), 0);
    r->courier = channel_create(&r->barn.loop, fds[0], on_report, on_closed, r);
    store_peer(r->barn.store, ROLE_COURIER, fds[1]);
}

void road_make(struct road *r)
{
    static const char *const vantages[] = {"barn", "stable", NULL};
    *r = (struct road){.name = "barn"};
    bed_prepare(&r->barn);
    bed_prepare(&r->house);
    r->barn.settings.vantage = "barn";
    r->barn.settings.upstream_url = "https://house";
    r->barn.settings.upstream_every_ns = MILLISECONDS(50);
    r->barn.settings.upstream_retry_ns = MILLISECONDS(20);
    r->house.settings.vantages = vantages;
    bed_start(&r->barn);
    bed_start(&r->house);
    bed_hello(&r->barn, "barn-boot");
    bed_hello(&r->house, "house-boot");
    road_connect(r);
}

void road_remove(struct road *r)
{
    channel_destroy(r->courier);
    channel_destroy(r->web);
    bed_remove(&r->barn);
    bed_remove(&r->house);
    arena_destroy(r->arena);
}

static void on_tick(uv_timer_t *t)
{
    (void)t;
}

bool road_until(struct road *r, bed_condition condition, void *ctx)
{
    struct mono until = mono_after(clock_mono(), SECONDS(20));
    uv_loop_t *loops[2] = {&r->barn.loop, &r->house.loop};
    uv_timer_t ticks[2];
    bool met;
    for (int i = 0; i < 2; i++) { /* neither waits for long while the other has work */
        uv_timer_init(loops[i], &ticks[i]);
        uv_timer_start(&ticks[i], on_tick, 1, 1);
    }
    while (!(met = condition(ctx)) && mono_before(clock_mono(), until))
        for (int i = 0; i < 2; i++)
            uv_run(loops[i], UV_RUN_ONCE);
    for (int i = 0; i < 2; i++) {
        uv_close((uv_handle_t *)&ticks[i], NULL);
        uv_run(loops[i], UV_RUN_NOWAIT);
    }
    return met;
}

struct told {
    struct road *road;
    unsigned taken;
};

/* One more report was taken, and it says that nothing waits behind it. */
static bool is_told(void *ctx)
{
    const struct told *t = ctx;
    const struct road *r = t->road;
    return r->taken > t->taken + 1 && !r->id && r->report.head.whole && !r->report.head.behind.ns &&
           !r->report.sample_count && !r->report.decided_count;
}

bool road_all_told(struct road *r)
{
    return road_until(r, is_told, &(struct told){r, r->taken});
}

static bool is_written(void *ctx)
{
    return ((struct road *)ctx)->written;
}

void road_write_files(struct road *r)
{
    struct ws_fresh m = {1, "barn", NULL, NULL};
    r->written = false;
    assert_true(channel_send(r->web, WS_FRESH, &ws_fresh_record, &m));
    assert_true(road_until(r, is_written, r));
}

struct posted {
    struct road *road;
    uint32_t request;
};

static bool is_answered(void *ctx)
{
    const struct posted *p = ctx;
    return p->road->last.request == p->request;
}

void road_post(struct road *r, const void *bytes, size_t len)
{
    static uint32_t last = 1000000;
    struct ws_report w = {++last, (char *)(uintptr_t)r->name, {(uint8_t *)(uintptr_t)bytes, len}};
    assert_true(channel_send(r->web, WS_REPORT, &ws_report_record, &w));
    assert_true(road_until(r, is_answered, &(struct posted){r, last}));
}
