/* What a device answered: every answer is checked against its question here before any of it is kept. */
#include <stdlib.h>
#include <string.h>

#include "collectors/snmp/device_internal.h"
#include "poller/base/log.h"

/* Every answer carries sysUpTime: a reboot is seen at once. */
static void notice_time(struct device *d, uint32_t ticks, struct mono at)
{
    struct agent_step step = agent_clock_step(&d->clock, ticks, at);
    if (step.time != AGENT_RESTARTED)
        return;
    d->rebooted = true;
    d->facts_due = true;
    d->anchor.ns = 0;
    d->agent.no_bulk = false; /* it may be other firmware now */
    if (d->table)
        d->moved = true;
}

static void notice_change(struct device *d, uint32_t change)
{
    if (d->table && d->has_change && change != d->change)
        d->moved = true;
    d->has_change = true;
    d->change = change;
}

static void take_scalar(struct device *d, enum if_scalar which, const struct snmp_value *v,
                        struct mono at)
{
    if (which == SYS_UPTIME && v->type == SNMP_TICKS) {
        notice_time(d, (uint32_t)v->number, at);
        d->moved = false; /* the table is read next anyway */
    } else if (which == IF_TABLE_LAST_CHANGE && v->type == SNMP_TICKS) {
        d->has_change = true;
        d->change = (uint32_t)v->number;
    }
}

/* Those that are no texts this time stay as they were. */
static void take_texts(struct device *d, struct reader bindings)
{
    char texts[IF_SCALAR_COUNT][SNMP_OID_TEXT_MAX];
    const char *now[IF_SCALAR_COUNT];
    struct snmp_binding b;
    size_t size = 0;
    for (int i = 0; i < IF_SCALAR_COUNT; i++) {
        now[i] = d->texts[i];
        bool asked = d->scalars & 1u << i && snmp_binding_take(&bindings, &b) == SNMP_TAKEN;
        if (asked && b.value.type == SNMP_OCTETS)
            now[i] = port_text(b.value.octets, b.value.len, DEVICE_TEXT_MAX, texts[i]);
        else if (asked && b.value.type == SNMP_IDENTIFIER)
            now[i] = snmp_oid_text((struct snmp_oid_view){b.value.octets, b.value.len}, texts[i]);
        size += now[i] ? strlen(now[i]) + 1 : 0;
    }
    char *room = size ? malloc(size) : NULL, *at = room;
    if (!room)
        return;
    for (int i = 0; i < IF_SCALAR_COUNT; i++) {
        d->texts[i] = now[i] ? at : NULL;
        at = now[i] ? stpcpy(at, now[i]) + 1 : at;
    }
    free(d->text_room);
    d->text_room = room;
}

_Static_assert(DEVICE_TEXT_MAX < SNMP_OID_TEXT_MAX, "a text of ours is longer than an OID's");

static bool identity_fits(const struct device *d, struct reader bindings)
{
    struct snmp_binding b;
    for (int i = 0; i < IF_SCALAR_COUNT; i++)
        if ((d->scalars & 1u << i) && (snmp_binding_take(&bindings, &b) != SNMP_TAKEN ||
                                       !snmp_oid_equal(b.oid, if_scalar((enum if_scalar)i))))
            return false;
    return rd_left(&bindings) == 0;
}

static bool take_identity(struct device *d, const struct snmp_pdu *pdu, struct mono at)
{
    struct reader bindings = pdu->bindings;
    struct snmp_binding b;
    if (pdu->error_status != SNMP_NO_ERROR) { /* version 1 says absent so, others that they stumbled */
        int32_t index = pdu->error_index;
        for (int i = 0; i < IF_SCALAR_COUNT; i++)
            if ((d->scalars & 1u << i) && --index <= 0) {
                d->scalars &= ~(1u << (pdu->error_index > 0 ? i : IF_TABLE_LAST_CHANGE));
                break;
            }
        return true;
    }
    if (!identity_fits(d, bindings))
        return false;
    for (int i = 0; i < IF_SCALAR_COUNT; i++)
        if (d->scalars & 1u << i && snmp_binding_take(&bindings, &b) == SNMP_TAKEN)
            take_scalar(d, (enum if_scalar)i, &b.value, at);
    take_texts(d, pdu->bindings);
    d->identify_done = true;
    d->version_settled = true;
    return true;
}

static void take_walk_cell(void *ctx, unsigned column, struct snmp_oid_view index,
                           const struct snmp_value *v)
{
    struct device *d = ctx;
    if (!port_table_cell(d->incoming, (enum if_static)column, index, v))
        log_warnx("snmp", "%s: no memory for a port, left out", d->node);
}

static void note_wrong_types(struct device *d, const struct part_answer *a)
{
    d->wrong_types += a->wrong_types;
    if (a->wrong_types) {
        d->wrong_type = a->wrong_type;
        d->wanted_type = a->wanted_type;
    }
}

#define LACKING_PORTS 3 /* one alone may be a loopback, which lacks what all others have */

/* Version 1 tells of absent cells one at a time: what none of the first ports has is not asked of the
 * others. */
static bool nobody_has(const struct device *d, size_t port, enum if_polled column)
{
    const struct port_table *t = d->table;
    if (d->agent.version != SNMP_V1 || t->learned || port + 1 < LACKING_PORTS)
        return false;
    for (size_t i = 0; i < port; i++)
        if (!(port_refused(t, i) & IF_BIT(column)))
            return false;
    return true;
}

static bool refuse(struct device *d, size_t port, enum if_polled column)
{
    size_t end = nobody_has(d, port, column) ? d->table->count : port + 1;
    bool fine = true;
    for (size_t i = port; i < end && fine; i++)
        fine = port_refuse(d->table, i, column);
    return fine;
}

/* Not even one port fits an answer: less is asked of each. False: nothing is left to spare. */
static bool spare_columns(struct device *d)
{
    static const uint32_t least_needed[] = {IF_PACKET_BITS,
                                            IF_DISCARD_BITS | IF_BIT(IF_DISCONTINUITY)};
    for (size_t i = 0; i < 2; i++)
        if (least_needed[i] & ~d->spared) {
            d->spared |= least_needed[i];
            return true;
        }
    return false;
}

static void take_trouble(struct device *d, const struct part *p, const struct snmp_pdu *pdu)
{
    size_t port;
    enum if_polled column;
    if (pdu->error_status == SNMP_TOO_BIG && p->count > 1) {
        d->part_ports_most = p->count / 2;
    } else if (pdu->error_status == SNMP_TOO_BIG && spare_columns(d)) {
        d->part_ports_most = 1;
    } else if (part_blame(p, d->table, pdu->error_index, &port, &column) && refuse(d, port, column)) {
        /* asked without it */
    } else if (p->bulk) {
        d->shared = 0; /* ask for the cells by name, then the culprit has one */
    } else if (p->with_change) {
        d->has_change = false;
    } else {
        d->missed_ports += p->count;
        return;
    }
    device_put_back(d, p->first, p->count);
}

static void take_ports(struct device *d, size_t first, const struct part_answer *a)
{
    struct port_table *t = d->table;
    struct port_interval interval = {0};
    for (unsigned i = 0; i < a->ports; i++) {
        struct port *p = &t->ports[first + i];
        port_take(p, &a->readings[i], &interval, &d->rates->ports[first + i]);
        p->round = t->round;
    }
}

static bool take_rows(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct part_answer a;
    switch (part_read(&j->part, d->table, pdu, at, &d->means->sheet, &a)) {
    case PART_WRONG:
        return false;
    case PART_TROUBLE:
        take_trouble(d, &j->part, pdu);
        return true;
    case PART_MOVED:
        d->moved = true;
        return true;
    case PART_TAKEN:
        break;
    }
    d->no_uptime = !a.has_ticks;
    if (a.has_ticks)
        notice_time(d, a.ticks, at);
    if (a.has_change)
        notice_change(d, a.change);
    if (d->moved)
        return true; /* which port these are is not known any more */
    note_wrong_types(d, &a);
    take_ports(d, j->part.first, &a);
    if (a.ports == 0)
        d->shared = 0; /* not even one row fits this agent's answers to GETBULK */
    else if (a.ports < j->part.count && a.ports < d->part_ports_most)
        d->part_ports_most = a.ports;
    device_put_back(d, (uint16_t)(j->part.first + a.ports), (uint16_t)(j->part.count - a.ports));
    return true;
}

static bool take_quick(struct device *d, struct job *j, const struct snmp_pdu *pdu, struct mono at)
{
    struct part_answer a;
    enum part_fate fate = part_read(&j->part, d->table, pdu, at, &d->means->sheet, &a);
    if (fate == PART_WRONG)
        return false;
    if (fate == PART_TAKEN) {
        if (a.has_ticks)
            notice_time(d, a.ticks, at);
        for (unsigned i = 0; i < a.ports && !d->moved; i++)
            if (a.readings[i].have)
                d->table->ports[j->part.first + i].oper = (uint8_t)a.readings[i].value[IF_OPER_STATUS];
    }
    d->quick.next_port = (uint16_t)(d->quick.next_port + j->part.count);
    return true;
}

static void note_load(struct device *d, enum job_kind kind)
{
    int64_t busy_ns = d->agent.busy_ns - d->busy_seen_ns;
    bool rows = kind == JOB_ROWS || (kind == JOB_CELLS && d->figures.stage == FIGURES_CELLS);
    d->busy_seen_ns = d->agent.busy_ns;
    if (kind == JOB_QUICK)
        return;
    if (kind == JOB_TABLES)
        load_add_wiring(&d->load, busy_ns);
    else if (rows)
        load_add_rows(&d->load, busy_ns);
    else
        load_add_tables(&d->load, busy_ns);
}

bool device_answered(struct snmp_request *r, const struct snmp_pdu *pdu, struct mono at)
{
    struct job *j = r->ctx;
    struct device *d = j->device;
    bool taken = false;
    note_load(d, j->kind);
    switch (j->kind) {
    case JOB_IDENTIFY:
        taken = take_identity(d, pdu, at);
        break;
    case JOB_WALK:
        taken = snmp_walk_take(d->walk, &d->agent, pdu, take_walk_cell, d);
        break;
    case JOB_ROWS:
        taken = take_rows(d, j, pdu, at);
        break;
    case JOB_QUICK:
        taken = take_quick(d, j, pdu, at);
        break;
    case JOB_TABLES:
        taken = device_wiring_take(d, pdu);
        break;
    case JOB_RECOGNISE:
    case JOB_COLUMNS:
    case JOB_CELLS:
        taken = device_figures_take(d, j, pdu, at);
        break;
    }
    if (taken)
        device_count_answer(d, j->kind);
    return taken;
}
