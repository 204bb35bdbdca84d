/* Farms made up at random, with one fault at random in them: whatever is told or not, what is named has the fault in
 * it. The seed of a farm that fails is printed; TRACE_SEED=N looks at that one alone, TRACE_FARMS=N at so many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "poller/base/buf.h"
#include "poller/diagnose/trace.h"
#include "tests/support/vlan_farm.h"

#define FARMS 4000
#define GUEST 501
#define BOXES_MAX 12
#define BEGAN_S (FARM_NOW_S - 200)
#define FIRST_S (FARM_NOW_S - 180)
#define SENT_S (FARM_NOW_S - 110)
#define SECOND_S (FARM_NOW_S - 100)

static const char *const sites[] = {"house", "barn", "shed"};

struct made {
    struct farm *f;
    struct buf text;
    uint64_t random;
    unsigned boxes;
    bool aware[BOXES_MAX];
    char fault[64];
    int culprit;       /* of the farm; -1: nothing is wrong */
    bool settings;     /* what is wrong stands in VLAN tables */
    bool noise;        /* some tables are missing, old or cut */
    bool well_before;
    const struct wiring *first[FARM_BOXES_MAX + 1];
    struct network_view network;
    struct trace_question question;
    struct trace_look look;
};

static unsigned draw(struct made *m, unsigned below)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return (unsigned)((m->random >> 20) % below);
}

static bool chance(struct made *m, unsigned percent)
{
    return draw(m, 100) < percent;
}

/* --- making it up --- */

static const char *draw_tells(struct made *m, bool aware)
{
    static const char *const managed[] = {"fdb,vlans", "fdb,vlans,lldp", "fdb0,vlans", "vlans", "fdb", "fdb0", "lldp",
                                          "fdb,lldp"};
    static const char *const plain[] = {"fdb0", "lldp", "fdb0,lldp"};
    if (chance(m, aware ? 25 : 80))
        return NULL;
    return aware ? managed[draw(m, 8)] : plain[draw(m, 3)];
}

static void add_box(struct made *m, unsigned i)
{
    unsigned above = i ? draw(m, i) : 0;
    m->aware[i] = i && chance(m, 60);
    buf_printf(&m->text, "b%u", i);
    if (i)
        buf_printf(&m->text, " on=b%u site=%s", above, sites[draw(m, 3)]);
    else
        buf_text(&m->text, " site=house");
    if (i && !m->aware[i] && chance(m, 20))
        buf_text(&m->text, " hidden");
    else if (i && chance(m, 30))
        buf_text(&m->text, " parent=none");
    if (i && chance(m, 30))
        buf_text(&m->text, " planned");
    const char *tells = i ? draw_tells(m, m->aware[i]) : NULL;
    if (tells)
        buf_printf(&m->text, " tells=%s", tells);
    buf_char(&m->text, '\n');
}

#define SERVING_PORT 20 /* for guests with a cable */

/* All ports that lead somewhere are in the VLAN, with a tag. */
static void set_vlans(struct made *m)
{
    for (unsigned i = 0; i < m->boxes; i++) {
        struct farm_box *b = &m->f->boxes[i];
        if (!m->aware[i])
            continue;
        b->vlans[b->vlan_count++] = (struct farm_vlan){.vid = GUEST, .members = 1u << SERVING_PORT};
        for (unsigned p = 1; p < FARM_PORTS_MAX; p++)
            b->vlans[0].members |= b->peer[p] >= 0 ? 1u << p : 0;
    }
}

static void make(struct made *m, uint64_t seed)
{
    *m = (struct made){.random = seed * 0x9e3779b97f4a7c15u + 1, .culprit = -1};
    for (unsigned i = 0; i < 5; i++)
        draw(m, 2);
    m->boxes = 3 + draw(m, BOXES_MAX - 3);
    for (unsigned i = 0; i < m->boxes; i++)
        add_box(m, i);
    buf_printf(&m->text, "monitor on=b%u us\n", draw(m, m->boxes));
    m->f = farm_begin(buf_string(&m->text));
    m->f->shuffle = seed;
    set_vlans(m);
}

static unsigned draw_port(struct made *m, const struct farm_box *b)
{
    unsigned p;
    do
        p = 1 + draw(m, FARM_PORTS_MAX - 1);
    while (b->peer[p] < 0);
    return p;
}

static void spoil_settings(struct made *m, struct farm_box *b, unsigned port)
{
    struct farm_vlan *v = &b->vlans[0];
    m->settings = true;
    switch (draw(m, 3)) {
    case 0:
        b->vlans[0].vid = 20;
        snprintf(m->fault, sizeof m->fault, "%s knows no VLAN", b->name);
        break;
    case 1:
        v->members &= ~(1u << port);
        snprintf(m->fault, sizeof m->fault, "%s lacks port %u", b->name, port);
        break;
    default:
        v->untagged |= 1u << port;
        snprintf(m->fault, sizeof m->fault, "%s has port %u untagged", b->name, port);
    }
}

static void spoil(struct made *m)
{
    if (chance(m, 15))
        return;
    m->culprit = 1 + (int)draw(m, m->boxes - 1);
    struct farm_box *b = &m->f->boxes[m->culprit];
    unsigned port = draw_port(m, b);
    uint32_t *const faults[] = {&b->eats, &b->eats_out, &b->strips, &b->strips_out};
    static const char *const words[] = {"eats", "eats_out", "strips", "strips_out"};
    if (m->aware[m->culprit] && chance(m, 40)) {
        spoil_settings(m, b, port);
        return;
    }
    unsigned kind = draw(m, 4);
    *faults[kind] = chance(m, 40) ? FARM_PORT_ALL : 1u << port;
    snprintf(m->fault, sizeof m->fault, "%s %s %u (%x)", b->name, words[kind], port, *faults[kind]);
}

/* --- looking --- */

static void probe(struct made *m)
{
    uint16_t tag = 0;
    bool answered = farm_probe(m->f, GUEST, &tag);
    m->question.symptom = !answered ? TRACE_SILENCE : tag == GUEST ? TRACE_WELL : TRACE_STRIPPED;
    m->look.stripped = m->question.symptom == TRACE_STRIPPED;
}

static struct mono at(double s)
{
    return (struct mono){(int64_t)(s * 1e9)};
}

/* Tables that could not be read, were read too early, or in part. */
static void disturb(struct made *m)
{
    for (size_t i = 0; i < m->f->scene.node_count && m->noise; i++) {
        const struct wiring **second = &m->f->wirings[i];
        struct wiring *w = *second ? arena_copy(m->f->arena, *second, sizeof *w) : NULL;
        if (!w)
            continue;
        if (chance(m, 15))
            m->first[i] = NULL;
        if (chance(m, 10))
            w->at[WIRING_LIST_FDB] = at(BEGAN_S - 100);
        if (chance(m, 10))
            w->at[draw(m, WIRING_LISTS)] = (struct mono){0};
        if (chance(m, 10)) {
            w->address_count /= 2;
            w->cut = 1u << WIRING_LIST_FDB;
        }
        *second = w;
    }
    assert_true(topology_build(&m->f->given, m->f->arena, &m->f->topology));
}

static void look(struct made *m)
{
    struct farm *f = m->f;
    m->network = (struct network_view){.name = "guest", .vid = GUEST, .sites = sites, .site_count = 3,
                                       .gateway = &f->gateway};
    m->question = (struct trace_question){.network = &m->network, .probe = f->probe};
    m->look = (struct trace_look){.topology = &f->topology, .first = m->first, .control = f->control,
                                  .began = at(BEGAN_S), .sent = at(SENT_S)};
    farm_chatter(f);
    m->well_before = chance(m, 30);
    if (m->well_before) {
        probe(m);
        m->look.well = at(BEGAN_S - 10);
    }
    spoil(m);
    farm_chatter(f);
    probe(m);
    farm_look(f, FIRST_S);
    memcpy(m->first, f->wirings, sizeof m->first);
    probe(m);
    farm_look(f, SECOND_S);
    m->noise = chance(m, 40);
    disturb(m);
    if (m->question.symptom == TRACE_WELL)
        m->look.well = (struct mono){0}; /* it never was otherwise: nothing is left over */
    m->question.gateway = m->question.symptom == TRACE_SILENCE && chance(m, 70) ? TRACE_SILENT : TRACE_NOT_ASKED;
}

static void unmake(struct made *m)
{
    farm_end(m->f);
    buf_fini(&m->text);
}

/* --- is it in what is named? --- */

static int farm_box_of(const struct made *m, uint32_t box)
{
    return box == BOX_OWN ? m->f->us : farm_find(m->f, topology_name(&m->f->topology, box));
}

static bool is_above(const struct farm *f, int box, int ancestor)
{
    while (box >= 0 && box != ancestor)
        box = f->boxes[box].above;
    return box >= 0;
}

/* On the cables from a to b, ends included. */
static bool is_on_cables(const struct farm *f, int x, int a, int b)
{
    int top = a;
    while (!is_above(f, b, top))
        top = f->boxes[top].above;
    for (int i = a; i != f->boxes[top].above; i = f->boxes[i].above)
        if (i == x)
            return true;
    for (int i = b; i != f->boxes[top].above; i = f->boxes[i].above)
        if (i == x)
            return true;
    return false;
}

static bool is_suspect(const struct made *m, const struct trace_stretch *s)
{
    for (size_t i = 0; i < s->suspect_count; i++)
        if (farm_box_of(m, s->suspects[i].box) == m->culprit)
            return true;
    return m->f->boxes[m->culprit].hidden;
}

static const char *complaint_about_trace(const struct made *m, const struct trace *t)
{
    if (t->kind == CAUSE_NONE)
        return NULL;
    if (m->culprit < 0)
        return "something is named, and nothing is wrong";
    if (t->stretch.decided)
        return farm_box_of(m, t->stretch.suspects[0].box) != m->culprit ? "another box is blamed"
               : !m->settings                                           ? "settings that are right are blamed"
                                                                         : NULL;
    if (!is_on_cables(m->f, m->culprit, farm_box_of(m, t->stretch.from), farm_box_of(m, t->stretch.to)))
        return "the fault is not in the stretch";
    return is_suspect(m, &t->stretch) ? NULL : "the culprit is no suspect";
}

static const char *complaint_about_audit(const struct made *m, const struct audit *a)
{
    for (size_t i = 0; i < a->finding_count; i++)
        if (!m->settings || farm_box_of(m, a->findings[i].box) != m->culprit)
            return "settings that are right are blamed by the audit";
    return NULL;
}

static void explain(const struct made *m, uint64_t seed, const struct trace *t, const char *complaint)
{
    char stretch[400] = "";
    if (t->stretch.found)
        trace_stretch_text(&m->f->topology, &t->stretch, stretch, sizeof stretch);
    print_error("seed %llu: %s\nfault: %s\nsaid: %s%s %s%s\n%s\n", (unsigned long long)seed, complaint, m->fault,
                cause_kind_words[t->kind], t->stretch.back ? " back" : "", stretch,
                t->stretch.decided ? ", decided" : "", buf_string(&m->text));
    for (size_t i = 0; i < t->way_count; i++) {
        for (size_t k = 0; k < t->ways[i].hop_count; k++) {
            const struct trace_hop *h = &t->ways[i].hops[k];
            print_error("%s%s(%s,%s) %s/%s %s; ", topology_name(&m->f->topology, h->at.box), h->at.maybe ? "?" : "",
                        h->at.in.name, h->at.out.name, trace_mark_words[h->probe.mark],
                        trace_doubt_words[h->probe.doubt], trace_mark_words[h->gateway.mark]);
        }
        print_error("\n");
    }
}

struct tally {
    unsigned faults, noticed, named, decided, audited, suspects;
};

static void count(struct tally *y, const struct made *m, const struct trace *t, const struct audit *a)
{
    y->faults += m->culprit >= 0;
    y->noticed += m->question.symptom != TRACE_WELL;
    y->named += t->kind != CAUSE_NONE;
    y->decided += t->kind != CAUSE_NONE && t->stretch.decided;
    y->suspects += t->kind != CAUSE_NONE ? (unsigned)t->stretch.suspect_count : 0;
    y->audited += a->finding_count > 0;
}

static bool try(uint64_t seed, struct tally *y)
{
    struct made m;
    struct trace t;
    struct audit a;
    make(&m, seed);
    look(&m);
    assert_true(trace_network(&m.look, &m.question, m.f->arena, &t));
    assert_true(audit_network(&m.f->topology, &m.network, NULL, m.f->arena, &a));
    const char *complaint = complaint_about_trace(&m, &t);
    complaint = complaint ? complaint : complaint_about_audit(&m, &a);
    if (complaint)
        explain(&m, seed, &t, complaint);
    count(y, &m, &t, &a);
    unmake(&m);
    return !complaint;
}

static void what_is_named_has_the_fault_in_it(void **state)
{
    const char *one = getenv("TRACE_SEED"), *many = getenv("TRACE_FARMS");
    uint64_t first = one ? strtoull(one, NULL, 10) : 1;
    uint64_t last = one ? first : many ? strtoull(many, NULL, 10) : FARMS;
    struct tally y = {0};
    for (uint64_t seed = first; seed <= last; seed++)
        assert_true(try(seed, &y));
    print_message("%u faults, %u noticed by the guest; %u named, %u of them by settings, %.1f suspects each; %u seen "
                  "by the audit\n", y.faults, y.noticed, y.named, y.decided,
                  (double)y.suspects / (y.named ? y.named : 1), y.audited);
    if (last >= FARMS) { /* it says something at all */
        assert_true(y.noticed > last / 6 && y.named > y.noticed);
        assert_true(y.decided > last / 60 && y.audited > last / 60);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_named_has_the_fault_in_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
