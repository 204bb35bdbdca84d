#include "tests/support/switch_agent.h"

#include <stdio.h>

#define TRAFFIC_LASTS_S 300.0
#define IDLE_SHARE      0.5   /* of the ports */
#define IDLE_LOAD       0.001 /* of what the line can carry */
#define BUSY_LOAD       0.6
#define FULL_SHARE      0.1

static double draw(struct switch_agent *a)
{
    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    return (double)(a->random >> 11) * 0x1p-53;
}

static double *rate_of(struct fake_port *p, enum switch_way way)
{
    return way == SWITCH_IN ? &p->in_rate : &p->out_rate;
}

static uint64_t *base_of(struct fake_port *p, enum switch_way way)
{
    return way == SWITCH_IN ? &p->in_base : &p->out_base;
}

/* As the agent counts it: a straight line from its boot. */
static uint64_t counted(struct switch_agent *a, unsigned port, enum switch_way way, double now_s)
{
    struct fake_port *p = &a->agent.ports[port];
    return *base_of(p, way) + (uint64_t)(*rate_of(p, way) * (now_s - a->agent.booted_s));
}

/* The line bends and does not jump. */
static void bend(struct switch_agent *a, unsigned port, enum switch_way way, double rate,
                 double now_s)
{
    struct fake_port *p = &a->agent.ports[port];
    uint64_t here = counted(a, port, way, now_s);
    *rate_of(p, way) = rate;
    *base_of(p, way) = here - (uint64_t)(rate * (now_s - a->agent.booted_s));
}

static void set_rate(struct switch_agent *a, unsigned port, enum switch_way way, double now_s)
{
    struct switch_port *p = &a->ports[port];
    bend(a, port, way, p->linked ? p->flow[way].rate : 0, now_s);
}

static double new_rate(struct switch_agent *a, double speed_bps)
{
    double kind = draw(a), most = speed_bps / 8;
    if (kind < a->full)
        return most;
    if (kind < a->full + IDLE_SHARE)
        return most * IDLE_LOAD * draw(a);
    return most * BUSY_LOAD * draw(a);
}

static void change_traffic(struct switch_agent *a, double now_s)
{
    for (unsigned i = 0; i < a->agent.port_count; i++)
        for (enum switch_way way = 0; way < SWITCH_WAYS; way++) {
            a->ports[i].flow[way].rate = new_rate(a, a->agent.ports[i].speed_bps);
            set_rate(a, i, way, now_s);
        }
    a->changes_s = now_s + TRAFFIC_LASTS_S;
}

static void advance(struct switch_agent *a, double now_s)
{
    while (a->changes_s <= now_s)
        change_traffic(a, a->changes_s);
}

void switch_agent_init(struct switch_agent *a, unsigned ports, double now_s, uint64_t seed)
{
    *a = (struct switch_agent){.random = seed * 2 + 1, .changes_s = now_s, .full = FULL_SHARE};
    fake_agent_init(&a->agent, ports);
    a->agent.booted_s = now_s - 86400;
    a->agent.table_change = 500;
    for (unsigned i = 0; i < ports; i++) {
        struct switch_port *p = &a->ports[i];
        snprintf(p->name, sizeof p->name, "p%u", i + 1);
        a->agent.ports[i].name = a->agent.ports[i].descr = p->name;
        p->linked = true;
        for (enum switch_way way = 0; way < SWITCH_WAYS; way++)
            p->flow[way].start = counted(a, i, way, now_s);
    }
}

void switch_agent_speed(struct switch_agent *a, unsigned first, unsigned last, double speed_bps,
                        bool narrow)
{
    for (unsigned i = first; i <= last; i++) {
        a->agent.ports[i].speed_bps = speed_bps;
        a->agent.ports[i].narrow = narrow;
    }
}

void switch_agent_link(struct switch_agent *a, unsigned port, bool up, double now_s)
{
    advance(a, now_s);
    a->ports[port].linked = up;
    a->agent.ports[port].oper = up ? 1 : 2;
    for (enum switch_way way = 0; way < SWITCH_WAYS; way++)
        set_rate(a, port, way, now_s);
}

void switch_agent_reboot(struct switch_agent *a, double now_s)
{
    advance(a, now_s);
    for (unsigned i = 0; i < a->agent.port_count; i++)
        for (enum switch_way way = 0; way < SWITCH_WAYS; way++) {
            struct switch_flow *f = &a->ports[i].flow[way];
            f->carried += counted(a, i, way, now_s) - f->start;
            f->start = 0;
        }
    fake_agent_reboot(&a->agent, now_s);
}

void switch_agent_renumber(struct switch_agent *a, double now_s)
{
    uint32_t first = a->agent.ports[0].index;
    for (unsigned i = 0; i + 1 < a->agent.port_count; i++)
        a->agent.ports[i].index = a->agent.ports[i + 1].index;
    a->agent.ports[a->agent.port_count - 1].index = first;
    a->agent.table_change = (uint32_t)((now_s - a->agent.booted_s) * 100) + 1;
}

size_t switch_agent_answer(struct switch_agent *a, double now_s, const uint8_t *request, size_t len,
                           uint8_t out[static FAKE_ANSWER_MAX])
{
    advance(a, now_s);
    return fake_agent_answer(&a->agent, now_s, request, len, out);
}

double switch_agent_passed(struct switch_agent *a, unsigned port, enum switch_way way, double now_s)
{
    const struct switch_flow *f = &a->ports[port].flow[way];
    advance(a, now_s);
    return (double)(f->carried + counted(a, port, way, now_s) - f->start);
}
