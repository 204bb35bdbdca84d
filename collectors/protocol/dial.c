#include "collectors/protocol/dial.h"

#include <errno.h>
#include <stdlib.h>

struct dial {
    const struct env *env;
    struct stream *stream;
    struct timer *timer;
    struct mono started;
    int own_error;
    dial_fn fn;
    void *arg;
};

void dial_forget(struct dial *d)
{
    if (!d)
        return;
    if (d->stream)
        packets_close(d->env->packets, d->stream);
    d->env->timer_stop(d->env->ctx, d->timer);
    free(d);
}

static void conclude(struct dial *d, struct dial_answer answer)
{
    dial_fn fn = d->fn;
    void *arg = d->arg;
    answer.took_ns = mono_since(d->env->now(d->env->ctx).mono, d->started);
    dial_forget(d);
    fn(arg, &answer);
}

static const char *reason_of(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return "refused";
    case ECONNRESET:
        return "reset";
    case ETIMEDOUT:
        return "timeout";
    case EHOSTUNREACH:
    case ENETUNREACH:
        return "unreachable";
    default:
        return "error";
    }
}

static void on_stream(void *ctx, struct stream *s, enum stream_event event, const void *data,
                      size_t len, int error)
{
    bool connected = event == STREAM_CONNECTED;
    conclude(ctx, (struct dial_answer){connected, 0, connected ? "" : reason_of(error), 0});
}

static void on_time(void *arg)
{
    struct dial *d = arg;
    d->timer = NULL;
    conclude(d, (struct dial_answer){false, 0, d->own_error ? "own fault" : "timeout", d->own_error});
}

struct dial *dial_start(const struct env *env, const struct addr *to, uint16_t port,
                        int64_t timeout_ns, dial_fn fn, void *arg)
{
    struct dial *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    *d = (struct dial){.env = env, .started = env->now(env->ctx).mono, .fn = fn, .arg = arg};
    d->stream = packets_connect(env->packets, to, port, on_stream, d);
    if (!d->stream)
        d->own_error = errno;
    d->timer = env->timer_start(env->ctx, mono_after(d->started, d->stream ? timeout_ns : 0), on_time, d);
    return d;
}
