#include "poller/engine/gauges.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/diagnose/reading_cause.h"
#include "poller/engine/incidents.h"
#include "poller/engine/troubles.h"

#define NS_A_DAY SECONDS(GAUGE_FORGOTTEN_S)

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* --- keeping --- */

static void free_gauge(struct gauge *g)
{
    free(g->meaning);
    free(g->class_);
    free(g->label);
    free(g->index);
    free(g->unit);
    free(g->mac);
    free(g->state);
}

void gauges_destroy(struct node *n)
{
    for (size_t i = 0; i < n->gauge_count; i++)
        free_gauge(&n->gauges[i]);
    free(n->gauges);
    n->gauges = NULL;
    n->gauge_count = 0;
}

static bool is_of(const struct gauge *g, uint32_t check, const struct reading *r)
{
    return g->check == check && strcmp(g->index, or_empty(r->index)) == 0 && strcmp(g->meaning, r->meaning) == 0 &&
           strcmp(g->label, or_empty(r->label)) == 0;
}

/* Readings come in the same order round after round, so the next one is nearly always it. */
static struct gauge *find(struct node *n, uint32_t check, const struct reading *r)
{
    for (size_t i = 0; i < n->gauge_count; i++) {
        size_t at = (n->gauge_next + i) % n->gauge_count;
        if (is_of(&n->gauges[at], check, r)) {
            n->gauge_next = at + 1;
            return &n->gauges[at];
        }
    }
    return NULL;
}

static struct gauge *add(struct node *n, uint32_t check, const struct reading *r)
{
    if (n->gauge_count == GAUGES_MAX)
        return NULL;
    struct gauge *all = reallocarray(n->gauges, n->gauge_count + 1, sizeof *all);
    if (!all)
        return NULL;
    n->gauges = all;
    struct gauge *g = &all[n->gauge_count];
    *g = (struct gauge){.check = check, .meaning = strdup(r->meaning), .class_ = strdup(or_empty(r->class_)),
                        .label = strdup(or_empty(r->label)), .index = strdup(or_empty(r->index)),
                        .unit = strdup(or_empty(r->unit)), .mac = r->mac ? strdup(r->mac) : NULL, .value = NAN,
                        .cause = reading_cause(r->meaning, or_empty(r->class_))};
    if (!g->meaning || !g->class_ || !g->label || !g->index || !g->unit) {
        free_gauge(g);
        return NULL;
    }
    if (n->was_bad & (UINT64_C(1) << g->cause))
        g->level = READING_BAD;
    n->gauge_count++;
    return g;
}

static void forget_old(struct engine *e, struct node *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->gauge_count; i++) {
        struct gauge *g = &n->gauges[i];
        if (mono_since(e->now.mono, g->named) > NS_A_DAY)
            free_gauge(g);
        else
            n->gauges[kept++] = *g;
    }
    n->gauge_count = kept;
}

/* --- judging --- */

static const struct config_link *link_of(const struct config *c, const char *node)
{
    for (size_t i = 0; i < c->links_count; i++)
        for (size_t k = 0; k < c->links[i].ends_count; k++)
            if (strcmp(c->links[i].ends[k], node) == 0)
                return &c->links[i];
    return NULL;
}

static void set_limits(struct engine *e, struct node *n, struct gauge *g, const struct reading_limits *profiles)
{
    const struct known_fact *family = facts_find(&n->facts, "device.family", "");
    g->limits = *profiles;
    if (n->config)
        g->limits = config_limits(e->config, n->config, family ? family->value : NULL,
                                  link_of(e->config, n->name), g->meaning, profiles);
}

static void hear(struct engine *e, struct node *n, struct gauge *g, enum reading_level level)
{
    g->in_a_row = level == g->heard ? g->in_a_row + 1 : 1;
    g->heard = level;
    if (level == g->level || g->in_a_row < GAUGE_ROUNDS)
        return;
    g->level = level;
    g->since = e->now.mono;
    node_show(e, n);
    e->dirty = true;
}

static void take(struct engine *e, struct node *n, struct gauge *g, const struct reading *r)
{
    g->named = e->now.mono;
    g->present = r->state || !isnan(r->value);
    g->value = r->value;
    free(g->state);
    g->state = r->state ? strdup(r->state) : NULL;
    if (!g->present)
        return;
    g->at = e->now.mono;
    set_limits(e, n, g, &r->limits);
    hear(e, n, g, r->state ? r->level : reading_judge(&g->limits, r->value, g->level));
}

/* Several checks of a node may tell readings: each of its own. */
void gauges_take(struct engine *e, struct check *c, const struct report *r)
{
    struct node *n = c->node;
    for (size_t i = 0; i < n->gauge_count; i++)
        n->gauges[i].present &= n->gauges[i].check != c->id;
    n->gauge_next = 0;
    for (size_t i = 0; i < r->reading_count; i++) {
        struct gauge *g = find(n, c->id, &r->readings[i]);
        if (g || (g = add(n, c->id, &r->readings[i])))
            take(e, n, g, &r->readings[i]);
    }
    for (size_t i = 0; i < n->gauge_count; i++)
        if (!n->gauges[i].present)
            n->gauges[i].value = NAN;
    forget_old(e, n);
}

/* --- incidents --- */

static void key_of(const struct node *n, enum cause_kind cause, char out[static 160])
{
    snprintf(out, 160, "reading/%s/%s", n->name, cause_kind_words[cause]);
}

static bool is_below(const struct gauge *g)
{
    const struct reading_limits *l = &g->limits;
    if (isnan(l->bad_low) || isnan(l->bad_high))
        return !isnan(l->bad_low);
    return g->value - l->bad_low < l->bad_high - g->value;
}

static void open_incident(struct engine *e, struct node *n, const struct gauge *g)
{
    char key[160];
    bool below = is_below(g);
    struct bad_reading bad = {.meaning = g->meaning, .class_ = g->class_, .label = g->label, .unit = g->unit,
                              .state = g->state, .value = g->value, .below = below, .at = g->at,
                              .limit = below ? g->limits.bad_low : g->limits.bad_high};
    struct suspect x = {.kind = SUSPECT_READING, .node = n->index, .check_kind = g->meaning, .label = g->label,
                        .reason = g->state ? g->state : below ? "low" : "high", .reading = &bad};
    key_of(n, g->cause, key);
    trouble_keep(e, &x, NULL, key);
    n->was_bad |= UINT64_C(1) << g->cause;
}

static void end_incident(struct engine *e, struct node *n, enum cause_kind cause)
{
    char key[160];
    key_of(n, cause, key);
    trouble_end(e, key);
    n->was_bad &= ~(UINT64_C(1) << cause);
}

/* What is unavailable says nothing new: it opens no incident and ends none. */
static void look_at_cause(struct engine *e, struct node *n, enum cause_kind cause)
{
    const struct gauge *bad = NULL;
    size_t count = 0, unknown = 0;
    for (size_t i = 0; i < n->gauge_count; i++) {
        const struct gauge *g = &n->gauges[i];
        if (g->cause != cause)
            continue;
        count++;
        unknown += g->level == READING_UNJUDGED && !g->present;
        if (g->level == READING_BAD && (!bad || (!bad->present && g->present)))
            bad = g;
    }
    if (bad && bad->present)
        open_incident(e, n, bad);
    else if (!bad && (count ? !unknown : mono_since(e->now.mono, e->started) > NS_A_DAY))
        end_incident(e, n, cause);
}

static void look_at_node(struct engine *e, struct node *n)
{
    uint64_t causes = n->was_bad;
    for (size_t i = 0; i < n->gauge_count; i++)
        if (n->gauges[i].level == READING_BAD)
            causes |= UINT64_C(1) << n->gauges[i].cause;
    causes &= ~(UINT64_C(1) << CAUSE_NONE);
    for (unsigned cause = 0; causes; cause++, causes >>= 1)
        if (causes & 1)
            look_at_cause(e, n, (enum cause_kind)cause);
}

/* A node that is silent, or behind what is, tells nothing of its readings. */
static bool may_be_judged(const struct engine *e, const struct node *n)
{
    const struct scene_node *s = &e->scene_nodes[n->index];
    return n->config && !n->config_paused && !n->blocked && !s->silent && s->class != CLASS_ROAMING;
}

void troubles_of_readings(struct engine *e)
{
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        if ((n->gauge_count || n->was_bad) && may_be_judged(e, n))
            look_at_node(e, n);
    }
}

void gauges_restore(struct node *n, enum cause_kind cause)
{
    n->was_bad |= UINT64_C(1) << cause;
}
