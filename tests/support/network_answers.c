/* What the nodes of a network say to echoes, connections, ARP, SNMP and questions for names. */
#include <sys/socket.h>

#include "collectors/protocol/arp.h"
#include "tests/support/network_internal.h"

#define OWN_IFINDEX       2
#define SNMP_PORT_NUMBER  161
#define NAMES_PORT_NUMBER 53
#define CONFIRM_EVERY_S   20.0 /* a kernel proves its neighbours about so often */
#define GIVEN_UP_S        12.0 /* and gives one up so long after it fell silent */

static struct net_node *node_at(const struct network *n, const struct addr *addr)
{
    for (uint32_t i = 0; i < n->node_count; i++)
        if (addr_equal(&n->nodes[i].addr, addr))
            return (struct net_node *)&n->nodes[i];
    return NULL;
}

static uint32_t index_of(const struct net_node *node)
{
    return (uint32_t)(node - node->network->nodes);
}

/* The whole way there and back. */
static int64_t delay_of(const struct network *n, const struct net_node *node, int64_t *jitter_ns)
{
    int64_t delay_ns = 0;
    *jitter_ns = 0;
    for (uint32_t at = index_of(node); at != NETWORK_NONE; at = n->nodes[at].parent) {
        delay_ns += n->nodes[at].line.delay_ns;
        *jitter_ns += n->nodes[at].line.jitter_ns;
    }
    return delay_ns;
}

/* Another answers in place of a node that is gone. */
static void echo_by_another(const struct network *n, struct sim_host *h)
{
    h->silent = false;
    h->loss = 0;
    h->answers_from = n->nodes[0].addr;
}

/* Many devices spare themselves: one answer a second. */
static void limit_echoes(const struct network *n, struct net_node *node)
{
    double now_s = network_now(n), apart_s = node->line.echoes_apart_s;
    if (apart_s <= 0 || node->host->silent)
        return;
    node->host->silent = node->echoed_s > 0 && now_s < node->echoed_s + apart_s;
    if (!node->host->silent)
        node->echoed_s = now_s;
}

static void before(void *ctx, struct sim *s, struct sim_host *h)
{
    struct network *n = ctx;
    struct net_node *node = h->of;
    uint32_t i = index_of(node);
    h->silent = !network_passes(n, i);
    h->loss = node->line.loss;
    h->duplicate = node->line.duplicate;
    h->late = node->line.late;
    h->late_ns = node->line.late_ns;
    h->rtt_ns = delay_of(n, node, &h->jitter_ns);
    h->answers_from = (struct addr){0};
    h->send_errno = network_suffers(n, FAULT_SENDING, i) ? n->send_errno : 0;
    if (h->silent && network_suffers(n, FAULT_ECHOED, i))
        echo_by_another(n, h);
    if (!h->silent)
        node->heard_s = network_now(n);
    if (sim_random(s) < node->line.strange)
        h->answers_from = n->nodes[i ? 0 : 1].addr;
    limit_echoes(n, node);
}

static bool is_lost(struct network *n, struct net_node *node)
{
    return !network_passes(n, index_of(node)) || sim_random(n->sim) < node->line.loss;
}

/* The answer on its way back, and perhaps twice, and perhaps late. */
static void deliver_after(struct network *n, const struct net_node *node, enum packets_door door,
                          const struct packet *p, int64_t worked_ns)
{
    int64_t jitter_ns, delay_ns = delay_of(n, node, &jitter_ns) + worked_ns;
    delay_ns += (int64_t)(sim_random(n->sim) * (double)jitter_ns);
    if (sim_random(n->sim) < node->line.late)
        delay_ns += node->line.late_ns;
    sim_deliver(n->sim, door, p, delay_ns);
    if (sim_random(n->sim) < node->line.duplicate)
        sim_deliver(n->sim, door, p, delay_ns + MILLISECONDS(1));
}

static void deliver(struct network *n, const struct net_node *node, enum packets_door door,
                    const struct packet *p)
{
    deliver_after(n, node, door, p, 0);
}

/* How long until it has answered that too. */
static int64_t work(struct network *n, struct net_node *node)
{
    double now_s = network_now(n), busy_s = node->agent_busy_until_s;
    node->agent_busy_until_s = (busy_s > now_s ? busy_s : now_s) + node->agent_takes_s;
    node->agent_worked_s += node->agent_takes_s;
    return (int64_t)((node->agent_busy_until_s - now_s) * 1e9);
}

static void answer_snmp(struct network *n, struct net_node *node, const struct packet *asked)
{
    static uint8_t bytes[FAKE_ANSWER_MAX];
    if (n->on_request)
        n->on_request(n->on_request_ctx, node->name, network_now(n));
    n->requests++;
    if (network_suffers(n, FAULT_AGENT, index_of(node)))
        return;
    size_t len = switch_agent_answer(node->agent, network_clock(n), asked->data, asked->len, bytes);
    struct packet p = {.peer = node->addr, .port = SNMP_PORT_NUMBER, .data = bytes, .len = len};
    if (len)
        deliver_after(n, node, PACKETS_UDP, &p, work(n, node));
}

static void on_udp(void *ctx, struct sim *s, const struct packet *asked)
{
    struct network *n = ctx;
    struct net_node *node = node_at(n, &asked->peer);
    if (!node || is_lost(n, node))
        return;
    if (asked->port == SNMP_PORT_NUMBER && node->agent)
        answer_snmp(n, node, asked);
    else if (asked->port == NAMES_PORT_NUMBER && node->serves_names &&
             !network_suffers(n, FAULT_NAMES, index_of(node)))
        dns_server_answer(&n->names, s, asked);
}

static void on_arp(void *ctx, struct sim *s, const struct packet *asked)
{
    struct network *n = ctx;
    struct arp_packet p;
    uint8_t bytes[ARP_PACKET_BYTES];
    struct net_node *node = arp_read(asked->data, asked->len, &p) ? node_at(n, &p.target) : NULL;
    if (!node || node->beyond || is_lost(n, node))
        return;
    arp_write(&(struct arp_packet){.operation = ARP_REPLY,
                                   .sender_mac = node->mac,
                                   .sender = node->addr,
                                   .target_mac = p.sender_mac,
                                   .target = p.sender},
              bytes);
    struct packet reply = {.ifindex = OWN_IFINDEX, .data = bytes, .len = sizeof bytes};
    deliver(n, node, PACKETS_ARP, &reply);
}

/* What our kernel knows of a neighbour. */
static bool look(void *ctx, const struct addr *addr, struct netinfo_neighbour *out)
{
    struct network *n = ctx;
    struct net_node *node = node_at(n, addr);
    if (!node || node->beyond)
        return false;
    double now_s = network_now(n);
    double confirmed_s = CONFIRM_EVERY_S * (double)(int64_t)(node->heard_s / CONFIRM_EVERY_S);
    *out = (struct netinfo_neighbour){.mac = node->mac,
                                      .failed = now_s - node->heard_s > GIVEN_UP_S,
                                      .confirmed_ago_ns = (int64_t)((now_s - confirmed_s) * 1e9)};
    return true;
}

static void take_place(struct network *n)
{
    struct sim_place *p = sim_place(n->sim);
    const struct net_node *router = *n->router ? &n->nodes[network_find(n, n->router)] : NULL;
    prefix_parse("10.0.0.0/8", &p->on_link);
    addr_parse("10.0.255.1", &p->own);
    p->link = (struct netinfo_link){.name = "eth0", .carrier = true, .mac = {{2, 0, 0, 9, 9, 9}}};
    if (router)
        p->default_route[0] = (struct netinfo_path){OWN_IFINDEX, router->addr, p->own};
    p->look = look;
    p->look_ctx = n;
}

void network_open(struct network *n)
{
    take_place(n);
    sim_before(n->sim, before, n);
    sim_on(n->sim, PACKETS_UDP, on_udp, n);
    sim_on(n->sim, PACKETS_ARP, on_arp, n);
}
