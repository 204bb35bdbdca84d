#include "poller/engine/draft.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/incidents.h"

#define TRANSITIONS_PER_COMMIT 64 /* of at most some 230 bytes, beside one incident of at most 45 KB:
                                     a commit must fit one message (FRAME_PAYLOAD_MAX) */

struct list {
    void *items;
    size_t count, capacity;
};

struct commit_draft {
    struct arena *arena;
    struct list transitions, events, outbox, withdrawn, incidents;
    struct restamp restamp;
};

static struct commit_draft *draft(struct engine *e)
{
    if (!e->draft && !(e->draft = calloc(1, sizeof *e->draft)))
        fatal("no memory for a commit");
    if (!e->draft->arena && !(e->draft->arena = arena_create(0)))
        fatal("no memory for a commit");
    return e->draft;
}

static void *add(struct list *l, size_t size)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 8;
        void *items = reallocarray(l->items, capacity, size);
        if (!items)
            fatal("no memory for a commit");
        l->items = items;
        l->capacity = capacity;
    }
    return (char *)l->items + size * l->count++;
}

static char *copy(struct commit_draft *d, const char *text)
{
    return text ? arena_text(d->arena, text, strlen(text)) : NULL;
}

void draft_transition(struct engine *e, const struct node_transition *t)
{
    struct commit_draft *d = draft(e);
    struct node_transition *added = add(&d->transitions, sizeof *added);
    *added = *t;
    added->node = copy(d, t->node);
    added->reason = copy(d, t->reason);
    added->behind = copy(d, t->behind);
    added->incident = copy(d, t->incident);
}

void draft_event(struct engine *e, const char *kind, const char *node, const char *text)
{
    struct commit_draft *d = draft(e);
    struct plain_event *added = add(&d->events, sizeof *added);
    *added = (struct plain_event){copy(d, kind), copy(d, node), copy(d, text), e->now.wall};
}

void draft_incident(struct engine *e, struct incident_record *r)
{
    struct commit_draft *d = draft(e);
    struct incident_record **known = d->incidents.items;
    for (size_t i = 0; i < d->incidents.count; i++)
        if (known[i] == r)
            return;
    *(struct incident_record **)add(&d->incidents, sizeof r) = r;
}

void draft_outbox(struct engine *e, const struct outbox_entry *entry)
{
    struct commit_draft *d = draft(e);
    struct outbox_entry *added = add(&d->outbox, sizeof *added);
    *added = *entry;
    added->key = copy(d, entry->key);
    added->incident = copy(d, entry->incident);
    added->receiver = copy(d, entry->receiver);
    added->text = copy(d, entry->text);
}

void draft_withdraw(struct engine *e, const char *key)
{
    struct commit_draft *d = draft(e);
    *(char **)add(&d->withdrawn, sizeof(char *)) = copy(d, key);
}

static void shift(const struct restamp *span, struct wall *at)
{
    if (at->ns >= span->from.ns && at->ns <= span->until.ns)
        at->ns += span->shift_ns;
}

void draft_restamp(struct engine *e, const struct restamp *span)
{
    struct commit_draft *d = draft(e);
    struct node_transition *transitions = d->transitions.items;
    struct plain_event *events = d->events.items;
    struct outbox_entry *outbox = d->outbox.items;
    for (size_t i = 0; i < d->transitions.count; i++)
        shift(span, &transitions[i].at);
    for (size_t i = 0; i < d->events.count; i++)
        shift(span, &events[i].at);
    for (size_t i = 0; i < d->outbox.count; i++)
        shift(span, &outbox[i].created);
    if (e->restored) /* before that nothing of ours is there */
        d->restamp = *span;
}

/* The pointer lasts until the next output is added. */
static struct es_commit *open_commit(struct engine *e)
{
    struct output *o = outputs_add(e->out, OUTPUT_COMMIT);
    o->commit.at = e->now.wall;
    return &o->commit;
}

static void *kept(struct engine *e, const void *items, size_t count, size_t size)
{
    return count ? arena_copy(outputs_arena(e->out), items, count * size) : NULL;
}

/* Rows of one incident, or of none, moved together behind each other. */
static void put_outbox(struct engine *e, struct commit_draft *d, const char *incident,
                       struct es_commit *c)
{
    struct outbox_entry *all = d->outbox.items;
    c->outbox = d->outbox.count ? arena_take(outputs_arena(e->out), d->outbox.count * sizeof *all)
                                : NULL;
    for (size_t i = 0; i < d->outbox.count; i++) {
        const char *of = all[i].incident;
        if (of && incident ? strcmp(of, incident) == 0 : of == incident)
            c->outbox[c->outbox_count++] = all[i];
    }
}

static void put_incident(struct engine *e, struct commit_draft *d, struct incident_record *r)
{
    struct es_commit *c = open_commit(e);
    c->incidents = kept(e, incident_of(r), 1, sizeof *c->incidents);
    c->incidents_count = 1;
    put_outbox(e, d, c->incidents->id, c);
}

static struct es_commit *first_commit(struct engine *e, size_t from)
{
    for (size_t i = from; i < e->out->count; i++)
        if (e->out->items[i].kind == OUTPUT_COMMIT)
            return &e->out->items[i].commit;
    return open_commit(e);
}

static void put_transitions(struct engine *e, struct commit_draft *d, size_t from)
{
    struct node_transition *all = d->transitions.items;
    for (size_t done = 0; done < d->transitions.count; done += TRANSITIONS_PER_COMMIT) {
        struct es_commit *c = done ? open_commit(e) : first_commit(e, from);
        size_t left = d->transitions.count - done;
        c->transitions_count = left < TRANSITIONS_PER_COMMIT ? left : TRANSITIONS_PER_COMMIT;
        c->transitions = kept(e, all + done, c->transitions_count, sizeof *all);
    }
}

static void put_rest(struct engine *e, struct commit_draft *d)
{
    struct es_commit rest = {.at = e->now.wall};
    put_outbox(e, d, NULL, &rest);
    rest.events_count = d->events.count;
    rest.events = kept(e, d->events.items, d->events.count, sizeof(struct plain_event));
    rest.withdrawn_count = d->withdrawn.count;
    rest.withdrawn = kept(e, d->withdrawn.items, d->withdrawn.count, sizeof(char *));
    if (rest.outbox_count || rest.events_count || rest.withdrawn_count)
        *open_commit(e) = rest;
}

/* The draft's texts end with this step, the outputs' stay until they are cleared. */
static void own_texts(struct engine *e, size_t from)
{
    for (size_t i = from; i < e->out->count; i++) {
        struct es_commit shallow = e->out->items[i].commit;
        if (!field_copy(&es_commit_record, &shallow, NULL, outputs_arena(e->out),
                        &e->out->items[i].commit))
            fatal("no memory for a commit");
    }
}

void draft_put_out(struct engine *e)
{
    struct commit_draft *d = e->draft;
    if (!d || !e->restored)
        return;
    if (d->restamp.shift_ns)
        open_commit(e)->restamp = d->restamp;
    d->restamp = (struct restamp){0};
    size_t from = e->out->count;
    struct incident_record **incidents = d->incidents.items;
    for (size_t i = 0; i < d->incidents.count; i++)
        put_incident(e, d, incidents[i]);
    put_transitions(e, d, from);
    put_rest(e, d);
    d->incidents.count = d->transitions.count = d->events.count = 0;
    d->outbox.count = d->withdrawn.count = 0;
    own_texts(e, from);
    arena_destroy(d->arena);
    d->arena = NULL;
}

void draft_destroy(struct commit_draft *d)
{
    if (!d)
        return;
    arena_destroy(d->arena);
    free(d->transitions.items);
    free(d->events.items);
    free(d->outbox.items);
    free(d->withdrawn.items);
    free(d->incidents.items);
    free(d);
}
