/* How a device is wired, in a round of its own: one table after the other and one question at a time, however
 * long that takes, while counters are read in theirs. Some are asked only when the better one was empty. A list
 * with a table that is not answered is left out, for some agents stumble over a single one; after two in a row
 * the agent is taken to be gone. One that takes only one question at a time is left to the regular round
 * while that runs. */
#include <stdlib.h>

#include "collectors/snmp/device_internal.h"

#define REQUEST_MAX 4096
#define LOST_MAX 2 /* tables in a row without an answer */

/* Nothing of it is under way any more. */
static void take_away(struct device *d, struct device_wiring *w)
{
    snmp_client_cancel(d->client, &w->job.request);
    if (w->resume)
        d->env->timer_stop(d->env->ctx, w->resume);
    free(w->walk);
    wiring_draft_destroy(w->draft);
    d->wiring = NULL;
}

void device_wiring_fini(struct device *d)
{
    struct device_wiring *w = d->wiring;
    if (w)
        take_away(d, w);
    free(w);
}

/* While it is told the next one may begin, and the device may be gone afterwards. */
static void end(struct device *d, enum outcome outcome, const char *reason, const char *detail)
{
    struct device_wiring *w = d->wiring;
    take_away(d, w);
    load_wiring_over(&d->load, device_rounds_between_tables(d));
    device_report(d, &w->round, outcome, reason, detail);
    free(w);
}

void device_wiring_cancel(struct device *d)
{
    end(d, OUTCOME_CANCELLED, "", NULL);
}

void device_wiring_expire(struct device *d)
{
    end(d, d->wiring->round.answered ? OUTCOME_WRONG : OUTCOME_SILENT, "timeout", "not done within its time");
}

/* Without a question. */
static void tell_only(struct device *d, uint32_t round, enum round_kind kind, enum outcome outcome,
                      const char *reason, const char *detail)
{
    struct device_wiring none = {0};
    device_begin_round(d, &none.round, round, kind, MONO_NEVER);
    device_report(d, &none.round, outcome, reason, detail);
}

void device_wiring_refuse(struct device *d, uint32_t round, enum round_kind kind, const char *reason,
                          const char *detail)
{
    if (d->wiring)
        device_wiring_cancel(d);
    tell_only(d, round, kind, OUTCOME_WRONG, reason, detail);
}

/* What people configure stays empty for long; what a device learns fills by itself. */
static bool stays_empty(enum wiring_table t)
{
    enum wiring_list list = wiring_list_of(t);
    return list == WIRING_LIST_VLANS || list == WIRING_LIST_POE || list == WIRING_LIST_STP;
}

static bool is_asked(const struct device *d, enum wiring_table t)
{
    const struct wiring_draft *draft = d->wiring->draft;
    return !(d->tables_absent & 1u << t) && !(draft->unread & 1u << wiring_list_of(t)) &&
           wiring_wanted(draft, t, d->texts[SYS_OBJECT_ID]);
}

static bool begin_walk(struct device *d)
{
    struct device_wiring *w = d->wiring;
    struct snmp_oid_view roots[GRID_COLUMNS_MAX];
    enum wiring_table t = (enum wiring_table)w->table;
    unsigned count = wiring_columns(t, roots);
    w->walk = malloc(sizeof *w->walk);
    if (!w->walk)
        return false;
    snmp_walk_start(w->walk, roots, count, &d->agent);
    w->walk->rows_max = (unsigned)wiring_rows_max(t);
    return true;
}

static void leave_table(struct device_wiring *w)
{
    free(w->walk);
    w->walk = NULL;
    w->table++;
}

static void end_walk(struct device *d)
{
    struct device_wiring *w = d->wiring;
    enum wiring_table t = (enum wiring_table)w->table;
    const struct grid *g = &w->draft->grids[t];
    if (w->walk->end == SNMP_WALK_DONE && !g->count && stays_empty(t))
        d->tables_absent |= 1u << t;
    if (w->walk->end != SNMP_WALK_DONE || g->left_out)
        w->draft->cut |= 1u << wiring_list_of(t);
    leave_table(w);
}

/* All that could be read is in. */
static void settle(struct device *d)
{
    struct device_wiring *w = d->wiring;
    struct arena *arena = arena_create(0);
    bool whole = !w->draft->unread;
    w->told = arena ? wiring_build(w->draft, d->table, d->env->now(d->env->ctx).mono, arena) : NULL;
    if (!w->told)
        end(d, OUTCOME_OWN_FAULT, "memory", NULL);
    else
        end(d, OUTCOME_ANSWERED, whole ? "" : "partial", whole ? NULL : "some tables were not answered");
    arena_destroy(arena);
}

/* The next question; *over: there is none left. False: no memory, or it could not be sent. */
static bool ask(struct device *d, bool *over)
{
    struct device_wiring *w = d->wiring;
    uint8_t buffer[REQUEST_MAX];
    struct snmp_written out;
    *over = false;
    while (w->table < WIRING_TABLES) {
        if (!w->walk && !is_asked(d, (enum wiring_table)w->table)) {
            w->table++;
            continue;
        }
        if (!w->walk && !begin_walk(d))
            return false;
        if (snmp_walk_ask(w->walk, &d->agent, buffer, sizeof buffer, &out))
            return device_send(d, &w->job, true, &out);
        end_walk(d);
    }
    *over = true;
    return true;
}

/* Before any port is known their names are: the round that reads them goes first. */
static bool must_wait(const struct device *d)
{
    return d->regular.running && (!d->table || d->agent.window < 2);
}

void device_wiring_advance(struct device *d)
{
    bool over;
    if (!d->wiring || d->wiring->job.request.id || must_wait(d))
        return;
    if (!ask(d, &over))
        end(d, OUTCOME_OWN_FAULT, "memory", NULL);
    else if (over)
        settle(d);
}

static void on_resume(void *arg)
{
    struct device *d = arg;
    struct snmp_client *client = d->client; /* the report may end the device */
    d->wiring->resume = NULL;
    device_wiring_advance(d);
    snmp_client_flush(client);
}

/* Not at once: the caller has a report of its own to make. */
void device_wiring_resume(struct device *d)
{
    struct device_wiring *w = d->wiring;
    if (w && !w->job.request.id && !w->resume)
        w->resume = d->env->timer_start(d->env->ctx, d->env->now(d->env->ctx).mono, on_resume, d);
}

void device_wiring_start(struct device *d, uint32_t round, enum round_kind kind, struct mono deadline)
{
    if (d->wiring)
        device_wiring_cancel(d);
    struct device_wiring *w = calloc(1, sizeof *w);
    if (!w || !(w->draft = wiring_draft_create())) {
        free(w);
        tell_only(d, round, kind, OUTCOME_OWN_FAULT, "memory", NULL);
        return;
    }
    if (kind == ROUND_ALL_TABLES)
        d->tables_absent = 0;
    device_job_init(&w->job, d);
    w->job.kind = JOB_TABLES;
    device_begin_round(d, &w->round, round, kind, deadline);
    d->wiring = w;
    device_wiring_advance(d);
}

static void take_cell(void *ctx, unsigned column, struct snmp_oid_view index, const struct snmp_value *v)
{
    struct device_wiring *w = ctx;
    if (!grid_put(&w->draft->grids[w->table], column, index, v))
        w->draft->cut |= 1u << wiring_list_of((enum wiring_table)w->table);
}

bool device_wiring_take(struct device *d, const struct snmp_pdu *pdu)
{
    struct device_wiring *w = d->wiring;
    bool taken = w->walk && snmp_walk_take(w->walk, &d->agent, pdu, take_cell, w);
    if (taken)
        w->lost_in_row = 0;
    return taken;
}

/* What is told by numbers of the bridge's ports is worth nothing without their table. */
static uint32_t lists_lost_with(enum wiring_table t)
{
    uint32_t own = 1u << wiring_list_of(t);
    return t <= WIRING_BASE_PORTS ? own | 1u << WIRING_LIST_VLANS | 1u << WIRING_LIST_FDB : own;
}

void device_wiring_lost(struct device *d, enum snmp_loss loss, enum outcome outcome, const char *reason,
                        const char *detail)
{
    struct device_wiring *w = d->wiring;
    if (loss != SNMP_LOSS_SILENT || !w->round.answered || ++w->lost_in_row >= LOST_MAX) {
        end(d, outcome, reason, detail);
        return;
    }
    w->draft->unread |= lists_lost_with((enum wiring_table)w->table);
    leave_table(w);
    device_wiring_advance(d);
}
