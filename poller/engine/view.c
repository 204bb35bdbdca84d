#include "poller/engine/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/engine_internal.h"
#include "poller/engine/gauges.h"
#include "poller/engine/incidents.h"
#include "poller/engine/owners.h"
#include "poller/engine/pace.h"
#include "poller/engine/roster.h"
#include "poller/engine/troubles.h"

#define VANTAGE "here"

static enum verdict verdict_of_state(enum node_state state)
{
    switch (state) {
    case STATE_UP:
        return VERDICT_OK;
    case STATE_DEGRADED:
        return VERDICT_DEGRADED;
    case STATE_DOWN: case STATE_UNREACHABLE:
        return VERDICT_FAILING;
    case STATE_UNKNOWN: case STATE_PAUSED:
        break;
    }
    return VERDICT_UNKNOWN;
}

static enum verdict worst_incident(const struct engine *e, uint32_t *open)
{
    enum verdict worst = VERDICT_OK;
    *open = 0;
    for (size_t i = 0; i < e->incident_count; i++) {
        const struct incident_record *r = e->incidents[i];
        if (!r->open)
            continue;
        (*open)++;
        bool ours = r->in.cause.kind == CAUSE_OWN_FAULT; /* what is watched may be well */
        bool grave = r->in.severity >= SEVERITY_DAY && !ours;
        if (grave || worst == VERDICT_OK)
            worst = grave ? VERDICT_FAILING : VERDICT_DEGRADED;
    }
    return worst;
}

static bool counts(const struct node *n)
{
    return n->life && n->config && n->config->class != CLASS_ROAMING;
}

void view_status(const struct engine *e, struct arena *arena, struct ew_status *out)
{
    *out = (struct ew_status){.site = e->config ? e->config->title : NULL,
                              .version = (char *)(uintptr_t)HAYLOFT_VERSION,
                              .generation = e->config ? e->config->generation : 0,
                              .started = wall_at(e->now, e->started), .now = e->now.wall,
                              .restoring = !e->restored, .clock_unset = !engine_clock_is_set(e),
                              .checks = (uint32_t)e->check_count};
    for (size_t i = 0; i < e->node_count; i++) {
        const struct node *n = e->nodes[i];
        out->nodes_total += counts(n);
        out->nodes_up += counts(n) && (n->state == STATE_UP || n->state == STATE_DEGRADED);
        if (n->kind == NODE_INTERNET) {
            out->internet = verdict_of_state(n->state);
            out->internet_reason = (char *)(uintptr_t)n->reason;
        }
    }
    out->verdict = worst_incident(e, &out->open_incidents);
    bool nothing_known = out->verdict == VERDICT_OK && !out->nodes_up;
    if (!e->restored || !out->nodes_total || nothing_known)
        out->verdict = VERDICT_UNKNOWN;
    out->own_faults_count = troubles_list(e, arena, &out->own_faults);
}

size_t view_node_count(const struct engine *e)
{
    return e->shown_count;
}

static struct wall stamp(const struct engine *e, struct mono at)
{
    return at.ns ? wall_at(e->now, at) : (struct wall){0};
}

static void view_checks(const struct engine *e, const struct node *n, struct arena *arena, struct ew_node *out)
{
    out->checks = n->check_count ? arena_take(arena, n->check_count * sizeof *out->checks) : NULL;
    out->checks_count = out->checks ? n->check_count : 0;
    for (size_t i = 0; i < out->checks_count; i++) {
        const struct check *c = n->checks[i];
        struct pace p = pace_of(c);
        out->checks[i] = (struct view_check){c->kind, c->label, c->judgement.verdict,
                                             (char *)(uintptr_t)c->judgement.reason, stamp(e, c->last_round),
                                             p.interval_ns, p.configured_ns, p.takes_ns};
    }
}

void view_node(const struct engine *e, size_t index, struct arena *arena, struct ew_node *out)
{
    const struct node *n = e->nodes[index];
    const struct config_node *cn = n->config;
    *out = (struct ew_node){.name = n->name, .class = CLASS_NETWORK, .state = n->state,
                            .since = n->since, .reason = (char *)(uintptr_t)n->reason,
                            .behind = n->behind, .role = (char *)(uintptr_t)n->role,
                            .rtt_s = n->rtt_s, .loss = n->loss};
    if (cn) {
        out->address = cn->addresses_count ? cn->addresses[0] : (struct addr){0};
        out->hostname = cn->hostname;
        out->class = cn->class;
        out->site = cn->site;
    }
    if (n->parent_count)
        out->parent = e->nodes[n->parents[0]]->name;
    view_checks(e, n, arena, out);
}

static const struct node *find(const struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->shown_count; i++)
        if (strcmp(e->nodes[i]->name, name) == 0)
            return e->nodes[i];
    return NULL;
}

bool view_node_named(const struct engine *e, const char *name, struct arena *arena,
                     struct ew_node *out)
{
    const struct node *n = find(e, name);
    if (n)
        view_node(e, n->index, arena, out);
    return n != NULL;
}

size_t view_link_count(const struct engine *e)
{
    return e->scene.link_count;
}

void view_link(const struct engine *e, size_t index, struct ew_link *out)
{
    const struct scene_link *l = &e->scene_links[index];
    const struct node *near = e->nodes[l->near], *far = e->nodes[l->far];
    enum verdict a = verdict_of_state(near->state), b = verdict_of_state(far->state);
    const struct node *worse = b > a ? far : near;
    *out = (struct ew_link){.name = (char *)(uintptr_t)l->name,
                            .kind = (char *)(uintptr_t)link_kind_words[l->bridge ? LINK_BRIDGE
                                                                                 : LINK_WIRE],
                            .a = near->name, .b = far->name, .verdict = a > b ? a : b,
                            .reason = (char *)(uintptr_t)worse->reason};
}

static double number(const struct fact_table *t, const char *name, const char *port)
{
    const struct known_fact *f = facts_find(t, name, port);
    return f ? strtod(f->value, NULL) : NAN;
}

static char *text(const struct fact_table *t, const char *name, const char *subject)
{
    const struct known_fact *f = facts_find(t, name, subject);
    return f ? f->value : NULL;
}

static double latest(const struct node *n, const char *port, const char *source)
{
    for (size_t i = 0; i < n->object_count; i++) {
        const struct object *o = n->objects[i];
        if (strncmp(o->name, "if-", 3) != 0 || strcmp(o->name + 3, port) != 0)
            continue;
        for (size_t k = 0; k < o->source_count; k++)
            if (strcmp(o->sources[k], source) == 0)
                return o->values[k];
    }
    return NAN;
}

static struct view_port view_port(const struct node *n, char *port)
{
    const struct fact_table *t = &n->facts;
    double index = number(t, "port.index", port), type = number(t, "port.type", port);
    double speed = number(t, "port.speed", port);
    return (struct view_port){
        .index = isnan(index) ? 0 : (uint32_t)index,
        .name = port,
        .alias = text(t, "port.alias", port),
        .type = isnan(type) ? 0 : (uint32_t)type,
        .speed_bps = speed > 0 ? (uint64_t)speed : 0,
        .admin = text(t, "port.admin", port),
        .oper = text(t, "port.oper", port),
        .in_bps = latest(n, port, "in_octets") * 8,
        .out_bps = latest(n, port, "out_octets") * 8,
        .in_errors = latest(n, port, "in_errors"),
        .out_errors = latest(n, port, "out_errors"),
    };
}

static void view_ports(const struct node *n, struct arena *arena, struct ew_detail *out)
{
    const struct fact_table *t = &n->facts;
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++)
        count += strcmp(t->facts[i].name, "port.oper") == 0;
    out->ports = count ? arena_take(arena, count * sizeof *out->ports) : NULL;
    for (size_t i = 0; i < t->count && out->ports; i++)
        if (strcmp(t->facts[i].name, "port.oper") == 0)
            out->ports[out->ports_count++] = view_port(n, t->facts[i].subject);
}

static void view_series(const struct engine *e, const struct node *n, struct arena *arena, struct ew_detail *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n->object_count; i++)
        count += n->objects[i]->source_count;
    out->series = count ? arena_take(arena, count * sizeof *out->series) : NULL;
    for (size_t i = 0; i < n->object_count && out->series; i++) {
        const struct object *o = n->objects[i];
        for (size_t k = 0; k < o->source_count; k++)
            out->series[out->series_count++] = (struct view_series){
                (char *)(uintptr_t)VANTAGE, (char *)(uintptr_t)o->name, o->sources[k],
                (char *)(uintptr_t)value_unit_words[o->units[k]], o->values[k],
                stamp(e, o->at)};
    }
}

/* The texts stay the gauge's. */
static struct view_reading view_reading(const struct engine *e, const struct gauge *g)
{
    return (struct view_reading){
        .meaning = g->meaning, .class_ = g->class_, .label = g->label, .index = g->index, .unit = g->unit,
        .mac = g->mac, .state = g->present ? g->state : NULL, .level = (char *)(uintptr_t)reading_level_words[g->level],
        .value = g->value, .warn_low = g->limits.warn_low, .bad_low = g->limits.bad_low,
        .warn_high = g->limits.warn_high, .bad_high = g->limits.bad_high,
        .at = g->at.ns ? stamp(e, g->at) : (struct wall){0},
        .since = g->since.ns ? stamp(e, g->since) : (struct wall){0}};
}

static void view_readings(const struct engine *e, const struct node *n, struct arena *arena, struct ew_detail *out)
{
    out->readings = n->gauge_count ? arena_take(arena, n->gauge_count * sizeof *out->readings) : NULL;
    for (size_t i = 0; i < n->gauge_count && out->readings; i++)
        out->readings[out->readings_count++] = view_reading(e, &n->gauges[i]);
}

void view_detail(const struct engine *e, const char *name, struct arena *arena,
                 struct ew_detail *out)
{
    *out = (struct ew_detail){.uptime_ns = -1};
    const struct node *n = find(e, name);
    if (!n)
        return;
    out->found = true;
    view_node(e, n->index, arena, &out->node);
    out->description = text(&n->facts, "sys.descr", "");
    out->location = text(&n->facts, "sys.location", "");
    out->uptime_ns = n->uptime_ns;
    view_ports(n, arena, out);
    view_series(e, n, arena, out);
    view_elsewhere(e, n->name, arena, out);
    view_readings(e, n, arena, out);
}

void view_tables(const struct engine *e, const char *name, const struct netinfo_heard *heard, size_t heard_count,
                 struct arena *arena, struct ew_tables *out)
{
    const struct node *n = find(e, name);
    *out = (struct ew_tables){0};
    if (!n)
        return;
    tables_view(e, n, arena, out);
    owners_find(e, n, heard, heard_count, arena, out);
}
