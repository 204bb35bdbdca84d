/* Does what the engine answers and collectors have no part in; watches the clocks, and how long a turn of the
 * loop takes. */
#include "poller/engine/shell.h"

#include <sys/resource.h>

#include "poller/base/log.h"

#define SLOW_ROUND_NS MILLISECONDS(5)
#define SLEPT_S 2 /* of sleep, and what was under way proves nothing */

/* Rounds of the loop. Slow is one that works for too long itself, or that blocks somewhere; one that was
 * only kept waiting by other programs is no fault of ours and does not count. */
struct rounds {
    struct shell *shell;
    uv_prepare_t prepare;
    uint64_t last_ns, last_idle_ns;
    int64_t last_worked_ns;
    long last_sleeps; /* waits given away by ourselves; the loop's own is one a round */
};

void shell_perform(void *shell, const struct output *o)
{
    struct shell *s = shell;
    switch (o->kind) {
    case OUTPUT_COMMIT:
        shell_store_commit(s->store, &o->commit);
        shell_upstream_changed(s->upstream);
        break;
    case OUTPUT_SAMPLE:
        shell_store_sample(s->store, o->sample);
        break;
    case OUTPUT_KEEP:
        shell_store_keep(s->store, "", o->keep.key, o->keep.value);
        break;
    case OUTPUT_RESTAMP:
        shell_seen_restamp(s->seen, &o->restamp);
        break;
    default:
        shell_control_perform(s->control, o);
        break;
    }
}

/* What the engine thinks of the clock, for all of this process and for store. */
void shell_taken(void *shell)
{
    struct shell *s = shell;
    bool settled, set = engine_clock_is_set(s->engine);
    struct instant now = engine_now(s->engine, &settled);
    clock_reckon(set ? NULL : &now);
    shell_store_time(s->store, now, set, settled);
}

/* The monotonic clock stands still while the machine sleeps, so only the difference tells. */
static void notice_sleep(struct shell *s)
{
    int64_t slept_ns = clock_uptime_ns() - clock_mono().ns, before_ns = s->slept_ns;
    s->slept_ns = slept_ns;
    if (slept_ns - before_ns < SECONDS(SLEPT_S))
        return;
    char span[CLOCK_TEXT_MAX];
    log_info("shell", "this machine slept for %s", span_text(slept_ns - before_ns, span));
    shell_step(s, &(struct input){.kind = INPUT_RESUMED});
}

struct instant shell_begin(void *shell)
{
    notice_sleep(shell);
    return clock_system();
}

void shell_step(struct shell *s, const struct input *in)
{
    runner_step(&s->runner, in);
}

static int64_t ns_of(struct timeval t)
{
    return SECONDS((int64_t)t.tv_sec) + (int64_t)t.tv_usec * 1000;
}

static void on_round(uv_prepare_t *prepare_handle)
{
    struct rounds *r = prepare_handle->data;
    struct rusage use = {0};
    getrusage(RUSAGE_THREAD, &use);
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(r->shell->loop);
    uint64_t busy = (now - r->last_ns) - (idle - r->last_idle_ns);
    int64_t worked = ns_of(use.ru_utime) + ns_of(use.ru_stime);
    bool own = worked - r->last_worked_ns > SLOW_ROUND_NS || use.ru_nvcsw - r->last_sleeps > 1;
    if (r->last_ns && busy > (uint64_t)SLOW_ROUND_NS && own && r->shell->engine)
        r->shell->slow_rounds++;
    r->last_ns = now;
    r->last_idle_ns = idle;
    r->last_worked_ns = worked;
    r->last_sleeps = use.ru_nvcsw;
}

void shell_measure_rounds(struct shell *s)
{
    static struct rounds rounds;
    struct rounds *r = &rounds;
    *r = (struct rounds){.shell = s};
    uv_prepare_init(s->loop, &r->prepare);
    r->prepare.data = r;
    uv_prepare_start(&r->prepare, on_round);
    uv_unref((uv_handle_t *)&r->prepare);
}
