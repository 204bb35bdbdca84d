#include "poller/engine/vantages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/base/log.h"
#include "poller/engine/incidents.h"
#include "poller/engine/troubles.h"

#define MISSED_REPORTS 3      /* in a row, before that is strange; */
#define MISSED_LEAST_S 300    /* and at least so long */
#define LOOK_AGAIN_S 30       /* whether its place is still cut off */
#define SKEW_SLACK_S 2        /* less is the way of a report */
#define BEFORE_S 900          /* a vantage that reported so long before a cut will again after it */
#define FACT "vantage.lan"    /* of ours, by site: fine, or trouble */

/* --- sights --- */

static void forget_sights(struct vantage *v)
{
    for (size_t i = 0; i < v->sight_count; i++)
        free(v->sights[i].node);
    free(v->sights);
    v->sights = NULL;
    v->sight_count = 0;
}

static struct sight *sight_of(struct vantage *v, const char *node)
{
    for (size_t i = 0; i < v->sight_count; i++)
        if (strcmp(v->sights[i].node, node) == 0)
            return &v->sights[i];
    struct sight *all = v->sight_count < SIGHTS_MAX ? reallocarray(v->sights, v->sight_count + 1, sizeof *all) : NULL;
    char *name = all ? strdup(node) : NULL;
    if (all)
        v->sights = all;
    if (!name)
        return NULL;
    struct sight *s = &v->sights[v->sight_count++];
    *s = (struct sight){.node = name};
    return s;
}

static enum node_state state_of(const char *word)
{
    int i = word ? field_word_index(node_state_words, word) : -1;
    return i < 0 ? STATE_UNKNOWN : (enum node_state)i;
}

static bool is_silent(enum node_state s)
{
    return s == STATE_DOWN || s == STATE_UNREACHABLE;
}

static void begin_silence(struct sight *s, struct wall at)
{
    if (s->silence_count == SILENCES_MAX)
        memmove(s->silences, s->silences + 1, --s->silence_count * sizeof s->silences[0]);
    s->silences[s->silence_count++] = (struct silence_seen){.from = at};
}

static struct silence_seen *open_silence(struct sight *s)
{
    struct silence_seen *last = s->silence_count ? &s->silences[s->silence_count - 1] : NULL;
    return last && !last->until.ns ? last : NULL;
}

/* Told twice is told once: changes of a node come in order. */
static void take_change(struct vantage *v, const struct vantage_change *c)
{
    struct sight *s = c->node ? sight_of(v, c->node) : NULL;
    enum node_state to = state_of(c->to);
    if (!s || c->at.ns <= s->told.ns)
        return;
    struct silence_seen *open = open_silence(s);
    if (is_silent(to) && !open)
        begin_silence(s, c->at);
    else if (!is_silent(to) && open)
        open->until = c->at;
    s->told = c->at;
    s->state = to;
    s->since = c->at;
}

static void take_view(struct vantage *v, const struct vantage_view *view)
{
    for (size_t i = 0; i < v->sight_count; i++)
        v->sights[i].now = false;
    for (size_t i = 0; i < view->nodes_count; i++) {
        struct sight *s = view->nodes[i].node ? sight_of(v, view->nodes[i].node) : NULL;
        if (!s)
            continue;
        s->now = true;
        s->state = state_of(view->nodes[i].state);
        s->since = view->nodes[i].since;
    }
    v->started = view->started;
}

static void take_run(struct vantage *v, const struct vantage_run *r)
{
    for (size_t i = 0; i < v->run_count; i++)
        if (r->boot && strcmp(v->runs[i].boot, r->boot) == 0)
            return;
    size_t at = v->run_count;
    while (at > 0 && v->runs[at - 1].started.ns > r->started.ns)
        at--;
    if (v->run_count == RUNS_MAX) {
        if (at == 0)
            return;
        memmove(v->runs, v->runs + 1, --v->run_count * sizeof v->runs[0]);
        at--;
    }
    memmove(v->runs + at + 1, v->runs + at, (v->run_count - at) * sizeof v->runs[0]);
    v->runs[at] = (struct run_seen){.silent = r->silent, .started = r->started, .machine_started = r->machine_started};
    snprintf(v->runs[at].boot, sizeof v->runs[at].boot, "%s", r->boot ? r->boot : "");
    v->run_count++;
}

/* --- is it silent, and whose fault is that? --- */

static bool is_of_site(const struct engine *e, uint32_t node, const char *site)
{
    const struct scene_node *s = &e->scene_nodes[node];
    return s->site && site && strcmp(s->site, site) == 0 && s->watched && s->class != CLASS_ROAMING;
}

/* Nothing there answers us, or an incident says so: then the vantage cannot either. */
static bool is_cut_off(const struct engine *e, const struct vantage *v)
{
    size_t all = 0, silent = 0;
    for (uint32_t i = 0; i < e->node_count; i++)
        if (is_of_site(e, i, v->config->site)) {
            all++;
            silent += e->scene_nodes[i].silent;
        }
    for (size_t i = 0; i < e->incident_count; i++) {
        const struct incident *in = &e->incidents[i]->in;
        if (e->incidents[i]->open && in->cause.kind == CAUSE_SITE_CUT_OFF && in->cause.site && v->config->site &&
            strcmp(in->cause.site, v->config->site) == 0)
            return true;
    }
    return all && silent == all;
}

static bool its_node_is_silent(struct engine *e, const struct vantage *v)
{
    const struct node *n = v->config->node ? engine_node(e, v->config->node) : NULL;
    return n && (e->scene_nodes[n->index].silent || n->held_by);
}

static int64_t longest_ns(const struct vantage *v)
{
    int64_t reports_ns = MISSED_REPORTS * v->every_ns, least_ns = SECONDS(MISSED_LEAST_S);
    return reports_ns > least_ns ? reports_ns : least_ns;
}

static struct mono missed_at(const struct engine *e, const struct vantage *v)
{
    struct mono from = v->heard;
    if (mono_before(from, e->started))
        from = e->started; /* whom we did not listen to */
    if (mono_before(from, v->excused))
        from = v->excused;
    return mono_after(from, longest_ns(v));
}

static void show(struct engine *e, const struct vantage *v)
{
    if (e->watched)
        outputs_add(e->out, OUTPUT_SHOW_VANTAGE)->name = outputs_text(e->out, v->name);
}

static void tell_missed(struct engine *e, struct vantage *v)
{
    char what[64 + 16], detail[64] = "has never reported";
    time_t heard_s = (time_t)wall_seconds(wall_at(e->now, v->heard));
    struct tm local;
    snprintf(what, sizeof what, TROUBLE_VANTAGE "%s", v->name);
    if (v->heard.ns && localtime_r(&heard_s, &local))
        strftime(detail, sizeof detail, "has not reported since %d %b %H:%M", &local);
    v->missed = true;
    trouble_set(e, what, detail);
    show(e, v);
}

static void is_back(struct engine *e, struct vantage *v)
{
    char what[64 + 16];
    if (!v->missed)
        return;
    v->missed = false;
    snprintf(what, sizeof what, TROUBLE_VANTAGE "%s", v->name);
    trouble_set(e, what, NULL);
}

static void on_silent(void *ctx, struct alarm *a)
{
    struct engine *e = ctx;
    struct vantage *v = ALARM_OWNER(a, struct vantage, silent);
    bool excused = is_cut_off(e, v) || its_node_is_silent(e, v) || e->cut_off.ns != MONO_NEVER.ns;
    if (excused)
        v->excused = e->now.mono;
    struct mono at = missed_at(e, v);
    if (!excused && !mono_before(e->now.mono, at))
        tell_missed(e, v);
    else
        alarm_set(&e->alarms, a, excused ? mono_after(e->now.mono, SECONDS(LOOK_AGAIN_S)) : at);
}

/* --- reports --- */

/* While its place is cut off from us it may report by another way. */
static void put_fact(struct engine *e, const struct vantage *v)
{
    bool fine = true, any = false;
    for (size_t i = 0; i < v->sight_count; i++) {
        const struct node *n = v->sights[i].now ? engine_node(e, v->sights[i].node) : NULL;
        if (!n || !is_of_site(e, n->index, v->config->site))
            continue;
        any = true;
        fine = fine && !is_silent(v->sights[i].state);
    }
    if (any && v->config->site)
        facts_put(&e->own_facts, FACT, v->config->site, fine ? "fine" : "trouble", e->now.mono);
    e->dirty = true;
}

static void take_report(struct engine *e, struct vantage *v, const struct se_vantage *m)
{
    v->heard = e->now.mono;
    v->reports = true;
    v->skew_ns = m->skew_ns;
    v->clock_set = m->clock_set;
    v->whole = m->whole;
    v->behind = m->behind;
    v->every_ns = m->every_ns > 0 ? m->every_ns : 0;
    if (m->view_count)
        take_view(v, m->view);
    is_back(e, v);
    put_fact(e, v);
    alarm_set(&e->alarms, &v->silent, missed_at(e, v));
}

static void forget_past(struct vantage *v)
{
    for (size_t i = 0; i < v->sight_count; i++) {
        v->sights[i].silence_count = 0;
        v->sights[i].told = (struct wall){0};
    }
    v->run_count = 0;
}

/* What was known of it before we started. */
static void take_stored(struct engine *e, struct vantage *v, const struct se_vantage *m)
{
    char key[64 + 24];
    forget_past(v);
    if (v->reports)
        return;
    int64_t ago_ns = e->now.wall.ns - m->heard.ns;
    v->heard = m->heard.ns ? mono_after(e->now.mono, ago_ns > 0 ? -ago_ns : 0) : (struct mono){0};
    snprintf(key, sizeof key, "own/" TROUBLE_VANTAGE "%s", v->name);
    const struct incident_record *r = incident_find(e, key);
    if (r && r->open)
        tell_missed(e, v); /* it was told before our start, and still holds */
}

static struct vantage *find(const struct engine *e, const char *name)
{
    for (size_t i = 0; i < e->vantage_count; i++)
        if (strcmp(e->vantages[i]->name, name) == 0)
            return e->vantages[i];
    return NULL;
}

void vantages_take(struct engine *e, const struct se_vantage *m)
{
    struct vantage *v = m->vantage ? find(e, m->vantage) : NULL;
    if (!v)
        return;
    if (m->anew)
        take_stored(e, v, m);
    for (size_t i = 0; i < m->runs_count; i++)
        take_run(v, &m->runs[i]);
    for (size_t i = 0; i < m->changes_count; i++)
        take_change(v, &m->changes[i]);
    if (m->reported)
        take_report(e, v, m);
    show(e, v);
}

/* --- who there is --- */

static struct vantage *add(const char *name)
{
    struct vantage *v = calloc(1, sizeof *v);
    if (!v)
        fatal("no memory for a vantage");
    snprintf(v->name, sizeof v->name, "%s", name);
    v->silent.ring = on_silent;
    return v;
}

static void drop(struct engine *e, struct vantage *v)
{
    if (!v)
        return;
    is_back(e, v);
    alarm_stop(&e->alarms, &v->silent);
    forget_sights(v);
    free(v);
}

/* The one of that name is taken out of what was. */
static struct vantage *take_out(struct vantage **old, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (old[i] && strcmp(old[i]->name, name) == 0) {
            struct vantage *v = old[i];
            old[i] = NULL;
            return v;
        }
    return NULL;
}

void vantages_adopt(struct engine *e)
{
    const struct config *c = e->config;
    struct vantage **old = e->vantages;
    size_t old_count = e->vantage_count;
    struct vantage **all = calloc(c->vantages_count + 1, sizeof(struct vantage *));
    if (!all)
        fatal("no memory for vantages");
    for (size_t i = 0; i < c->vantages_count; i++) {
        struct vantage *v = take_out(old, old_count, c->vantages[i].name);
        all[i] = v ? v : add(c->vantages[i].name);
        all[i]->config = &c->vantages[i];
        alarm_set(&e->alarms, &all[i]->silent, missed_at(e, all[i]));
    }
    e->vantages = all;
    e->vantage_count = c->vantages_count;
    for (size_t i = 0; i < old_count; i++)
        drop(e, old[i]);
    free(old);
}

void vantages_destroy(struct engine *e)
{
    for (size_t i = 0; i < e->vantage_count; i++) {
        forget_sights(e->vantages[i]);
        free(e->vantages[i]);
    }
    free(e->vantages);
}

/* --- what is asked of it --- */

struct vantage *vantage_at(const struct engine *e, const char *site)
{
    for (size_t i = 0; site && i < e->vantage_count; i++)
        if (e->vantages[i]->config->site && strcmp(e->vantages[i]->config->site, site) == 0)
            return e->vantages[i];
    return NULL;
}

bool vantage_told_since(const struct vantage *v, struct mono then)
{
    return v->reports && v->whole && mono_before(then, v->heard);
}

bool vantage_reported_before(const struct vantage *v, struct mono then)
{
    return v->heard.ns && !mono_before(v->heard, mono_after(then, -SECONDS(BEFORE_S)));
}

struct wall vantage_time(const struct vantage *v, struct wall its)
{
    bool differs = v->clock_set && llabs(v->skew_ns) > SECONDS(SKEW_SLACK_S);
    return differs ? wall_after(its, -v->skew_ns) : its;
}
