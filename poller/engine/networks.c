#include "poller/engine/networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/engine/conclude.h"
#include "poller/engine/incidents.h"
#include "poller/engine/network_explain.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/network_service.h"
#include "poller/engine/round.h"
#include "poller/engine/troubles.h"
#include "poller/engine/usual_server.h"
#include "poller/engine/ways.h"

#define PROBE_TAKES_S 80       /* with all its tries */
#define TABLES_TAKE_S 15       /* a switch that is asked for them has answered */
#define STRANGERS_LINGER_S 180 /* heard while our port was in another VLAN */

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
    struct mac usual = c->guest->usual;
    bool again = guest_watch_take(c->guest, r, e->now.mono);
    enum verdict verdict = guest_watch_verdict(c->guest, &reason);
    ways_take_report(e, c, r);
    if (verdict != v->verdict)
        v->since = e->now.mono;
    v->verdict = verdict;
    v->known = true;
    snprintf(v->reason, sizeof v->reason, "%s", reason);
    snprintf(v->detail, sizeof v->detail, "%s", c->guest->detail);
    if (memcmp(&usual, &c->guest->usual, sizeof usual) != 0)
        usual_server_keep(e, c);
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

static void add_trouble(struct network_failing *f, const struct check *c, const struct matter_watch *of)
{
    int64_t vid = network_vid(c->label);
    for (size_t i = 0; i < f->count; i++)
        if (f->troubles[i].vid == vid)
            return; /* both the guest and the listener know */
    if (f->count < NETWORK_TROUBLES_MAX)
        f->troubles[f->count++] = (struct network_trouble){c->node->name, vid, of->failure, &of->failed.result,
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

/* The guest's check of the same VLAN. */
static struct check *guest_of(const struct node *n, const char *label)
{
    for (size_t i = 0; i < n->check_count; i++)
        if (strcmp(n->checks[i]->kind, NETWORK_GUEST) == 0 && strcmp(n->checks[i]->label, label) == 0)
            return n->checks[i];
    return NULL;
}

static enum explained wait_until(struct engine *e, struct mono until)
{
    if (!mono_before(e->now.mono, until))
        return EXPLAINED_BY_NOTHING;
    conclude_later(e, until);
    return EXPLAINED_LATER;
}

/* Strangers all around may say that our own port is in another VLAN now; tables are asked for at once. Who was heard
 * there is told of for a while after it was moved back. */
static enum explained by_own_port(struct engine *e, const struct check *c, enum guest_matter m)
{
    struct check *guest = guest_of(c->node, c->label);
    const struct network_look *l = guest ? guest->look : NULL;
    if ((m != GUEST_MATTER_DHCP && m != GUEST_MATTER_RA) || *c->label || !guest || !guest->way.home_vid || !l)
        return EXPLAINED_BY_NOTHING;
    if (l->finding.variant && strcmp(l->finding.variant, audit_fault_words[AUDIT_WRONG_VLAN]) == 0) {
        guest->way.astray = e->now.mono;
        return EXPLAINED;
    }
    struct mono read = mono_after(c->guest->matters[m].since, SECONDS(TABLES_TAKE_S));
    struct mono gone = guest->way.astray.ns ? mono_after(guest->way.astray, SECONDS(STRANGERS_LINGER_S)) : read;
    return wait_until(e, mono_before(gone, read) ? read : gone);
}

static void look_at_check(struct engine *e, struct check *c, enum guest_matter m, struct network_failing *f)
{
    struct matter_watch *of = &c->guest->matters[m];
    if (of->verdict != VERDICT_FAILING)
        return;
    enum explained explained = of->failure.reason == GUEST_NONE ? EXPLAINED_LATER : network_explain(e, c->guest, m);
    if (explained == EXPLAINED_BY_NOTHING)
        explained = by_own_port(e, c, m);
    if (explained == EXPLAINED)
        of->explained_at = e->now.mono;
    if (explained != EXPLAINED_BY_NOTHING || is_old_news(e, c, of))
        f->waiting = true;
    else
        add_trouble(f, c, of);
}

int network_trouble_order(const void *a, const void *b)
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

void network_incident_key(const struct node *n, const char *matter, char out[static NETWORK_KEY_MAX])
{
    snprintf(out, NETWORK_KEY_MAX, "network/%s/%s", n->name, matter);
}

void network_failing(struct engine *e, struct node *n, enum guest_matter m, struct network_failing *out)
{
    *out = (struct network_failing){.count = 0};
    for (size_t i = 0; i < n->check_count; i++)
        if (network_speaks_of(n->checks[i], m))
            look_at_check(e, n->checks[i], m, out);
    qsort(out->troubles, out->count, sizeof *out->troubles, network_trouble_order);
}

void network_tell(struct engine *e, const struct node *n, const char *key, const struct network_suspect *about)
{
    enum guest_reason reason = about->count ? about->troubles->failure.reason : GUEST_NONE;
    struct suspect x = {.kind = SUSPECT_NETWORK, .node = n->index, .check_kind = NETWORK_GUEST, .label = "",
                        .reason = guest_reason_words[reason], .network = about};
    trouble_keep(e, &x, NULL, key);
}

static void look_at_matter(struct engine *e, struct node *n, enum guest_matter m)
{
    char key[NETWORK_KEY_MAX];
    const char *names[] = {n->name};
    struct network_failing f;
    network_failing(e, n, m, &f);
    network_incident_key(n, guest_matter_words[m], key);
    if (f.count)
        network_tell(e, n, key,
                     &(struct network_suspect){.names = names, .name_count = 1, .lan = !n->network, .matter = m,
                                               .troubles = f.troubles, .count = f.count});
    else if (!f.waiting)
        trouble_end(e, key);
}

void networks_conclude(struct engine *e)
{
    ways_look(e);
    network_service_conclude(e);
    for (size_t i = e->shown_count; i < e->node_count; i++)
        for (int m = GUEST_MATTER_SERVICE + 1; m < GUEST_MATTERS; m++)
            look_at_matter(e, e->nodes[i], (enum guest_matter)m);
}
