#include "poller/engine/round.h"

#include <string.h>

#include "poller/engine/conclude.h"
#include "poller/engine/learn.h"
#include "poller/engine/network_probe.h"
#include "poller/engine/networks.h"
#include "poller/engine/pace.h"
#include "poller/engine/schedule.h"
#include "poller/engine/suspicion.h"
#include "poller/engine/ways.h"

#define RECOVER_RETRY_S 5   /* between two recovery bursts */
#define ASK_DEADLINE_S 4    /* nobody waits longer for a fact */
#define PROBE_DEADLINE_S 75 /* a guest's whole way, with all its tries */
#define GUARD_SLACK_S 2     /* beyond a deadline before a round is given up */
#define CONFIRM_DEADLINE_MS (CONFIRM_ECHOES * CONFIRM_GAP_MS + 1000)
#define RECOVER_DEADLINE_MS (RECOVER_ECHOES * 1000 + 1000)
#define FIRST_ASK_GAP_MS 5  /* between nodes when many are asked at our start */
#define FIRST_ROUND_GAP_MS 25
#define PROBE_AGAIN_S 1     /* between a guest's probe and the one that confirms it */
#define LOOK_AGAIN_S 3          /* nodes come back one after another: one look for several */

static void start(struct engine *e, struct check *c, struct running *run, enum round_kind kind,
                  int64_t deadline_ns)
{
    if (++e->last_round == 0)
        e->last_round = 1;
    *run = (struct running){e->last_round, kind, e->now.mono, mono_after(e->now.mono, deadline_ns)};
    struct output *o = outputs_add(e->out, OUTPUT_START);
    o->round.check = c->id;
    o->round.round = run->number;
    o->round.kind = kind;
    o->round.deadline = run->deadline;
}

static void cancel(struct engine *e, struct check *c, struct running *run)
{
    if (!run->number)
        return;
    struct output *o = outputs_add(e->out, OUTPUT_CANCEL);
    o->round.check = c->id;
    o->round.round = run->number;
    run->number = 0; /* its report, cancelled, finds nobody waiting */
}

static void keep_guard(struct engine *e, struct check *c)
{
    const struct running *guarded[] = {&c->burst, &c->ask, &c->tables};
    struct mono until = MONO_NEVER;
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++)
        if (guarded[i]->number)
            until = mono_earlier(until, guarded[i]->deadline);
    if (until.ns == MONO_NEVER.ns)
        alarm_stop(&e->alarms, &c->guard);
    else
        alarm_set(&e->alarms, &c->guard, mono_after(until, SECONDS(GUARD_SLACK_S)));
}

static bool is_overdue(struct engine *e, const struct running *run)
{
    return run->number &&
           mono_since(e->now.mono, run->deadline) >= SECONDS(GUARD_SLACK_S);
}

static void on_guard(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct check *c = ALARM_OWNER(a, struct check, guard);
    if (is_overdue(e, &c->burst)) {
        cancel(e, c, &c->burst);
        judge_abandon(&c->judgement);
        e->rounds_lost++;
    }
    if (is_overdue(e, &c->ask)) {
        cancel(e, c, &c->ask);
        judge_word_lost(&c->judgement, e->now);
        network_probe_report(e, c, NULL, false);
        e->rounds_lost++;
        e->dirty = true;
    }
    if (is_overdue(e, &c->tables)) {
        cancel(e, c, &c->tables);
        tables_turn_ends(&c->turn, false);
        e->rounds_lost++;
    }
    keep_guard(e, c);
}

static int64_t regular_deadline(const struct check *c)
{
    int64_t interval_ns = check_interval_ns(c);
    return c->judge->network && interval_ns < SECONDS(PROBE_DEADLINE_S) ? SECONDS(PROBE_DEADLINE_S) : interval_ns;
}

/* Does the round before still run, and may it? */
static bool is_held_up(const struct engine *e, const struct check *c, bool cut_short)
{
    if (c->judge->network && c->ask.number)
        return true;
    int64_t longest_ns = c->judge->network ? regular_deadline(c) : 2 * check_interval_ns(c);
    return c->regular.number && !cut_short && mono_since(e->now.mono, c->regular.started) < longest_ns;
}

static struct mono next_turn(const struct engine *e, const struct check *c)
{
    int64_t interval_ns = check_interval_ns(c);
    int64_t phase = schedule_phase(c->node->name, c->kind, c->label, interval_ns);
    return schedule_next(e->now.mono, phase, interval_ns);
}

static void on_next(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct check *c = ALARM_OWNER(a, struct check, next);
    bool cut_short = c->began_early;
    c->began_early = c->starts_early;
    c->starts_early = false;
    if (is_held_up(e, c, cut_short)) {
        e->rounds_overrun++; /* skip this turn */
    } else {
        cancel(e, c, &c->regular);
        start(e, c, &c->regular, ROUND_REGULAR, regular_deadline(c));
    }
    alarm_set(&e->alarms, &c->next, next_turn(e, c));
}

static void start_burst(struct engine *e, struct check *c, enum round_kind kind)
{
    cancel(e, c, &c->burst);
    int64_t deadline = MILLISECONDS(kind == ROUND_CONFIRM ? CONFIRM_DEADLINE_MS
                                                          : RECOVER_DEADLINE_MS);
    if (!c->judge->echoes)
        deadline = c->shedding.configured_ns;
    start(e, c, &c->burst, kind, deadline);
    keep_guard(e, c);
}

/* The next thing to do within a stage. */
static void on_extra(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct check *c = ALARM_OWNER(a, struct check, extra);
    if (c->judgement.stage == STAGE_RECOVERING) {
        start_burst(e, c, ROUND_RECOVER);
        return;
    }
    if (c->judgement.stage == STAGE_STEADY) {
        round_ask(e, c); /* the first look after our start */
        return;
    }
    if (!c->judge->echoes) {
        start_burst(e, c, ROUND_CONFIRM);
        return;
    }
    struct mono again = suspicion_grows(e, c);
    if (again.ns != MONO_NEVER.ns)
        alarm_set(&e->alarms, &c->extra, again);
}

static void begin_confirm(struct engine *e, struct check *c)
{
    if (c->judge->echoes) {
        start_burst(e, c, ROUND_CONFIRM);
        alarm_set(&e->alarms, &c->extra, suspicion_begins(e, c));
        return;
    }
    suspicion_of_rounds(e, c);
    alarm_set(&e->alarms, &c->extra,
              schedule_slot(mono_after(e->now.mono, c->judge->confirm_gap_ns)));
}

static void begin_recover(struct engine *e, struct check *c, int64_t delay_ns)
{
    if (c->judge->echoes && !delay_ns) {
        start_burst(e, c, ROUND_RECOVER);
        alarm_stop(&e->alarms, &c->extra);
        return;
    }
    alarm_set(&e->alarms, &c->extra, schedule_slot(mono_after(e->now.mono, delay_ns)));
}

static void stop_burst(struct engine *e, struct check *c)
{
    cancel(e, c, &c->burst);
    alarm_stop(&e->alarms, &c->extra);
    keep_guard(e, c);
}

static void follow(struct engine *e, struct check *c, enum judge_step step)
{
    switch (step) {
    case JUDGE_NOTHING:
        break;
    case JUDGE_CONFIRM:
        begin_confirm(e, c);
        break;
    case JUDGE_RECOVER:
        begin_recover(e, c, c->judge->confirm_gap_ns);
        break;
    case JUDGE_RECOVER_LATER:
        begin_recover(e, c, SECONDS(RECOVER_RETRY_S));
        break;
    case JUDGE_STOP_BURST:
        stop_burst(e, c);
        break;
    }
}

/* A node is back. What is asked in rounds and fails would stay so until its next turn; behind the node it
 * may be well again now. */
static void look_again(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++) {
        struct check *c = e->checks[i];
        if (c && !c->judge->echoes && c->judgement.verdict == VERDICT_FAILING &&
            c->judgement.stage == STAGE_STEADY)
            alarm_set(&e->alarms, &c->extra,
                      schedule_slot(mono_after(e->now.mono, SECONDS(LOOK_AGAIN_S))));
    }
}

/* Lets a judge speak and does what follows from it. */
static void notice(struct engine *e, struct check *c, const struct judgement *before,
                   enum judge_step step)
{
    const struct judgement *v = &c->judgement;
    follow(e, c, step);
    if (v->stage == STAGE_STEADY && before->stage != STAGE_STEADY && step == JUDGE_NOTHING)
        alarm_stop(&e->alarms, &c->extra);
    if (v->verdict != before->verdict || strcmp(v->reason, before->reason) != 0) {
        node_show(e, c->node);
        e->dirty = true;
    }
    bool said = before->stage != STAGE_STEADY && v->stage == STAGE_STEADY;
    if (said && c == c->node->life && c->node->blocked)
        e->dirty = true; /* from now on its other checks speak for themselves */
    if (said || v->bad_at.ns != before->bad_at.ns)
        conclude_wake(e); /* somebody may wait for what this one says */
    if (v->verdict == VERDICT_OK && c == c->node->life)
        c->node->was_alive = true;
    if (v->verdict == VERDICT_OK && before->verdict == VERDICT_FAILING && c->judge->echoes)
        look_again(e);
}

static struct running *running_of(struct check *c, const struct report *r)
{
    struct running *all[] = {&c->regular, &c->burst, &c->ask, &c->tables};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]->number && all[i]->number == r->round)
            return all[i];
    return NULL;
}

static void regular_is_over(struct engine *e, struct check *c, const struct report *r)
{
    int64_t interval_ns = check_interval_ns(c);
    c->last_round = r->ended;
    c->silent = r->outcome == OUTCOME_SILENT;
    if (r->outcome != OUTCOME_SILENT && r->busy_ns > 0)
        pace_learn(e, c, r->busy_ns);
    if (check_interval_ns(c) != interval_ns)
        alarm_set(&e->alarms, &c->next, next_turn(e, c));
}

static void begin_tables(struct engine *e, struct check *c, bool all, int64_t deadline_s)
{
    tables_turn_begins(&c->turn, e->now.mono, all);
    start(e, c, &c->tables, all ? ROUND_ALL_TABLES : ROUND_TABLES, SECONDS(deadline_s));
    keep_guard(e, c);
}

/* After a regular round: the agent lives, and has nothing else to do for the rest of the minute. */
static void go_on_with_tables(struct engine *e, struct check *c, const struct report *r)
{
    bool all;
    if (!c->judge->tables || r->outcome != OUTCOME_ANSWERED)
        return;
    c->turn.outdated |= r->tables_outdated;
    if (!c->tables.number && tables_are_due(&c->turn, e->now.mono, check_interval_ns(c), c->shedding.times, &all))
        begin_tables(e, c, all, TABLES_DEADLINE_S);
}

bool round_read_tables(struct engine *e, struct check *c)
{
    if (c->judge->tables && !c->tables.number)
        begin_tables(e, c, true, TABLES_DEMANDED_DEADLINE_S);
    return c->judge->tables;
}

void round_refresh_tables(struct engine *e, struct check *c)
{
    if (c->judge->tables && !c->tables.number)
        begin_tables(e, c, false, TABLES_DEMANDED_DEADLINE_S);
}

void round_forget_tables(struct engine *e, struct check *c)
{
    cancel(e, c, &c->tables);
    keep_guard(e, c);
    c->turn = (struct tables_turn){0};
    tables_forget(c->node, c->id);
}

/* They say nothing of how the check is: the regular rounds do. */
static void take_tables(struct engine *e, struct check *c, const struct report *r)
{
    bool read = r->outcome == OUTCOME_ANSWERED && r->wiring;
    keep_guard(e, c);
    if (r->outcome != OUTCOME_CANCELLED)
        tables_turn_ends(&c->turn, read);
    if (read) {
        guest_macs_keep_rows(e, c->node, r->wiring);
        tables_take(c->node, c->id, r->wiring);
        ways_are_others(e);
    }
    e->dirty = e->dirty || (read && e->incident_count); /* they may say more of one */
    node_show(e, c->node);
    learn_from_report(e, c, r);
}

static struct mono next_probe(const struct engine *e, const struct report *r)
{
    struct mono soonest = mono_after(e->now.mono, SECONDS(PROBE_AGAIN_S));
    struct mono apart = mono_after(r->started, SECONDS(WATCH_GAP_S));
    return mono_before(apart, soonest) ? soonest : apart;
}

/* What waited for the end of this round begins; else what the network wants to know once more. */
static void go_on_probing(struct engine *e, struct check *c, const struct report *r, bool again)
{
    bool waits = c->ask_waits;
    c->ask_waits = false;
    if (waits)
        round_ask(e, c);
    else if (again)
        alarm_set(&e->alarms, &c->extra, schedule_slot(next_probe(e, r)));
}

static void take_probe(struct engine *e, struct check *c, const struct running *run, const struct report *r)
{
    if (run != &c->regular)
        keep_guard(e, c);
    else if (r->outcome != OUTCOME_CANCELLED)
        regular_is_over(e, c, r);
    learn_from_report(e, c, r);
    bool again = networks_take_report(e, c, r);
    network_probe_report(e, c, r, again);
    go_on_probing(e, c, r, again);
}

void round_take_report(struct engine *e, const struct report *r)
{
    struct check *c = engine_check(e, r->check);
    struct running *run = c ? running_of(c, r) : NULL;
    if (!run) {
        e->reports_stray += r->outcome != OUTCOME_CANCELLED;
        return;
    }
    run->number = 0;
    if (run == &c->tables) {
        take_tables(e, c, r);
        return;
    }
    if (c->judge->network) {
        take_probe(e, c, run, r);
        return;
    }
    if (run != &c->regular)
        keep_guard(e, c);
    else if (r->outcome != OUTCOME_CANCELLED)
        regular_is_over(e, c, r);
    learn_from_report(e, c, r);
    struct judgement before = c->judgement;
    enum judge_step step = judge_report(c->judge, &c->judgement, r, e->now);
    if (run == &c->burst && r->outcome == OUTCOME_CANCELLED)
        judge_abandon(&c->judgement);
    notice(e, c, &before, step);
    if (run == &c->regular)
        go_on_with_tables(e, c, r);
}

void round_take_hint(struct engine *e, const struct hint *h)
{
    struct check *c = engine_check(e, h->check);
    if (!c)
        return;
    learn_from_hint(e, c, h);
    if (c->judge->network)
        return;
    struct judgement before = c->judgement;
    notice(e, c, &before, judge_hint(c->judge, &c->judgement, h, e->now));
}

void round_suspect(struct engine *e, struct check *c)
{
    struct judgement before = c->judgement;
    if (!c->judge->echoes) {
        round_ask(e, c);
        return;
    }
    notice(e, c, &before, judge_suspect(c->judge, &c->judgement, e->now));
}

bool round_ask(struct engine *e, struct check *c)
{
    if (c->ask.number)
        return false;
    c->ask_waits = c->judge->network && c->regular.number;
    if (c->ask_waits)
        return true;
    start(e, c, &c->ask, ROUND_ASK, SECONDS(c->judge->network ? PROBE_DEADLINE_S : ASK_DEADLINE_S));
    judge_word_begins(&c->judgement);
    keep_guard(e, c);
    return true;
}

void round_schedule(struct engine *e, struct check *c, bool at_once)
{
    c->next.ring = on_next;
    c->extra.ring = on_extra;
    c->guard.ring = on_guard;
    struct mono first = next_turn(e, c);
    int64_t turn = 1 + (int64_t)c->id % 1000;
    struct mono ask = mono_after(e->now.mono, MILLISECONDS(FIRST_ASK_GAP_MS) * turn);
    struct mono early = mono_after(e->now.mono, MILLISECONDS(FIRST_ROUND_GAP_MS) * turn);
    if (at_once && c->judge->echoes) {
        alarm_set(&e->alarms, &c->extra, schedule_slot(ask));
        c->starts_early = mono_before(early, first); /* a whole interval unwatched is too long */
    }
    if (at_once)
        first = mono_earlier(first, schedule_slot(early));
    alarm_set(&e->alarms, &c->next, first);
}

void round_forget_bursts(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++) {
        struct check *c = e->checks[i];
        if (!c || c->judgement.stage == STAGE_STEADY)
            continue;
        stop_burst(e, c);
        judge_abandon(&c->judgement);
    }
}

void round_cancel_all(struct engine *e, struct check *c)
{
    cancel(e, c, &c->regular);
    cancel(e, c, &c->burst);
    cancel(e, c, &c->ask);
    cancel(e, c, &c->tables);
    alarm_stop(&e->alarms, &c->next);
    alarm_stop(&e->alarms, &c->extra);
    alarm_stop(&e->alarms, &c->guard);
}
