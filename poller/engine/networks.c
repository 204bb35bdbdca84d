#include "poller/engine/networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/conclude.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/roster.h"
#include "poller/engine/round.h"
#include "poller/engine/troubles.h"

#define WAIT_FOR_INTERNET_S 90 /* until its check has said whether it is down: a round and what confirms it */
#define TROUBLES_MAX 64        /* VLANs told of in one incident */
#define PROBE_TAKES_S 80       /* with all its tries */

/* ---- reports ---- */

/* What a guest lacks may be no fault of its network: who could tell is asked in the meantime. */
static void ask_around(struct engine *e)
{
    struct node *internet = engine_node(e, INTERNET_NODE);
    if (e->router && e->router->life)
        round_suspect(e, e->router->life);
    if (internet && internet->life)
        round_ask(e, internet->life);
}

static bool has_stranger(const struct guest_watch *w)
{
    return w->matters[GUEST_MATTER_DHCP].verdict == VERDICT_FAILING ||
           w->matters[GUEST_MATTER_RA].verdict == VERDICT_FAILING;
}

/* At which port a stranger is heard stands in tables, but not in those of before it came. */
static void ask_who_hears(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i] && e->checks[i]->judge->tables)
            round_read_tables(e, e->checks[i]);
}

bool networks_take_report(struct engine *e, struct check *c, const struct report *r)
{
    const char *reason;
    struct judgement *v = &c->judgement;
    bool known = has_stranger(c->guest);
    bool again = guest_watch_take(c->guest, r, e->now.mono);
    enum verdict verdict = guest_watch_verdict(c->guest, &reason);
    if (verdict != v->verdict)
        v->since = e->now.mono;
    v->verdict = verdict;
    v->known = true;
    snprintf(v->reason, sizeof v->reason, "%s", reason);
    snprintf(v->detail, sizeof v->detail, "%s", c->guest->detail);
    if (again)
        ask_around(e);
    if (!known && has_stranger(c->guest))
        ask_who_hears(e);
    node_show(e, c->node);
    e->dirty = true;
    return again;
}

void networks_forget_suspicion(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i] && e->checks[i]->guest)
            guest_watch_forget_suspicion(e->checks[i]->guest);
}

/* ---- what explains it ---- */

enum explained { EXPLAINED_BY_NOTHING, EXPLAINED_LATER, EXPLAINED };

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

static enum explained explain(struct engine *e, const struct guest_watch *w, enum guest_matter m)
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

/* ---- incidents ---- */

/* What one look at a matter of a network gave. */
struct look {
    struct network_trouble troubles[TROUBLES_MAX];
    size_t count;
    size_t waiting; /* something else explains them, or may; or they are from before a restart and not seen yet */
};

static void add_trouble(struct look *l, const struct check *c, const struct matter_watch *of)
{
    int64_t vid = network_vid(c->label);
    for (size_t i = 0; i < l->count; i++)
        if (l->troubles[i].vid == vid)
            return; /* both the guest and the listener know */
    if (l->count < TROUBLES_MAX)
        l->troubles[l->count++] = (struct network_trouble){vid, of->failure, &of->failed.result,
                                                           c->guest->control_was_well, of->since, of->failed.at};
}

/* Failed while something else was its cause, which is over: that says nothing about now. It is asked. */
static bool is_old_news(struct engine *e, struct check *c, const struct matter_watch *of)
{
    if (!of->explained_at.ns || mono_before(of->explained_at, of->said_at))
        return false;
    round_ask(e, c);
    conclude_later(e, mono_after(e->now.mono, SECONDS(PROBE_TAKES_S)));
    return true;
}

static void look_at_check(struct engine *e, struct check *c, enum guest_matter m, struct look *l)
{
    struct matter_watch *of = &c->guest->matters[m];
    if (of->verdict != VERDICT_FAILING)
        return;
    enum explained explained = of->failure.reason == GUEST_NONE ? EXPLAINED_LATER : explain(e, c->guest, m);
    if (explained == EXPLAINED)
        of->explained_at = e->now.mono;
    if (explained != EXPLAINED_BY_NOTHING || is_old_news(e, c, of))
        l->waiting++;
    else
        add_trouble(l, c, of);
}

static int by_step(const void *a, const void *b)
{
    const struct network_trouble *x = a, *y = b;
    if (x->failure.step != y->failure.step)
        return x->failure.step < y->failure.step ? -1 : 1;
    return x->vid < y->vid ? -1 : x->vid > y->vid;
}

/* The listener of a VLAN hears what the guest of it does not, and has no say in anything else. */
static bool speaks_of(const struct check *c, enum guest_matter m)
{
    return strcmp(c->kind, NETWORK_ROGUE) != 0 || m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA;
}

static void look_at_matter(struct engine *e, struct node *n, enum guest_matter m)
{
    char key[160];
    struct look l = {.count = 0};
    snprintf(key, sizeof key, "network/%s/%s", n->name, guest_matter_words[m]);
    for (size_t i = 0; i < n->check_count; i++)
        if (speaks_of(n->checks[i], m))
            look_at_check(e, n->checks[i], m, &l);
    if (!l.count) {
        if (!l.waiting)
            trouble_end(e, key);
        return;
    }
    qsort(l.troubles, l.count, sizeof *l.troubles, by_step);
    struct network_suspect about = {.name = n->name, .lan = !n->network, .matter = m, .troubles = l.troubles,
                                    .count = l.count};
    struct suspect x = {.kind = SUSPECT_NETWORK, .node = n->index, .check_kind = NETWORK_GUEST, .label = "",
                        .reason = guest_reason_words[l.troubles[0].failure.reason], .network = &about};
    trouble_keep(e, &x, NULL, key);
}

void networks_conclude(struct engine *e)
{
    for (size_t i = e->shown_count; i < e->node_count; i++)
        for (int m = 0; m < GUEST_MATTERS; m++)
            look_at_matter(e, e->nodes[i], (enum guest_matter)m);
}

/* ---- after a restart ---- */

static bool was_of(const struct incident_record *r, int64_t vid)
{
    const struct incident *in = incident_of(r);
    for (size_t i = 0; i < in->cause.arguments_count; i++) {
        if (strcmp(in->cause.arguments[i].name, ARGUMENT_VIDS) != 0)
            continue;
        char *end, *at = in->cause.arguments[i].value;
        for (long long one = strtoll(at, &end, 10); end != at; at = end, one = strtoll(at, &end, 10))
            if (one == vid)
                return true;
    }
    return false;
}

/* Of the two of a VLAN the guest comes first: it asks, and will say when it is over. */
static bool is_first_of_vlan(const struct node *n, size_t i, enum guest_matter m)
{
    for (size_t k = 0; k < i; k++)
        if (speaks_of(n->checks[k], m) && strcmp(n->checks[k]->label, n->checks[i]->label) == 0)
            return false;
    return true;
}

bool networks_restore(struct engine *e, const struct incident_record *r, const char *matter, struct mono opened)
{
    int m = field_word_index(guest_matter_words, matter);
    bool found = false;
    struct node *n = r->root;
    for (size_t i = 0; m >= 0 && n->kind == NODE_NETWORK && i < n->check_count; i++) {
        struct check *c = n->checks[i];
        if (!speaks_of(c, (enum guest_matter)m) || !was_of(r, network_vid(c->label)) ||
            !is_first_of_vlan(n, i, (enum guest_matter)m))
            continue;
        guest_watch_restore(c->guest, (enum guest_matter)m, opened);
        found = true;
    }
    return found;
}
