#include "tests/support/fake_agent.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define OBJECTS_MAX 4096

struct object {
    struct snmp_oid oid;
    struct agent_object o; /* its oid is not used: the table is sorted afterwards */
};

struct table {
    struct object objects[OBJECTS_MAX];
    size_t count;
};

static char names[FAKE_PORTS_MAX][16];

void fake_agent_init(struct fake_agent *a, unsigned port_count)
{
    *a = (struct fake_agent){.community = "public",
                             .name = "fake",
                             .descr = "an agent that misbehaves on command",
                             .booted_s = -100000,
                             .port_count = port_count};
    assert(port_count <= FAKE_PORTS_MAX);
    for (unsigned i = 0; i < port_count; i++) {
        snprintf(names[i], sizeof names[i], "eth%u", i);
        a->ports[i] = (struct fake_port){.index = i + 1,
                                         .name = names[i],
                                         .descr = names[i],
                                         .alias = "",
                                         .mac = {2, 0, 0, 0, 0, (uint8_t)(i + 1)},
                                         .type = 6,
                                         .oper = 1,
                                         .admin = 1,
                                         .speed_bps = 1e9,
                                         .in_rate = 1000 * (i + 1),
                                         .out_rate = 2000 * (i + 1),
                                         .in_base = 5000000000u,
                                         .out_base = 7000000000u};
    }
}

void fake_agent_reboot(struct fake_agent *a, double now_s)
{
    a->booted_s = now_s;
    a->ticks_base = 0;
    for (unsigned i = 0; i < a->port_count; i++)
        a->ports[i].in_base = a->ports[i].out_base = 0;
}

static struct agent_object *add(struct table *t, const char *oid, uint32_t index, uint8_t tag)
{
    struct object *o = &t->objects[t->count++];
    assert(t->count <= OBJECTS_MAX);
    o->o = (struct agent_object){.tag = tag};
    snmp_oid_parse(oid, &o->oid);
    snmp_oid_append(&o->oid, index);
    return &o->o;
}

static void add_number(struct table *t, const char *oid, uint32_t index, uint8_t tag, uint64_t v)
{
    add(t, oid, index, tag)->number = v;
}

static void add_text(struct table *t, const char *oid, uint32_t index, const void *bytes, size_t len)
{
    struct agent_object *o = add(t, oid, index, BER_OCTETS);
    o->bytes = bytes;
    o->len = len;
}

#define IF(n) "1.3.6.1.2.1.2.2.1." #n
#define IFX(n) "1.3.6.1.2.1.31.1.1.1." #n

static void add_counters(struct table *t, const struct fake_port *p, double up_s)
{
    double ran = p->stuck ? 0 : up_s;
    uint64_t in = p->zero ? 0 : p->in_base + (uint64_t)(p->in_rate * ran);
    uint64_t out = p->zero ? 0 : p->out_base + (uint64_t)(p->out_rate * ran);
    uint64_t values[] = {in, in / 100, 0, 0, out, out / 100, 0, 0};
    static const char *const wide[] = {IFX(6),  IFX(7),  IFX(8),  IFX(9),
                                       IFX(10), IFX(11), IFX(12), IFX(13)};
    static const char *const errors[] = {IF(13), IF(14), IF(19), IF(20)};
    for (int i = 0; i < 8 && !p->narrow; i++)
        add_number(t, wide[i], p->index, BER_COUNTER64, values[i]);
    add_number(t, IF(10), p->index, BER_COUNTER32, (uint32_t)in);
    add_number(t, IF(11), p->index, BER_COUNTER32, (uint32_t)(in / 100));
    add_number(t, IF(16), p->index, BER_COUNTER32, (uint32_t)out);
    add_number(t, IF(17), p->index, BER_COUNTER32, (uint32_t)(out / 100));
    for (int i = 0; i < 4; i++)
        add_number(t, errors[i], p->index, BER_COUNTER32, 0);
}

static void add_port(struct table *t, const struct fake_port *p, double up_s)
{
    uint64_t speed = p->speed_bps > 4294967295.0 ? 4294967295u : (uint64_t)p->speed_bps;
    add_number(t, IF(1), p->index, BER_INTEGER, p->index);
    add_text(t, IF(2), p->index, p->descr, strlen(p->descr));
    add_number(t, IF(3), p->index, BER_INTEGER, p->type);
    add_number(t, IF(5), p->index, BER_GAUGE32, speed);
    add_text(t, IF(6), p->index, p->mac, sizeof p->mac);
    add_number(t, IF(7), p->index, BER_INTEGER, p->admin);
    add_number(t, IF(8), p->index, BER_INTEGER, p->oper);
    if (p->name)
        add_text(t, IFX(1), p->index, p->name, p->name_len ? p->name_len : strlen(p->name));
    add_number(t, IFX(15), p->index, BER_GAUGE32, (uint64_t)(p->speed_bps / 1e6));
    add_text(t, IFX(18), p->index, p->alias, strlen(p->alias));
    add_number(t, IFX(19), p->index, BER_TIMETICKS, p->discontinuity);
    add_counters(t, p, up_s);
}

static int by_oid(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    return snmp_oid_compare(snmp_oid_view(&x->oid), snmp_oid_view(&y->oid));
}

static void build(const struct fake_agent *a, double now_s, struct table *t)
{
    static const uint8_t object_id[] = {0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10};
    double up_s = now_s - a->booted_s;
    uint64_t ticks = a->ticks_base + (uint64_t)(up_s * 100 * (a->clock_pace > 0 ? a->clock_pace : 1));
    t->count = 0;
    add_text(t, "1.3.6.1.2.1.1.1", 0, a->descr, strlen(a->descr));
    struct agent_object *id = add(t, "1.3.6.1.2.1.1.2", 0, BER_OID);
    id->bytes = object_id;
    id->len = sizeof object_id;
    if (!a->no_uptime)
        add_number(t, "1.3.6.1.2.1.1.3", 0, BER_TIMETICKS, (uint32_t)ticks);
    add_text(t, "1.3.6.1.2.1.1.5", 0, a->name, strlen(a->name));
    add_text(t, "1.3.6.1.2.1.1.6", 0, "shed", 4);
    for (unsigned i = 0; i < a->port_count; i++)
        add_port(t, &a->ports[i], up_s);
    if (!a->no_table_change)
        add_number(t, "1.3.6.1.2.1.31.1.5", 0, BER_TIMETICKS, a->table_change);
    qsort(t->objects, t->count, sizeof t->objects[0], by_oid);
}

static struct snmp_oid_view oid_at(const void *ctx, size_t i)
{
    const struct table *t = ctx;
    return snmp_oid_view(&t->objects[i].oid);
}

static void object_at(const void *ctx, size_t i, struct agent_object *out)
{
    const struct table *t = ctx;
    *out = t->objects[i].o;
    out->oid = oid_at(ctx, i);
}

size_t fake_agent_answer(struct fake_agent *a, double now_s, const uint8_t *request, size_t len,
                         uint8_t out[static FAKE_ANSWER_MAX])
{
    static struct table table;
    static struct agent_request r;
    a->asked++;
    bool strikes = agent_fault_strikes(a->fault_first, a->fault_count, a->asked);
    struct agent_manner manner = {.fault = strikes ? a->fault : FAKE_WELL, .largest = a->largest};
    if (!agent_request_read(request, len, &r))
        return 0;
    a->asked_bulk += r.message.pdu.kind == SNMP_GETBULK;
    if (r.message.community.len != strlen(a->community) ||
        memcmp(r.message.community.bytes, a->community, r.message.community.len) != 0)
        return 0;
    build(a, now_s, &table);
    struct agent_store store = {table.count, oid_at, object_at, &table};
    size_t made = agent_answer(&store, &r, &manner, out);
    a->answered += made > 0;
    return made;
}
