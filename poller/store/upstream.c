#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/store/backlog.h"
#include "poller/store/spool.h"
#include "poller/store/store_internal.h"

/* The vantage's end of poller/message/vantage.h: makes a report of what waits, hands it to the courier, and forgets
 * what the house has taken.
 *
 *   resting --timer, decision--> loading (spool, by the database's lane) --> handed out --200--> resting
 *                                    \--no courier: it is started--/             \--else--> resting, longer each time
 *
 * One report at a time, made anew for each try: so what is newest is always in it, and what cannot be told is in no
 * memory but where it is anyway. */

#define SOON_MS 500             /* what was decided gathers so long */
#define PACE_MS 50              /* between two reports while more waits */
#define RETRY_DOUBLINGS 4       /* from 2 s to half a minute: a way that is back is found soon */
#define REFUSED_NS MINUTES(5)   /* the house would not have it: somebody must act */
#define PATIENCE_NS MINUTES(60) /* without the house, before that is a fault of ours */
#define COURIER_AGAIN_MS 5000
#define CURSOR_SAVED_NS MINUTES(5) /* a start may tell again what is younger; saving wears the disk */
#define HEAD_ROOM 1024
#define SPOOL_ROOM 40000        /* of a report */

struct load {
    struct upstream *upstream;
    struct arena *arena;
    struct spool_row *rows;
    size_t count;
    bool more, ok;
};

struct upstream {
    struct store *store;
    uv_timer_t timer;
    struct channel *courier;
    struct backlog *backlog;    /* NULL: there is no upstream */
    struct arena *view_arena;
    struct vantage_view *view;  /* NULL: the engine is not there */
    char run_boot[64];          /* whose run is in the spool */
    struct wall silent;         /* newest sample before this engine */
    bool loading, handed_out, again;
    size_t jobs;                /* in the database's lane */
    uint32_t id;
    int64_t position;           /* of the spool, to be forgotten with the report that is handed out; 0: none */
    bool told_all, told_lost;   /* samples were in it; also that some are gone */
    unsigned failures;
    struct mono unreached;      /* since the first of them */
    struct mono cursor_saved;
};

static bool is_wanted(const struct upstream *u)
{
    return u->store->settings.upstream_every_ns > 0 && !u->store->stopping;
}

static void on_timer(uv_timer_t *timer);

static void in_ms(struct upstream *u, int64_t ms)
{
    uv_timer_start(&u->timer, on_timer, (uint64_t)(ms > 0 ? ms : 0), 0);
}

/* --- making a report --- */

static void forget_view(struct upstream *u)
{
    arena_destroy(u->view_arena);
    u->view_arena = NULL;
    u->view = NULL;
}

static bool may_tell_all(void)
{
    return clock_is_set(); /* what is stamped by a guess waits until it is moved */
}

/* False: the last put has taken all there was. */
static bool samples_wait(const struct upstream *u)
{
    return backlog_behind(u->backlog).ns;
}

static void put_spooled(struct upstream *u, const struct load *l, struct buf *out)
{
    u->position = 0;
    for (size_t i = 0; i < l->count; i++) {
        vantage_put_packed(out, l->rows[i].kind, l->rows[i].packed.data, l->rows[i].packed.len);
        u->position = l->rows[i].position;
    }
}

static void put_view(const struct upstream *u, struct buf *out)
{
    if (u->view && out->len + vantage_size(VANTAGE_VIEW, u->view) + HEAD_ROOM < VANTAGE_REPORT_MAX_BYTES)
        vantage_put(out, VANTAGE_VIEW, u->view);
}

static void put_samples(struct upstream *u, struct buf *out)
{
    if (u->told_all)
        backlog_put(u->backlog, out, VANTAGE_REPORT_MAX_BYTES - HEAD_ROOM - out->len);
    const struct vantage_lost *lost = backlog_lost(u->backlog);
    u->told_lost = u->told_all && lost;
    if (!u->told_lost)
        return;
    vantage_put(out, VANTAGE_LOST, lost);
    trouble_begin(u->store->troubles, "upstream-ceiling", "journal-ceiling",
                  "measurements that wait for the house were dropped, the oldest first");
}

static void make_report(struct upstream *u, const struct load *l, struct buf *out)
{
    struct buf rest = {0};
    const struct store_settings *c = &u->store->settings;
    u->told_all = may_tell_all();
    put_spooled(u, l, &rest);
    put_view(u, &rest);
    put_samples(u, &rest);
    struct vantage_head head = {(char *)(uintptr_t)c->vantage, clock_wall(), clock_is_set(), u->told_all && !l->more,
                                backlog_behind(u->backlog), c->upstream_every_ns};
    vantage_begin(out, &head);
    buf_put(out, rest.data, rest.len);
    out->failed = out->failed || rest.failed;
    buf_fini(&rest);
}

/* --- handing it out --- */

static void hand_out(struct upstream *u, const struct load *l)
{
    struct buf body = {0};
    if (!u->courier) {
        if (u->store->settings.want_courier)
            u->store->settings.want_courier(u->store->settings.ctx);
        in_ms(u, COURIER_AGAIN_MS);
        return;
    }
    make_report(u, l, &body);
    struct sc_report m = {++u->id, {(uint8_t *)body.data, body.len}};
    u->handed_out = !body.failed && channel_send(u->courier, SC_REPORT, &sc_report_record, &m);
    buf_fini(&body);
    if (!u->handed_out)
        in_ms(u, COURIER_AGAIN_MS);
}

static void run_load(void *arg)
{
    struct load *l = arg;
    struct database *d = l->upstream->store->database;
    l->ok = !may_tell_all() || spool_load(d, SPOOL_ROOM, l->arena, &l->rows, &l->count, &l->more);
}

static void after_load(void *arg)
{
    struct load *l = arg;
    struct upstream *u = l->upstream;
    u->loading = false;
    u->jobs--;
    if (is_wanted(u) && l->ok)
        hand_out(u, l);
    else if (is_wanted(u))
        in_ms(u, COURIER_AGAIN_MS);
    arena_destroy(l->arena); /* l lives in it */
}

static void on_timer(uv_timer_t *timer)
{
    struct upstream *u = timer->data;
    struct arena *arena;
    if (!is_wanted(u) || u->loading || u->handed_out)
        return;
    struct load *l = (arena = arena_create(0)) ? arena_take(arena, sizeof *l) : NULL;
    if (!l)
        fatalx("no memory for a report");
    *l = (struct load){.upstream = u, .arena = arena};
    u->loading = true;
    u->again = false;
    u->jobs++;
    lane_add(u->store->database_lane, run_load, after_load, l);
}

/* --- what became of it --- */

struct forget {
    struct upstream *upstream;
    int64_t position;
};

static void run_forget(void *arg)
{
    const struct forget *f = arg;
    struct database *d = f->upstream->store->database;
    if (f->position ? !spool_forget(d, f->position) : !spool_clear(d))
        log_warnx("upstream", "what was told cannot be forgotten yet and is told again: %s", database_error(d));
}

static void after_forget(void *arg)
{
    struct forget *f = arg;
    f->upstream->jobs--;
    free(f);
}

/* position 0: all of it. */
static void forget_spooled(struct upstream *u, int64_t position)
{
    struct forget *f = malloc(sizeof *f);
    if (!f)
        fatalx("no memory for a report");
    *f = (struct forget){u, position};
    u->jobs++;
    lane_add(u->store->database_lane, run_forget, after_forget, f);
}

static void move_cursor(struct upstream *u)
{
    struct mono now = clock_mono();
    struct journal_position before = journal_cursor(u->store->journal, "upstream");
    struct journal_position at = backlog_position(u->backlog);
    bool other_segment = journal_position_segment(before) != journal_position_segment(at);
    journal_cursor_move(u->store->journal, "upstream", at);
    if (!other_segment && u->cursor_saved.ns && mono_since(now, u->cursor_saved) < CURSOR_SAVED_NS)
        return;
    u->cursor_saved = now;
    syncing_cursors_moved(u->store->syncing);
}

static void acknowledged(struct upstream *u)
{
    bool more = u->position || (u->told_all && samples_wait(u));
    if (u->position)
        forget_spooled(u, u->position);
    if (u->told_all) {
        backlog_told(u->backlog);
        move_cursor(u);
    }
    u->failures = 0;
    trouble_over(u->store->troubles, "upstream");
    if (u->told_lost)
        trouble_over(u->store->troubles, "upstream-ceiling");
    in_ms(u, more ? PACE_MS : u->again ? SOON_MS : u->store->settings.upstream_every_ns / NS_PER_MS);
}

/* The house is there and will not have it: the token, the name, a report it does not understand. */
static bool is_refused(const struct cs_reported *m)
{
    return m->status >= 400 && m->status < 500 && m->status != 408 && m->status != 429;
}

static void tell_trouble(struct upstream *u, const struct cs_reported *m)
{
    char detail[512], since[CLOCK_TEXT_MAX];
    const struct store_settings *c = &u->store->settings;
    int64_t patience_ns = c->upstream_patience_ns ? c->upstream_patience_ns : PATIENCE_NS;
    const char *why = m->error && *m->error ? m->error : "it does not answer as a house does";
    const char *house = c->upstream_url ? c->upstream_url : "";
    if (!is_refused(m) && mono_since(clock_mono(), u->unreached) < patience_ns)
        return;
    if (m->status)
        snprintf(detail, sizeof detail, "%.120s answers %d: %.200s", house, (int)m->status, why);
    else
        snprintf(detail, sizeof detail, "%.120s is not reached since %s: %.200s", house,
                 wall_rfc3339(wall_at(clock_now(), u->unreached), since), why);
    trouble_begin(u->store->troubles, "upstream", "upstream", detail);
}

static void failed(struct upstream *u, const struct cs_reported *m)
{
    const struct store_settings *c = &u->store->settings;
    int64_t wait_ns = c->upstream_retry_ns ? c->upstream_retry_ns : SECONDS(2);
    if (u->failures++ == 0)
        u->unreached = clock_mono();
    wait_ns <<= u->failures <= RETRY_DOUBLINGS ? u->failures - 1 : RETRY_DOUBLINGS;
    if (is_refused(m) && m->status != 409)
        wait_ns = c->upstream_retry_ns ? c->upstream_retry_ns : REFUSED_NS;
    if (m->retry_after_ns > wait_ns)
        wait_ns = m->retry_after_ns < REFUSED_NS ? m->retry_after_ns : REFUSED_NS;
    tell_trouble(u, m);
    in_ms(u, wait_ns / NS_PER_MS);
}

void upstream_reported(struct upstream *u, const struct cs_reported *m)
{
    if (!u || !u->handed_out || m->id != u->id)
        return;
    u->handed_out = false;
    if (!is_wanted(u))
        return;
    if (m->status == 200)
        acknowledged(u);
    else
        failed(u, m);
}

/* --- who is there --- */

void upstream_courier(struct upstream *u, struct channel *c)
{
    if (!u)
        return;
    u->courier = c;
    u->handed_out = false; /* what the one before it had is made anew */
    if (is_wanted(u))
        in_ms(u, c ? 0 : SOON_MS);
}

void upstream_kick(struct upstream *u)
{
    if (!u || !is_wanted(u))
        return;
    u->again = true;
    if (!u->loading && !u->handed_out && !u->failures)
        in_ms(u, SOON_MS);
}

void upstream_engine_begins(struct upstream *u, struct wall newest)
{
    if (!u)
        return;
    u->silent = newest;
    forget_view(u);
}

void upstream_engine_gone(struct upstream *u)
{
    if (u)
        forget_view(u);
}

struct begin_run {
    struct upstream *upstream;
    struct vantage_run run;
    char boot[64];
    bool ok;
};

static void run_begin(void *arg)
{
    struct begin_run *b = arg;
    b->ok = spool_run(b->upstream->store->database, &b->run);
}

static void after_begin(void *arg)
{
    struct begin_run *b = arg;
    b->upstream->jobs--;
    if (!b->ok)
        b->upstream->run_boot[0] = '\0'; /* with the next view */
    free(b);
}

/* At once, so that it stands before whatever moves stamps. */
static void begin_run(struct upstream *u, const char *boot_id)
{
    struct begin_run *b = calloc(1, sizeof *b);
    if (!b)
        fatalx("no memory for a report");
    snprintf(u->run_boot, sizeof u->run_boot, "%s", boot_id);
    memcpy(b->boot, u->run_boot, sizeof b->boot);
    b->upstream = u;
    b->run = (struct vantage_run){b->boot, u->silent, u->view->started, u->view->machine_started};
    u->jobs++;
    lane_add(u->store->database_lane, run_begin, after_begin, b);
}

void upstream_view(struct upstream *u, const char *boot_id, const struct frame *frame)
{
    if (!u || !is_wanted(u))
        return;
    forget_view(u);
    struct arena *arena = arena_create(VANTAGE_MEMORY_MAX);
    struct vantage_view *view = arena ? arena_take(arena, sizeof *view) : NULL;
    if (!view || !frame_unpack(frame, &vantage_view_record, arena, view)) {
        log_warnx("engine", "its view cannot be read");
        arena_destroy(arena);
        return;
    }
    u->view_arena = arena;
    u->view = view;
    if (strcmp(u->run_boot, boot_id) != 0) {
        begin_run(u, boot_id);
        upstream_kick(u);
    }
}

/* --- life --- */

static void begin(struct upstream *u)
{
    struct journal *j = u->store->journal;
    struct journal_position from = journal_cursor(j, "upstream");
    journal_cursor_move(j, "upstream", from);
    u->backlog = backlog_create(j, u->store->series, from);
    in_ms(u, SOON_MS);
}

/* Nobody is told any more, and nothing is kept for it. */
static void end(struct upstream *u)
{
    if (journal_cursor_forget(u->store->journal, "upstream"))
        syncing_cursors_moved(u->store->syncing);
    forget_spooled(u, 0);
    forget_view(u);
    trouble_over(u->store->troubles, "upstream");
    trouble_over(u->store->troubles, "upstream-ceiling");
    backlog_destroy(u->backlog);
    u->backlog = NULL;
    u->handed_out = false;
    u->failures = 0;
    u->run_boot[0] = '\0';
    uv_timer_stop(&u->timer);
}

void upstream_configure(struct upstream *u)
{
    bool wanted = u->store->settings.upstream_every_ns > 0;
    if (wanted && !u->backlog)
        begin(u);
    else if (!wanted && u->backlog)
        end(u);
    else if (wanted && !u->loading && !u->handed_out)
        in_ms(u, SOON_MS); /* it may be another address, another token */
}

struct upstream *upstream_create(struct store *s)
{
    struct upstream *u = calloc(1, sizeof *u);
    if (!u)
        fatalx("no memory for the upstream");
    u->store = s;
    uv_timer_init(s->loop, &u->timer);
    u->timer.data = u;
    if (s->settings.upstream_every_ns > 0)
        begin(u);
    else
        end(u); /* what one of before left behind */
    return u;
}

static void on_closed(uv_handle_t *handle)
{
    struct upstream *u = handle->data;
    forget_view(u);
    backlog_destroy(u->backlog);
    free(u);
}

void upstream_destroy(struct upstream *u)
{
    if (!u)
        return;
    uv_timer_stop(&u->timer);
    while (u->jobs)
        uv_run(u->store->loop, UV_RUN_ONCE);
    if (u->backlog)
        syncing_cursors_moved(u->store->syncing);
    uv_close((uv_handle_t *)&u->timer, on_closed);
}
