#include "tests/poller/store/bed.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "poller/base/frame.h"
#include "tests/support/folder.h"

static void want_courier(void *ctx)
{
    struct bed *b = ctx;
    b->courier_wanted++;
}

void bed_start(struct bed *b)
{
    b->settings.state_folder = b->folder;
    b->settings.want_courier = want_courier;
    b->settings.ctx = b;
    b->settings.home_ns = MILLISECONDS(100);
    if (!b->settings.journal_sync_ns)
        b->settings.journal_sync_ns = SECONDS(1);
    b->store = store_create(&b->loop, &b->settings);
    assert_non_null(b->store);
}

void bed_prepare(struct bed *b)
{
    *b = (struct bed){.folder = "/tmp/hayloft-store-XXXXXX"};
    folder_make(b->folder);
    assert_int_equal(uv_loop_init(&b->loop), 0);
    b->arena = arena_create(0);
}

void bed_make(struct bed *b)
{
    bed_prepare(b);
    bed_start(b);
}

void bed_stop(struct bed *b)
{
    channel_destroy(b->engine);
    b->engine = NULL;
    store_destroy(b->store);
    b->store = NULL;
}

void bed_remove(struct bed *b)
{
    bed_stop(b);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    arena_destroy(b->arena);
    folder_remove(b->folder);
}

static void take_restored(struct bed *b, const struct se_restored *r)
{
    for (size_t i = 0; i < r->nodes_count && b->node_count < 64; i++)
        b->nodes[b->node_count++] = r->nodes[i];
    for (size_t i = 0; i < r->open_count && b->open_count < 16; i++)
        b->open[b->open_count++] = r->open[i];
    for (size_t i = 0; i < r->sent_count && b->sent_count < 16; i++)
        b->sent[b->sent_count++] = r->sent[i];
    for (size_t i = 0; i < r->kept_count && b->kept_count < 64; i++)
        b->kept[b->kept_count++] = r->kept[i];
    b->newest = r->newest;
    b->restored = r->last;
}

static void on_message(void *ctx, struct channel *c, const struct frame *frame)
{
    struct bed *b = ctx;
    struct se_restored restored;
    struct se_durable durable;
    (void)c;
    switch (frame->type) {
    case SE_RESTORED:
        assert_true(frame_unpack(frame, &se_restored_record, b->arena, &restored));
        take_restored(b, &restored);
        break;
    case SE_DURABLE:
        assert_true(frame_unpack(frame, &se_durable_record, b->arena, &durable));
        b->durable = durable.sequence;
        break;
    case SE_TROUBLE:
        assert_true(b->trouble_count < 64);
        assert_true(frame_unpack(frame, &se_trouble_record, b->arena,
                                 &b->troubles[b->trouble_count++]));
        break;
    case SE_DELIVERY:
        assert_true(b->delivery_count < 64);
        assert_true(frame_unpack(frame, &se_delivery_record, b->arena,
                                 &b->deliveries[b->delivery_count++]));
        break;
    case SE_VANTAGE:
        assert_true(b->vantage_count < 512);
        assert_true(frame_unpack(frame, &se_vantage_record, b->arena,
                                 &b->vantage[b->vantage_count++]));
        break;
    default:
        fail_msg("message of type %u", frame->type);
    }
}

static void on_closed(void *ctx, struct channel *c)
{
    struct bed *b = ctx;
    channel_destroy(c);
    b->engine = NULL;
}

static bool is_restored(void *ctx)
{
    return ((struct bed *)ctx)->restored;
}

void bed_hello(struct bed *b, const char *boot_id)
{
    int fds[2];
    channel_destroy(b->engine);
    b->restored = false;
    b->node_count = b->open_count = b->sent_count = b->kept_count = 0;
    b->durable = 0;
    assert_int_equal(frame_pair(fds), 0);
    b->engine = channel_create(&b->loop, fds[0], on_message, on_closed, b);
    store_peer(b->store, ROLE_ENGINE, fds[1]);
    struct es_hello hello = {(char *)(uintptr_t)boot_id, 1};
    assert_true(channel_send(b->engine, ES_HELLO, &es_hello_record, &hello));
    assert_true(bed_until(b, is_restored, b));
}

void bed_object(struct bed *b, uint32_t id, const char *node, const char *name, size_t sources)
{
    char names[16][24];
    char *list[16];
    for (size_t i = 0; i < sources; i++) {
        snprintf(names[i], sizeof names[i], "s%zu", i);
        list[i] = names[i];
    }
    struct es_object o = {.object = id, .vantage = "here", .node = (char *)(uintptr_t)node,
                          .name = (char *)(uintptr_t)name, .layout = LAYOUT_READINGS,
                          .step_ns = SECONDS(60), .sources = list, .sources_count = sources};
    assert_true(channel_send(b->engine, ES_OBJECT, &es_object_record, &o));
}

void bed_sample(struct bed *b, uint64_t sequence, uint32_t id, int64_t at_ns, double value,
                size_t sources)
{
    uint8_t bytes[256];
    struct writer w = writer_over(bytes, sizeof bytes);
    wr_u32(&w, id);
    wr_u64(&w, (uint64_t)at_ns);
    wr_u16(&w, (uint16_t)sources);
    for (size_t i = 0; i < sources; i++) {
        uint64_t bits;
        double v = value + (double)i;
        memcpy(&bits, &v, sizeof bits);
        wr_u64(&w, bits);
    }
    struct es_samples m = {.sequence = sequence, .rows = {bytes, wr_len(&w)}};
    assert_true(channel_send(b->engine, ES_SAMPLES, &es_samples_record, &m));
}

void bed_commit(struct bed *b, const struct es_commit *c)
{
    assert_true(channel_send(b->engine, ES_COMMIT, &es_commit_record, c));
}

void bed_keep(struct bed *b, uint64_t sequence, const char *node, const char *key, const char *value)
{
    struct kept_item item = {(char *)(uintptr_t)node, (char *)(uintptr_t)key, (char *)(uintptr_t)value};
    struct es_keep m = {.sequence = sequence, .items = &item, .items_count = 1};
    assert_true(channel_send(b->engine, ES_KEEP, &es_keep_record, &m));
}

static void on_tick(uv_timer_t *t)
{
    (void)t;
}

bool bed_until(struct bed *b, bed_condition condition, void *ctx)
{
    struct mono until = mono_after(clock_mono(), SECONDS(10));
    uv_timer_t tick;
    bool met;
    uv_timer_init(&b->loop, &tick);
    uv_timer_start(&tick, on_tick, 5, 5); /* the deadline needs the loop to wake */
    while (!(met = condition(ctx)) && mono_before(clock_mono(), until))
        uv_run(&b->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&b->loop, UV_RUN_NOWAIT);
    return met;
}

struct wanted {
    struct bed *bed;
    uint64_t sequence;
};

static bool is_durable(void *ctx)
{
    struct wanted *w = ctx;
    return w->bed->durable >= w->sequence;
}

bool bed_wait_durable(struct bed *b, uint64_t sequence)
{
    return bed_until(b, is_durable, &(struct wanted){b, sequence});
}

const struct se_trouble *bed_trouble(const struct bed *b, const char *what)
{
    for (size_t i = b->trouble_count; i > 0; i--)
        if (strcmp(b->troubles[i - 1].what, what) == 0)
            return &b->troubles[i - 1];
    return NULL;
}

struct expected {
    struct bed *bed;
    const char *what;
    bool over;
};

static bool is_as_expected(void *ctx)
{
    struct expected *e = ctx;
    const struct se_trouble *t = bed_trouble(e->bed, e->what);
    return t && t->over == e->over;
}

bool bed_wait_trouble(struct bed *b, const char *what)
{
    return bed_until(b, is_as_expected, &(struct expected){b, what, false});
}

bool bed_wait_over(struct bed *b, const char *what)
{
    return bed_until(b, is_as_expected, &(struct expected){b, what, true});
}

void bed_turn(struct bed *b)
{
    for (int i = 0; i < 20; i++)
        uv_run(&b->loop, UV_RUN_NOWAIT);
}

void bed_query_text(struct bed *b, const char *sql, char *out, size_t size)
{
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *s;
    snprintf(path, sizeof path, "%s/hayloft.db", b->folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    const unsigned char *text = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_text(s, 0) : NULL;
    snprintf(out, size, "%s", text ? (const char *)text : "");
    sqlite3_finalize(s);
    sqlite3_close(db);
}

int64_t bed_query(struct bed *b, const char *sql)
{
    char text[64];
    bed_query_text(b, sql, text, sizeof text);
    return strtoll(text, NULL, 10);
}
