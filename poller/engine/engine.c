#include <stdio.h>
#include <stdlib.h>

#include "poller/base/log.h"
#include "poller/engine/calendar.h"
#include "poller/engine/conclude.h"
#include "poller/engine/control.h"
#include "poller/engine/draft.h"
#include "poller/engine/engine_internal.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_probe.h"
#include "poller/engine/networks.h"
#include "poller/engine/reports.h"
#include "poller/engine/restore.h"
#include "poller/engine/roster.h"
#include "poller/engine/round.h"
#include "poller/engine/troubles.h"
#include "poller/engine/vantages.h"
#include "poller/engine/ways.h"

#define CONCLUSIONS_PER_STEP 4   /* each may make the next necessary; the story ends sooner */
#define FRESH_BOOT_S 300         /* a machine younger than that: the power may just be back */
#define FIRST_GRACE_S 30         /* for nodes never heard yet */
#define RESUME_GRACE_S 60        /* after sleep or starvation */
#define STARVED_S 10             /* so late a step means that we were not running */

struct engine *engine_create(const struct engine_setup *setup, struct instant now)
{
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        fatal("no memory for the engine");
    e->setup = *setup;
    e->random = setup->seed | 1;
    calendar_start(e, now);
    e->started = now.mono;
    e->widened_root = SCENE_NONE;
    e->cut_off = MONO_NEVER;
    int64_t young_ns = SECONDS(FRESH_BOOT_S) - setup->machine_age_ns;
    int64_t grace_ns = young_ns > SECONDS(FIRST_GRACE_S) ? young_ns : SECONDS(FIRST_GRACE_S);
    e->grace_until = mono_after(now.mono, grace_ns);
    conclude_prepare(e);
    ways_prepare(e);
    return e;
}

void engine_destroy(struct engine *e)
{
    if (!e)
        return;
    roster_destroy(e);
    incidents_destroy(e);
    vantages_destroy(e);
    troubles_destroy(e);
    reports_destroy(e);
    draft_destroy(e->draft);
    facts_fini(&e->own_facts);
    alarms_fini(&e->alarms);
    free(e);
}

uint64_t engine_random(struct engine *e)
{
    e->random ^= e->random << 13; /* xorshift: ids need no secrecy */
    e->random ^= e->random >> 7;
    e->random ^= e->random << 17;
    return e->random;
}

struct check *engine_check(struct engine *e, uint32_t id)
{
    return id < e->check_slots ? e->checks[id] : NULL;
}

/* What was silent while we did not run proves nothing; nor does what is silent while links come up. */
static void take_resumed(struct engine *e)
{
    round_forget_bursts(e);
    networks_forget_suspicion(e);
    e->quiet_until = mono_after(e->now.mono, SECONDS(RESUME_GRACE_S));
}

static void take_own_fact(struct engine *e, const struct own_fact *f)
{
    if (facts_put(&e->own_facts, f->name, f->subject, f->value, e->now.mono))
        e->dirty = true;
}

static void take_trouble(struct engine *e, const struct se_trouble *t)
{
    trouble_set(e, t->what ? t->what : "store", t->over ? NULL : t->detail ? t->detail : "");
}

/* Its own message may be refused as well: that changes this fault and begins no other. */
static void take_delivery(struct engine *e, const struct se_delivery *d)
{
    char what[64], detail[256];
    if (!d->receiver || (!d->sent && d->retry_at.ns))
        return;
    snprintf(what, sizeof what, "message to %s", d->receiver);
    snprintf(detail, sizeof detail, "refused: %s", d->error && *d->error ? d->error : "no reason given");
    trouble_set(e, what, d->sent ? NULL : detail);
}

static void take_input(struct engine *e, const struct input *in)
{
    switch (in->kind) {
    case INPUT_TICK:
        break;
    case INPUT_DELIVERY:
        take_delivery(e, in->delivery);
        break;
    case INPUT_CONFIG:
        roster_adopt(e, in->config);
        reports_adopt(e);
        vantages_adopt(e);
        break;
    case INPUT_REPORT:
        round_take_report(e, in->report);
        break;
    case INPUT_HINT:
        round_take_hint(e, in->hint);
        break;
    case INPUT_RESTORED:
        restore_take(e, in->restored);
        break;
    case INPUT_TROUBLE:
        take_trouble(e, in->trouble);
        break;
    case INPUT_OWN_FACT:
        take_own_fact(e, in->own_fact);
        break;
    case INPUT_VANTAGE:
        vantages_take(e, in->vantage);
        break;
    case INPUT_ACK:
        control_acknowledge(e, in->ack);
        break;
    case INPUT_PROBE:
        control_probe(e, in->name);
        break;
    case INPUT_SEND_TEST:
        control_send_test(e, in->name);
        break;
    case INPUT_RESUMED:
        take_resumed(e);
        break;
    case INPUT_WATCHERS:
        e->watched = in->watched;
        break;
    case INPUT_HEARD:
        ways_take_heard(e, in->heard);
        break;
    }
}

static void ring_alarms(struct engine *e)
{
    struct mono due = alarms_due(&e->alarms);
    if (due.ns != MONO_NEVER.ns && mono_since(e->now.mono, due) > SECONDS(STARVED_S))
        take_resumed(e);
    for (struct alarm *a; (a = alarms_take(&e->alarms, e->now.mono));)
        a->ring(e, a);
}

static void show(struct engine *e)
{
    if (!e->watched)
        return;
    for (size_t i = 0; i < e->node_count && e->show_nodes; i++) {
        struct node *n = e->nodes[i];
        enum output_kind kind = n->kind == NODE_NETWORK ? OUTPUT_SHOW_NETWORK : OUTPUT_SHOW_NODE;
        if (n->show)
            outputs_add(e->out, kind)->name = outputs_text(e->out, n->name);
        n->show = false;
    }
    e->show_nodes = false;
    if (e->show_status)
        outputs_add(e->out, OUTPUT_SHOW_STATUS);
    e->show_status = false;
}

void engine_take(struct engine *e, struct instant now, const struct input *in, struct outputs *out)
{
    e->out = out;
    calendar_look(e, now);
    ring_alarms(e);
    take_input(e, in);
    for (unsigned i = 0; e->dirty && i < CONCLUSIONS_PER_STEP; i++)
        conclude(e);
    network_probe_answer(e);
    draft_put_out(e);
    show(e);
    e->out = NULL;
}

struct instant engine_now(const struct engine *e, bool *settled)
{
    *settled = calendar_is_known(e);
    return e->now;
}

bool engine_clock_is_set(const struct engine *e)
{
    return e->time.doubt == CLOCK_BELIEVED;
}

struct mono engine_due(const struct engine *e)
{
    return alarms_due(&e->alarms);
}
