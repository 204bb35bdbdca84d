#include "poller/engine/incidents.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/base/log.h"
#include "poller/diagnose/sentence.h"
#include "poller/engine/aftermath.h"
#include "poller/engine/conclude.h"
#include "poller/engine/draft.h"
#include "poller/engine/notify.h"
#include "poller/engine/reports.h"
#include "poller/engine/severity.h"

#define COMPACT_AT_BYTES 65536 /* of texts replaced by younger ones */
#define WAIT_AGAIN_S 3 /* for a vantage to tell what it saw */
#define SUBJECT "subject" /* arguments of a cause: the incident's key */
#define TOLD "told"       /* and the kind of cause that was told last */

const struct incident *incident_of(const struct incident_record *r)
{
    return &r->in;
}

struct incident_record *incident_find(struct engine *e, const char *key)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        if (strcmp(r->key, key) == 0 && (r->open || damping_is_same(&r->damping, e->now.mono)))
            return r;
    }
    return NULL;
}

static char *keep(struct incident_record *r, const char *text)
{
    return text && *text ? arena_text(r->memory, text, strlen(text)) : NULL;
}

static void changed(struct engine *e, struct incident_record *r)
{
    r->in.revision++;
    e->show_status = true;
    draft_incident(e, r);
    if (e->watched)
        outputs_add(e->out, OUTPUT_SHOW_INCIDENT)->name = outputs_text(e->out, r->in.id);
}

/* Texts of earlier revisions pile up in the arena; now and then only the living ones move on. */
static void compact(struct incident_record *r)
{
    if (arena_used(r->memory) < COMPACT_AT_BYTES)
        return;
    struct arena *fresh = arena_create(0);
    struct incident moved;
    if (!fresh || !field_copy(&incident_record, &r->in, NULL, fresh, &moved))
        fatal("no memory for an incident");
    arena_destroy(r->memory);
    r->memory = fresh;
    r->in = moved;
}

static void *grown(struct incident_record *r, const void *items, size_t count, size_t size)
{
    void *more = arena_take(r->memory, (count + 1) * size);
    if (!more)
        fatal("no memory for an incident");
    if (count && items)
        memcpy(more, items, count * size);
    return more;
}

static void write_timeline(struct engine *e, struct incident_record *r, const char *text)
{
    struct timeline_entry entry = {e->now.wall, keep(r, text)};
    if (r->in.timeline_count == TIMELINE_MAX) {
        memmove(r->in.timeline + 1, r->in.timeline + 2,
                (TIMELINE_MAX - 2) * sizeof *r->in.timeline);
        r->in.timeline[TIMELINE_MAX - 1] = entry;
        return;
    }
    r->in.timeline = grown(r, r->in.timeline, r->in.timeline_count, sizeof entry);
    r->in.timeline[r->in.timeline_count++] = entry;
}

void incident_note(struct engine *e, struct incident_record *r, const char *text)
{
    write_timeline(e, r, text);
    changed(e, r);
}

bool incident_affects(const struct incident_record *r, const char *node)
{
    for (size_t i = 0; i < r->in.affected_count; i++)
        if (strcmp(r->in.affected[i], node) == 0)
            return true;
    return false;
}

static bool add_affected(struct incident_record *r, const char *node)
{
    if (incident_affects(r, node) || r->in.affected_count >= AFFECTED_MAX)
        return false;
    r->in.affected = grown(r, r->in.affected, r->in.affected_count, sizeof(char *));
    r->in.affected[r->in.affected_count++] = keep(r, node);
    return true;
}

void incident_attach(struct engine *e, struct incident_record *r, struct node *n)
{
    n->held_by = r;
    if (add_affected(r, n->name))
        changed(e, r);
}

static void name_it(struct engine *e, struct incident_record *r)
{
    char id[96], stamp[32];
    time_t seconds = (time_t)wall_seconds(e->now.wall);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    const char *origin = e->config->vantage ? e->config->vantage : e->setup.origin;
    snprintf(id, sizeof id, "%s-%s-%06x", origin, stamp,
             (unsigned)(engine_random(e) & 0xffffff));
    r->in.id = keep(r, id);
}

static void on_resolve(void *ctx, struct alarm *a);

static struct incident_record *add_record(struct engine *e, const char *key)
{
    struct incident_record *r = calloc(1, sizeof *r);
    struct incident_record **all =
        reallocarray(e->incidents, e->incident_count + 1, sizeof(struct incident_record *));
    if (!r || !all || !(r->memory = arena_create(0)))
        fatal("no memory for an incident");
    e->incidents = all;
    e->incidents[e->incident_count++] = r;
    snprintf(r->key, sizeof r->key, "%s", key);
    r->resolve.ring = on_resolve;
    r->damping.settle_ns = e->config->notify.settle_ns;
    notify_prepare(r);
    return r;
}

static void begin(struct engine *e, struct incident_record *r, const struct suspect *x)
{
    r->kind = x->kind;
    r->root = x->node == SCENE_NONE ? NULL : e->nodes[x->node];
    r->began = e->now.mono;
    if (x->kind == SUSPECT_SILENCE || x->kind == SUSPECT_ALL)
        r->began = e->scene_nodes[x->node].silent_since;
    r->open = true;
    r->ending = false;
    r->peak = 0;
    r->part_back = (struct mono){0};
}

struct incident_record *incident_open(struct engine *e, const struct suspect *x, const char *key)
{
    struct incident_record *r = incident_find(e, key);
    bool again = r != NULL;
    if (!again) {
        r = add_record(e, key);
        name_it(e, r);
        r->in.opened = e->now.wall;
        r->opened_at = e->now.mono;
    }
    begin(e, r, x);
    if (again) {
        damping_failed_again(&r->damping);
        alarm_stop(&e->alarms, &r->resolve);
        r->in.resolved = (struct wall){0};
        incident_note(e, r, "failing again");
    }
    incident_revise(e, r, x);
    if (!again)
        incident_note(e, r, "opened");
    notify_opened(e, r);
    return r;
}

static void put_argument(struct incident_record *r, const char *name, const char *value)
{
    struct cause *c = &r->in.cause;
    for (size_t i = 0; i < c->arguments_count; i++)
        if (strcmp(c->arguments[i].name, name) == 0) {
            c->arguments[i].value = keep(r, value);
            return;
        }
    c->arguments = grown(r, c->arguments, c->arguments_count, sizeof *c->arguments);
    c->arguments[c->arguments_count++] = (struct cause_argument){keep(r, name), keep(r, value)};
}

/* The last two are ours, for after a restart. */
static void put_arguments(struct incident_record *r, const struct finding *f)
{
    for (size_t i = 0; i < f->argument_count; i++)
        put_argument(r, f->arguments[i].name, f->arguments[i].value);
    put_argument(r, SUBJECT, r->key);
    if (r->told)
        put_argument(r, TOLD, cause_kind_words[r->told_kind]);
}

void incident_tell(struct incident_record *r)
{
    r->told = true;
    r->told_kind = r->in.cause.kind;
    put_argument(r, TOLD, cause_kind_words[r->told_kind]);
}

static void put_evidence(struct engine *e, struct incident_record *r, const struct finding *f)
{
    r->in.evidence = arena_take(r->memory, (f->evidence_count + 1) * sizeof *r->in.evidence);
    r->in.evidence_count = f->evidence_count;
    for (size_t i = 0; i < f->evidence_count; i++)
        r->in.evidence[i] = (struct evidence){keep(r, f->evidence[i].fact),
                                              keep(r, f->evidence[i].source), wall_at(e->now, f->evidence[i].at)};
}

static void put_others(struct engine *e, struct incident_record *r, const struct finding *f)
{
    r->in.also_possible = arena_take(r->memory, (f->other_count + 1) * sizeof *r->in.also_possible);
    r->in.also_possible_count = f->other_count;
    for (size_t i = 0; i < f->other_count; i++) {
        struct buf text = {0};
        struct finding other = *f;
        other.kind = f->others[i];
        other.variant = "possible";
        sentence_render(e->config, &e->scene, &other, "sentence", &text);
        r->in.also_possible[i] = (struct other_cause){f->others[i], keep(r, buf_string(&text))};
        buf_fini(&text);
    }
}

static char *render(struct engine *e, struct incident_record *r, const struct finding *f,
                    const char *part)
{
    struct buf text = {0};
    sentence_render(e->config, &e->scene, f, part, &text);
    char *kept = keep(r, buf_string(&text));
    buf_fini(&text);
    return kept ? kept : keep(r, "-");
}

static void put_cause(struct engine *e, struct incident_record *r, const struct finding *f)
{
    struct cause *c = &r->in.cause;
    *c = (struct cause){.kind = f->kind, .confidence = f->confidence};
    c->node = f->node == SCENE_NONE ? NULL : keep(r, e->scene_nodes[f->node].name);
    c->port = keep(r, f->port);
    c->link = f->link ? keep(r, f->link->name) : NULL;
    c->site = keep(r, f->site);
    c->network = keep(r, f->network);
    c->sentence = render(e, r, f, "sentence");
    c->check_first = render(e, r, f, "check_first");
    put_arguments(r, f);
    put_evidence(e, r, f);
    put_others(e, r, f);
    free(r->behind);
    r->behind = f->behind ? strdup(f->behind) : NULL;
    r->in.severity = severity_of(e->config, f->kind);
}

static bool says_the_same(const struct cause *a, const struct cause *b)
{
    return a->sentence && b->sentence && a->kind == b->kind && a->confidence == b->confidence &&
           strcmp(a->sentence, b->sentence) == 0 && strcmp(a->check_first, b->check_first) == 0;
}

/* Half a flap knows less, not better; and what was certain does not become a guess because the proof ends
 * a moment before the silence does. */
static bool knows_enough(const struct incident_record *r, const struct finding *f)
{
    const struct cause *c = &r->in.cause;
    if (!c->sentence || !r->strength)
        return true;
    if (f->kind == c->kind && c->confidence == CONFIDENCE_CERTAIN)
        return f->confidence == CONFIDENCE_CERTAIN;
    return !r->damping.flaps || f->strength >= r->strength;
}

void incident_revise(struct engine *e, struct incident_record *r, const struct suspect *x)
{
    struct finding f;
    struct cause before = r->in.cause;
    size_t evidence_before = r->in.evidence_count;
    e->scene.now = e->now;
    diagnose(&e->scene, x, &f);
    if (f.again_ns)
        conclude_later(e, mono_after(e->now.mono, f.again_ns));
    if (knows_enough(r, &f)) {
        put_cause(e, r, &f);
        r->strength = f.strength;
    }
    for (size_t i = 0; i < x->group_count; i++)
        incident_attach(e, r, e->nodes[x->group[i]]);
    if (x->group_count > r->peak)
        r->peak = x->group_count;
    if (x->node != SCENE_NONE && !x->group_count && x->kind != SUSPECT_NETWORK)
        add_affected(r, e->nodes[x->node]->name);
    for (size_t i = 0; x->network && i < x->network->name_count; i++)
        add_affected(r, x->network->names[i]);
    if (before.sentence && before.kind != r->in.cause.kind) {
        char text[96];
        snprintf(text, sizeof text, "cause is now %s", cause_kind_words[r->in.cause.kind]);
        write_timeline(e, r, text);
        notify_kind_changed(e, r);
    }
    if (!says_the_same(&before, &r->in.cause) || evidence_before != r->in.evidence_count)
        changed(e, r);
    compact(r);
}

/* First, so that a short message has it too. */
static void add_evidence(struct engine *e, struct incident_record *r, const char *fact,
                         const char *source)
{
    struct evidence *all = grown(r, NULL, r->in.evidence_count, sizeof *all);
    if (r->in.evidence_count)
        memcpy(all + 1, r->in.evidence, r->in.evidence_count * sizeof *all);
    all[0] = (struct evidence){keep(r, fact), keep(r, source), e->now.wall};
    r->in.evidence = all;
    r->in.evidence_count++;
}

static void write_aftermath(struct engine *e, struct incident_record *r)
{
    const char *source;
    char *told = aftermath_tell(e, r, &source);
    if (!told)
        return;
    write_timeline(e, r, told);
    add_evidence(e, r, told, source);
    free(told);
}

static void resolve(struct engine *e, struct incident_record *r, const char *why)
{
    if (r->ending)
        write_aftermath(e, r);
    r->open = false;
    r->in.resolved = e->now.wall;
    for (size_t i = 0; i < e->node_count; i++)
        if (e->nodes[i]->held_by == r)
            e->nodes[i]->held_by = NULL;
    incident_note(e, r, why);
    if (r->told)
        reports_remember(e, r);
    notify_resolved(e, r);
}

static void drop_record(struct engine *e, struct incident_record *r)
{
    alarm_stop(&e->alarms, &r->message);
    alarm_stop(&e->alarms, &r->resolve);
    alarm_stop(&e->alarms, &r->remind);
    for (size_t i = 0; i < e->incident_count; i++)
        if (e->incidents[i] == r)
            e->incidents[i] = e->incidents[--e->incident_count];
    arena_destroy(r->memory);
    free(r->behind);
    free(r);
}

/* Rings when an ending incident stayed well, and again when a resolved one can no longer come back. */
static void on_resolve(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct incident_record *r = ALARM_OWNER(a, struct incident_record, resolve);
    if (r->open && r->ending && aftermath_waits(e, r)) {
        alarm_set(&e->alarms, &r->resolve, mono_after(e->now.mono, SECONDS(WAIT_AGAIN_S)));
    } else if (r->open && r->ending) {
        resolve(e, r, "resolved");
        alarm_set(&e->alarms, &r->resolve, damping_forget_at(&r->damping));
    } else if (!r->open && !r->told) {
        drop_record(e, r);
    } else if (!r->open) { /* its last word is still to be said */
        alarm_set(&e->alarms, &r->resolve, mono_after(e->now.mono, MINUTES(1)));
    }
}

void incident_ends(struct engine *e, struct incident_record *r)
{
    if (!r->open || r->ending)
        return;
    r->ending = true;
    damping_well(&r->damping, e->now.mono);
    alarm_set(&e->alarms, &r->resolve, damping_resolve_at(&r->damping));
    incident_note(e, r, "well again, watched for a while before it counts as resolved");
    notify_well(e, r);
    aftermath_ask(e, r);
}

void incident_fails_again(struct engine *e, struct incident_record *r)
{
    if (!r->ending)
        return;
    r->ending = false;
    damping_failed_again(&r->damping);
    alarm_stop(&e->alarms, &r->resolve);
    incident_note(e, r, "failing again");
    if (r->told)
        notify_kind_changed(e, r);
    else
        notify_opened(e, r);
}

void incident_merge(struct engine *e, struct incident_record *r, const struct incident_record *into)
{
    char text[160];
    snprintf(text, sizeof text, "part of incident %s", into->in.id);
    damping_well(&r->damping, e->now.mono);
    resolve(e, r, text);
    r->key[0] = '\0'; /* what comes back opens the other one */
    alarm_set(&e->alarms, &r->resolve, damping_forget_at(&r->damping));
}

void incident_acknowledge(struct engine *e, struct incident_record *r, const char *by)
{
    char text[128];
    r->in.acknowledged = e->now.wall;
    r->in.acknowledged_by = keep(r, by ? by : "somebody");
    snprintf(text, sizeof text, "acknowledged by %s", r->in.acknowledged_by);
    alarm_stop(&e->alarms, &r->remind);
    incident_note(e, r, text);
}

static void forget(struct engine *e, struct incident_record *r)
{
    r->root = NULL;
    r->check = NULL;
    r->orphan = false;
    if (!r->open)
        return;
    damping_well(&r->damping, e->now.mono);
    resolve(e, r, "no longer watched");
    alarm_set(&e->alarms, &r->resolve, damping_forget_at(&r->damping));
}

void incidents_forget_node(struct engine *e, struct node *n)
{
    for (size_t i = 0; i < e->incident_count; i++)
        if (e->incidents[i]->root == n)
            forget(e, e->incidents[i]);
}

void incidents_forget_check(struct engine *e, struct check *c)
{
    for (size_t i = 0; i < e->incident_count; i++)
        if (e->incidents[i]->check == c)
            forget(e, e->incidents[i]);
}

static const char *argument_of(const struct incident *in, const char *name)
{
    for (size_t i = 0; i < in->cause.arguments_count; i++)
        if (strcmp(in->cause.arguments[i].name, name) == 0)
            return in->cause.arguments[i].value;
    return "";
}

/* What is over is only here for its last word; whether it comes back is as if we had never been away. */
static void restore_resolved(struct engine *e, struct incident_record *r)
{
    int64_t ago_ns = e->now.wall.ns - r->in.resolved.ns; /* not negative: the clock may have been set back */
    r->damping.ended = mono_after(e->now.mono, ago_ns > 0 ? -ago_ns : 0);
    alarm_set(&e->alarms, &r->resolve, damping_forget_at(&r->damping));
}

struct incident_record *incident_restore(struct engine *e, const struct incident *in)
{
    struct incident_record *r = add_record(e, argument_of(in, SUBJECT));
    if (!field_copy(&incident_record, in, NULL, r->memory, &r->in))
        fatal("no memory for an incident");
    int told_kind = field_word_index(cause_kind_words, argument_of(in, TOLD));
    int64_t ago_ns = e->now.wall.ns - in->opened.ns; /* not negative: the clock may have been set back */
    r->restored = true;
    r->open = !in->resolved.ns;
    r->began = r->opened_at = mono_after(e->now.mono, ago_ns > 0 ? -ago_ns : 0);
    r->told_kind = told_kind < 0 ? in->cause.kind : (enum cause_kind)told_kind;
    if (!r->open)
        restore_resolved(e, r);
    return r;
}

void incident_drop(struct engine *e, struct incident_record *r)
{
    forget(e, r);
}

void incidents_destroy(struct engine *e)
{
    for (size_t i = 0; i < e->incident_count; i++) {
        arena_destroy(e->incidents[i]->memory);
        free(e->incidents[i]->behind);
        free(e->incidents[i]);
    }
    free(e->incidents);
}
