#include "poller/engine/aftermath.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/buf.h"
#include "poller/base/log.h"
#include "poller/diagnose/settle.h"
#include "poller/diagnose/witness.h"
#include "poller/engine/round.h"
#include "poller/engine/vantages.h"

#define BOOT_BEFORE_SILENCE_S 5 /* agents count from about their start, and silence is noticed late */
#define WAIT_FOR_VANTAGE_S 120  /* it tries every half minute, by a radio that is just back */
#define RESTART_NS MINUTES(3)   /* samples are a minute apart, so an engine that starts anew seems away for longer */

static bool was_cut_off(const struct incident_record *r)
{
    return r->in.cause.kind == CAUSE_SITE_CUT_OFF && r->kind == SUSPECT_SILENCE;
}

void aftermath_ask(struct engine *e, const struct incident_record *r)
{
    const char *provider = fact_provider("sys.uptime");
    for (size_t i = 0; i < r->in.affected_count && was_cut_off(r) && provider; i++) {
        struct node *n = engine_node(e, r->in.affected[i]);
        for (size_t k = 0; n && k < n->check_count; k++)
            if (strcmp(n->checks[k]->kind, provider) == 0)
                round_ask(e, n->checks[k]);
    }
}

/* False when it has not told since it is back. */
static bool look_at(const struct incident_record *r, const struct node *n, struct settle_node *out)
{
    const struct known_fact *f = facts_find(&n->facts, "sys.uptime", "");
    if (!f || mono_before(f->at, r->damping.ended))
        return false;
    struct mono booted = mono_after(f->at, -strtoll(f->value, NULL, 10));
    struct mono before = mono_after(r->began, -SECONDS(BOOT_BEFORE_SILENCE_S));
    *out = (struct settle_node){n->name, n == r->root, mono_before(before, booted)};
    return true;
}

static bool is_bridge(const struct engine *e, const char *link)
{
    for (size_t i = 0; i < e->scene.link_count; i++)
        if (link && strcmp(e->scene_links[i].name, link) == 0)
            return e->scene_links[i].bridge;
    return false;
}

/* --- what a vantage there saw --- */

bool aftermath_waits(const struct engine *e, const struct incident_record *r)
{
    const struct vantage *v = was_cut_off(r) ? vantage_at(e, r->in.cause.site) : NULL;
    return v && vantage_reported_before(v, r->began) && !vantage_told_since(v, r->damping.ended) &&
           mono_since(e->now.mono, r->damping.ended) < SECONDS(WAIT_FOR_VANTAGE_S);
}

/* The part of the first silence, and the end of the last, that lie within the cut. */
static struct witness_node look_for(const struct vantage *v, const struct sight *s, const struct witness *w)
{
    struct witness_node n = {.name = s->node};
    for (size_t i = 0; i < s->silence_count; i++) {
        struct wall from = vantage_time(v, s->silences[i].from), until = vantage_time(v, s->silences[i].until);
        if (!s->silences[i].until.ns || until.ns > w->until.ns)
            until = w->until;
        if (from.ns >= w->until.ns || until.ns <= w->from.ns)
            continue;
        n.silent = n.silent.ns ? n.silent : from;
        n.until = until;
    }
    return n;
}

static bool stands_there(struct engine *e, const struct sight *s, const char *site)
{
    const struct node *n = engine_node(e, s->node);
    return n && n->config && n->config->site && strcmp(n->config->site, site) == 0 &&
           n->config->class != CLASS_ROAMING && (s->now || s->silence_count);
}

/* The longest time without an engine there. Its power was not gone before all of the place fell silent. */
static void find_blindness(const struct vantage *v, struct witness *w)
{
    int64_t longest_ns = 0;
    for (size_t i = 0; i < v->run_count; i++) {
        const struct run_seen *r = &v->runs[i];
        struct wall blind = vantage_time(v, r->silent), started = vantage_time(v, r->started);
        struct wall booted = vantage_time(v, r->machine_started);
        bool restarted = booted.ns > blind.ns && booted.ns <= started.ns;
        bool within = r->silent.ns && blind.ns < w->until.ns && started.ns > w->from.ns;
        int64_t away_ns = started.ns - blind.ns;
        if (!within || away_ns < longest_ns || (!restarted && away_ns < RESTART_NS))
            continue;
        longest_ns = away_ns;
        w->blind = blind.ns > w->from.ns ? blind : w->from;
        w->seeing = restarted ? booted : started;
        w->restarted = restarted;
    }
}

/* nodes: room for all it watches. */
static void hear(struct engine *e, const struct vantage *v, const struct incident_record *r,
                 struct witness_node *nodes, struct witness *w)
{
    *w = (struct witness){.vantage = v->name, .nodes = nodes, .from = wall_at(e->now, r->began),
                          .until = wall_at(e->now, r->damping.ended)};
    for (size_t i = 0; i < v->sight_count; i++) {
        if (!stands_there(e, &v->sights[i], r->in.cause.site))
            continue;
        nodes[w->count] = look_for(v, &v->sights[i], w);
        nodes[w->count++].link_end = r->root && strcmp(v->sights[i].node, r->root->name) == 0;
    }
    find_blindness(v, w);
}

/* Uptimes say nothing else, and nothing more. */
static bool says_it_all(enum testimony t, enum settlement uptimes)
{
    switch (t) {
    case TESTIMONY_FINE:
        return uptimes == SETTLEMENT_OPEN || uptimes == SETTLEMENT_LINK || uptimes == SETTLEMENT_NOT_POWER;
    case TESTIMONY_POWER:
        return uptimes == SETTLEMENT_OPEN || uptimes == SETTLEMENT_POWER;
    default:
        return t == TESTIMONY_UNIT || uptimes == SETTLEMENT_OPEN;
    }
}

/* True: no more need be said. */
static bool tell_seen(struct engine *e, const struct incident_record *r, enum settlement uptimes, struct buf *out)
{
    const struct vantage *v = vantage_at(e, r->in.cause.site);
    struct witness w;
    if (!v || !vantage_told_since(v, r->damping.ended))
        return false;
    struct witness_node *nodes = calloc(v->sight_count + 1, sizeof *nodes);
    if (!nodes)
        fatal("no memory for an incident");
    hear(e, v, r, nodes, &w);
    bool all = says_it_all(witness_find(&w), uptimes);
    witness_render(&w, is_bridge(e, r->in.cause.link), all, out);
    free(nodes);
    return all;
}

/* --- both together --- */

static size_t gather_uptimes(struct engine *e, const struct incident_record *r, struct settle_node *nodes)
{
    size_t count = 0;
    for (size_t i = 0; i < r->in.affected_count; i++) {
        const struct node *n = engine_node(e, r->in.affected[i]);
        count += n && look_at(r, n, &nodes[count]);
    }
    return count;
}

char *aftermath_tell(struct engine *e, const struct incident_record *r, const char **source)
{
    if (!was_cut_off(r))
        return NULL;
    struct settle_node *nodes = calloc(r->in.affected_count + 1, sizeof *nodes);
    struct buf text = {0};
    if (!nodes)
        fatal("no memory for an incident");
    size_t count = gather_uptimes(e, r, nodes);
    enum settlement s = settle(nodes, count);
    bool all = tell_seen(e, r, s, &text);
    *source = text.len ? "the vantage there" : "uptimes after the return";
    buf_text(&text, text.len && !all ? "; " : "");
    if (!text.len || !all)
        settle_render(s, nodes, count, is_bridge(e, r->in.cause.link), &text);
    char *told = text.len ? strdup(buf_string(&text)) : NULL;
    buf_fini(&text);
    free(nodes);
    return told;
}
