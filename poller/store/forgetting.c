#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/store/retention.h"
#include "poller/store/store_internal.h"

/* Once an hour, and again at once while there is more. By then the engine has long told people that the
 * last start found a damaged database, so that trouble ends here too. */

#define FIRST_MS (2 * 60 * 1000) /* a start has better things to do */
#define PERIOD_MS (60 * 60 * 1000)
#define MORE_MS 1000
#define LEAP_NS MINUTES(24 * 60) /* of the clock between two looks: not believed at once */

struct forgetting {
    struct store *store;
    uv_timer_t timer;
    bool running, more;
    unsigned runs;
    struct wall older_than;
    struct instant looked;
};

static void run(void *arg)
{
    struct forgetting *f = arg;
    if (!retention_run(f->store->database, f->older_than, &f->more))
        f->more = false;
}

static void on_timer(uv_timer_t *timer);

static void done(void *arg)
{
    struct forgetting *f = arg;
    f->running = false;
    if (f->runs++ && !f->more)
        trouble_over(f->store->troubles, "start");
    uv_timer_start(&f->timer, on_timer, f->more ? MORE_MS : PERIOD_MS, 0);
}

/* By a clock that is wrong, or leapt just now, everything may seem old; and what is forgotten is gone. */
static bool clock_is_steady(struct forgetting *f)
{
    struct instant now = clock_now(), before = f->looked;
    f->looked = now;
    return clock_is_set() && before.mono.ns && now.wall.ns - wall_at(before, now.mono).ns < LEAP_NS;
}

static void on_timer(uv_timer_t *timer)
{
    struct forgetting *f = timer->data;
    int64_t keep_ns = f->store->settings.events_keep_ns;
    if (!clock_is_steady(f) || keep_ns <= 0 || f->store->stopping) {
        uv_timer_start(&f->timer, on_timer, PERIOD_MS, 0);
        return;
    }
    f->older_than = wall_after(clock_wall(), -keep_ns);
    f->running = true;
    lane_add(f->store->database_lane, run, done, f);
}

struct forgetting *forgetting_create(struct store *s)
{
    struct forgetting *f = calloc(1, sizeof *f);
    if (!f)
        fatalx("no memory for the retention");
    f->store = s;
    f->looked = clock_now();
    uv_timer_init(s->loop, &f->timer);
    f->timer.data = f;
    uv_timer_start(&f->timer, on_timer, FIRST_MS, 0);
    return f;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void forgetting_destroy(struct forgetting *f)
{
    while (f->running)
        uv_run(f->store->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&f->timer, on_closed);
}
