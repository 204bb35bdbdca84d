/* Store is gone for minutes, and comes back: what waits, what goes, and what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"
#include "poller/engine/shell.h"

#define COMMITS 100
#define ROWS 430000 /* of 46 bytes: more than the queue holds */
#define QUEUE_BYTES (16u << 20)

/* The shell around the link. */
void shell_step(struct shell *s, const struct input *in) {}
void shell_timer_set(struct shell *s, struct timer *t, struct mono when) {}
void shell_timer_stop(struct shell *s, struct timer *t) {}
void shell_seen_recall(struct shell_seen *n, const struct se_restored *r) {}
void shell_upstream_changed(struct shell_upstream *u) {}
const char *shell_kept_find(const struct shell_kept *k, const char *node, const char *key)
{
    return NULL;
}
bool shell_kept_put(struct shell_kept *k, const char *node, const char *key, const char *value)
{
    return true;
}

struct fake_store {
    struct channel *channel;
    unsigned commits, samples;
    uint64_t last;
    int64_t first_stamp_ns;
    bool greeted, in_order, clock_set;
};

static int64_t stamp_of(const struct es_samples *s)
{
    struct reader r = reader_over(s->rows.data, s->rows.len);
    uint32_t object;
    uint64_t stamp = 0;
    assert_true(rd_u32(&r, &object) && rd_u64(&r, &stamp));
    return (int64_t)stamp;
}

static void on_record(void *ctx, struct channel *c, const struct frame *f)
{
    struct fake_store *s = ctx;
    struct arena *a = arena_create(0);
    struct es_commit commit;
    struct es_samples samples;
    struct es_clock clock;
    struct se_durable d = {0};
    if (f->type == ES_CLOCK && frame_unpack(f, &es_clock_record, a, &clock))
        s->clock_set = clock.set;
    if (f->type == ES_HELLO) {
        s->greeted = true;
        channel_send(c, SE_RESTORED, &se_restored_record, &(struct se_restored){.last = true});
    } else if (f->type == ES_COMMIT && frame_unpack(f, &es_commit_record, a, &commit)) {
        s->commits++;
        d.sequence = commit.sequence;
    } else if (f->type == ES_SAMPLES && frame_unpack(f, &es_samples_record, a, &samples)) {
        s->first_stamp_ns = s->samples++ ? s->first_stamp_ns : stamp_of(&samples);
        d.sequence = samples.sequence;
    }
    if (d.sequence) {
        s->in_order = s->in_order && d.sequence > s->last;
        s->last = d.sequence;
        channel_send(c, SE_DURABLE, &se_durable_record, &d);
    }
    arena_destroy(a);
}

static void on_gone(void *ctx, struct channel *c) {}

static void connect_store(struct shell *s, struct shell_store *l, struct fake_store *f)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    *f = (struct fake_store){.in_order = true};
    f->channel = channel_create(s->loop, ends[1], on_record, on_gone, f);
    assert_non_null(f->channel);
    shell_store_connect(l, ends[0]);
}

static struct ew_status status_of(const struct shell_store *l)
{
    struct ew_status st = {0};
    shell_store_describe(l, &st);
    return st;
}

static void know_the_time(struct shell_store *l)
{
    shell_store_time(l, clock_system(), true, true);
}

static void measure_and_commit(struct shell_store *l)
{
    char *sources[] = {(char *)"a", (char *)"b", (char *)"c", (char *)"d"};
    enum value_unit units[4] = {0};
    double values[] = {1, 2, 3, 4};
    struct object o = {.node = "n", .name = "ping", .source_count = 4, .sources = sources,
                       .units = units, .values = values, .at = clock_mono()};
    for (unsigned i = 0; i < ROWS; i++) {
        shell_store_sample(l, &o);
        if (i % (ROWS / COMMITS) == 0)
            shell_store_commit(l, &(struct es_commit){0});
    }
    shell_store_flush(l);
}

static void while_store_is_gone_samples_go_first_and_commits_never(void **state)
{
    struct shell s = {.loop = uv_default_loop()};
    struct shell_store *l = shell_store_create(&s);
    struct fake_store f;
    know_the_time(l);
    measure_and_commit(l);
    struct ew_status full = status_of(l);
    assert_true(full.queue_bytes <= QUEUE_BYTES);
    assert_true(full.queue_dropped > 0);
    connect_store(&s, l, &f);
    for (unsigned i = 0; i < 100000 && (!f.greeted || status_of(l).queue_bytes); i++)
        uv_run(s.loop, UV_RUN_ONCE);
    assert_int_equal(status_of(l).queue_bytes, 0);
    assert_int_equal(f.commits, COMMITS);
    assert_true(f.samples > 0);
    assert_true(f.in_order);
    assert_int_equal(f.samples + f.commits + full.queue_dropped, f.last);
    channel_destroy(f.channel);
    shell_store_destroy(l);
    uv_run(s.loop, UV_RUN_NOWAIT);
}

static bool has_samples(const struct fake_store *f, unsigned count)
{
    return f->greeted && f->samples >= count;
}

static void while_the_time_is_not_known_samples_wait_and_the_rest_goes(void **state)
{
    struct shell s = {.loop = uv_default_loop()};
    struct shell_store *l = shell_store_create(&s);
    struct fake_store f;
    char *sources[] = {(char *)"a"};
    enum value_unit units[1] = {0};
    double values[] = {1};
    struct instant guess = {{SECONDS(100)}, {SECONDS(1800000000)}}, truth = {{SECONDS(160)}, {SECONDS(1900000000)}};
    struct object o = {.node = "n", .name = "ping", .source_count = 1, .sources = sources,
                       .units = units, .values = values, .at = {SECONDS(90)}};
    shell_store_time(l, guess, false, false);
    connect_store(&s, l, &f);
    shell_store_sample(l, &o);
    shell_store_commit(l, &(struct es_commit){0});
    for (unsigned i = 0; i < 1000 && !f.commits; i++)
        uv_run(s.loop, UV_RUN_ONCE);
    assert_int_equal(f.commits, 1);
    assert_int_equal(f.samples, 0);
    assert_false(f.clock_set);
    assert_true(status_of(l).queue_bytes > 0);
    shell_store_time(l, truth, true, true);
    for (unsigned i = 0; i < 1000 && !(has_samples(&f, 1) && f.clock_set); i++)
        uv_run(s.loop, UV_RUN_ONCE);
    assert_true(f.clock_set);
    assert_int_equal(f.first_stamp_ns, SECONDS(1900000000 - 70));
    channel_destroy(f.channel);
    shell_store_destroy(l);
    uv_run(s.loop, UV_RUN_NOWAIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_store_is_gone_samples_go_first_and_commits_never),
        cmocka_unit_test(while_the_time_is_not_known_samples_wait_and_the_rest_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
