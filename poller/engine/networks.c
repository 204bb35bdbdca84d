#include "poller/engine/networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/conclude.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_explain.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/round.h"
#include "poller/engine/troubles.h"
#include "poller/engine/ways.h"

#define TROUBLES_MAX 64        /* VLANs told of in one incident */
#define PROBE_TAKES_S 80       /* with all its tries */
#define TABLES_READ_S 900      /* after our start all tables that can be read were */
#define KEY_MAX 160

/* ---- reports ---- */

static bool has_stranger(const struct guest_watch *w)
{
    return w->matters[GUEST_MATTER_DHCP].verdict == VERDICT_FAILING ||
           w->matters[GUEST_MATTER_RA].verdict == VERDICT_FAILING;
}

/* At which port a stranger is heard stands in tables, but not in those of before it came. */
static void ask_who_hears(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i] && e->checks[i]->judge->tables)
            round_read_tables(e, e->checks[i]);
}

bool networks_take_report(struct engine *e, struct check *c, const struct report *r)
{
    const char *reason;
    struct judgement *v = &c->judgement;
    bool known = has_stranger(c->guest);
    bool again = guest_watch_take(c->guest, r, e->now.mono);
    enum verdict verdict = guest_watch_verdict(c->guest, &reason);
    ways_take_report(e, c, r);
    if (verdict != v->verdict)
        v->since = e->now.mono;
    v->verdict = verdict;
    v->known = true;
    snprintf(v->reason, sizeof v->reason, "%s", reason);
    snprintf(v->detail, sizeof v->detail, "%s", c->guest->detail);
    if (again)
        network_ask_around(e);
    if (!known && has_stranger(c->guest))
        ask_who_hears(e);
    node_show(e, c->node);
    e->dirty = true;
    return again;
}

void networks_forget_suspicion(struct engine *e)
{
    for (size_t i = 0; i < e->check_slots; i++)
        if (e->checks[i] && e->checks[i]->guest)
            guest_watch_forget_suspicion(e->checks[i]->guest);
}

/* ---- incidents ---- */

/* What one look at a matter of a network gave. */
struct look {
    struct network_trouble troubles[TROUBLES_MAX];
    size_t count;
    size_t waiting; /* something else explains them, or may; or they are from before a restart and not seen yet */
};

static void add_trouble(struct look *l, const struct check *c, const struct matter_watch *of)
{
    int64_t vid = network_vid(c->label);
    for (size_t i = 0; i < l->count; i++)
        if (l->troubles[i].vid == vid)
            return; /* both the guest and the listener know */
    if (l->count < TROUBLES_MAX)
        l->troubles[l->count++] = (struct network_trouble){vid, of->failure, &of->failed.result,
                                                           c->guest->control_was_well, of->since, of->failed.at};
}

/* Failed while something else was its cause, which is over: that says nothing about now. It is asked. */
static bool is_old_news(struct engine *e, struct check *c, const struct matter_watch *of)
{
    if (!of->explained_at.ns || mono_before(of->explained_at, of->said_at))
        return false;
    round_ask(e, c);
    conclude_later(e, mono_after(e->now.mono, SECONDS(PROBE_TAKES_S)));
    return true;
}

static void look_at_check(struct engine *e, struct check *c, enum guest_matter m, struct look *l)
{
    struct matter_watch *of = &c->guest->matters[m];
    if (of->verdict != VERDICT_FAILING)
        return;
    enum explained explained = of->failure.reason == GUEST_NONE ? EXPLAINED_LATER : network_explain(e, c->guest, m);
    if (explained == EXPLAINED)
        of->explained_at = e->now.mono;
    if (explained != EXPLAINED_BY_NOTHING || is_old_news(e, c, of))
        l->waiting++;
    else
        add_trouble(l, c, of);
}

static int by_step(const void *a, const void *b)
{
    const struct network_trouble *x = a, *y = b;
    if (x->failure.step != y->failure.step)
        return x->failure.step < y->failure.step ? -1 : 1;
    return x->vid < y->vid ? -1 : x->vid > y->vid;
}

/* The listener of a VLAN hears what the guest of it does not, and has no say in anything else. */
bool network_speaks_of(const struct check *c, enum guest_matter m)
{
    return strcmp(c->kind, NETWORK_ROGUE) != 0 || m == GUEST_MATTER_DHCP || m == GUEST_MATTER_RA;
}

static void key_of(const struct node *n, const char *matter, char out[static KEY_MAX])
{
    snprintf(out, KEY_MAX, "network/%s/%s", n->name, matter);
}

static bool is_open(struct engine *e, const char *key)
{
    const struct incident_record *r = incident_find(e, key);
    return r && r->open;
}

static void tell(struct engine *e, struct node *n, const char *key, const struct network_suspect *about)
{
    enum guest_reason reason = about->count ? about->troubles->failure.reason : GUEST_NONE;
    struct suspect x = {.kind = SUSPECT_NETWORK, .node = n->index, .check_kind = NETWORK_GUEST, .label = "",
                        .reason = guest_reason_words[reason], .network = about};
    trouble_keep(e, &x, NULL, key);
}

static struct look gather(struct engine *e, struct node *n, enum guest_matter m)
{
    struct look l = {.count = 0};
    for (size_t i = 0; i < n->check_count; i++)
        if (network_speaks_of(n->checks[i], m))
            look_at_check(e, n->checks[i], m, &l);
    qsort(l.troubles, l.count, sizeof *l.troubles, by_step);
    return l;
}

/* Where tables name nothing, the part of the way that nobody can speak for. */
static const char *open_stretch(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++) {
        const struct network_look *l = n->checks[i]->look;
        if (l && l->finding.kind == CAUSE_NONE && l->finding.stretch)
            return l->finding.stretch;
    }
    return NULL;
}

static struct network_suspect suspect_of(const struct node *n, enum guest_matter m, const struct look *l)
{
    return (struct network_suspect){.name = n->name, .lan = !n->network, .matter = m, .troubles = l->troubles,
                                    .count = l->count, .stretch = open_stretch(n)};
}

static void look_at_matter(struct engine *e, struct node *n, enum guest_matter m)
{
    char key[KEY_MAX];
    struct look l = gather(e, n, m);
    struct network_suspect about = suspect_of(n, m, &l);
    key_of(n, guest_matter_words[m], key);
    if (l.count)
        tell(e, n, key, &about);
    else if (!l.waiting)
        trouble_end(e, key);
}

/* ---- what a guest finds, and what tables say of its way ---- */

/* The first VLAN of which tables name something. */
static const struct check *with_finding(const struct node *n)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (n->checks[i]->look && n->checks[i]->look->finding.kind != CAUSE_NONE)
            return n->checks[i];
    return NULL;
}

static bool explains(const struct vlan_finding *v, const struct look *l)
{
    const struct guest_saying *first = &l->troubles->failure;
    return !v->site && (first->step <= GUEST_OFFER || first->step == GUEST_FULLSIZE);
}

/* After a restart nothing was read yet, and later a switch may fall silent: what was told of tables stays. */
static bool was_looked_at(const struct engine *e, const struct node *n)
{
    bool told = false;
    for (size_t i = 0; i < n->check_count; i++) {
        const struct network_look *l = n->checks[i]->look;
        if (l && l->settings_old)
            return false;
        told |= l && !l->settings_untold;
    }
    return told || mono_since(e->now.mono, e->started) > SECONDS(TABLES_READ_S);
}

/* Both about the same: whichever was told first goes on. */
static void tell_as_one(struct engine *e, struct node *n, const struct network_suspect *about, const char *way,
                        const char *service)
{
    bool on_way = is_open(e, way) || (about->tables && !is_open(e, service));
    tell(e, n, on_way ? way : service, about);
    trouble_end(e, on_way ? service : way);
}

/* What was told by tables of settings, and not by where a guest's frames stopped. */
static bool is_of_settings(struct engine *e, const char *key)
{
    const struct incident_record *r = incident_find(e, key);
    enum cause_kind kind = r ? incident_of(r)->cause.kind : CAUSE_NONE;
    return kind == CAUSE_VLAN_NOT_MEMBER || kind == CAUSE_MAC_TRANSLATING;
}

static void tell_apart(struct engine *e, struct node *n, struct network_suspect *about, const char *way,
                       const char *service)
{
    const struct vlan_finding *tables = about->tables;
    struct network_suspect alone = *about;
    alone.count = 0;
    about->tables = NULL;
    if (tables && (tables->in_settings || tables->site))
        tell(e, n, way, &alone);
    else if (was_looked_at(e, n) || !is_of_settings(e, way))
        trouble_end(e, way);
    if (about->count)
        tell(e, n, service, about);
}

static void look_at_service(struct engine *e, struct node *n)
{
    char way[KEY_MAX], service[KEY_MAX];
    struct look l = gather(e, n, GUEST_MATTER_SERVICE);
    struct network_suspect about = suspect_of(n, GUEST_MATTER_SERVICE, &l);
    const struct check *found = with_finding(n);
    key_of(n, NETWORK_WAY, way);
    key_of(n, guest_matter_words[GUEST_MATTER_SERVICE], service);
    if (found) {
        about.tables = &found->look->finding;
        about.vid = network_vid(found->label);
    }
    bool one = l.count && (found ? explains(about.tables, &l) : is_open(e, way));
    if (one)
        tell_as_one(e, n, &about, way, service);
    else
        tell_apart(e, n, &about, way, service);
    if (!l.count && !l.waiting)
        trouble_end(e, service);
}

void networks_conclude(struct engine *e)
{
    ways_look(e);
    for (size_t i = e->shown_count; i < e->node_count; i++) {
        look_at_service(e, e->nodes[i]);
        for (int m = GUEST_MATTER_SERVICE + 1; m < GUEST_MATTERS; m++)
            look_at_matter(e, e->nodes[i], (enum guest_matter)m);
    }
}
