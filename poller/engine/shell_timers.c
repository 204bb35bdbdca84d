/* One timer of the loop for the whole process: it stands at the wheel's next occupied slot. */
#include <stdlib.h>

#include "poller/engine/shell.h"

static void turn(uv_timer_t *timer)
{
    struct shell *s = timer->data;
    runner_turn(&s->runner);
}

void shell_arm(void *shell, struct mono due)
{
    struct shell *s = shell;
    if (uv_is_closing((uv_handle_t *)&s->timer))
        return;
    if (due.ns == MONO_NEVER.ns) {
        uv_timer_stop(&s->timer);
        return;
    }
    uv_update_time(s->loop);
    int64_t wait_ns = mono_since(due, clock_mono());
    /* the loop counts whole milliseconds from a floored start: one more is never early */
    uint64_t wait_ms = wait_ns > 0 ? (uint64_t)((wait_ns + NS_PER_MS - 1) / NS_PER_MS) + 1 : 0;
    uv_timer_start(&s->timer, turn, wait_ms, 0);
}

void shell_timers_start(struct shell *s)
{
    uv_timer_init(s->loop, &s->timer);
    s->timer.data = s;
}

void shell_timer_set(struct shell *s, struct timer *t, struct mono when)
{
    runner_timer_set(&s->runner, t, when);
}

void shell_timer_stop(struct shell *s, struct timer *t)
{
    runner_timer_stop(&s->runner, t); /* the loop's timer may ring once for nothing */
}

void shell_timers_stop(struct shell *s)
{
    uv_close((uv_handle_t *)&s->timer, NULL);
}
