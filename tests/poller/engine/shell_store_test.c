/* Store is gone for minutes, and comes back: what waits, what goes, and what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "poller/engine/shell.h"

#define COMMITS 100
#define ROWS 430000 /* of 46 bytes: more than the queue holds */
#define QUEUE_BYTES (16u << 20)

/* The shell around the link. */
void shell_step(struct shell *s, const struct input *in) {}
void shell_timer_set(struct shell *s, struct timer *t, struct mono when) {}
void shell_timer_stop(struct shell *s, struct timer *t) {}
void shell_seen_recall(struct shell_seen *n, const struct se_restored *r) {}
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
    bool greeted, in_order;
};

static void on_record(void *ctx, struct channel *c, const struct frame *f)
{
    struct fake_store *s = ctx;
    struct arena *a = arena_create(0);
    struct es_commit commit;
    struct es_samples samples;
    struct se_durable d = {0};
    if (f->type == ES_HELLO) {
        s->greeted = true;
        channel_send(c, SE_RESTORED, &se_restored_record, &(struct se_restored){.last = true});
    } else if (f->type == ES_COMMIT && frame_unpack(f, &es_commit_record, a, &commit)) {
        s->commits++;
        d.sequence = commit.sequence;
    } else if (f->type == ES_SAMPLES && frame_unpack(f, &es_samples_record, a, &samples)) {
        s->samples++;
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

static void measure_and_commit(struct shell_store *l)
{
    char *sources[] = {(char *)"a", (char *)"b", (char *)"c", (char *)"d"};
    enum value_unit units[4] = {0};
    double values[] = {1, 2, 3, 4};
    struct object o = {.node = "n", .name = "ping", .source_count = 4, .sources = sources,
                       .units = units, .values = values};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_store_is_gone_samples_go_first_and_commits_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
