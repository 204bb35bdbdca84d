/* How a device is wired, read after its profiles' scalars: one table after the other, some only when the
 * better one was empty; what it does not have is not asked again until it says it is another device. */
#include <stdlib.h>

#include "collectors/snmp/device_internal.h"

#define REQUEST_MAX 4096

void device_wiring_stop(struct device *d)
{
    struct device_wiring *w = &d->wiring;
    free(w->walk);
    w->walk = NULL;
    wiring_draft_destroy(w->draft);
    w->draft = NULL;
}

static void forget(struct device_wiring *w)
{
    arena_destroy(w->arena);
    w->arena = NULL;
    w->known = NULL;
    w->fresh = false;
}

void device_wiring_fini(struct device *d)
{
    device_wiring_stop(d);
    forget(&d->wiring);
}

void device_wiring_anew(struct device *d)
{
    d->wiring.absent = 0;
}

bool device_wiring_begin(struct device *d)
{
    device_wiring_stop(d);
    d->wiring.table = 0;
    d->wiring.draft = wiring_draft_create();
    return d->wiring.draft != NULL;
}

static bool is_asked(const struct device *d, enum wiring_table t)
{
    return !(d->wiring.absent & 1u << t) && wiring_wanted(d->wiring.draft, t, d->texts[SYS_OBJECT_ID]);
}

static bool begin_walk(struct device *d)
{
    struct device_wiring *w = &d->wiring;
    struct snmp_oid_view roots[GRID_COLUMNS_MAX];
    unsigned count = wiring_columns((enum wiring_table)w->table, roots);
    w->walk = malloc(sizeof *w->walk);
    if (!w->walk)
        return false;
    snmp_walk_start(w->walk, roots, count, &d->agent);
    w->walk->rows_max = WIRING_ROWS_MAX;
    return true;
}

static void end_walk(struct device *d)
{
    struct device_wiring *w = &d->wiring;
    if (w->walk->end == SNMP_WALK_DONE && !w->draft->grids[w->table].count)
        w->absent |= 1u << w->table;
    free(w->walk);
    w->walk = NULL;
    w->table++;
}

/* All tables are in: what they say stands until the next reading. */
static bool settle(struct device *d)
{
    struct device_wiring *w = &d->wiring;
    struct arena *arena = arena_create(0);
    const struct wiring *built =
        arena ? wiring_build(w->draft, d->table, d->env->now(d->env->ctx).wall, arena) : NULL;
    device_wiring_stop(d);
    if (!built) {
        arena_destroy(arena);
        return false;
    }
    forget(w);
    w->arena = arena;
    w->known = built;
    w->fresh = true;
    return true;
}

bool device_wiring_ask(struct device *d, bool *asked)
{
    struct device_wiring *w = &d->wiring;
    uint8_t buffer[REQUEST_MAX];
    struct snmp_written out;
    *asked = false;
    for (; w->table < WIRING_TABLES; w->table++) {
        while (w->walk || is_asked(d, (enum wiring_table)w->table)) {
            if (!w->walk && !begin_walk(d))
                return false;
            *asked = snmp_walk_ask(w->walk, &d->agent, buffer, sizeof buffer, &out);
            if (*asked)
                return device_send_alone(d, JOB_WIRING, true, &out);
            end_walk(d);
            if (w->table == WIRING_TABLES)
                return settle(d);
        }
    }
    return settle(d);
}

static void take_cell(void *ctx, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    struct device *d = ctx;
    struct device_wiring *w = &d->wiring;
    if (!grid_put(&w->draft->grids[w->table], column, index, v))
        d->figures.incomplete = true;
}

bool device_wiring_take(struct device *d, const struct snmp_pdu *pdu)
{
    return d->wiring.walk && snmp_walk_take(d->wiring.walk, &d->agent, pdu, take_cell, d);
}
