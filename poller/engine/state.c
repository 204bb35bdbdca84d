#include "poller/engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/draft.h"
#include "poller/engine/incidents.h"

struct wanted {
    enum node_state state;
    const char *reason, *behind, *incident;
};

static struct wanted as_it_was(const struct node *n)
{
    return (struct wanted){n->state, n->reason, n->behind, NULL};
}

static const struct check *failing_aside(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (n->checks[i] != n->life && n->checks[i]->judgement.verdict == VERDICT_FAILING)
            return n->checks[i];
    return NULL;
}

static struct wanted living(const struct node *n)
{
    const struct judgement *v = &n->life->judgement;
    const struct check *aside = failing_aside(n);
    if (v->verdict == VERDICT_DEGRADED)
        return (struct wanted){STATE_DEGRADED, v->reason, NULL, NULL};
    if (aside)
        return (struct wanted){STATE_DEGRADED, aside->kind, NULL, NULL};
    return (struct wanted){STATE_UP, "", NULL, NULL};
}

static struct wanted held(const struct node *n)
{
    const struct incident_record *r = n->held_by;
    const char *reason = n->life ? n->life->judgement.reason : "";
    const char *behind = r->behind;
    if (!behind && r->root && r->root != n)
        behind = r->root->name;
    return (struct wanted){behind ? STATE_UNREACHABLE : STATE_DOWN, reason, behind, r->in.id};
}

static struct wanted silent(const struct engine *e, const struct node *n)
{
    const struct scene_node *s = &e->scene_nodes[n->index];
    const struct judgement *v = &n->life->judgement;
    if (!s->silent)
        return (struct wanted){STATE_DEGRADED, v->reason, NULL, NULL}; /* the Internet, in part */
    if (s->class == CLASS_ROAMING)
        return (struct wanted){STATE_DOWN, "away", NULL, NULL};
    if (n->was_alive || n->state != STATE_UNKNOWN)
        return as_it_was(n); /* its incident is being made up */
    return (struct wanted){STATE_DOWN, v->reason, NULL, NULL};
}

static struct wanted wanted(const struct engine *e, const struct node *n)
{
    if (n->config_paused)
        return (struct wanted){STATE_PAUSED, "", NULL, NULL};
    if (!n->life)
        return (struct wanted){STATE_UNKNOWN, "not asked", NULL, NULL};
    if (n->held_by)
        return held(n);
    const struct judgement *v = &n->life->judgement;
    switch (v->verdict) {
    case VERDICT_OK: case VERDICT_DEGRADED:
        return living(n);
    case VERDICT_FAILING:
        return silent(e, n);
    case VERDICT_UNKNOWN:
        break;
    }
    if (*v->reason && v->own_in_row)
        return (struct wanted){STATE_UNKNOWN, v->reason, NULL, NULL};
    return as_it_was(n);
}

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static struct mono true_moment(const struct engine *e, const struct node *n, enum node_state to)
{
    bool down = to == STATE_DOWN || to == STATE_UNREACHABLE;
    bool was_down = n->state == STATE_DOWN || n->state == STATE_UNREACHABLE;
    struct mono from = n->life ? n->life->judgement.silent_since : (struct mono){0};
    bool within = mono_before(n->state_since, from) && mono_before(from, e->now.mono);
    return down && !was_down && within ? from : e->now.mono;
}

static void move(struct engine *e, struct node *n, const struct wanted *w)
{
    struct mono moment = true_moment(e, n, w->state);
    struct wall at = wall_at(e->now, moment);
    struct node_transition t = {.node = n->name, .from = n->state, .to = w->state, .at = at,
                                .reason = (char *)(uintptr_t)w->reason,
                                .behind = (char *)(uintptr_t)w->behind,
                                .incident = (char *)(uintptr_t)w->incident};
    draft_transition(e, &t);
    if (n->state != w->state) {
        n->since = at;
        n->state_since = moment;
    }
    char *behind = w->behind ? strdup(w->behind) : NULL;
    snprintf(n->reason, sizeof n->reason, "%s", w->reason ? w->reason : "");
    n->state = w->state;
    free(n->behind);
    n->behind = behind;
    node_show(e, n);
    e->show_status = true;
}

void state_refresh(struct engine *e)
{
    if (!e->restored)
        return;
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        struct wanted w = wanted(e, n);
        if (w.state != n->state || !same(w.behind, n->behind))
            move(e, n, &w);
        else if (!same(w.reason, n->reason))
            snprintf(n->reason, sizeof n->reason, "%s", w.reason);
    }
}
