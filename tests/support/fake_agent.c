#include "tests/support/fake_agent.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define OBJECTS_MAX 4096

struct object {
    struct snmp_oid oid;
    struct agent_object o; /* its oid is not used */
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

#define IF(n) "1.3.6.1.2.1.2.2.1." #n
#define IFX(n) "1.3.6.1.2.1.31.1.1.1." #n

enum cell { INDEX, DESCR, TYPE, SPEED, MAC, ADMIN, OPER, IN, IN_PACKETS, OUT, OUT_PACKETS, NOTHING, NAME,
            HIGH_SPEED, ALIAS, DISCONTINUITY };

struct column {
    const char *text;
    uint8_t tag;
    enum cell cell;
    struct snmp_oid oid; /* of the text, when first needed */
};

/* By rising OID, so that a table made of them needs no sorting. */
static struct column columns[] = {
    {IF(1), BER_INTEGER, INDEX},        {IF(2), BER_OCTETS, DESCR},
    {IF(3), BER_INTEGER, TYPE},         {IF(5), BER_GAUGE32, SPEED},
    {IF(6), BER_OCTETS, MAC},           {IF(7), BER_INTEGER, ADMIN},
    {IF(8), BER_INTEGER, OPER},         {IF(10), BER_COUNTER32, IN},
    {IF(11), BER_COUNTER32, IN_PACKETS},{IF(13), BER_COUNTER32, NOTHING},
    {IF(14), BER_COUNTER32, NOTHING},   {IF(16), BER_COUNTER32, OUT},
    {IF(17), BER_COUNTER32, OUT_PACKETS},{IF(19), BER_COUNTER32, NOTHING},
    {IF(20), BER_COUNTER32, NOTHING},   {IFX(1), BER_OCTETS, NAME},
    {IFX(6), BER_COUNTER64, IN},        {IFX(7), BER_COUNTER64, IN_PACKETS},
    {IFX(8), BER_COUNTER64, NOTHING},   {IFX(9), BER_COUNTER64, NOTHING},
    {IFX(10), BER_COUNTER64, OUT},      {IFX(11), BER_COUNTER64, OUT_PACKETS},
    {IFX(12), BER_COUNTER64, NOTHING},  {IFX(13), BER_COUNTER64, NOTHING},
    {IFX(15), BER_GAUGE32, HIGH_SPEED}, {IFX(18), BER_OCTETS, ALIAS},
    {IFX(19), BER_TIMETICKS, DISCONTINUITY}};

static void set_text(struct agent_object *o, const void *bytes, size_t len)
{
    o->bytes = bytes;
    o->len = len;
}

static uint64_t counted(const struct fake_port *p, uint64_t base, double rate, double up_s)
{
    return p->zero ? 0 : base + (uint64_t)(rate * (p->stuck ? 0 : up_s));
}

static void fill_counter(struct agent_object *o, const struct fake_port *p, enum cell cell, double up_s)
{
    bool in = cell == IN || cell == IN_PACKETS;
    uint64_t octets = in ? counted(p, p->in_base, p->in_rate, up_s)
                         : counted(p, p->out_base, p->out_rate, up_s);
    o->number = cell == IN || cell == OUT ? octets : octets / 100;
    if (o->tag == BER_COUNTER32)
        o->number = (uint32_t)o->number;
}

static void fill_cell(struct agent_object *o, const struct fake_port *p, enum cell cell, double up_s)
{
    switch (cell) {
    case INDEX:
        o->number = p->index;
        break;
    case DESCR:
        set_text(o, p->descr, strlen(p->descr));
        break;
    case TYPE:
        o->number = p->type;
        break;
    case SPEED:
        o->number = p->speed_bps > 4294967295.0 ? 4294967295u : (uint64_t)p->speed_bps;
        break;
    case MAC:
        set_text(o, p->mac, sizeof p->mac);
        break;
    case ADMIN:
        o->number = p->admin;
        break;
    case OPER:
        o->number = p->oper;
        break;
    case IN: case IN_PACKETS: case OUT: case OUT_PACKETS:
        fill_counter(o, p, cell, up_s);
        break;
    case NOTHING:
        break;
    case NAME:
        set_text(o, p->name, p->name_len ? p->name_len : strlen(p->name));
        break;
    case HIGH_SPEED:
        o->number = (uint64_t)(p->speed_bps / 1e6);
        break;
    case ALIAS:
        set_text(o, p->alias, strlen(p->alias));
        break;
    case DISCONTINUITY:
        o->number = p->discontinuity;
        break;
    }
}

static struct agent_object *add(struct table *t, const struct snmp_oid *oid, uint32_t index, uint8_t tag)
{
    struct object *o = &t->objects[t->count++];
    assert(t->count <= OBJECTS_MAX);
    o->oid = *oid;
    o->o = (struct agent_object){.tag = tag};
    snmp_oid_append(&o->oid, index);
    return &o->o;
}

static bool has_cell(const struct fake_port *p, const struct column *c)
{
    return !(c->tag == BER_COUNTER64 && p->narrow) && !(c->cell == NAME && !p->name);
}

static struct agent_object *add_scalar(struct table *t, const char *text, uint8_t tag)
{
    struct snmp_oid oid;
    snmp_oid_parse(text, &oid);
    return add(t, &oid, 0, tag);
}

static int by_index(const void *a, const void *b)
{
    const struct fake_port *const *x = a, *const *y = b;
    return (*x)->index < (*y)->index ? -1 : (*x)->index > (*y)->index;
}

static void add_ports(const struct fake_agent *a, double up_s, struct table *t)
{
    const struct fake_port *ports[FAKE_PORTS_MAX];
    for (unsigned i = 0; i < a->port_count; i++)
        ports[i] = &a->ports[i];
    qsort(ports, a->port_count, sizeof ports[0], by_index);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct column *c = &columns[i];
        if (!c->oid.len)
            snmp_oid_parse(c->text, &c->oid);
        for (unsigned k = 0; k < a->port_count; k++)
            if (has_cell(ports[k], c))
                fill_cell(add(t, &c->oid, ports[k]->index, c->tag), ports[k], c->cell, up_s);
    }
}

static void build(const struct fake_agent *a, double now_s, struct table *t)
{
    static const uint8_t object_id[] = {0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10};
    double up_s = now_s - a->booted_s;
    uint64_t ticks = a->ticks_base + (uint64_t)(up_s * 100 * (a->clock_pace > 0 ? a->clock_pace : 1));
    t->count = 0;
    set_text(add_scalar(t, "1.3.6.1.2.1.1.1", BER_OCTETS), a->descr, strlen(a->descr));
    set_text(add_scalar(t, "1.3.6.1.2.1.1.2", BER_OID), object_id, sizeof object_id);
    if (!a->no_uptime)
        add_scalar(t, "1.3.6.1.2.1.1.3", BER_TIMETICKS)->number = (uint32_t)ticks;
    set_text(add_scalar(t, "1.3.6.1.2.1.1.5", BER_OCTETS), a->name, strlen(a->name));
    set_text(add_scalar(t, "1.3.6.1.2.1.1.6", BER_OCTETS), "shed", 4);
    add_ports(a, up_s, t);
    if (!a->no_table_change)
        add_scalar(t, "1.3.6.1.2.1.31.1.5", BER_TIMETICKS)->number = a->table_change;
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
