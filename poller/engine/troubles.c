#include "poller/engine/troubles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/engine/calendar.h"
#include "poller/engine/conclude.h"
#include "poller/engine/incidents.h"
#include "poller/engine/round.h"

#define DAY_S 86400
#define TOLD_AGAIN_S 60 /* store and parent have told an engine that restarted what is still wrong */
#define ASKING "asking" /* the trouble of checks that cannot be asked */

struct own_trouble {
    char what[64], detail[512];
};

void trouble_keep(struct engine *e, const struct suspect *x, struct check *c, const char *key)
{
    struct incident_record *r = incident_find(e, key);
    if (r && r->open) {
        incident_fails_again(e, r);
        incident_revise(e, r, x);
    } else {
        r = incident_open(e, x, key);
    }
    r->check = c;
}

void trouble_end(struct engine *e, const char *key)
{
    struct incident_record *r = incident_find(e, key);
    if (r && r->open)
        incident_ends(e, r);
}

/* Did the node answer after this check began to fail? Then it is the check, not the node. */
static bool node_is_alive(struct engine *e, const struct check *c)
{
    const struct check *life = c->node->life;
    if (!life || life == c)
        return true;
    const struct judgement *v = &life->judgement;
    if (v->verdict == VERDICT_FAILING || v->stage == STAGE_CONFIRMING)
        return false;
    return v->answered_at.ns >= c->judgement.silent_since.ns;
}

/* Failed while its node, or the way to it, was silent: that says nothing about now. It is asked. */
static bool is_old_news(struct engine *e, struct check *c)
{
    if (!c->node->free_since.ns || mono_before(c->node->free_since, c->judgement.bad_at))
        return false;
    round_ask(e, c);
    conclude_later(e, mono_after(e->now.mono, check_interval_ns(c) + SECONDS(WAIT_FOR_OTHERS_S)));
    return true;
}

static bool is_own_matter(struct engine *e, struct check *c)
{
    if (c == c->node->life && e->scene_nodes[c->node->index].silent)
        return false;
    if (c->node->blocked || e->scene_nodes[c->node->index].class == CLASS_ROAMING ||
        is_old_news(e, c))
        return false;
    if (node_is_alive(e, c))
        return true;
    struct mono until = mono_after(c->judgement.since, SECONDS(60 + WAIT_FOR_OTHERS_S));
    if (!mono_before(e->now.mono, until))
        return c->node->life->judgement.verdict == VERDICT_OK;
    conclude_later(e, until);
    return false;
}

static void look_at_check(struct engine *e, struct check *c)
{
    char key[160];
    const struct judgement *v = &c->judgement;
    if (v->verdict == VERDICT_UNKNOWN)
        return;
    snprintf(key, sizeof key, "check/%s/%s/%s", c->node->name, c->kind, c->label);
    if (v->verdict != VERDICT_FAILING) {
        trouble_end(e, key);
        return;
    }
    if (!is_own_matter(e, c))
        return;
    struct suspect x = {.kind = SUSPECT_CHECK, .node = c->node->index, .check_kind = c->kind,
                        .label = c->label, .reason = v->reason, .detail = v->detail};
    trouble_keep(e, &x, c, key);
}

/* Echoes that tell whether a node lives are silence's business alone: there is no failing but that. */
static bool is_silences(const struct check *c)
{
    return c == c->node->life && c->node->config && c->judge->echoes;
}

void troubles_of_checks(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++) {
        struct check *c = e->checks[i];
        if (c && !is_silences(c) && !c->judge->network)
            look_at_check(e, c);
    }
}

static void look_at_certificate(struct engine *e, struct node *n, const struct known_fact *f)
{
    char key[160];
    long long left_s = strtoll(f->value, NULL, 10) - wall_seconds(e->now.wall);
    snprintf(key, sizeof key, "certificate/%s/%s", n->name, f->subject);
    if (left_s >= (CERTIFICATE_WARN_DAYS + 1) * DAY_S) {
        trouble_end(e, key);
        return;
    }
    if (left_s >= CERTIFICATE_WARN_DAYS * DAY_S && !incident_find(e, key))
        return;
    struct suspect x = {.kind = SUSPECT_EXPIRY, .node = n->index, .check_kind = "tls",
                        .label = f->subject, .reason = ""};
    trouble_keep(e, &x, NULL, key);
}

void troubles_of_certificates(struct engine *e)
{
    if (!calendar_is_known(e))
        return; /* nobody can say how long they last */
    for (size_t i = 0; i < e->node_count; i++) {
        struct node *n = e->nodes[i];
        for (size_t k = 0; k < n->facts.count; k++)
            if (strcmp(n->facts.facts[k].name, "tls.expires") == 0 && n->facts.facts[k].value)
                look_at_certificate(e, n, &n->facts.facts[k]);
    }
}

static struct own_trouble *find_trouble(struct engine *e, const char *what)
{
    for (size_t i = 0; i < e->trouble_count; i++)
        if (strcmp(e->troubles[i].what, what) == 0)
            return &e->troubles[i];
    return NULL;
}

static void end_trouble(struct engine *e, const char *what)
{
    char key[160];
    struct own_trouble *t = find_trouble(e, what);
    if (!t)
        return;
    snprintf(key, sizeof key, "own/%s", what);
    trouble_end(e, key);
    *t = e->troubles[--e->trouble_count];
}

void trouble_set(struct engine *e, const char *what, const char *detail)
{
    e->dirty = e->show_status = true;
    if (!detail) {
        end_trouble(e, what);
        return;
    }
    struct own_trouble *t = find_trouble(e, what);
    if (!t) {
        struct own_trouble *all = reallocarray(e->troubles, e->trouble_count + 1, sizeof *all);
        if (!all)
            return;
        e->troubles = all;
        t = &e->troubles[e->trouble_count++];
        snprintf(t->what, sizeof t->what, "%s", what);
    }
    snprintf(t->detail, sizeof t->detail, "%s", detail);
}

/* Checks that could not be asked three times running. */
static void notice_asking(struct engine *e)
{
    bool cut_off = e->cut_off.ns != MONO_NEVER.ns; /* and told as such */
    bool told_that_none_pings = find_trouble(e, TROUBLE_PING);
    for (size_t i = 0; i < e->check_slots && !cut_off; i++) {
        const struct check *c = e->checks[i];
        if (!c || c->judgement.own_in_row < OWN_FAULT_ROUNDS || (told_that_none_pings && strcmp(c->kind, "ping") == 0))
            continue;
        char detail[256];
        snprintf(detail, sizeof detail, "%s %s: %s", c->kind, c->node->name, c->judgement.detail);
        if (!find_trouble(e, ASKING))
            trouble_set(e, ASKING, detail);
        return;
    }
    if (find_trouble(e, ASKING))
        end_trouble(e, ASKING);
}

/* From before a restart, and nobody says so any more. */
static void end_outlived(struct engine *e)
{
    struct mono until = mono_after(e->started, SECONDS(TOLD_AGAIN_S));
    for (size_t i = 0; i < e->incident_count; i++) {
        struct incident_record *r = e->incidents[i];
        if (!r->open || strncmp(r->key, "own/", 4) != 0 || find_trouble(e, r->key + 4))
            continue;
        if (mono_before(e->now.mono, until))
            conclude_later(e, until);
        else
            incident_ends(e, r);
    }
}

void troubles_of_ours(struct engine *e)
{
    notice_asking(e);
    end_outlived(e);
    for (size_t i = 0; i < e->trouble_count; i++) {
        char key[160];
        struct own_trouble *t = &e->troubles[i];
        snprintf(key, sizeof key, "own/%s", t->what);
        struct suspect x = {.kind = SUSPECT_OWN, .node = SCENE_NONE, .reason = t->what,
                            .detail = t->detail};
        trouble_keep(e, &x, NULL, key);
    }
}

size_t troubles_list(const struct engine *e, struct arena *arena, char ***out)
{
    *out = e->trouble_count ? arena_take(arena, e->trouble_count * sizeof(char *)) : NULL;
    for (size_t i = 0; i < e->trouble_count; i++) {
        char text[600];
        int n = snprintf(text, sizeof text, "%s: %s", e->troubles[i].what, e->troubles[i].detail);
        (*out)[i] = arena_text(arena, text, (size_t)n);
    }
    return e->trouble_count;
}

void troubles_destroy(struct engine *e)
{
    free(e->troubles);
}
