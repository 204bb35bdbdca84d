#include "poller/engine/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/draft.h"
#include "poller/engine/incidents.h"
#include "poller/engine/troubles.h"

#define LOOK_AGAIN_S 1       /* while in doubt: when the clock is set it should show at once */
#define TROUBLE      "clock" /* the own fault; its words are in etc/texts */
#define KEPT_KEY     "clock" /* while in doubt: boot of the machine, from, ahead */

static void on_look(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    if (e->time.doubt != CLOCK_BELIEVED)
        alarm_set(&e->alarms, a, mono_after(e->now.mono, SECONDS(LOOK_AGAIN_S)));
}

void calendar_start(struct engine *e, struct instant system)
{
    timekeeper_start(&e->time, e->setup.built, system, e->setup.machine_age_ns);
    e->now = e->time.now;
    e->clock_look.ring = on_look;
}

bool calendar_is_known(const struct engine *e)
{
    return e->time_learned && !e->time.resuming && e->time.doubt == CLOCK_BELIEVED;
}

/* --- what was stamped --- */

static bool shift(const struct timekeeper_news *n, struct wall *at)
{
    if (at->ns == 0 || at->ns < n->from.ns || at->ns > n->until.ns)
        return false;
    at->ns += n->shift_ns;
    return true;
}

static void shift_incident(struct engine *e, const struct timekeeper_news *n,
                           struct incident_record *r)
{
    struct incident *in = &r->in;
    bool any = shift(n, &in->opened);
    any |= shift(n, &in->resolved);
    any |= shift(n, &in->acknowledged);
    for (size_t i = 0; i < in->timeline_count; i++)
        any |= shift(n, &in->timeline[i].at);
    for (size_t i = 0; i < in->evidence_count; i++)
        any |= shift(n, &in->evidence[i].at);
    if (any && e->watched)
        outputs_add(e->out, OUTPUT_SHOW_INCIDENT)->name = outputs_text(e->out, in->id);
}

/* All wall times of the engine's memory; whatever else it knows is monotonic. */
static void restamp(struct engine *e, const struct timekeeper_news *n)
{
    struct restamp span = {n->from, n->until, n->shift_ns};
    for (size_t i = 0; i < e->node_count; i++)
        e->nodes[i]->show |= shift(n, &e->nodes[i]->since);
    for (size_t i = 0; i < e->incident_count; i++)
        shift_incident(e, n, e->incidents[i]);
    draft_restamp(e, &span);
    outputs_add(e->out, OUTPUT_RESTAMP)->restamp = span;
    e->show_status = true;
}

/* --- telling --- */

static void keep(struct engine *e, const char *value)
{
    struct output *o = outputs_add(e->out, OUTPUT_KEEP);
    o->keep.key = KEPT_KEY;
    o->keep.value = outputs_text(e->out, value);
}

static void keep_mark(struct engine *e)
{
    char value[128];
    struct timekeeper_mark m = timekeeper_mark(&e->time);
    snprintf(value, sizeof value, "%s %" PRId64 " %" PRId64, e->setup.boot ? e->setup.boot : "-",
             m.from.ns, m.ahead_ns);
    keep(e, value);
    e->time_marked = true;
}

static void forget_mark(struct engine *e)
{
    if (e->time_marked)
        keep(e, NULL);
    e->time_marked = false;
}

static void tell_doubt(struct engine *e)
{
    char why[CLOCK_WHY_MAX];
    timekeeper_why(&e->time, why);
    log_warnx("clock", "%s; until it is, samples wait in memory", why);
    trouble_set(e, TROUBLE, why);
    on_look(e, &e->clock_look);
}

static void tell(struct engine *e)
{
    if (e->time.doubt == e->doubt_told || e->time.resuming)
        return;
    e->doubt_told = e->time.doubt;
    if (e->time.doubt != CLOCK_BELIEVED) {
        tell_doubt(e);
        return;
    }
    log_info("clock", "the clock is set; what was measured meanwhile gets its true time");
    trouble_set(e, TROUBLE, NULL);
}

static void tell_step(int64_t stepped_ns)
{
    char span[CLOCK_TEXT_MAX];
    log_info("clock", "set %s by %s", stepped_ns < 0 ? "back" : "forward",
             span_text(llabs(stepped_ns), span));
}

static void take_news(struct engine *e, const struct timekeeper_news *n)
{
    e->now = e->time.now;
    if (n->shift_ns)
        restamp(e, n);
    if (n->stepped_ns)
        tell_step(n->stepped_ns);
    if (e->restored && e->time.doubt != CLOCK_BELIEVED && e->doubt_told != e->time.doubt)
        keep_mark(e);
    if (e->restored && e->time.doubt == CLOCK_BELIEVED)
        forget_mark(e);
    tell(e);
}

void calendar_look(struct engine *e, struct instant system)
{
    struct timekeeper_news n = timekeeper_look(&e->time, system);
    take_news(e, &n);
}

/* --- after a restart --- */

static bool read_mark(struct engine *e, const struct se_restored *r, struct timekeeper_mark *m)
{
    char boot[64];
    for (size_t i = 0; i < r->kept_count; i++) {
        const struct kept_item *k = &r->kept[i];
        if (!k->key || !k->value || (k->node && *k->node) || strcmp(k->key, KEPT_KEY) != 0)
            continue;
        e->time_marked = true;
        return e->setup.boot && strlen(k->value) < 120 &&
               sscanf(k->value, "%63s %" SCNd64 " %" SCNd64, boot, &m->from.ns, &m->ahead_ns) ==
                   3 &&
               strcmp(boot, e->setup.boot) == 0 && m->from.ns > 0;
    }
    return false;
}

void calendar_learn(struct engine *e, const struct se_restored *r)
{
    struct timekeeper_mark mark = {0};
    if (e->time_learned)
        return;
    e->time_learned = true;
    struct timekeeper_news n = timekeeper_learn(&e->time, r->newest, r->written);
    take_news(e, &n);
    if (!read_mark(e, r, &mark))
        return;
    n = timekeeper_resume(&e->time, &mark);
    take_news(e, &n);
}

void calendar_restored(struct engine *e)
{
    timekeeper_resumed(&e->time);
    if (e->time.doubt != CLOCK_BELIEVED)
        keep_mark(e);
    calendar_look(e, e->time.system);
}
