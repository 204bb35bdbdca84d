#include "collectors/rogue/watch_internal.h"

#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "collectors/protocol/ethernet.h"
#include "collectors/protocol/host_frame.h"
#include "collectors/protocol/ipv6.h"
#include "collectors/protocol/played_mac.h"
#include "collectors/protocol/router_advert.h"

#define WINDOW_NS SECONDS(4)   /* a server that looks first whether an address is free takes 3 s */
#define REPEAT_NS SECONDS(1)
#define OPENING_NS SECONDS(3)  /* for the wire role to start */
#define LOOK_AGAIN_NS MILLISECONDS(200)
#define HOST_NAME "hayloft-guest"

static struct mono now_of(const struct watch *w)
{
    return w->env->now(w->env->ctx).mono;
}

const char *watch_key(const struct watch *w, const char *what, char out[static NETWORK_KEY_MAX])
{
    return network_key(w->setting->vid, what, out);
}

bool watch_is_tagged(const struct watch *w)
{
    return w->setting->vid != GUEST_UNTAGGED;
}

/* ---- the way ---- */

static void arm(struct watch *w)
{
    char k[NETWORK_KEY_MAX];
    if (!w->armed)
        network_note(w->env, w->node, network_carried_key(w->setting->vid, w->setting->interface, k));
    w->armed = true;
}

static void receive(void *ctx, const struct ether_frame *batch, size_t count)
{
    struct watch *w = ctx;
    struct heard_frame h;
    for (size_t i = 0; i < count; i++) {
        heard_frame_read(&batch[i], &h);
        if (h.vid != w->setting->vid)
            continue;
        arm(w);
        if (!sightings_take(&w->sightings, &h))
            adverts_take(&w->adverts, &h);
    }
}

static void open_way(struct watch *w)
{
    const struct guest_setting *s = w->setting;
    struct ether_wish wish = {.interface = s->interface, .own_mac = s->port_security, .untagged = !watch_is_tagged(w)};
    if (!s->port_security)
        wish.macs[wish.mac_count++] = w->mac;
    if (watch_is_tagged(w))
        wish.vids[wish.vid_count++] = (uint16_t)s->vid;
    w->way = w->env->ether ? ether_open(w->env->ether, &wish, receive, w) : 0;
}

static void close_way(struct watch *w)
{
    if (w->way)
        ether_close(w->env->ether, w->way);
    w->way = 0;
}

static void recall_all(struct watch *w)
{
    const struct guest_setting *s = w->setting;
    char k[NETWORK_KEY_MAX];
    w->servers = trusted_recall(w->env, w->node, watch_key(w, NETWORK_SERVER, k), s->servers, s->servers_count);
    w->routers = trusted_recall(w->env, w->node, watch_key(w, NETWORK_ROUTER, k), s->routers, s->routers_count);
    w->armed = s->carried || !watch_is_tagged(w) ||
               network_knows(w->env, w->node, network_carried_key(s->vid, s->interface, k));
}

/* A guest of the VLAN, or the control of one, asks with the same address: no pool sees two of us. */
static bool make_mac(struct watch *w)
{
    char k[NETWORK_KEY_MAX];
    if (watch_is_tagged(w))
        return played_mac(w->env, w->node, watch_key(w, NETWORK_MAC, k), &w->mac);
    return played_mac(w->env, NETWORK_MAIN, network_control_mac_key(w->setting->interface, k), &w->mac);
}

bool watch_take(struct watch *w, const char *node, const struct guest_setting *setting)
{
    close_way(w);
    w->node = node;
    w->setting = setting;
    w->sightings.count = w->adverts.count = 0;
    w->asked = (struct mono){0};
    recall_all(w);
    bool made = setting->port_security || make_mac(w);
    if (made)
        open_way(w);
    return made;
}

/* ---- asking ---- */

static void post(struct watch *w, const uint8_t *frame, size_t len)
{
    struct ether_frame f = {.way = w->way, .vid = (int32_t)w->setting->vid, .data = frame, .len = len};
    ether_send(w->env->ether, &f, 1);
}

static void ask_servers(struct watch *w)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct dhcp_question q = {.type = DHCP_DISCOVER, .xid = w->xid, .broadcast = true, .client = w->mac,
                              .host_name = HOST_NAME};
    post(w, frame, host_frame_dhcp(&q, NULL, frame));
}

static void ask_routers(struct watch *w)
{
    uint8_t message[ROUTER_SOLICIT_BYTES], frame[ETHER_BYTES_MAX];
    struct host_end from = {w->mac, ethernet_link_local(&w->mac)};
    struct host_end all = {ethernet_group6(&ipv6_all_routers), ipv6_all_routers};
    router_solicit_write(&from.addr, &w->mac, message);
    post(w, frame, host_frame_icmp(&from, &all, ND_HOPS, message, sizeof message, frame));
}

static void ask(struct watch *w)
{
    ask_servers(w);
    if (w->setting->ipv6)
        ask_routers(w);
}

static int64_t gap_ns(const struct watch *w)
{
    return w->urgent ? WATCH_ASK_URGENT_NS : w->stranger ? WATCH_ASK_AGAIN_NS : WATCH_ASK_EVERY_NS;
}

static bool asks_now(const struct watch *w)
{
    return !w->asked.ns || mono_since(now_of(w), w->asked) >= gap_ns(w);
}

/* ---- rounds ---- */

static void finish(struct watch *w)
{
    bool heard_out = w->phase == WATCH_ASKED_TWICE && mono_since(now_of(w), w->asked) >= WINDOW_NS;
    if (heard_out) {
        sightings_forget(&w->sightings, w->asked);
        adverts_forget(&w->adverts, w->asked);
        watch_learn(w);
    }
    w->phase = WATCH_IDLE;
    w->done(w->ctx, w);
}

static void on_timer(void *arg);

static void wait(struct watch *w, int64_t span_ns)
{
    struct mono when = mono_earlier(mono_after(now_of(w), span_ns), w->deadline);
    w->timer = w->env->timer_start(w->env->ctx, when, on_timer, w);
}

static void begin_asking(struct watch *w)
{
    if (w->setting->port_security)
        w->mac = w->state.own;
    w->asked = now_of(w);
    w->phase = WATCH_ASKED;
    ask(w);
    wait(w, REPEAT_NS);
}

static void look_at_way(struct watch *w)
{
    w->state = (struct ether_state){.reason = "whole frames cannot be sent or received here"};
    if (w->way)
        ether_state(w->env->ether, w->way, &w->state);
}

static void opening(struct watch *w)
{
    look_at_way(w);
    if (w->way && !w->state.open && mono_since(now_of(w), w->started) < OPENING_NS)
        wait(w, LOOK_AGAIN_NS);
    else if (w->state.open && w->state.link && asks_now(w))
        begin_asking(w);
    else
        finish(w);
}

static void on_timer(void *arg)
{
    struct watch *w = arg;
    w->timer = NULL;
    if (!mono_before(now_of(w), w->deadline)) {
        finish(w);
    } else if (w->phase == WATCH_OPENING) {
        opening(w);
    } else if (w->phase == WATCH_ASKED) {
        w->phase = WATCH_ASKED_TWICE;
        ask(w);
        wait(w, WINDOW_NS - REPEAT_NS);
    } else {
        finish(w);
    }
}

void watch_start(struct watch *w, bool urgent, struct mono deadline)
{
    if (w->phase != WATCH_IDLE)
        return;
    if (getrandom(&w->xid, sizeof w->xid, GRND_NONBLOCK) < 0)
        w->xid++;
    w->urgent = urgent;
    w->started = now_of(w);
    w->deadline = deadline;
    w->phase = WATCH_OPENING;
    look_at_way(w);
    wait(w, 0);
}

void watch_stop(struct watch *w)
{
    w->env->timer_stop(w->env->ctx, w->timer);
    w->timer = NULL;
    w->phase = WATCH_IDLE;
}

struct watch *watch_create(const struct env *env, watch_done_fn done, void *ctx)
{
    struct watch *w = calloc(1, sizeof *w);
    if (w)
        *w = (struct watch){.env = env, .done = done, .ctx = ctx};
    return w;
}

void watch_destroy(struct watch *w)
{
    if (!w)
        return;
    watch_stop(w);
    close_way(w);
    free(w);
}
