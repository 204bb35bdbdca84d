#include "collectors/protocol/questions.h"

#include "collectors/protocol/reading_objects.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct asked_node *node_of(const struct questions *s, uint32_t check)
{
    return check < s->capacity ? s->nodes[check] : NULL;
}

static bool reach(struct questions *s, uint32_t check)
{
    if (check < s->capacity)
        return true;
    size_t wanted = s->capacity ? s->capacity : 16;
    while (wanted <= check)
        wanted *= 2;
    struct asked_node **grown = realloc(s->nodes, wanted * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + s->capacity, 0, (wanted - s->capacity) * sizeof *grown);
    s->nodes = grown;
    s->capacity = wanted;
    return true;
}

bool questions_adopt(struct questions *s, const struct check_setting *setting)
{
    if (!reach(s, setting->check))
        return false;
    struct asked_node *n = s->nodes[setting->check];
    if (!n)
        n = s->nodes[setting->check] = calloc(1, sizeof *n);
    if (n)
        n->setting = *setting;
    return n != NULL;
}

/* Readings, and the series they make, are of regular rounds only. */
static void put_readings(struct report *r, const struct question_answer *a, struct arena *arena)
{
    r->objects = arena ? arena_take(arena, (a->reading_count + 1) * sizeof *r->objects) : NULL;
    if (!r->objects || !reading_objects(a->readings, a->reading_count, arena, r->objects, &r->object_count)) {
        r->outcome = OUTCOME_OWN_FAULT;
        r->reason = "memory";
        r->object_count = 0;
        return;
    }
    r->readings = a->readings;
    r->reading_count = a->reading_count;
    r->has_readings = true;
}

static void report(struct questions *s, uint32_t check, uint32_t round, enum round_kind kind,
                   struct mono started, const struct question_answer *a)
{
    struct instant now = s->env->now(s->env->ctx);
    struct measure measures[] = {
        {"time", a->time_ns ? (double)a->time_ns / (double)NS_PER_S : NAN, UNIT_SECONDS},
        {"ok", a->outcome == OUTCOME_ANSWERED, UNIT_STATE},
    };
    struct object_measures object = {a->object, LAYOUT_TIMES, measures, 2, false, {0}};
    bool asked = a->outcome != OUTCOME_OWN_FAULT && a->outcome != OUTCOME_CANCELLED;
    struct report r = {.check = check,
                       .round = round,
                       .kind = kind,
                       .outcome = a->outcome,
                       .reason = a->reason,
                       .detail = a->detail,
                       .started = started,
                       .ended = now.mono,
                       .objects = &object,
                       .object_count = asked && kind == ROUND_REGULAR && a->object,
                       .facts = a->facts,
                       .fact_count = a->fact_count};
    struct arena *arena = a->has_readings && kind == ROUND_REGULAR ? arena_create(0) : NULL;
    if (a->has_readings && kind == ROUND_REGULAR)
        put_readings(&r, a, arena);
    s->env->report(s->env->ctx, &r);
    arena_destroy(arena);
}

void question_end(struct question *q, const struct question_answer *a)
{
    struct questions *s = q->owner;
    for (struct question **link = &s->open; *link; link = &(*link)->next)
        if (*link == q) {
            *link = q->next;
            break;
        }
    s->env->timer_stop(s->env->ctx, q->deadline);
    report(s, q->node->setting.check, q->round, q->kind, q->started, a);
    free(q);
}

static void stop(struct question *q, enum outcome outcome, const char *reason)
{
    q->owner->ops->forget(q);
    question_end(q, &(struct question_answer){.outcome = outcome, .reason = reason});
}

static void on_deadline(void *arg)
{
    struct question *q = arg;
    q->deadline = NULL;
    stop(q, OUTCOME_SILENT, "timeout");
}

static void on_failed(void *arg)
{
    struct question *q = arg;
    q->deadline = NULL;
    stop(q, OUTCOME_OWN_FAULT, "memory");
}

void question_fail_soon(struct question *q)
{
    const struct env *env = q->owner->env;
    env->timer_stop(env->ctx, q->deadline);
    q->deadline = env->timer_start(env->ctx, env->now(env->ctx).mono, on_failed, q);
}

void questions_start(struct questions *s, uint32_t check, uint32_t round, enum round_kind kind,
                     struct mono deadline)
{
    struct asked_node *n = node_of(s, check);
    struct mono now = s->env->now(s->env->ctx).mono;
    struct question *q = n ? calloc(1, sizeof *q) : NULL;
    if (!q) {
        report(s, check, round, kind, now,
               &(struct question_answer){.outcome = OUTCOME_OWN_FAULT, .reason = "memory"});
        return;
    }
    *q = (struct question){.next = s->open, .owner = s, .node = n, .round = round, .kind = kind,
                           .started = now};
    s->open = q;
    q->deadline = s->env->timer_start(s->env->ctx, deadline, on_deadline, q);
    s->ops->ask(q);
}

void questions_cancel(struct questions *s, uint32_t check, uint32_t round)
{
    for (struct question *q = s->open; q; q = q->next)
        if (q->node->setting.check == check && q->round == round) {
            stop(q, OUTCOME_CANCELLED, "");
            return;
        }
}

static struct question *open_of(const struct questions *s, const struct asked_node *n)
{
    struct question *q = s->open;
    while (q && q->node != n)
        q = q->next;
    return q;
}

void questions_drop(struct questions *s, uint32_t check)
{
    struct asked_node *n = node_of(s, check);
    if (!n)
        return;
    for (struct question *q; (q = open_of(s, n));)
        stop(q, OUTCOME_CANCELLED, "");
    s->nodes[check] = NULL;
    free(n);
}

void questions_fini(struct questions *s)
{
    for (size_t i = 0; i < s->capacity; i++)
        questions_drop(s, (uint32_t)i);
    free(s->nodes);
    s->nodes = NULL;
    s->capacity = 0;
}

const char *question_object(const struct question *q, const char *kind, const char *fallback,
                            char out[static QUESTION_OBJECT_MAX])
{
    const char *label = q->node->setting.label;
    snprintf(out, QUESTION_OBJECT_MAX, "%s-%s", kind, label && *label ? label : fallback);
    return out;
}
