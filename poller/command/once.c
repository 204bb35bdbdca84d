#include "poller/command/once.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "poller/base/child.h"
#include "poller/base/frame.h"
#include "poller/base/packets_kernel.h"
#include "poller/base/places.h"
#include "poller/message/wire_link.h"

struct timer {
    uv_timer_t uv;
    timer_fn fn;
    void *arg;
};

struct memory {
    char *node, *key, *value;
    struct memory *next;
};

struct once {
    uv_loop_t loop;
    struct packets_kernel *kernel;
    struct wire_link *wire;
    pid_t wire_pid; /* 0: none was started */
    struct env env;
    struct memory *memories;
    once_report_fn report;
    void *ctx;
    uv_timer_t limit;
};

static struct instant now(void *ctx)
{
    (void)ctx;
    return clock_now();
}

static void free_timer(uv_handle_t *h)
{
    free(h->data);
}

static void on_timer(uv_timer_t *uv)
{
    struct timer *t = uv->data;
    timer_fn fn = t->fn;
    void *arg = t->arg;
    uv_close((uv_handle_t *)uv, free_timer);
    fn(arg);
}

static struct timer *timer_start(void *ctx, struct mono when, timer_fn fn, void *arg)
{
    struct once *o = ctx;
    struct timer *t = calloc(1, sizeof *t);
    int64_t wait_ns = mono_since(when, clock_mono());
    if (!t || uv_timer_init(&o->loop, &t->uv) != 0) {
        free(t);
        return NULL;
    }
    t->fn = fn;
    t->arg = arg;
    t->uv.data = t;
    uv_update_time(&o->loop);
    uv_timer_start(&t->uv, on_timer, wait_ns > 0 ? (uint64_t)(wait_ns / NS_PER_MS) + 1 : 0, 0);
    return t;
}

static void timer_stop(void *ctx, struct timer *t)
{
    (void)ctx;
    if (t)
        uv_close((uv_handle_t *)&t->uv, free_timer);
}

static void report(void *ctx, const struct report *r)
{
    struct once *o = ctx;
    o->report(o->ctx, r);
}

static void hint(void *ctx, const struct hint *h)
{
    (void)ctx;
    (void)h;
}

static void fetch(void *ctx, const struct fetch_request *r, fetch_fn fn, void *arg)
{
    (void)ctx;
    (void)r;
    fn(arg, &(struct fetch_answer){.own_fault = true, .error = "no courier here"});
}

static void consult(void *ctx, const struct consult_request *r, consult_fn fn, void *arg)
{
    (void)ctx;
    (void)r;
    fn(arg, &(struct consult_answer){.own_fault = true, .reason = "courier", .detail = "no courier here"});
}

static void ask_ups(void *ctx, const struct ups_request *r, ups_fn fn, void *arg)
{
    (void)ctx;
    (void)r;
    fn(arg, &(struct ups_answer){.own_fault = true, .error = "courier", .error_detail = "no courier here"});
}

static void resolve(void *ctx, const char *name, resolved_fn fn, void *arg)
{
    (void)ctx;
    (void)name;
    fn(arg, NULL, 0, "no resolver here");
}

static struct memory *find(struct once *o, const char *node, const char *key)
{
    for (struct memory *m = o->memories; m; m = m->next)
        if (strcmp(m->node, node) == 0 && strcmp(m->key, key) == 0)
            return m;
    return NULL;
}

static const char *recall(void *ctx, const char *node, const char *key)
{
    struct memory *m = find(ctx, node, key);
    return m ? m->value : NULL;
}

static void memory_free(struct memory *m)
{
    free(m->node);
    free(m->key);
    free(m->value);
    free(m);
}

static void remember(void *ctx, const char *node, const char *key, const char *value)
{
    struct once *o = ctx;
    struct memory *m = find(o, node, key);
    if (m) {
        char *copy = strdup(value);
        if (copy) {
            free(m->value);
            m->value = copy;
        }
        return;
    }
    m = calloc(1, sizeof *m);
    if (!m)
        return;
    *m = (struct memory){strdup(node), strdup(key), strdup(value), o->memories};
    if (!m->node || !m->key || !m->value)
        memory_free(m);
    else
        o->memories = m;
}

struct work {
    uv_work_t uv;
    work_fn run, done;
    void *arg;
};

static void run_work(uv_work_t *uv)
{
    struct work *w = uv->data;
    w->run(w->arg);
}

static void work_done(uv_work_t *uv, int status)
{
    struct work w = *(struct work *)uv->data;
    (void)status;
    free(uv->data);
    w.done(w.arg);
}

static void work(void *ctx, work_fn run, work_fn done, void *arg)
{
    struct once *o = ctx;
    struct work *w = calloc(1, sizeof *w);
    if (w) {
        *w = (struct work){.run = run, .done = done, .arg = arg};
        w->uv.data = w;
    }
    if (w && uv_queue_work(&o->loop, &w->uv, run_work, work_done) == 0)
        return;
    free(w);
    run(arg);
    done(arg);
}

/* With what rights this user has; what it cannot do with them it says itself. */
static pid_t start_serving(const char *program, int fd)
{
    char *argv[] = {"hayloft-wire", "--serve-fd", "3", NULL}; /* CHILD_CHANNEL_FD */
    struct child_setting s = {.program = program, .argv = argv, .channel = fd, .kept = -1, .raw_network = true};
    return child_start(&s);
}

/* Asked for when the first way is opened, and again while nobody serves it. */
static void start_wire(void *ctx)
{
    struct once *o = ctx;
    char program[PLACES_PATH_MAX];
    int pair[2];
    if (o->wire_pid > 0 && waitpid(o->wire_pid, NULL, WNOHANG) == 0)
        return;
    o->wire_pid = 0;
    if (!places_program("hayloft-wire", program) || access(program, X_OK) != 0 || frame_pair(pair) != 0)
        return;
    o->wire_pid = start_serving(program, pair[1]);
    close(pair[1]);
    if (o->wire_pid > 0)
        wire_link_connect(o->wire, pair[0]);
    else
        close(pair[0]);
}

/* It ends because its other side is gone. */
static void await_wire(const struct once *o)
{
    while (o->wire_pid > 0 && waitpid(o->wire_pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

struct once *once_create(const struct profile_set *profiles, once_report_fn fn, void *ctx)
{
    struct once *o = calloc(1, sizeof *o);
    if (!o || uv_loop_init(&o->loop) != 0) {
        free(o);
        return NULL;
    }
    o->report = fn;
    o->ctx = ctx;
    uv_timer_init(&o->loop, &o->limit);
    o->kernel = packets_kernel_create(&o->loop);
    o->wire = wire_link_create(&o->loop, start_wire, o);
    if (!o->kernel || !o->wire) {
        once_destroy(o);
        return NULL;
    }
    o->env = (struct env){.ctx = o,
                          .now = now,
                          .packets = packets_kernel_door(o->kernel),
                          .timer_start = timer_start,
                          .timer_stop = timer_stop,
                          .report = report,
                          .hint = hint,
                          .fetch = fetch,
                          .consult = consult,
                          .ask_ups = ask_ups,
                          .resolve = resolve,
                          .recall = recall,
                          .remember = remember,
                          .profiles = profiles,
                          .ether = wire_link_door(o->wire),
                          .wifi = wire_link_wifi(o->wire),
                          .work = work};
    return o;
}

const struct env *once_env(struct once *o)
{
    return &o->env;
}

void once_destroy(struct once *o)
{
    if (!o)
        return;
    packets_kernel_destroy(o->kernel);
    wire_link_destroy(o->wire);
    uv_close((uv_handle_t *)&o->limit, NULL);
    uv_run(&o->loop, UV_RUN_DEFAULT);
    uv_loop_close(&o->loop);
    await_wire(o);
    while (o->memories) {
        struct memory *m = o->memories;
        o->memories = m->next;
        memory_free(m);
    }
    free(o);
}

static void on_limit(uv_timer_t *t)
{
    *(bool *)t->data = true;
}

bool once_wait(struct once *o, const bool *done, int64_t most_ns)
{
    bool over = false;
    o->limit.data = &over;
    uv_update_time(&o->loop);
    uv_timer_start(&o->limit, on_limit, (uint64_t)(most_ns / NS_PER_MS) + 1, 0);
    while (!*done && !over)
        uv_run(&o->loop, UV_RUN_ONCE);
    uv_timer_stop(&o->limit);
    return *done;
}
