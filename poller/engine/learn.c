#include "poller/engine/learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/control.h"
#include "poller/engine/draft.h"
#include "poller/engine/gauges.h"
#include "poller/engine/network_probe.h"
#include "poller/engine/objects.h"

#define ROUNDS_BRIDGED 5 /* halves of the time between two rounds, as the heartbeat of files */
#define REBOOT_TOLD_S 300            /* one restart is told once, however many facts show it */
#define UPTIME_SLACK_NS SECONDS(5)   /* an answer may come so late, and then says less than one before it */
#define UPTIME_WRAPS_NS (SECONDS(42949672) - SECONDS(3600)) /* TimeTicks end at 497 days (RFC 2578) */

static bool shows_life(const struct measure *m)
{
    return !isnan(m->value) && strcmp(m->source, "loss") != 0 && strcmp(m->source, "sent") != 0 &&
           strcmp(m->source, "ok") != 0;
}

static void keep_ping(struct node *n, const struct object *o)
{
    if (o->layout != LAYOUT_PING)
        return;
    for (size_t i = 0; i < o->source_count; i++) {
        if (strcmp(o->sources[i], "rtt_median") == 0)
            n->rtt_s = o->values[i];
        else if (strcmp(o->sources[i], "loss") == 0)
            n->loss = o->values[i];
    }
}

/* A check that is asked less often tells what holds for all the time since it was asked last. Its file would
 * have a gap there; a gap stays where a round is missing that should have been. */
static struct mono told_from(const struct check *c, const struct object *o, struct mono at)
{
    int64_t longest_ns = shedding_interval_ns(&c->shedding) * ROUNDS_BRIDGED / 2;
    bool bridged = c->shedding.times > 1 && o->at.ns && mono_since(at, o->at) <= longest_ns;
    return bridged ? o->at : (struct mono){0};
}

static void take_series(struct engine *e, struct check *c, const struct report *r)
{
    for (size_t i = 0; i < r->object_count; i++) {
        const struct object_measures *m = &r->objects[i];
        struct object *o = object_for(e, c, m);
        if (!o)
            continue;
        object_fill(o, m);
        for (size_t k = 0; k < m->measure_count; k++)
            o->alive = o->alive || shows_life(&m->measures[k]);
        struct mono at = m->has_at ? m->at : r->ended;
        o->from = told_from(c, o, at);
        o->at = at;
        keep_ping(c->node, o);
        if (o->alive)
            outputs_add(e->out, OUTPUT_SAMPLE)->sample = o;
    }
}

static void tell_restart(struct engine *e, struct node *n, int64_t uptime_ns)
{
    char ago[CLOCK_TEXT_MAX], text[128];
    if (n->rebooted_at.ns && mono_since(e->now.mono, n->rebooted_at) < SECONDS(REBOOT_TOLD_S))
        return;
    n->rebooted_at = e->now.mono;
    snprintf(text, sizeof text, "restarted %s ago", span_text(uptime_ns, ago));
    draft_event(e, "node-rebooted", n->name, text);
}

static void notice_uptime(struct engine *e, struct node *n, const struct fact *f)
{
    if (strcmp(f->name, "sys.rebooted") == 0) {
        tell_restart(e, n, strtoll(f->value, NULL, 10) * NS_PER_S);
    } else if (strcmp(f->name, "sys.uptime") == 0) {
        int64_t uptime = strtoll(f->value, NULL, 10), before = n->uptime_ns;
        n->uptime_ns = uptime;
        if (before >= 0 && uptime < before - UPTIME_SLACK_NS && before < UPTIME_WRAPS_NS)
            tell_restart(e, n, uptime);
    }
}

static void take_facts(struct engine *e, struct check *c, const struct report *r)
{
    for (size_t i = 0; i < r->fact_count; i++) {
        const struct fact *f = &r->facts[i];
        const char *subject = f->subject ? f->subject : "";
        if (!f->name || !f->value)
            continue;
        notice_uptime(e, c->node, f);
        if (facts_put(&c->node->facts, f->name, subject, f->value, e->now.mono)) {
            bool ticks = strncmp(f->name, "sys.uptime", 10) == 0 ||
                         strstr(f->name, "_bps") != NULL;
            e->dirty = e->dirty || (!ticks && (e->incident_count || e->waiting));
        }
        if (strcmp(f->name, "tls.expires") == 0)
            e->dirty = true;
    }
}

void learn_from_report(struct engine *e, struct check *c, const struct report *r)
{
    if (r->fact_count)
        take_facts(e, c, r);
    if (r->kind == ROUND_REGULAR && r->outcome != OUTCOME_CANCELLED) {
        if (r->object_count)
            take_series(e, c, r);
        if (r->has_readings)
            gauges_take(e, c, r);
        node_show(e, c->node);
    }
    if (c->probe_request && r->kind == ROUND_ASK && !c->judge->network)
        control_probe_report(e, c, r);
    if (c->tables_request && (r->kind == ROUND_TABLES || r->kind == ROUND_ALL_TABLES))
        control_tables_report(e, c, r);
}

void learn_from_hint(struct engine *e, struct check *c, const struct hint *h)
{
    if (!c->probe_request || h->kind != HINT_STEP)
        return;
    if (c->judge->network)
        network_probe_step(e, c, h);
    else
        control_probe_step(e, c, h);
}
