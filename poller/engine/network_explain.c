#include "poller/engine/network_explain.h"

#include "poller/engine/conclude.h"
#include "poller/engine/roster.h"
#include "poller/engine/round.h"

#define WAIT_FOR_INTERNET_S 90 /* until its check has said whether it is down: a round and what confirms it */

void network_ask_around(struct engine *e)
{
    struct node *internet = engine_node(e, INTERNET_NODE);
    if (e->router && e->router->life)
        round_suspect(e, e->router->life);
    if (internet && internet->life)
        round_ask(e, internet->life);
}

static bool is_being_asked(const struct check *c)
{
    return c->judgement.stage == STAGE_CONFIRMING && c->judgement.verdict != VERDICT_FAILING;
}

static enum explained by_router(struct engine *e)
{
    const struct node *n = e->router;
    if (!n || !n->life || n->config_paused)
        return EXPLAINED_BY_NOTHING;
    if (e->scene_nodes[n->index].silent || n->blocked)
        return EXPLAINED;
    return is_being_asked(n->life) ? EXPLAINED_LATER : EXPLAINED_BY_NOTHING;
}

static bool needs_the_internet(const struct matter_watch *w)
{
    return w->failure.step == GUEST_DNS || w->failure.step == GUEST_HTTP;
}

/* An answer of it after the failure began says that it is there. */
static enum explained by_internet(struct engine *e, const struct matter_watch *w)
{
    const struct node *n = engine_node(e, INTERNET_NODE);
    if (!needs_the_internet(w) || !n || n->kind != NODE_INTERNET || !n->life)
        return EXPLAINED_BY_NOTHING;
    const struct judgement *v = &n->life->judgement;
    if (v->verdict == VERDICT_FAILING)
        return EXPLAINED;
    if (v->stage != STAGE_CONFIRMING && v->answered_at.ns >= w->bad_since.ns)
        return EXPLAINED_BY_NOTHING;
    struct mono until = mono_after(w->since, SECONDS(WAIT_FOR_INTERNET_S));
    if (!mono_before(e->now.mono, until))
        return EXPLAINED_BY_NOTHING;
    conclude_later(e, until);
    return EXPLAINED_LATER;
}

/* Heard of nothing there since our start, while everything may still be starting. */
static bool in_grace(struct engine *e, const struct guest_watch *w)
{
    if (w->matters[GUEST_MATTER_SERVICE].was_well || !mono_before(e->now.mono, e->grace_until))
        return false;
    conclude_later(e, e->grace_until);
    return true;
}

enum explained network_explain(struct engine *e, const struct guest_watch *w, enum guest_matter m)
{
    if (e->cut_off.ns != MONO_NEVER.ns)
        return EXPLAINED;
    if (mono_before(e->now.mono, e->quiet_until)) {
        conclude_later(e, e->quiet_until);
        return EXPLAINED_LATER;
    }
    if (m != GUEST_MATTER_SERVICE)
        return EXPLAINED_BY_NOTHING; /* what is heard is there, whatever else is not */
    if (in_grace(e, w))
        return EXPLAINED_LATER;
    enum explained router = by_router(e), internet = by_internet(e, &w->matters[m]);
    return router > internet ? router : internet;
}
