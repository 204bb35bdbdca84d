/* A network as people see it: how it is on each VLAN, the steps of the last probes, and at which sites that is
 * proved. */
#include <stdio.h>
#include <string.h>

#include "poller/engine/coverage.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/network_words.h"
#include "poller/engine/view.h"

#define STEPS_SHOWN_MAX 200 /* a message has an end; of so many VLANs the first ones have their steps */
#define SHOWN_TEXT_MAX 200

static char *constant(const char *text)
{
    return (char *)(uintptr_t)text;
}

static char *keep(struct arena *a, const char *text)
{
    return arena_text(a, text, strnlen(text, SHOWN_TEXT_MAX));
}

size_t view_network_count(const struct engine *e)
{
    return e->node_count - e->shown_count;
}

bool view_network_find(const struct engine *e, const char *name, size_t *index)
{
    for (*index = 0; *index < view_network_count(e); (*index)++)
        if (strcmp(e->nodes[e->shown_count + *index]->name, name) == 0)
            return true;
    return false;
}

/* ---- VLANs and steps ---- */

static struct wall stamp(const struct engine *e, struct mono at)
{
    return at.ns ? wall_at(e->now, at) : (struct wall){0};
}

/* The file the guest's collector writes of it. */
static char *object_of(const struct node *n, const struct check *c, struct arena *a)
{
    char name[40];
    snprintf(name, sizeof name, "%s-%s", c->kind, *c->label ? c->label : "untagged");
    for (size_t i = 0; i < n->object_count; i++)
        if (strcmp(n->objects[i]->name, name) == 0)
            return keep(a, name);
    return NULL;
}

static void put_state(const struct engine *e, const struct node *n, const struct check *c, struct arena *a,
                      struct ew_network *out)
{
    const struct guest_watch *w = c->guest;
    out->states[out->states_count++] = (struct view_vlan){
        network_vid(c->label), c->judgement.verdict, constant(c->judgement.reason), keep(a, w->detail),
        w->last.result.armed, stamp(e, c->last_round), object_of(n, c, a)};
    if (stamp(e, c->last_round).ns > out->at.ns)
        out->at = stamp(e, c->last_round);
}

static void put_steps(const struct check *c, struct arena *a, struct ew_network *out)
{
    const struct guest_result *r = &c->guest->last.result;
    for (size_t s = 0; s < r->steps_count && s < GUEST_STEPS && out->steps_count < STEPS_SHOWN_MAX; s++) {
        const struct guest_step_result *step = &r->steps[s];
        if (!step->done)
            continue;
        out->steps[out->steps_count++] = (struct view_network_step){
            network_vid(c->label), constant(guest_step_words[s]), step->verdict,
            constant(guest_reason_words[step->reason]), step->detail ? keep(a, step->detail) : NULL, step->took_ns};
    }
}

static void put_own_step(const struct check *c, enum guest_step step, const struct guest_step_result *r,
                         struct arena *a, struct ew_network *out)
{
    if (r->done && out->steps_count < STEPS_SHOWN_MAX)
        out->steps[out->steps_count++] = (struct view_network_step){
            network_vid(c->label), constant(guest_step_words[step]), r->verdict,
            constant(guest_reason_words[r->reason]), r->detail ? keep(a, r->detail) : NULL, r->took_ns};
}

/* What tables say; the way of the first VLAN that has one, or of the one where it stops. */
static void put_look(const struct check *c, struct arena *a, struct ew_network *out)
{
    const struct network_look *l = c->look;
    if (!l)
        return;
    put_own_step(c, GUEST_AUDIT, &l->audit, a, out);
    put_own_step(c, GUEST_TRACE, &l->trace, a, out);
    if (!out->hops_count || l->finding.kind != CAUSE_NONE) {
        out->hops = l->hops;
        out->hops_count = l->hop_count;
    }
}

static bool put_probes(const struct engine *e, const struct node *n, struct arena *a, struct ew_network *out)
{
    out->states = arena_take(a, (n->check_count + 1) * sizeof *out->states);
    out->steps = arena_take(a, STEPS_SHOWN_MAX * sizeof *out->steps);
    for (size_t i = 0; i < n->check_count && out->states && out->steps; i++)
        if (network_shows(n, n->checks[i])) {
            put_state(e, n, n->checks[i], a, out);
            put_steps(n->checks[i], a, out);
            put_look(n->checks[i], a, out);
        }
    return out->states && out->steps;
}

/* ---- sites ---- */

/* What a site is told: that pages do not come is worse there than that a stranger is about. */
static struct probed probed_of(const struct node *n, enum verdict verdict, const char *sentence)
{
    struct probed p = {verdict, sentence};
    if (verdict == VERDICT_FAILING && !network_fails(n, GUEST_MATTER_SERVICE))
        p.verdict = VERDICT_DEGRADED;
    if (verdict == VERDICT_OK)
        p.text = "played from here";
    return p;
}

void view_network(const struct engine *e, size_t index, struct arena *arena, struct ew_network *out)
{
    char text[NETWORK_WORDS_MAX];
    const struct node *n = e->nodes[e->shown_count + index];
    enum verdict verdict = network_verdict(n), probes = network_probes_verdict(n);
    *out = (struct ew_network){.name = n->name, .kind = constant(n->network ? "guest" : "lan"), .verdict = verdict};
    if (n->network) {
        out->vlans = n->network->vlans;
        out->vlans_count = n->network->vlans_count;
    }
    if (!put_probes(e, n, arena, out))
        return;
    network_words(e, n, text);
    out->sentence = arena_text(arena, text, strlen(text));
    if (n->network) {
        struct probed probed = probed_of(n, probes, text);
        out->sites_count = coverage_of(e, n, &probed, arena, &out->sites);
    }
}

bool view_is_ours(const struct engine *e, const struct mac *mac)
{
    for (size_t i = 0; i < e->check_slots; i++) {
        const struct guest_watch *w = e->checks[i] ? e->checks[i]->guest : NULL;
        const struct mac *own[] = {w ? &w->last.result.probe : NULL, w ? &w->last.result.control : NULL};
        for (size_t k = 0; w && k < 2; k++)
            if (mac_is_set(own[k]) && memcmp(own[k], mac, sizeof *mac) == 0)
                return true;
    }
    return false;
}
