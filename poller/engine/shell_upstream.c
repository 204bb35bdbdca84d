/* Where there is an upstream: store is told how it is here, as often as the house is, and soon after each decision. */
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"
#include "poller/engine/view.h"

#define SOON_MS 200 /* after a decision: it goes to the house within half a second */

struct shell_upstream {
    struct shell *shell;
    struct timer timer;
};

static int64_t every_ns(const struct shell_upstream *u)
{
    const struct config *c = u->shell->running ? &u->shell->running->config : NULL;
    return c && c->upstream.url ? c->upstream.every_ns : 0;
}

static void tell(void *arg)
{
    struct shell_upstream *u = arg;
    struct vantage_view view;
    struct arena *arena = arena_create(0);
    if (!arena || !every_ns(u)) {
        arena_destroy(arena);
        return;
    }
    view_for_upstream(u->shell->engine, arena, &view);
    shell_store_view(u->shell->store, &view);
    arena_destroy(arena);
    shell_timer_set(u->shell, &u->timer, mono_after(clock_mono(), every_ns(u)));
}

struct shell_upstream *shell_upstream_create(struct shell *s)
{
    struct shell_upstream *u = calloc(1, sizeof *u);
    if (!u)
        fatal("no memory for the upstream");
    u->shell = s;
    u->timer = (struct timer){.ring = tell, .arg = u};
    return u;
}

void shell_upstream_changed(struct shell_upstream *u)
{
    if (every_ns(u))
        shell_timer_set(u->shell, &u->timer, mono_after(clock_mono(), MILLISECONDS(SOON_MS)));
}

void shell_upstream_destroy(struct shell_upstream *u)
{
    free(u);
}
