#include "tests/support/keeper.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STATES   8
#define MESSAGES 8

struct keeper {
    struct arena *arena;
    struct kept_incident *incidents;
    size_t incident_count;
    struct restored_node *nodes;
    size_t node_count;
    struct outbox_entry *outbox;
    size_t outbox_count;
    struct plain_event *events;
    size_t event_count;
    struct kept_item *kept;
    size_t kept_count;
    const char *last_text;
    unsigned transitions[STATES], messages[MESSAGES];
    struct incident *open; /* of keeper_restore */
};

struct keeper *keeper_create(void)
{
    struct keeper *k = calloc(1, sizeof *k);
    k->arena = arena_create(0);
    k->last_text = "";
    return k;
}

void keeper_destroy(struct keeper *k)
{
    if (!k)
        return;
    arena_destroy(k->arena);
    free(k->incidents);
    free(k->nodes);
    free(k->outbox);
    free(k->events);
    free(k->open);
    free(k->kept);
    free(k);
}

static char *copied(struct keeper *k, const char *text)
{
    return text ? arena_text(k->arena, text, strlen(text)) : NULL;
}

static struct kept_incident *incident_row(struct keeper *k, const char *id, double now_s)
{
    for (size_t i = k->incident_count; i-- > 0;)
        if (strcmp(k->incidents[i].in.id, id) == 0)
            return &k->incidents[i];
    k->incidents = reallocarray(k->incidents, k->incident_count + 1, sizeof *k->incidents);
    struct kept_incident *row = &k->incidents[k->incident_count++];
    *row = (struct kept_incident){.opened_s = now_s};
    return row;
}

static const struct restored_node *find_node(const struct keeper *k, const char *name)
{
    for (size_t i = 0; i < k->node_count; i++)
        if (strcmp(k->nodes[i].node, name) == 0)
            return &k->nodes[i];
    return NULL;
}

static struct restored_node *node_row(struct keeper *k, const char *name)
{
    const struct restored_node *known = find_node(k, name);
    if (known)
        return (struct restored_node *)(uintptr_t)known;
    k->nodes = reallocarray(k->nodes, k->node_count + 1, sizeof *k->nodes);
    struct restored_node *n = &k->nodes[k->node_count++];
    *n = (struct restored_node){.node = copied(k, name)};
    return n;
}

static void commit_incident(struct keeper *k, double now_s, const struct incident *in)
{
    struct kept_incident *row = incident_row(k, in->id, now_s);
    field_copy(&incident_record, in, NULL, k->arena, &row->in);
    row->commits++;
    row->resolved_s = row->in.resolved.ns ? now_s : 0;
}

static void commit_transition(struct keeper *k, const struct node_transition *t)
{
    struct restored_node *n = node_row(k, t->node);
    n->state = t->to;
    n->since = t->at;
    n->behind = copied(k, t->behind && *t->behind ? t->behind : NULL);
    n->reason = copied(k, t->reason ? t->reason : "");
    k->transitions[t->to]++;
}

static void commit_message(struct keeper *k, const struct outbox_entry *o)
{
    k->outbox = reallocarray(k->outbox, k->outbox_count + 1, sizeof *k->outbox);
    struct outbox_entry *e = &k->outbox[k->outbox_count++];
    *e = (struct outbox_entry){.key = copied(k, o->key),
                               .receiver = copied(k, o->receiver),
                               .incident = copied(k, o->incident),
                               .kind = o->kind,
                               .created = o->created};
    if (o->text)
        k->last_text = copied(k, o->text);
    k->messages[o->kind]++;
}

static void commit_event(struct keeper *k, const struct plain_event *e)
{
    k->events = reallocarray(k->events, k->event_count + 1, sizeof *k->events);
    k->events[k->event_count++] = (struct plain_event){.kind = copied(k, e->kind)};
}

static void shift(const struct restamp *r, struct wall *at)
{
    if (at->ns >= r->from.ns && at->ns <= r->until.ns)
        at->ns += r->shift_ns;
}

static void shift_incident(const struct restamp *r, struct incident *in)
{
    shift(r, &in->opened);
    shift(r, &in->resolved);
    shift(r, &in->acknowledged);
    for (size_t i = 0; i < in->evidence_count; i++)
        shift(r, &in->evidence[i].at);
    for (size_t i = 0; i < in->timeline_count; i++)
        shift(r, &in->timeline[i].at);
}

static void restamp(struct keeper *k, const struct restamp *r)
{
    for (size_t i = 0; i < k->node_count; i++)
        shift(r, &k->nodes[i].since);
    for (size_t i = 0; i < k->outbox_count; i++)
        shift(r, &k->outbox[i].created);
    for (size_t i = 0; i < k->incident_count; i++)
        shift_incident(r, &k->incidents[i].in);
}

void keeper_commit(struct keeper *k, double now_s, const struct es_commit *c)
{
    if (c->restamp.shift_ns)
        restamp(k, &c->restamp);
    for (size_t i = 0; i < c->incidents_count; i++)
        commit_incident(k, now_s, &c->incidents[i]);
    for (size_t i = 0; i < c->transitions_count; i++)
        commit_transition(k, &c->transitions[i]);
    for (size_t i = 0; i < c->outbox_count; i++)
        commit_message(k, &c->outbox[i]);
    for (size_t i = 0; i < c->events_count; i++)
        commit_event(k, &c->events[i]);
}

static void add_kept(struct keeper *k, const char *key)
{
    k->kept = reallocarray(k->kept, k->kept_count + 1, sizeof *k->kept);
    k->kept[k->kept_count++] = (struct kept_item){.key = copied(k, key)};
}

void keeper_keep(struct keeper *k, const char *key, const char *value)
{
    size_t i = 0;
    while (i < k->kept_count && strcmp(k->kept[i].key, key) != 0)
        i++;
    if (i == k->kept_count && value)
        add_kept(k, key);
    if (value)
        k->kept[i].value = copied(k, value);
    else if (i < k->kept_count)
        k->kept[i] = k->kept[--k->kept_count];
}

/* Resolved, and the newest message about it does not say so. */
static bool is_untold(const struct keeper *k, const struct incident *in)
{
    const struct outbox_entry *newest = NULL;
    for (size_t i = 0; i < k->outbox_count; i++)
        if (k->outbox[i].kind != MESSAGE_REMINDER && k->outbox[i].incident &&
            strcmp(k->outbox[i].incident, in->id) == 0)
            newest = &k->outbox[i];
    return newest && newest->kind != MESSAGE_RESOLVED;
}

struct se_restored keeper_restore(struct keeper *k)
{
    struct se_restored r = {.last = true,
                            .nodes = k->nodes,
                            .nodes_count = k->node_count,
                            .sent = k->outbox,
                            .sent_count = k->outbox_count,
                            .kept = k->kept,
                            .kept_count = k->kept_count};
    r.open = k->open = reallocarray(k->open, k->incident_count + 1, sizeof *k->open);
    for (size_t i = 0; i < k->incident_count; i++) {
        const struct incident *in = &k->incidents[i].in;
        if (!in->resolved.ns || is_untold(k, in))
            k->open[r.open_count++] = *in;
        if (in->opened.ns > r.written.ns)
            r.written = in->opened;
    }
    return r;
}

size_t keeper_incident_count(const struct keeper *k)
{
    return k->incident_count;
}

const struct kept_incident *keeper_incident(const struct keeper *k, size_t i)
{
    assert(i < k->incident_count);
    return &k->incidents[i];
}

size_t keeper_open(const struct keeper *k)
{
    size_t open = 0;
    for (size_t i = 0; i < k->incident_count; i++)
        open += !k->incidents[i].in.resolved.ns;
    return open;
}

enum node_state keeper_state(const struct keeper *k, const char *node)
{
    const struct restored_node *n = find_node(k, node);
    return n ? n->state : STATE_UNKNOWN;
}

struct wall keeper_since(const struct keeper *k, const char *node)
{
    const struct restored_node *n = find_node(k, node);
    return n ? n->since : (struct wall){0};
}

const char *keeper_behind(const struct keeper *k, const char *node)
{
    const struct restored_node *n = find_node(k, node);
    return n && n->behind ? n->behind : "";
}

unsigned keeper_transitions(const struct keeper *k, enum node_state to)
{
    return k->transitions[to];
}

unsigned keeper_messages(const struct keeper *k, enum message_kind kind)
{
    return k->messages[kind];
}

const char *keeper_last_text(const struct keeper *k)
{
    return k->last_text;
}

enum message_kind keeper_last_message(const struct keeper *k)
{
    assert(k->outbox_count);
    return k->outbox[k->outbox_count - 1].kind;
}

const struct outbox_entry *keeper_outbox(const struct keeper *k, size_t i)
{
    return i < k->outbox_count ? &k->outbox[i] : NULL;
}

unsigned keeper_events(const struct keeper *k, const char *kind)
{
    unsigned count = 0;
    for (size_t i = 0; i < k->event_count; i++)
        count += strcmp(k->events[i].kind, kind) == 0;
    return count;
}
