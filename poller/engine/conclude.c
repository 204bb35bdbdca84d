#include "poller/engine/conclude.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/gauges.h"
#include "poller/engine/incidents.h"
#include "poller/engine/networks.h"
#include "poller/engine/own_link.h"
#include "poller/engine/round.h"
#include "poller/engine/scene_keep.h"
#include "poller/engine/state.h"
#include "poller/engine/troubles.h"

#define REST_AFTER_ROOT_S 60 /* when part of a silence ends, the rest has so long to follow */
#define ASK_REST_EVERY_S 10
#define LOOK_AROUND_S 15 /* after our start, until everybody was asked and has answered or not */

static void on_settle(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    e->dirty = true;
}

void conclude_prepare(struct engine *e)
{
    e->settle.ring = on_settle;
}

void conclude_later(struct engine *e, struct mono at)
{
    e->waiting = true;
    if (!e->settle.position || mono_before(at, e->settle.at))
        alarm_set(&e->alarms, &e->settle, at);
}

void conclude_wake(struct engine *e)
{
    e->dirty = e->dirty || e->waiting;
}

static bool is_asked(const struct engine *e, uint32_t node)
{
    const struct check *c = e->nodes[node]->life;
    return c && c->judgement.verdict != VERDICT_FAILING && c->judgement.stage == STAGE_CONFIRMING;
}

/* Is something on the way to node still being asked whether it lives? */
static bool path_is_asked(const struct engine *e, uint32_t node, unsigned depth)
{
    const struct node *n = e->nodes[node];
    for (size_t i = 0; i < n->parent_count && depth < 16; i++)
        if (is_asked(e, n->parents[i]) || path_is_asked(e, n->parents[i], depth + 1))
            return true;
    return false;
}

static bool facts_are_asked(const struct engine *e, uint32_t node)
{
    const struct node *n = e->nodes[node];
    for (size_t i = 0; i < n->parent_count; i++) {
        const struct node *p = e->nodes[n->parents[i]];
        for (size_t k = 0; k < p->check_count; k++)
            if (p->checks[k] != p->life && p->checks[k]->ask.number)
                return true;
    }
    return false;
}

static uint32_t root_of(const struct engine *e, uint32_t node)
{
    return e->behind[node] == DEPENDENCY_NONE ? node : e->behind[node];
}

/* Everything that is silent with root and not part of an older story, root first. */
static size_t gather(struct engine *e, uint32_t root, const struct incident_record *known,
                     uint32_t *group)
{
    size_t count = 0;
    group[count++] = root;
    for (uint32_t i = 0; i < e->node_count; i++) {
        const struct incident_record *held = e->nodes[i]->held_by;
        if (i != root && e->failing[i] && root_of(e, i) == root && (!held || held == known))
            group[count++] = i;
    }
    return count;
}

static bool began_together(const struct engine *e, const struct incident_record *r, uint32_t node)
{
    int64_t apart = mono_since(e->scene_nodes[node].silent_since, r->began);
    return llabs(apart) <= SECONDS(SAME_CAUSE_S);
}

static bool is_silence(const struct incident_record *r)
{
    return r->kind == SUSPECT_SILENCE || r->kind == SUSPECT_ALL;
}

/* An open incident about the same silence: its root turned out to be behind the new one. */
static struct incident_record *younger_view(struct engine *e, uint32_t root)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        if (!r->open || !is_silence(r) || !r->root || !began_together(e, r, root))
            continue;
        if (r->root->index == root || e->behind[r->root->index] == root)
            return r;
    }
    return NULL;
}

static void merge_others(struct engine *e, struct incident_record *into, uint32_t root, bool all)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        if (r == into || !r->open || r->told || !is_silence(r) || !r->root ||
            !began_together(e, r, root) || (!all && e->behind[r->root->index] != root))
            continue;
        incident_merge(e, r, into);
        e->dirty = true; /* its nodes are free to be attached */
    }
}

static void open_or_revise(struct engine *e, const struct suspect *x, const char *key,
                           struct incident_record *known)
{
    if (known) {
        known->kind = x->kind;
        known->root = e->nodes[x->node];
        snprintf(known->key, sizeof known->key, "%s", key);
        incident_revise(e, known, x);
    } else {
        known = incident_open(e, x, key);
    }
    merge_others(e, known, x->node, x->kind == SUSPECT_ALL);
}

static void tell_silence(struct engine *e, uint32_t root)
{
    char key[160];
    uint32_t *group = e->group;
    struct incident_record *known = younger_view(e, root);
    size_t count = gather(e, root, known, group);
    struct suspect x = {.kind = SUSPECT_SILENCE, .node = root, .group = group,
                        .group_count = count, .reason = e->scene_nodes[root].reason};
    snprintf(key, sizeof key, "silence/%s", e->nodes[root]->name);
    open_or_revise(e, &x, key, known);
}

static bool may_wait(struct engine *e, uint32_t node)
{
    struct mono since = e->nodes[node]->life->judgement.since;
    struct mono until = mono_after(since, SECONDS(WAIT_FOR_OTHERS_S));
    if (!mono_before(e->now.mono, until))
        return false;
    conclude_later(e, until);
    return true;
}

static bool in_grace(struct engine *e, const struct node *n)
{
    if (n->was_alive || !mono_before(e->now.mono, e->grace_until))
        return false;
    conclude_later(e, e->grace_until);
    return true;
}

static void consider(struct engine *e, uint32_t i)
{
    struct node *n = e->nodes[i];
    if (n->life->judgement.stage == STAGE_RECOVERING) {
        e->waiting = true; /* it has just answered: its burst decides */
        return;
    }
    uint32_t root = root_of(e, i);
    struct incident_record *held = e->nodes[root]->held_by;
    if (held && held->open && is_silence(held)) {
        incident_fails_again(e, held);
        incident_attach(e, held, n);
        return;
    }
    bool unsure = path_is_asked(e, i, 0) || facts_are_asked(e, i);
    if ((unsure && may_wait(e, i)) || in_grace(e, e->nodes[root]))
        return;
    if (!scene_is_certain(e, root) && is_asked(e, root) && may_wait(e, i))
        return;
    tell_silence(e, root);
}

/* Something silent that belongs to an open incident which is about it already. */
static struct incident_record *open_about(struct engine *e, const struct node *n)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        if (r->open && is_silence(r) && incident_affects(r, n->name))
            return r;
    }
    return NULL;
}

/* Does anything at all answer? Ourselves, guests that come and go, and the Internet do not count. */
static bool all_silent(struct engine *e, uint32_t *group, size_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < e->node_count; i++) {
        const struct scene_node *s = &e->scene_nodes[i];
        if (!s->watched || s->self || s->internet || s->class == CLASS_ROAMING)
            continue;
        if (!s->silent) {
            if (e->nodes[i]->life->judgement.known)
                return false;
            continue;
        }
        group[(*count)++] = i;
    }
    return *count >= 2;
}

/* One incident about ourselves instead of one for each of them. */
static bool consider_all(struct engine *e)
{
    size_t count;
    if (!all_silent(e, e->group, &count))
        return false;
    uint32_t first = e->group[0];
    bool certain = false, fresh = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t n = e->group[i];
        certain = certain || scene_is_certain(e, n);
        fresh = fresh || (e->nodes[n]->was_alive && !e->nodes[n]->held_by);
        if (mono_before(e->scene_nodes[n].silent_since, e->scene_nodes[first].silent_since))
            first = n;
    }
    if (!certain || !fresh)
        return false;
    struct incident_record *known = NULL;
    for (size_t i = 0; i < e->incident_count && !known; i++) {
        struct incident_record *r = e->incidents[i];
        if (r->open && is_silence(r) && (r->kind == SUSPECT_ALL || began_together(e, r, first)))
            known = r;
    }
    struct suspect x = {.kind = SUSPECT_ALL, .node = first, .group = e->group,
                        .group_count = count, .reason = ""};
    if (known)
        incident_fails_again(e, known);
    open_or_revise(e, &x, "all/", known);
    return true;
}

static void consider_silences(struct engine *e)
{
    if (mono_before(e->now.mono, e->quiet_until)) {
        conclude_later(e, e->quiet_until);
        return;
    }
    if (consider_all(e))
        return;
    for (uint32_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        if (!e->failing[i] || !scene_is_certain(e, i) || n->held_by)
            continue;
        struct incident_record *r = open_about(e, n);
        if (r) {
            incident_fails_again(e, r);
            incident_attach(e, r, n);
        } else {
            consider(e, i);
        }
    }
}

/* We could not ask of late, which ends no silence. A name without an address is no silence any
 * more. */
static bool is_not_asked(const struct check *life)
{
    const struct judgement *v = &life->judgement;
    return v->verdict == VERDICT_UNKNOWN && v->own_in_row &&
           strcmp(v->reason, JUDGE_NO_ADDRESS) != 0;
}

static void release_answering(struct engine *e)
{
    for (uint32_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        bool over = n->held_by && is_silence(n->held_by) && !e->failing[i];
        if (over && n->life && n->life->judgement.stage == STAGE_CONFIRMING)
            continue; /* was taken along while being asked, and still is */
        if (over && n->life && is_not_asked(n->life))
            continue;
        if (over)
            n->held_by = NULL;
    }
}

static size_t still_silent(struct engine *e, const struct incident_record *r, uint32_t *group)
{
    size_t count = 0;
    if (r->root && r->root->held_by == r)
        group[count++] = r->root->index;
    for (uint32_t i = 0; i < e->node_count; i++)
        if (e->nodes[i]->held_by == r && e->nodes[i] != r->root)
            group[count++] = i;
    return count;
}

/* Those that are still silent while others answer again are asked, not waited for. */
static void ask_rest(struct engine *e, const struct incident_record *r)
{
    for (uint32_t i = 0; i < e->node_count; i++)
        if (e->nodes[i]->held_by == r && e->nodes[i]->life)
            round_ask(e, e->nodes[i]->life);
}

/* Part of it answers again and the rest does not: after a while the rest is a matter of its own, told
 * within the same incident. False while the rest may still follow. */
static bool rest_stays(struct engine *e, struct incident_record *r)
{
    if (!r->part_back.ns)
        r->part_back = e->now.mono;
    struct mono until = mono_after(r->part_back, SECONDS(REST_AFTER_ROOT_S));
    if (!mono_before(e->now.mono, until))
        return true;
    ask_rest(e, r);
    conclude_later(e, mono_earlier(until, mono_after(e->now.mono, SECONDS(ASK_REST_EVERY_S))));
    return false;
}

static void take_new_root(struct engine *e, struct incident_record *r)
{
    r->kind = SUSPECT_SILENCE;
    r->root = e->nodes[root_of(e, e->group[0])];
    snprintf(r->key, sizeof r->key, "silence/%s", r->root->name);
}

/* Just started, we have heard nobody yet: what we were told of an incident from before is better than what
 * we would conclude now. */
static bool knows_less(struct engine *e, const struct incident_record *r)
{
    struct mono until = mono_after(e->started, SECONDS(LOOK_AROUND_S));
    if (!r->restored || !mono_before(e->now.mono, until))
        return false;
    conclude_later(e, until);
    return true;
}

static void review(struct engine *e, struct incident_record *r)
{
    size_t count = still_silent(e, r, e->group);
    if (count == 0) {
        incident_ends(e, r);
        return;
    }
    if (knows_less(e, r))
        return;
    bool root_held = r->root && r->root->held_by == r;
    if (count < r->peak || !root_held) {
        if (!rest_stays(e, r))
            return;
        if (!root_held || r->kind == SUSPECT_ALL)
            take_new_root(e, r);
        r->peak = 0;
        r->strength = 0; /* what it was does not bind what is left */
    }
    r->part_back = (struct mono){0};
    struct suspect x = {.kind = r->kind, .node = r->root->index, .group = e->group,
                        .group_count = count, .reason = e->scene_nodes[r->root->index].reason};
    incident_revise(e, r, &x);
}

static void review_silences(struct engine *e)
{
    release_answering(e);
    for (size_t i = 0; i < e->incident_count; i++)
        if (e->incidents[i]->open && is_silence(e->incidents[i]))
            review(e, e->incidents[i]);
}

/* Our own link was lost a moment ago: look again when that can be believed. */
static void await_own_link(struct engine *e)
{
    struct mono lost = own_link_lost(e);
    if (lost.ns != MONO_NEVER.ns && e->cut_off.ns == MONO_NEVER.ns)
        conclude_later(e, mono_after(lost, SECONDS(OWN_LINK_GONE_S)));
}

void conclude(struct engine *e)
{
    e->dirty = false;
    if (!e->config)
        return;
    scene_refresh(e);
    if (e->restored) {
        e->waiting = false;
        alarm_stop(&e->alarms, &e->settle);
        await_own_link(e);
        review_silences(e);
        consider_silences(e);
        troubles_of_checks(e);
        troubles_of_certificates(e);
        troubles_of_readings(e);
        networks_conclude(e);
        troubles_of_ours(e);
    }
    state_refresh(e);
}
