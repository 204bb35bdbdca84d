/* What a round found, as the report the engine judges: one object per port that has life, and facts. All
 * of it lives in one arena that dies when the report was taken. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "collectors/protocol/reading_objects.h"
#include "collectors/snmp/device_internal.h"
#include "poller/base/arena.h"
#include "poller/base/digits.h"
#include "poller/base/log.h"

#define PORT_FACTS 13
#define PORT_FACTS_ALWAYS 4
#define PAPER_KEPT_BYTES 65536 /* a larger report's memory goes back */
#define DEVICE_FACTS 17
#define PORT_MEASURES (PORT_RATES + 2)
#define ANCHOR_SLACK_NS SECONDS(1)
#define REMARK_MAX 256

/* The agent's moment on our clock: its own ticks from an anchor, so that rate times time is exactly what
 * was counted; set anew when the two clocks drift apart. */
struct mono device_moment(struct device *d, uint32_t ticks, struct mono heard)
{
    int64_t ran_ns = (int64_t)(int32_t)(ticks - d->anchor_ticks) * 10 * NS_PER_MS;
    struct mono told = mono_after(d->anchor, ran_ns);
    int64_t off = mono_since(told, heard);
    if (d->anchor.ns && off < ANCHOR_SLACK_NS && off > -ANCHOR_SLACK_NS) {
        d->anchor = told;
        d->anchor_ticks = ticks;
        return told;
    }
    d->anchor = heard;
    d->anchor_ticks = ticks;
    return heard;
}

struct draft {
    struct arena *arena;
    struct report report;
    struct fact *next_fact;
    char *ink;                 /* room for the numbers of all ports, and for what is measured of them */
    struct measure *measures;
    const char *speed;         /* of the port before */
    uint64_t speed_bps;
    uint32_t ticks;            /* of the port before, and what they are on our clock: mostly it is read with this one */
    struct mono heard, moment;
    bool failed;
};

static void put_fact(struct draft *f, const char *name, const char *subject, const char *value)
{
    if (value)
        *f->next_fact++ = (struct fact){name, subject, value};
}

/* From zero up. What fits a signed number is converted at once, and what does not has no fraction. */
static uint64_t whole_number(double value)
{
    if (value <= 0)
        return 0;
    if (value < (double)INT64_MAX)
        return (uint64_t)(int64_t)(value + 0.5);
    return value < (double)UINT64_MAX ? (uint64_t)value : UINT64_MAX;
}

/* A device has hundreds of them each round. */
static const char *number_text(struct draft *f, double value)
{
    char *text = f->ink;
    if (isnan(value))
        return NULL;
    f->ink += digits_put(whole_number(value), text);
    *f->ink++ = '\0';
    return text;
}

/* Most ports of a device have one speed. */
static const char *speed_text(struct draft *f, const struct port *p)
{
    uint64_t bps = port_speed(p);
    if (!f->speed || f->speed_bps != bps) {
        f->speed_bps = bps;
        f->speed = number_text(f, bps ? (double)bps : NAN);
    }
    return f->speed;
}

static double speed_of(const struct port *p)
{
    uint64_t bps = port_speed(p);
    return bps ? (double)bps : NAN;
}

static const char *port_mac(struct draft *f, const struct port *p)
{
    char text[MAC_TEXT_MAX];
    if (!mac_is_set(&p->mac))
        return NULL;
    mac_text(&p->mac, text);
    return arena_text(f->arena, text, strlen(text));
}

/* The totals themselves are for people who look once; rates are made of their differences. */
static void put_port_totals(struct draft *f, const struct port *p)
{
    static const struct {
        const char *name;
        enum if_polled wide, narrow;
    } totals[] = {{"port.in_octets", IF_HC_IN_OCTETS, IF_IN_OCTETS},
                  {"port.out_octets", IF_HC_OUT_OCTETS, IF_OUT_OCTETS},
                  {"port.in_errors", IF_IN_ERRORS, IF_IN_ERRORS},
                  {"port.out_errors", IF_OUT_ERRORS, IF_OUT_ERRORS}};
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
        if (p->present & (IF_BIT(totals[i].wide) | IF_BIT(totals[i].narrow)))
            put_fact(f, totals[i].name, p->name, number_text(f, (double)p->counters.last[totals[i].wide]));
}

static void put_port_facts(struct draft *f, const struct port *p, const struct port_rates *rates, bool all)
{
    put_fact(f, "port.oper", p->name, if_status_word(p->oper));
    if (rates) {
        put_fact(f, "port.speed", p->name, speed_text(f, p));
        put_fact(f, "port.in_bps", p->name, number_text(f, rates->of[PORT_IN_OCTETS] * 8));
        put_fact(f, "port.out_bps", p->name, number_text(f, rates->of[PORT_OUT_OCTETS] * 8));
    }
    if (!all)
        return;
    put_fact(f, "port.admin", p->name, if_admin_word(p->admin));
    put_fact(f, "port.alias", p->name, port_alias(p));
    put_fact(f, "port.type", p->name, number_text(f, p->typed ? p->type : (double)NAN));
    put_fact(f, "port.index", p->name, number_text(f, p->index));
    put_fact(f, "port.mac", p->name, port_mac(f, p));
    put_port_totals(f, p);
}

static const char *engine_text(struct draft *f, const struct snmp_engine *e)
{
    char text[SNMP_ENGINE_TEXT_MAX];
    snmp_engine_text(e, text);
    return arena_text(f->arena, text, strlen(text));
}

static void put_device_facts(struct draft *f, struct device *d, struct mono ended)
{
    static const char *const names[IF_SCALAR_COUNT] = {
        [SYS_DESCR] = "sys.descr",
        [SYS_OBJECT_ID] = "sys.objectid",
        [SYS_NAME] = "sys.name",
        [SYS_LOCATION] = "sys.location"};
    double since_s = (double)mono_since(ended, d->clock.at) / (double)NS_PER_S;
    double uptime_s = d->clock.ticks / 100.0 + since_s;
    if (d->clock.set)
        put_fact(f, "sys.uptime", "", number_text(f, uptime_s * (double)NS_PER_S));
    if (d->rebooted)
        put_fact(f, "sys.rebooted", "", number_text(f, uptime_s));
    for (int i = 0; i < IF_SCALAR_COUNT && d->facts_due; i++)
        if (names[i])
            put_fact(f, names[i], "", d->texts[i]);
    if (d->facts_due && d->secure && d->secure->engine.id_len)
        put_fact(f, "sys.engine_id", "", engine_text(f, &d->secure->engine));
}

/* Which device it is, by its profile. */
static void put_identity(struct draft *f, const struct device *d)
{
    static const char *const names[INSCRIPTION_KINDS] = {[INSCRIPTION_MODEL] = "device.model",
                                                         [INSCRIPTION_VERSION] = "device.version",
                                                         [INSCRIPTION_SERIAL] = "device.serial"};
    const struct device_figures *g = &d->figures;
    if (!g->cells)
        return;
    if (g->family) {
        put_fact(f, "device.vendor", "", g->family->vendor);
        put_fact(f, "device.family", "", g->family->family);
        put_fact(f, "device.kind", "", g->family->kind);
        put_fact(f, "device.menu", "", g->family->menu);
        put_fact(f, "profile.name", "", g->family->name);
        put_fact(f, "profile.why", "", arena_text(f->arena, g->why, strlen(g->why)));
    }
    for (int kind = 0; kind < INSCRIPTION_KINDS; kind++)
        put_fact(f, names[kind], "",
                 figure_inscription(&g->set, g->cells, (enum inscription_kind)kind,
                                    (const char *const *)d->texts, f->arena));
}

static bool read_figures(struct draft *f, const struct device *d)
{
    struct figures figures = {0};
    if (!d->figures.cells)
        return true;
    if (!figure_read(&d->figures.set, d->figures.cells, d->table, f->arena, &figures))
        return false;
    f->report.readings = figures.items;
    f->report.reading_count = figures.count;
    f->report.has_readings = true;
    return true;
}

static void put_readings_objects(struct draft *f)
{
    struct report *r = &f->report;
    size_t count = 0;
    f->failed |= !reading_objects(r->readings, r->reading_count, f->arena, r->objects + r->object_count, &count);
    r->object_count += count;
}

/* The agent's moment at which a port was read. */
static struct mono moment_of(struct draft *f, struct device *d, const struct port *p)
{
    if (!f->moment.ns || f->ticks != p->ticks || f->heard.ns != p->heard.ns) {
        f->ticks = p->ticks;
        f->heard = p->heard;
        f->moment = device_moment(d, p->ticks, p->heard);
    }
    return f->moment;
}

static const struct measure port_measures[PORT_MEASURES] = {
    [PORT_IN_OCTETS] = {"in_octets", 0, UNIT_OCTETS_PER_S}, [PORT_OUT_OCTETS] = {"out_octets", 0, UNIT_OCTETS_PER_S},
    [PORT_IN_ERRORS] = {"in_errors", 0, UNIT_PER_S},        [PORT_OUT_ERRORS] = {"out_errors", 0, UNIT_PER_S},
    [PORT_IN_DISCARDS] = {"in_discards", 0, UNIT_PER_S},    [PORT_OUT_DISCARDS] = {"out_discards", 0, UNIT_PER_S},
    [PORT_IN_PACKETS] = {"in_packets", 0, UNIT_PER_S},      [PORT_OUT_PACKETS] = {"out_packets", 0, UNIT_PER_S},
    [PORT_RATES] = {"speed", 0, UNIT_BIT_PER_S},            [PORT_RATES + 1] = {"oper", 0, UNIT_STATE}};

static void put_object(struct draft *f, struct device *d, const struct port *p, const struct port_rates *rates)
{
    struct measure *m = memcpy(f->measures, port_measures, sizeof port_measures);
    f->measures += PORT_MEASURES;
    for (int i = 0; i < PORT_RATES; i++)
        m[i].value = rates->of[i];
    m[PORT_RATES].value = speed_of(p);
    m[PORT_RATES + 1].value = p->oper == IF_STATUS_UP;
    f->report.objects[f->report.object_count++] = (struct object_measures){.object = port_object(p),
                                                                           .layout = LAYOUT_PORT,
                                                                           .measures = m,
                                                                           .measure_count = PORT_MEASURES,
                                                                           .has_at = true,
                                                                           .at = moment_of(f, d, p)};
}

static bool take_room(struct draft *f, const struct device *d, bool regular)
{
    size_t ports = d->table ? d->table->count : 0;
    size_t facts = ports * (d->facts_due ? PORT_FACTS : PORT_FACTS_ALWAYS) + DEVICE_FACTS;
    size_t objects = ports + f->report.reading_count + 1;
    f->report.facts = arena_room(f->arena, facts * sizeof *f->report.facts);
    f->next_fact = f->report.facts;
    f->report.objects = arena_room(f->arena, objects * sizeof *f->report.objects);
    f->ink = arena_room(f->arena, facts * DIGITS_ROOM);
    f->measures = arena_room(f->arena, (regular ? ports * PORT_MEASURES : 1) * sizeof *f->measures);
    return f->report.facts && f->report.objects && f->ink && f->measures;
}

static bool is_for_tables(const struct device_round *r)
{
    return r->kind == ROUND_TABLES || r->kind == ROUND_ALL_TABLES;
}

/* Only what was read: the rest is as it was in the last round. */
static void fill_wiring(struct draft *f, const struct device_round *r)
{
    f->report.wiring = ((const struct device_wiring *)r)->told;
}

static void fill(struct draft *f, struct device *d, const struct device_round *r)
{
    size_t ports = d->table ? d->table->count : 0;
    bool regular = r->kind == ROUND_REGULAR;
    f->failed |= regular && !read_figures(f, d);
    if (!take_room(f, d, regular)) {
        f->failed = true;
        return;
    }
    put_device_facts(f, d, f->report.ended);
    for (size_t i = 0; i < ports; i++) {
        const struct port *p = &d->table->ports[i];
        const struct port_rates *rates = d->rates && port_is_read(d->table, p) ? &d->rates->ports[i] : NULL;
        if (p->type != IF_TYPE_LOOPBACK || d->tell_loopback)
            put_port_facts(f, p, rates, d->facts_due);
        if (regular && rates && port_counted(p))
            put_object(f, d, p, rates);
    }
    put_readings_objects(f);
    f->report.tables_outdated = regular && d->tables_outdated;
    d->tables_outdated &= !regular;
    if (regular && d->facts_due)
        put_identity(f, d);
    f->report.fact_count = (size_t)(f->next_fact - f->report.facts);
    d->rebooted = false;
    d->facts_due &= !regular;
}

/* What is worth saying beside an answer that came; NULL: nothing. */
static const char *remark(const struct device *d, char *out, size_t size)
{
    if (d->missed_ports)
        snprintf(out, size, "%u ports were not answered", d->missed_ports);
    else if (d->walk_end == SNMP_WALK_NOT_RISING)
        snprintf(out, size, "its interface table goes in circles; read up to there: %s",
                 d->walk_trouble ? d->walk_trouble : "a column broke off");
    else if (d->walk_end == SNMP_WALK_CEILING || (d->table && d->table->left_out))
        snprintf(out, size, "more interfaces than we read (%u)", PORTS_MAX);
    else if (d->wrong_types)
        snprintf(out, size, "%u values of a wrong type (%s for a %s)", d->wrong_types,
                 d->wrong_type, d->wanted_type);
    else if (d->table && d->table->doubled)
        snprintf(out, size, "%u ports share their name with another", d->table->doubled);
    else if (d->spared)
        snprintf(out, size, "its answers are too small to hold the packet counters of a port");
    else
        return device_secure_remark(d, out, size);
    return out;
}

/* While one report is told another may be made: who comes second gets paper of its own. */
static struct arena *take_paper(struct arena **paper)
{
    struct arena *a = *paper;
    *paper = NULL;
    return a ? a : arena_create(0);
}

static void give_paper_back(struct arena **paper, struct arena *a)
{
    if (!a || *paper || arena_used(a) > PAPER_KEPT_BYTES) {
        arena_destroy(a);
        return;
    }
    arena_reset(a);
    *paper = a;
}

void device_report(struct device *d, struct device_round *r, enum outcome outcome,
                   const char *reason, const char *detail)
{
    struct instant now = d->env->now(d->env->ctx);
    struct arena **paper = &d->means->paper; /* the device may be gone when the report was told */
    struct draft f = {.arena = take_paper(paper)};
    char text[REMARK_MAX];
    r->running = false;
    f.report = (struct report){.check = d->check,
                               .round = r->number,
                               .kind = r->kind,
                               .outcome = outcome,
                               .reason = reason,
                               .detail = detail,
                               .started = r->started,
                               .ended = now.mono};
    if (outcome == OUTCOME_ANSWERED && !detail && r->kind == ROUND_REGULAR)
        f.report.detail = remark(d, text, sizeof text);
    if (r == &d->regular && r->kind == ROUND_REGULAR)
        f.report.busy_ns = load_round_over(&d->load, device_rounds_between_tables(d));
    if (is_for_tables(r))
        fill_wiring(&f, r);
    else if (outcome == OUTCOME_ANSWERED && f.arena)
        fill(&f, d, r);
    if (!f.arena || f.failed) {
        log_warnx("snmp", "%s: no memory for its report", d->node);
        f.report.outcome = OUTCOME_OWN_FAULT;
        f.report.object_count = f.report.fact_count = f.report.reading_count = 0;
    }
    if (r == &d->regular) {
        rates_give_back(&d->means->spare_rates, d->rates);
        d->rates = NULL;
    }
    f.report.sent = d->agent.counts.sent - r->before.sent;
    f.report.lost = d->agent.counts.resent - r->before.resent;
    d->env->report(d->env->ctx, &f.report);
    give_paper_back(paper, f.arena);
}
