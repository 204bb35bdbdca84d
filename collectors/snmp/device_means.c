/* What all devices of a collector share: what one leaves for the next, and a watch over the deadlines of all. */
#include <stdlib.h>

#include "collectors/snmp/device.h"
#include "poller/base/arena.h"

static void stop_watch(struct device_means *m)
{
    if (m->watch)
        m->env->timer_stop(m->env->ctx, m->watch);
    device_means_watched(m);
}

void device_means_watched(struct device_means *m)
{
    m->watch = NULL;
    m->watch_at = MONO_NEVER;
}

void device_means_watch(struct device_means *m, struct mono deadline)
{
    if (deadline.ns == MONO_NEVER.ns || (m->watch && !mono_before(deadline, m->watch_at)))
        return;
    stop_watch(m);
    m->watch = m->env->timer_start(m->env->ctx, deadline, m->on_watch, m->watcher);
    m->watch_at = deadline;
}

void device_means_fini(struct device_means *m)
{
    stop_watch(m);
    for (struct job *j = m->spare_jobs, *next; j; j = next) {
        next = j->next;
        free(j);
    }
    m->spare_jobs = NULL;
    rates_free_all(&m->spare_rates);
    arena_destroy(m->paper);
    part_sheet_forget(&m->sheet);
}
