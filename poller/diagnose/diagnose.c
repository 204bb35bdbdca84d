#include "poller/diagnose/diagnose.h"

#include <assert.h>
#include <string.h>

static bool told_already(const struct finding *f, enum cause_kind kind)
{
    bool told = f->kind == kind;
    for (size_t i = 0; i < f->other_count; i++)
        told = told || f->others[i] == kind;
    return told;
}

/* A loser stays worth a word unless it only says what is seen. */
static void mention(struct finding *best, const struct finding *loser)
{
    if (loser->strength > STRENGTH_FALLBACK && best->other_count < FINDING_OTHERS_MAX &&
        !told_already(best, loser->kind))
        best->others[best->other_count++] = loser->kind;
}

void diagnose(const struct scene *s, const struct suspect *x, struct finding *out)
{
    struct finding found[8];
    size_t count = 0, best = 0;
    for (const struct rule *const *r = rules; *r && count < sizeof found / sizeof *found; r++) {
        struct finding *f = &found[count];
        memset(f, 0, sizeof *f);
        f->node = SCENE_NONE;
        if (!(*r)->judge(s, x, f))
            continue;
        if (f->strength > found[best].strength)
            best = count;
        count++;
    }
    assert(count > 0); /* the fallback rules apply to every suspect */
    *out = found[best];
    for (size_t i = 0; i < count; i++)
        if (i != best)
            mention(out, &found[i]);
}

static uint32_t place_of(const struct scene *s, enum fact_place place, uint32_t node)
{
    switch (place) {
    case FACT_OF_NODE:
        return node;
    case FACT_OF_PARENT:
        return s->hangs[node].parent_count ? s->hangs[node].parents[0] : SCENE_NONE;
    case FACT_OF_INTERNET:
        for (size_t i = 0; i < s->node_count; i++)
            if (s->nodes[i].internet)
                return (uint32_t)i;
        break;
    }
    return SCENE_NONE;
}

/* What was known before the silence began says nothing about it, however young. */
static bool is_young(const struct scene *s, uint32_t where, const struct rule_need *need,
                     struct mono silent_since)
{
    const struct fact_table *t = s->nodes[where].facts;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->facts[i].name, need->fact) == 0)
            return mono_since(s->now.mono, t->facts[i].at) <= need->max_age_ns &&
                   !mono_before(t->facts[i].at, silent_since);
    return false;
}

static size_t add_want(struct want *wants, size_t count, struct want w)
{
    for (size_t i = 0; i < count; i++)
        if (wants[i].node == w.node && strcmp(wants[i].check_kind, w.check_kind) == 0)
            return count;
    if (count < WANTS_MAX)
        wants[count++] = w;
    return count;
}

size_t diagnose_wants(const struct scene *s, uint32_t node, struct want wants[static WANTS_MAX])
{
    size_t count = 0;
    for (const struct rule *const *r = rules; *r; r++)
        for (const struct rule_need *need = (*r)->needs; need && need->fact; need++) {
            uint32_t where = place_of(s, need->place, node);
            const char *kind = fact_provider(need->fact);
            if (where == SCENE_NONE || !kind || is_young(s, where, need, s->nodes[node].silent_since))
                continue;
            count = add_want(wants, count, (struct want){where, kind});
        }
    return count;
}
