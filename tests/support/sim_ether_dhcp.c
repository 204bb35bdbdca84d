/* DHCP servers of the world of VLANs. */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/ethernet.h"
#include "tests/support/sim_ether_internal.h"

#define ANSWER_BYTES 548
#define OPTIONS_AT 240

/* What a client asks. */
struct question {
    enum dhcp_type type;
    uint32_t xid;
    bool broadcast;
    struct mac client;
    struct addr has, wants, server;
};

static struct addr addr_of(const uint8_t *bytes)
{
    struct addr a = {.family = AF_INET};
    memcpy(a.bytes, bytes, 4);
    return a;
}

static void read_option(struct question *q, uint8_t code, const uint8_t *value, uint8_t len)
{
    if (code == 53 && len == 1)
        q->type = (enum dhcp_type)value[0];
    if (code == 50 && len == 4)
        q->wants = addr_of(value);
    if (code == 54 && len == 4)
        q->server = addr_of(value);
}

static bool read_question(const struct udp_datagram *d, struct question *q)
{
    struct reader r = reader_over(d->payload, d->payload_len);
    uint8_t code, len;
    const uint8_t *value;
    *q = (struct question){0};
    if (d->payload_len < OPTIONS_AT || d->payload[0] != 1)
        return false;
    q->xid = (uint32_t)(be64_at(d->payload) & UINT32_MAX);
    q->broadcast = d->payload[10] & 0x80;
    q->has = addr_of(d->payload + 12);
    memcpy(&q->client, d->payload + 28, sizeof q->client);
    rd_skip(&r, OPTIONS_AT);
    while (rd_u8(&r, &code) && code != 255)
        if (code && (!rd_u8(&r, &len) || !rd_bytes(&r, &value, len)))
            return false;
        else if (code)
            read_option(q, code, value, len);
    return q->type != DHCP_NO_TYPE;
}

/* ---- the pool ---- */

static struct ether_lease *lease_of(struct ether_dhcp *d, const struct mac *client)
{
    for (size_t i = 0; i < d->lease_count; i++)
        if (memcmp(&d->leases[i].mac, client, sizeof *client) == 0)
            return &d->leases[i];
    return NULL;
}

unsigned sim_ether_taken(const struct ether_dhcp *d)
{
    unsigned taken = 0;
    for (size_t i = 0; i < d->lease_count; i++)
        taken += d->leases[i].taken;
    return taken;
}

/* NULL: the pool is empty. */
static struct ether_lease *offered(struct ether_dhcp *d, const struct mac *client)
{
    struct ether_lease *lease = lease_of(d, client);
    if (!lease) {
        if (d->lease_count == d->pool || d->lease_count == SIM_ETHER_LEASES)
            return NULL;
        lease = &d->leases[d->lease_count++];
        *lease = (struct ether_lease){.mac = *client, .addr = d->first};
        lease->addr.bytes[3] = (uint8_t)(d->first.bytes[3] + d->handed++);
    } else if (d->new_each_time && !lease->taken) {
        lease->addr.bytes[3] = (uint8_t)(d->first.bytes[3] + d->handed++);
    }
    return lease;
}

/* ---- answers ---- */

static void put_addr(struct writer *w, uint8_t code, const struct addr *a)
{
    if (addr_is_set(a)) {
        wr_u8(w, code);
        wr_u8(w, 4);
        wr_bytes(w, a->bytes, 4);
    }
}

static void put_options(struct writer *w, const struct ether_dhcp *d, enum dhcp_type type)
{
    wr_u8(w, 53);
    wr_u8(w, 1);
    wr_u8(w, (uint8_t)type);
    if (d->options) {
        wr_bytes(w, d->options, d->options_len);
        return;
    }
    put_addr(w, 54, addr_is_set(&d->server) ? &d->server : &d->host->addr);
    if (d->lease_s >= 0 && type != DHCP_NAK) {
        wr_u8(w, 51);
        wr_u8(w, 4);
        wr_u32(w, (uint32_t)d->lease_s);
    }
    put_addr(w, 1, &d->mask);
    put_addr(w, 3, &d->gateway);
    put_addr(w, 6, &d->dns);
    wr_u8(w, 255);
}

static size_t write_answer(const struct ether_dhcp *d, const struct question *q, enum dhcp_type type,
                           const struct addr *address, uint8_t *out)
{
    struct writer w = writer_over(out, ANSWER_BYTES);
    memset(out, 0, OPTIONS_AT);
    out[0] = 2;
    out[1] = 1;
    out[2] = 6;
    w.at += 4;
    wr_u32(&w, q->xid);
    out[10] = q->broadcast ? 0x80 : 0;
    if (type != DHCP_NAK)
        memcpy(out + 16, address->bytes, 4);
    memcpy(out + 24, d->relay.bytes, 4);
    memcpy(out + 28, &q->client, sizeof q->client);
    w.at = out + 236;
    wr_u32(&w, d->no_cookie ? 0 : 0x63825363);
    put_options(&w, d, type);
    return wr_len(&w);
}

static void answer(struct sim_ether *w, const struct ether_dhcp *d, const struct question *q, enum dhcp_type type,
                   const struct addr *address)
{
    uint8_t message[ANSWER_BYTES], frame[ETHER_BYTES_MAX];
    bool unicast = !q->broadcast && type != DHCP_NAK;
    struct host_end near = {d->host->mac, d->host->addr},
                    far = {unicast ? q->client : ethernet_broadcast,
                           unicast ? *address : (struct addr){.family = AF_INET, .bytes = {255, 255, 255, 255}}};
    struct udp_datagram u = {.from = DHCP_SERVER_PORT, .to = DHCP_CLIENT_PORT, .payload = message,
                             .payload_len = write_answer(d, q, type, address, message)};
    size_t len = host_frame_udp(&near, &far, &u, frame);
    sim_ether_deliver(w, d->host->vid, frame, len, WIRE_NS + d->delay_ns);
}

static void take_request(struct sim_ether *w, struct ether_dhcp *d, const struct question *q)
{
    struct ether_lease *lease = lease_of(d, &q->client);
    const struct addr *server = addr_is_set(&d->server) ? &d->server : &d->host->addr;
    if (!addr_equal(&q->server, server))
        return;
    d->requests++;
    if (d->silent_to_requests)
        return;
    bool good = lease && addr_equal(&lease->addr, &q->wants) && !d->refuses;
    if (good)
        lease->taken = true;
    answer(w, d, q, good ? DHCP_ACK : DHCP_NAK, &q->wants);
}

static void take_question(struct sim_ether *w, struct ether_dhcp *d, const struct question *q)
{
    struct ether_lease *lease;
    if (q->type == DHCP_DISCOVER) {
        d->discovers++;
        lease = offered(d, &q->client);
        if (lease)
            answer(w, d, q, DHCP_OFFER, &lease->addr);
    } else if (q->type == DHCP_REQUEST) {
        take_request(w, d, q);
    } else if (q->type == DHCP_RELEASE) {
        d->releases++;
        lease = lease_of(d, &q->client);
        if (lease && addr_equal(&lease->addr, &q->has))
            lease->taken = false;
    }
}

void ether_dhcp_hear(struct sim_ether *w, const struct heard_frame *h)
{
    struct question q;
    if (h->kind != HEARD_UDP || h->udp.to != DHCP_SERVER_PORT || !read_question(&h->udp, &q))
        return;
    for (size_t i = 0; i < w->server_count; i++)
        if (w->servers[i].host->vid == h->vid && !w->servers[i].dead)
            take_question(w, &w->servers[i], &q);
}

struct ether_dhcp *sim_ether_dhcp(struct sim_ether *w, struct ether_host *host, const char *first)
{
    assert(w->server_count < SIM_ETHER_SERVERS);
    struct ether_dhcp *d = &w->servers[w->server_count++];
    *d = (struct ether_dhcp){.host = host, .pool = 5, .lease_s = 3600, .gateway = host->addr, .dns = host->addr};
    bool ok = addr_parse(first, &d->first) && addr_parse("255.255.255.0", &d->mask);
    assert(ok);
    (void)ok;
    return d;
}
