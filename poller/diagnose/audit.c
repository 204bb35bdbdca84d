#include "poller/diagnose/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/diagnose/audit_internal.h"

const char *const audit_fault_words[] = {"vlan-unknown", "not-member", "wrong-vlan", "untagged", "wrong-pvid",
                                         "translates", NULL};
const char *const audit_gap_words[] = {"",     "no-router", "no-server", "no-way", "several-ways",
                                       "mute", "old",       "untold",    NULL};

struct target {
    const struct serving_box *box;
    struct audit_way way;
};

struct draft {
    const struct topology *t;
    struct target *targets;
    size_t target_count;
    struct audit_finding *findings;
    size_t finding_count, finding_max;
    struct audit_site *sites;
    size_t site_count;
};

static bool same_site(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* --- what is told of each way, put together --- */

static bool has_port(const struct audit_finding *f, const struct audit_port *p)
{
    for (size_t i = 0; i < f->port_count; i++)
        if (f->ports[i].plug.index == p->plug.index && (p->plug.index || f->ports[i].toward == p->toward))
            return true;
    return false;
}

static void merge(struct audit_finding *into, const struct audit_finding *f)
{
    for (size_t i = 0; i < f->port_count; i++)
        if (!has_port(into, &f->ports[i]) && into->port_count < AUDIT_PORTS_MAX)
            into->ports[into->port_count++] = f->ports[i];
    if (f->confidence == CONFIDENCE_CERTAIN)
        into->confidence = CONFIDENCE_CERTAIN;
}

static void keep(struct draft *d, const struct audit_finding *f)
{
    for (size_t i = 0; i < d->finding_count; i++)
        if (d->findings[i].box == f->box && d->findings[i].fault == f->fault) {
            merge(&d->findings[i], f);
            return;
        }
    if (d->finding_count < d->finding_max)
        d->findings[d->finding_count++] = *f;
}

static size_t find(const struct draft *d, const struct audit_finding *f)
{
    size_t i = 0;
    while (d->findings[i].box != f->box || d->findings[i].fault != f->fault)
        i++;
    return i;
}

/* --- sites --- */

/* Boxes that only look as if they served: one that is reached is enough, and one that may be reached leaves it
 * open. Of those that surely do each counts. */
static bool decides(const struct target *x, const struct target *than)
{
    static const int badness[] = {[VERDICT_OK] = 0, [VERDICT_UNKNOWN] = 1, [VERDICT_FAILING] = 2};
    int more = badness[x->way.verdict] - badness[than->way.verdict];
    return x->box->sure ? more > 0 : more < 0;
}

static const struct target *deciding(const struct draft *d, const char *site)
{
    const struct target *best = NULL;
    for (size_t i = 0; i < d->target_count; i++)
        if (same_site(d->targets[i].box->site, site) && (!best || decides(&d->targets[i], best)))
            best = &d->targets[i];
    return best;
}

static void judge_site(struct draft *d, const char *site)
{
    const struct target *x = deciding(d, site);
    struct audit_site *out = &d->sites[d->site_count++];
    *out = (struct audit_site){.site = site, .end = BOX_NONE, .gap = AUDIT_NO_SERVER, .gap_box = BOX_NONE};
    if (!x)
        return;
    out->end = x->box->box;
    out->verdict = x->way.verdict;
    out->gap = x->way.gap;
    out->gap_box = x->way.gap_box;
    for (size_t i = 0; i < d->target_count; i++) {
        const struct target *y = &d->targets[i];
        for (size_t k = 0; x->way.verdict == VERDICT_FAILING && same_site(y->box->site, site) && k < y->way.count; k++)
            keep(d, &y->way.findings[k]);
    }
}

static void judge_sites(struct draft *d, const struct network_view *n)
{
    for (size_t i = 0; i < n->site_count; i++)
        judge_site(d, n->sites[i]);
    for (size_t i = 0; i < d->target_count && !n->site_count; i++) {
        bool known = false;
        for (size_t k = 0; k < d->site_count; k++)
            known |= same_site(d->sites[k].site, d->targets[i].box->site);
        if (!known)
            judge_site(d, d->targets[i].box->site);
    }
}

/* --- the order they are told in --- */

static unsigned depth(const struct topology *t, uint32_t box)
{
    unsigned steps = 0;
    for (; box != BOX_NONE && steps <= t->box_count; steps++)
        box = t->boxes[box].up;
    return steps;
}

static bool comes_before(const struct topology *t, const struct audit_finding *a, const struct audit_finding *b)
{
    unsigned x = depth(t, a->box), y = depth(t, b->box);
    if (x != y)
        return x < y;
    return a->box != b->box ? a->box < b->box : a->fault < b->fault;
}

static void sort(struct draft *d)
{
    for (size_t i = 1; i < d->finding_count; i++)
        for (size_t k = i; k > 0 && comes_before(d->t, &d->findings[k], &d->findings[k - 1]); k--) {
            struct audit_finding other = d->findings[k];
            d->findings[k] = d->findings[k - 1];
            d->findings[k - 1] = other;
        }
}

/* The nearest one to the router that stands on a way of the site. */
static void name_finding(const struct draft *d, struct audit_site *s)
{
    s->finding = d->finding_count;
    for (size_t i = 0; i < d->target_count; i++) {
        const struct target *x = &d->targets[i];
        for (size_t k = 0; same_site(x->box->site, s->site) && k < x->way.count; k++) {
            size_t place = find(d, &x->way.findings[k]);
            s->finding = place < s->finding ? place : s->finding;
        }
    }
}

/* A site where nothing serves is no matter, beside one where something does. */
static enum verdict worst(const struct draft *d)
{
    bool well = false, open = false;
    for (size_t i = 0; i < d->site_count; i++) {
        const struct audit_site *s = &d->sites[i];
        if (s->verdict == VERDICT_FAILING)
            return VERDICT_FAILING;
        well |= s->verdict == VERDICT_OK;
        open |= s->verdict == VERDICT_UNKNOWN && s->gap != AUDIT_NO_SERVER;
    }
    return well && !open ? VERDICT_OK : VERDICT_UNKNOWN;
}

static bool take_lists(struct draft *d, const struct network_view *n, const struct serving *s, struct arena *arena)
{
    size_t ends = s->count + n->site_count + 1;
    for (size_t i = 0; i < d->target_count; i++)
        d->finding_max += d->targets[i].way.count;
    d->sites = arena_take(arena, ends * sizeof *d->sites);
    d->findings = arena_take(arena, d->finding_max * sizeof *d->findings + 1);
    return d->sites && d->findings;
}

bool audit_network(const struct topology *t, const struct network_view *n, const struct audit_proof *proof,
                   struct arena *arena, struct audit *out)
{
    struct draft d = {.t = t};
    struct serving s;
    *out = (struct audit){.verdict = VERDICT_UNKNOWN};
    if (!n->vid)
        return true;
    if (!serving_find(t, n, arena, &s) || !(d.targets = arena_take(arena, s.count * sizeof *d.targets + 1)))
        return false;
    for (; d.target_count < s.count; d.target_count++) {
        d.targets[d.target_count].box = &s.boxes[d.target_count];
        if (!audit_way(t, n, proof, &s.boxes[d.target_count], arena, &d.targets[d.target_count].way))
            return false;
    }
    if (!take_lists(&d, n, &s, arena))
        return false;
    judge_sites(&d, n);
    sort(&d);
    for (size_t i = 0; i < d.site_count; i++)
        if (d.sites[i].verdict == VERDICT_FAILING)
            name_finding(&d, &d.sites[i]);
    *out = (struct audit){worst(&d), d.findings, d.finding_count, d.sites, d.site_count};
    return true;
}

/* All with a name that needs the word: then it stands once before them. */
static bool is_list(const struct audit_finding *f)
{
    for (size_t i = 0; i < f->port_count; i++)
        if (!*f->ports[i].plug.name || !*topology_port_word(&f->ports[i].plug))
            return false;
    return f->port_count > 1;
}

const char *audit_ports_text(const struct topology *t, const struct audit_finding *f, char *out, size_t size)
{
    bool listed = is_list(f);
    size_t used = 0;
    if (size)
        *out = '\0';
    for (size_t i = 0; i < f->port_count && used < size; i++) {
        const struct audit_port *p = &f->ports[i];
        const char *gap = !i ? "" : i + 1 < f->port_count ? ", " : " and ";
        const char *word = listed ? i ? "" : "ports " : topology_port_word(&p->plug);
        if (*p->plug.name)
            used += (size_t)snprintf(out + used, size - used, "%s%s%s", gap, word, p->plug.name);
        else
            used += (size_t)snprintf(out + used, size - used, "%sthe port to %s", gap, topology_name(t, p->toward));
    }
    return out;
}
