/* Hands inputs to the step function and does what it answers; watches how long a turn of the loop takes. */
#include "poller/engine/shell.h"

#include "poller/base/log.h"

#define SLOW_ROUND_NS MILLISECONDS(5)

struct rounds { /* of the loop, measured without the time it waits */
    struct shell *shell;
    uv_prepare_t prepare;
    uint64_t last_ns, last_idle_ns;
};

static void perform(struct shell *s, const struct output *o)
{
    switch (o->kind) {
    case OUTPUT_ADOPT: case OUTPUT_DROP: case OUTPUT_START: case OUTPUT_CANCEL:
        shell_checks_perform(s->checks, o);
        break;
    case OUTPUT_COMMIT:
        shell_store_commit(s->store, &o->commit);
        break;
    case OUTPUT_SAMPLE:
        shell_store_sample(s->store, o->sample);
        break;
    default:
        shell_control_perform(s->control, o);
        break;
    }
}

/* Samples first: their objects live until the next step only. */
static void perform_all(struct shell *s, const struct outputs *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].kind == OUTPUT_SAMPLE)
            perform(s, &out->items[i]);
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].kind != OUTPUT_SAMPLE)
            perform(s, &out->items[i]);
}

void shell_step(struct shell *s, const struct input *in)
{
    if (s->depth == STEP_DEPTH_MAX) {
        log_warnx("shell", "steps nest too deep: one is left out");
        return;
    }
    struct outputs *out = &s->outputs[s->depth++];
    engine_take(s->engine, clock_now(), in, out);
    perform_all(s, out);
    outputs_clear(out);
    s->depth--;
    if (s->depth)
        return;
    if (!s->turning)
        shell_checks_flush(s->checks);
    shell_timer_set(s, &s->engine_timer, engine_due(s->engine));
    shell_arm(s);
}

void shell_engine_due(void *arg)
{
    shell_step(arg, &(struct input){.kind = INPUT_TICK});
}

static void on_round(uv_prepare_t *prepare_handle)
{
    struct rounds *r = prepare_handle->data;
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(r->shell->loop);
    uint64_t busy = (now - r->last_ns) - (idle - r->last_idle_ns);
    if (r->last_ns && busy > (uint64_t)SLOW_ROUND_NS && r->shell->engine)
        r->shell->slow_rounds++;
    r->last_ns = now;
    r->last_idle_ns = idle;
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
