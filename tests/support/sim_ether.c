#include "tests/support/sim_ether.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/ethernet.h"
#include "tests/support/sim_ether_internal.h"

#define GIANT_BYTES (ETHERNET_HEADER_BYTES + 1496)

/* A frame on its way. */
struct ether_event {
    struct ether_event *next;
    struct sim_ether *world;
    struct timer *timer;
    bool out;
    int32_t vid;
    size_t len;
    uint8_t data[];
};

/* ---- the cable ---- */

static bool lost(struct sim_ether *w)
{
    return w->loss > 0 && sim_random(w->sim) < w->loss;
}

/* False: the frame goes no further. */
static bool pass_box(const struct sim_box *b, unsigned way, int32_t *vid, size_t len)
{
    if (!(b->ways & way) || b->vid != *vid)
        return true;
    if (b->harm == SIM_STRIPS)
        *vid = ETHER_UNTAGGED;
    if (b->harm == SIM_RETAGS)
        *vid = b->to;
    return b->harm != SIM_EATS && (b->harm != SIM_DROPS_GIANTS || len <= GIANT_BYTES);
}

static bool pass_cable(struct sim_ether *w, unsigned way, int32_t *vid, size_t len)
{
    for (size_t i = 0; i < w->box_count; i++) {
        size_t at = way == SIM_OUT ? i : w->box_count - 1 - i;
        if (!pass_box(&w->boxes[at], way, vid, len))
            return false;
    }
    return !lost(w);
}

/* ---- arriving ---- */

static bool among(const struct mac *m, const struct ether_wish *wish, const struct mac *own)
{
    for (size_t i = 0; i < wish->mac_count; i++)
        if (memcmp(m, &wish->macs[i], sizeof *m) == 0)
            return true;
    return wish->own_mac && memcmp(m, own, sizeof *m) == 0;
}

static bool is_wished_vid(const struct ether_wish *wish, int32_t vid)
{
    for (size_t i = 0; i < wish->vid_count; i++)
        if (wish->vids[i] == vid)
            return true;
    return vid == ETHER_UNTAGGED && wish->untagged;
}

/* As the wire role admits frames: to us on any VLAN, DHCP for us too, else groups of VLANs of interest. */
static bool wants(const struct sim_ether *w, const struct ether_wish *wish, const struct ether_frame *f)
{
    struct heard_frame h;
    struct dhcp_answer a;
    heard_frame_read(f, &h);
    if (!ethernet_is_group(&h.to))
        return among(&h.to, wish, &w->port.own);
    if (h.kind == HEARD_UDP && dhcp_read(h.udp.payload, h.udp.payload_len, &a) && among(&a.client, wish, &w->port.own))
        return true;
    return among(&h.from, wish, &w->port.own) || is_wished_vid(wish, f->vid);
}

static void arrive(struct sim_ether *w, int32_t vid, const uint8_t *data, size_t len)
{
    struct ether_frame f = {.vid = vid, .data = data, .len = len, .at = sim_now(w->sim).mono};
    if (!w->port.open || !w->port.link)
        return;
    for (size_t i = 0; i < SIM_ETHER_WAYS; i++) {
        if (!w->inside->ways[i].open || !wants(w, &w->inside->ways[i].wish, &f))
            continue;
        f.way = (uint32_t)i + 1;
        w->inside->ways[i].fn(w->inside->ways[i].ctx, &f, 1);
    }
}

/* ---- time ---- */

static void on_event(void *arg)
{
    struct ether_event *e = arg;
    struct sim_ether *w = e->world;
    struct ether_event **link = &w->inside->events;
    while (*link != e)
        link = &(*link)->next;
    *link = e->next;
    struct ether_frame f = {.vid = e->vid, .data = e->data, .len = e->len, .at = sim_now(w->sim).mono};
    struct heard_frame h;
    if (e->out) {
        heard_frame_read(&f, &h);
        ether_hosts_hear(w, &h);
    } else {
        if (w->mangle)
            e->len = w->mangle(w->mangle_ctx, e->data, e->len);
        arrive(w, e->vid, e->data, e->len);
    }
    free(e);
}

static void later(struct sim_ether *w, bool out, int32_t vid, const uint8_t *frame, size_t len, int64_t delay_ns)
{
    const struct env *env = sim_env(w->sim);
    struct ether_event *e = malloc(sizeof *e + len);
    *e = (struct ether_event){.next = w->inside->events, .world = w, .out = out, .vid = vid, .len = len};
    memcpy(e->data, frame, len);
    w->inside->events = e;
    e->timer = env->timer_start(env->ctx, mono_after(sim_now(w->sim).mono, delay_ns), on_event, e);
}

void sim_ether_deliver(struct sim_ether *w, int32_t vid, const uint8_t *frame, size_t len, int64_t delay_ns)
{
    assert(len && len <= ETHER_BYTES_MAX);
    if (pass_cable(w, SIM_IN, &vid, len))
        later(w, false, vid, frame, len, delay_ns);
}

void ether_reply(struct sim_ether *w, int32_t vid, const uint8_t *frame, size_t len)
{
    sim_ether_deliver(w, vid, frame, len, WIRE_NS);
}

/* ---- the door ---- */

static bool is_listed(const struct heard_frame *h)
{
    if (h->kind == HEARD_UDP)
        return h->udp.to == 53 || h->udp.to == DHCP_SERVER_PORT || h->udp.to == 547;
    return h->kind != HEARD_NOTHING;
}

static void watch_out(struct sim_ether *w, const struct ether_frame *f)
{
    struct heard_frame h;
    heard_frame_read(f, &h);
    w->sent++;
    w->strange += !is_listed(&h);
    w->from_own += memcmp(&h.from, &w->port.own, sizeof h.from) == 0;
}

static void door_send(void *self, struct ether_frame *batch, size_t count)
{
    struct sim_ether *w = self;
    for (size_t i = 0; i < count; i++) {
        struct ether_frame *f = &batch[i];
        int32_t vid = f->vid;
        f->at = sim_now(w->sim).mono;
        f->error = w->send_errno;
        if (f->error)
            continue;
        watch_out(w, f);
        if (w->port.open && w->port.link && pass_cable(w, SIM_OUT, &vid, f->len))
            later(w, true, vid, f->data, f->len, WIRE_NS);
    }
}

static uint32_t door_open(void *self, const struct ether_wish *wish, ether_receive_fn fn, void *ctx)
{
    struct sim_ether *w = self;
    for (size_t i = 0; i < SIM_ETHER_WAYS && !w->cannot_open; i++)
        if (!w->inside->ways[i].open) {
            w->inside->ways[i].open = true;
            w->inside->ways[i].wish = *wish;
            w->inside->ways[i].fn = fn;
            w->inside->ways[i].ctx = ctx;
            return (uint32_t)i + 1;
        }
    return 0;
}

static void door_close(void *self, uint32_t way)
{
    struct sim_ether *w = self;
    assert(way && w->inside->ways[way - 1].open);
    w->inside->ways[way - 1].open = false;
}

static void door_state(void *self, uint32_t way, struct ether_state *out)
{
    *out = ((struct sim_ether *)self)->port;
}

static const struct ether_ops door_ops = {door_open, door_close, door_send, door_state};

void sim_ether_state_changed(struct sim_ether *w)
{
    for (size_t i = 0; i < SIM_ETHER_WAYS; i++)
        if (w->inside->ways[i].open)
            w->inside->ways[i].fn(w->inside->ways[i].ctx, NULL, 0);
}

/* ---- making it ---- */

static size_t tell_targets(void *ctx, const char *network, struct guest_target *out, size_t max)
{
    struct sim_ether *w = ctx;
    size_t count = w->target_count < max ? w->target_count : max;
    memcpy(out, w->targets, count * sizeof *out);
    return count;
}

struct sim_ether *sim_ether_create(struct sim *s)
{
    struct sim_ether *w = calloc(1, sizeof *w);
    w->sim = s;
    w->door = (struct ether){&door_ops, w};
    w->inside = calloc(1, sizeof *w->inside);
    w->port = (struct ether_state){.open = true, .interface = "eth0", .link = true, .mtu = 1500,
                                   .own = {{0x3c, 0x84, 0x6a, 0, 0, 1}}, .vlan_offload = true};
    sim_set_ether(s, &w->door, tell_targets, w);
    return w;
}

void sim_ether_destroy(struct sim_ether *w)
{
    const struct env *env = sim_env(w->sim);
    ether_talks_end(w);
    while (w->inside->events) {
        struct ether_event *e = w->inside->events;
        w->inside->events = e->next;
        env->timer_stop(env->ctx, e->timer);
        free(e);
    }
    sim_set_ether(w->sim, NULL, NULL, NULL);
    free(w->inside);
    free(w);
}

struct ether_host *sim_ether_host(struct sim_ether *w, int32_t vid, const char *mac, const char *addr)
{
    assert(w->host_count < SIM_ETHER_HOSTS);
    struct ether_host *h = &w->hosts[w->host_count++];
    h->vid = vid;
    bool ok = mac_parse(mac, &h->mac) && addr_parse(addr, &h->addr);
    assert(ok);
    (void)ok;
    return h;
}

void sim_ether_box(struct sim_ether *w, enum sim_harm harm, unsigned ways, int32_t vid, int32_t to)
{
    assert(w->box_count < SIM_ETHER_BOXES);
    w->boxes[w->box_count++] = (struct sim_box){harm, ways, vid, to};
}
