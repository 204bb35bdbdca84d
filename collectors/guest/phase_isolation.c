/* May a guest reach the main network? Nodes there are asked by echo and by a knock at a few doors, routed by the
 * gateway, which was found to be there. A router answers for all of its addresses, so of a router only open doors
 * of its administration count. Where a door opens, the same door of an address nobody has is knocked at: a gateway
 * that opens that too opens it for everybody, as portals do, and what is behind it says nothing. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"

#define TIMES 3
#define TIME_NS MILLISECONDS(700)
#define PATIENCE_NS MILLISECONDS(1500) /* after the last time */
#define PACKET_BYTES 84                /* of an echo */

static const uint16_t doors[] = {80, 443, 22, 23, 8080, 8443, 445};
#define DOORS (sizeof doors / sizeof *doors)
#define ADMINISTRATION 6 /* doors of routers: all but the last */

static const struct addr decoy = {.family = AF_INET, .bytes = {203, 0, 113, 253}}; /* of documentation (RFC 5737) */

static uint16_t port_of(const struct knocking *k, size_t target, size_t door)
{
    return (uint16_t)(k->first_port + target * DOORS + door);
}

static uint32_t doors_of(const struct guest_target *t)
{
    return (1u << (t->router ? ADMINISTRATION : DOORS)) - 1;
}

/* At those doors that said nothing yet. */
static void knock(struct probe *p, size_t target, uint32_t which)
{
    struct knocking *k = &p->knocking;
    which &= ~(k->open[target] | k->closed[target]);
    for (size_t d = 0; d < DOORS; d++) {
        struct tcp_segment s = {.from = port_of(k, target, d), .to = doors[d], .sequence = k->sequence,
                                .flags = TCP_SYN, .window = TCP_DIALOGUE_MSS, .mss = TCP_DIALOGUE_MSS};
        if (which & 1u << d)
            post_tcp(p, &k->targets[target].addr, &s);
    }
}

static void call(struct probe *p, size_t target)
{
    struct knocking *k = &p->knocking;
    const struct guest_target *t = &k->targets[target];
    uint32_t token;
    if (!t->router && !k->echoed[target] && post_echo(p, &t->addr, PACKET_BYTES, &token))
        echoes_flight(p->plan.echoes, token)->owner = (uint32_t)target;
    knock(p, target, doors_of(t));
}

static uint32_t open_anywhere(const struct knocking *k)
{
    uint32_t open = 0;
    for (size_t i = 0; i < k->target_count; i++)
        open |= k->open[i];
    return open;
}

/* ---- what was found ---- */

static void leak(struct probe *p, const struct guest_target *t, const char *how)
{
    if (p->leak_count == PROBE_LEAKS_MAX)
        return;
    size_t i = p->leak_count++;
    snprintf(p->leak_how[i], sizeof p->leak_how[i], "%s", how);
    p->leaks[i] = (struct guest_leak){.addr = t->addr, .node = (char *)t->node, .how = p->leak_how[i]};
}

struct findings {
    bool icmp, tcp, router;
};

static void find_leaks(struct probe *p, size_t target, struct findings *f)
{
    const struct knocking *k = &p->knocking;
    const struct guest_target *t = &k->targets[target];
    char how[PROBE_HOW_MAX];
    uint32_t open = k->open[target] & ~k->open[k->target_count];
    if (k->echoed[target]) {
        leak(p, t, "icmp");
        f->icmp = true;
    }
    for (size_t d = 0; d < DOORS; d++) {
        if (!(open & 1u << d))
            continue;
        snprintf(how, sizeof how, "tcp %u", doors[d]);
        leak(p, t, how);
        *(t->router ? &f->router : &f->tcp) = true;
    }
}

static void conclude(struct probe *p)
{
    struct findings f = {0};
    char addr[ADDR_TEXT_MAX];
    int64_t took = mono_since(probe_now(p), p->begun);
    for (size_t i = 0; i < p->knocking.target_count; i++)
        find_leaks(p, i, &f);
    p->plan.seat->isolation_tried = probe_now(p);
    p->plan.seat->isolation_failed = p->leak_count;
    enum guest_reason reason = f.tcp ? GUEST_LEAK_TCP : f.icmp ? GUEST_LEAK_ICMP : GUEST_ROUTER_OPEN;
    if (p->leak_count)
        probe_step(p, GUEST_ISOLATION, VERDICT_FAILING, reason, took, "a guest reaches %s (%s) by %s",
                   p->leaks[0].node ? p->leaks[0].node : "a node", addr_text(&p->leaks[0].addr, addr), p->leaks[0].how);
    else
        probe_step(p, GUEST_ISOLATION, VERDICT_OK, GUEST_NONE, took, "none of %zu is reached",
                   p->knocking.target_count);
    probe_next(p);
}

/* ---- the phase ---- */

static void tick(struct probe *p)
{
    struct knocking *k = &p->knocking;
    if (k->times == TIMES && open_anywhere(k) && !k->checked) {
        k->checked = true;
        k->times = 0;
    }
    if (k->times == TIMES) {
        conclude(p);
        return;
    }
    k->times++;
    for (size_t i = 0; i < k->target_count && !k->checked; i++)
        call(p, i);
    if (k->checked)
        knock(p, k->target_count, open_anywhere(k));
    probe_wait(p, k->times == TIMES ? PATIENCE_NS : TIME_NS);
}

static void choose_targets(struct probe *p)
{
    struct knocking *k = &p->knocking;
    if (p->env->guest_targets)
        k->target_count = p->env->guest_targets(p->env->ctx, p->setting->network, k->targets, GUEST_TARGETS_MAX);
    for (size_t i = 0; i < k->target_count; i++) {
        snprintf(k->names[i], sizeof k->names[i], "%s", k->targets[i].node ? k->targets[i].node : "");
        k->targets[i].node = k->targets[i].node ? k->names[i] : NULL;
    }
}

static void begin(struct probe *p)
{
    struct knocking *k = &p->knocking;
    choose_targets(p);
    if (!k->target_count) {
        probe_next(p); /* nobody is known to be there */
        return;
    }
    k->targets[k->target_count] = (struct guest_target){.addr = decoy};
    k->first_port = probe_port(p);
    k->sequence = probe_random(p);
    tick(p);
}

static void hear_door(struct probe *p, const struct heard_frame *h, size_t target)
{
    struct knocking *k = &p->knocking;
    const struct tcp_segment *s = &h->tcp;
    for (size_t d = 0; d < DOORS; d++) {
        if (s->from != doors[d] || s->to != port_of(k, target, d) || s->acknowledged != k->sequence + 1)
            continue;
        if (s->flags & TCP_RST)
            k->closed[target] |= 1u << d;
        if ((s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != (TCP_SYN | TCP_ACK))
            continue;
        k->open[target] |= 1u << d;
        struct tcp_segment away = {.from = s->to, .to = s->from, .sequence = k->sequence + 1,
                                   .acknowledged = s->sequence + 1, .flags = TCP_RST | TCP_ACK};
        post_tcp(p, &k->targets[target].addr, &away);
    }
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    struct knocking *k = &p->knocking;
    uint32_t token;
    bool echo = h && duties_echo(p, h, &token);
    for (size_t i = 0; h && i <= k->target_count; i++) {
        if (h->vid != p->setting->vid || !addr_equal(&h->ip.from, &k->targets[i].addr))
            continue;
        if (h->kind == HEARD_TCP)
            hear_door(p, h, i);
        else if (echo && echoes_flight(p->plan.echoes, token)->owner == i)
            k->echoed[i] = true;
    }
}

const struct phase phase_isolation = {begin, tick, hear};
