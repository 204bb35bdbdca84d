/* How it is here, for the house; and how it is elsewhere, as vantages say. */
#include <string.h>

#include "poller/engine/engine_internal.h"
#include "poller/engine/vantages.h"
#include "poller/engine/view.h"

#define REPORTED_NODES_MAX 400 /* so many fit a report beside what else it tells */

static char *text(const char *t)
{
    return (char *)(uintptr_t)t;
}

static bool is_worth_telling(const struct node *n)
{
    return n->life && n->config && n->config->class != CLASS_ROAMING && !n->config_paused;
}

void view_for_upstream(const struct engine *e, struct arena *arena, struct vantage_view *out)
{
    struct wall started = wall_at(e->now, e->started);
    *out = (struct vantage_view){.at = e->now.wall, .started = started,
                                 .machine_started = wall_after(started, -e->setup.machine_age_ns)};
    size_t most = e->node_count < REPORTED_NODES_MAX ? e->node_count : REPORTED_NODES_MAX;
    out->nodes = arena_take(arena, (most + 1) * sizeof *out->nodes);
    for (size_t i = 0; out->nodes && i < e->node_count && out->nodes_count < most; i++) {
        const struct node *n = e->nodes[i];
        if (is_worth_telling(n))
            out->nodes[out->nodes_count++] =
                (struct vantage_node){n->name, text(node_state_words[n->state]), n->since, text(n->reason)};
    }
}

size_t view_vantage_count(const struct engine *e)
{
    return e->vantage_count;
}

static void view_sights(const struct vantage *v, struct arena *arena, struct ew_vantage *out)
{
    out->nodes = arena_take(arena, (v->sight_count + 1) * sizeof *out->nodes);
    for (size_t i = 0; out->nodes && i < v->sight_count; i++) {
        const struct sight *s = &v->sights[i];
        if (s->now)
            out->nodes[out->nodes_count++] = (struct view_sight){s->node, s->state, vantage_time(v, s->since)};
    }
}

void view_vantage(const struct engine *e, size_t index, struct arena *arena, struct ew_vantage *out)
{
    const struct vantage *v = e->vantages[index];
    *out = (struct ew_vantage){.name = text(v->name), .site = v->config->site, .reports = v->reports,
                               .missed = v->missed, .skew_ns = v->skew_ns, .clock_set = v->clock_set,
                               .whole = v->whole && !v->behind.ns, .behind = v->behind, .started = v->started,
                               .every_ns = v->every_ns};
    out->heard = v->heard.ns ? wall_at(e->now, v->heard) : (struct wall){0};
    view_sights(v, arena, out);
}

bool view_vantage_named(const struct engine *e, const char *name, struct arena *arena, struct ew_vantage *out)
{
    for (size_t i = 0; i < e->vantage_count; i++)
        if (strcmp(e->vantages[i]->name, name) == 0) {
            view_vantage(e, i, arena, out);
            return true;
        }
    return false;
}

static const struct sight *sight_of(const struct vantage *v, const char *node)
{
    for (size_t i = 0; i < v->sight_count; i++)
        if (v->sights[i].now && strcmp(v->sights[i].node, node) == 0)
            return &v->sights[i];
    return NULL;
}

void view_elsewhere(const struct engine *e, const char *node, struct arena *arena, struct ew_detail *out)
{
    out->elsewhere = e->vantage_count ? arena_take(arena, e->vantage_count * sizeof *out->elsewhere) : NULL;
    for (size_t i = 0; out->elsewhere && i < e->vantage_count; i++) {
        const struct vantage *v = e->vantages[i];
        const struct sight *s = sight_of(v, node);
        if (s)
            out->elsewhere[out->elsewhere_count++] = (struct view_elsewhere){
                text(v->name), s->state, vantage_time(v, s->since), wall_at(e->now, v->heard)};
    }
}
