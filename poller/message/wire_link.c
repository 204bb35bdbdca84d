#include "poller/message/wire_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/base/arena.h"
#include "poller/base/channel.h"
#include "poller/base/log.h"
#include "poller/message/engine_wire.h"
#include "poller/message/wire_joins.h"

#define WANT_AGAIN_MS 2000
#define UNSENT_MAX_BYTES (256u << 10) /* a wire that is further behind gets no more frames */
#define MESSAGE_MAX_BYTES (1u << 20)  /* unpacked */
#define TAG_ALLOWANCE 14              /* Ethernet's head, which the MTU does not count */

struct way {
    uint32_t id;
    struct ether_wish wish;
    char interface[sizeof((struct ether_state *)NULL)->interface];
    ether_receive_fn fn;
    void *ctx;
    struct ether_state state;
    uint64_t dropped_before, refused_before; /* by wires that are gone */
};

struct wire_link {
    struct ether door;
    uv_loop_t *loop;
    void (*want)(void *ctx);
    void *ctx;
    struct channel *channel;
    uv_timer_t again;
    struct way *all[WIRE_WAYS_MAX];
    size_t count;
    uint32_t last_id;
    struct wire_joins *joins;
};

static struct way *find(const struct wire_link *l, uint32_t id)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i]->id == id)
            return l->all[i];
    return NULL;
}

/* ---- getting somebody to serve ---- */

static void on_again(uv_timer_t *timer);

static bool is_needed(const struct wire_link *l)
{
    return l->count || wire_joins_count(l->joins);
}

static void want(struct wire_link *l)
{
    if (l->channel || !is_needed(l))
        return;
    uv_timer_start(&l->again, on_again, WANT_AGAIN_MS, 0);
    l->want(l->ctx);
}

static void on_again(uv_timer_t *timer)
{
    want(timer->data);
}

static void send_wish(struct wire_link *l, struct way *way)
{
    uint32_t vids[ETHER_VIDS_MAX];
    for (size_t i = 0; i < way->wish.vid_count; i++)
        vids[i] = way->wish.vids[i];
    struct wire_open m = {.way = way->id,
                          .interface = (char *)(uintptr_t)way->wish.interface,
                          .macs = way->wish.macs,
                          .macs_count = way->wish.mac_count,
                          .own_mac = way->wish.own_mac,
                          .vids = vids,
                          .vids_count = way->wish.vid_count,
                          .untagged = way->wish.untagged};
    channel_send(l->channel, TO_WIRE_OPEN, &wire_open_record, &m);
}

/* ---- what comes ---- */

/* Its user may close ways, this one too, while it is told. */
static void tell(struct wire_link *l, uint32_t id, const struct ether_frame *batch, size_t count)
{
    const struct way *way = find(l, id);
    if (way)
        way->fn(way->ctx, batch, count);
}

static void take_state(struct wire_link *l, const struct wire_state *m)
{
    struct way *way = find(l, m->way);
    if (!way)
        return;
    way->state = (struct ether_state){.open = m->open,
                                      .link = m->link,
                                      .own = m->own,
                                      .own_free = m->own_free,
                                      .mtu = m->mtu,
                                      .vlan_filter = m->vlan_filter,
                                      .vlan_offload = m->vlan_offload,
                                      .dropped = way->dropped_before + m->dropped,
                                      .refused = way->refused_before + m->refused,
                                      .refused_error = (int)m->refused_error};
    snprintf(way->state.reason, sizeof way->state.reason, "%s", m->reason ? m->reason : "");
    snprintf(way->state.interface, sizeof way->state.interface, "%s", m->interface ? m->interface : "");
    tell(l, way->id, NULL, 0);
}

static void take_frames(struct wire_link *l, const struct wire_frames *m)
{
    struct ether_frame batch[WIRE_BATCH_FRAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < m->frames_count; i++) {
        const struct wire_frame *f = &m->frames[i];
        batch[count++] = (struct ether_frame){.way = f->way,
                                              .vid = (int32_t)f->vid,
                                              .double_tagged = f->double_tagged,
                                              .cut = f->cut,
                                              .data = f->data.data,
                                              .len = f->data.len,
                                              .at = f->at};
        bool last = i + 1 == m->frames_count || m->frames[i + 1].way != f->way;
        if (!last && count < WIRE_BATCH_FRAMES_MAX)
            continue;
        tell(l, f->way, batch, count);
        count = 0;
    }
}

static void take_message(struct wire_link *l, const struct frame *frame, struct arena *arena)
{
    struct wire_state state;
    struct wire_frames frames;
    struct wire_wifi wifi;
    if (frame->type == FROM_WIRE_FRAMES && frame_unpack(frame, &wire_frames_record, arena, &frames))
        take_frames(l, &frames);
    else if (frame->type == FROM_WIRE_STATE && frame_unpack(frame, &wire_state_record, arena, &state))
        take_state(l, &state);
    else if (frame->type == FROM_WIRE_WIFI && frame_unpack(frame, &wire_wifi_record, arena, &wifi))
        wire_joins_take(l->joins, &wifi);
    else
        log_warnx("wire", "message %u of wire cannot be read; dropped", frame->type);
}

static void on_message(void *ctx, struct channel *from, const struct frame *frame)
{
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    if (arena)
        take_message(ctx, frame, arena);
    arena_destroy(arena);
    if (frame->fd >= 0)
        close(frame->fd); /* it has none to hand over */
}

/* ---- who serves comes and goes ---- */

static void set_aside(struct way *way)
{
    way->dropped_before = way->state.dropped;
    way->refused_before = way->state.refused;
    way->state.open = way->state.link = false;
    snprintf(way->state.reason, sizeof way->state.reason, "hayloft-wire, which captures for us, is not there yet");
}

/* New ones that are opened meanwhile know it already. */
static void tell_all(struct wire_link *l)
{
    uint32_t ids[WIRE_WAYS_MAX];
    size_t count = l->count;
    for (size_t i = 0; i < count; i++)
        ids[i] = l->all[i]->id;
    for (size_t i = 0; i < count; i++)
        tell(l, ids[i], NULL, 0);
}

static void on_closed(void *ctx, struct channel *channel)
{
    struct wire_link *l = ctx;
    channel_destroy(channel);
    if (l->channel != channel)
        return;
    l->channel = NULL;
    for (size_t i = 0; i < l->count; i++)
        set_aside(l->all[i]);
    want(l);
    tell_all(l);
    wire_joins_set_aside(l->joins);
}

void wire_link_connect(struct wire_link *l, int fd)
{
    for (size_t i = 0; l->channel && i < l->count; i++)
        set_aside(l->all[i]);
    channel_destroy(l->channel);
    l->channel = channel_create(l->loop, fd, on_message, on_closed, l);
    for (size_t i = 0; i < l->count && l->channel; i++)
        send_wish(l, l->all[i]);
    if (l->channel)
        wire_joins_begin_anew(l->joins);
}

/* ---- the door ---- */

static uint32_t fresh_id(struct wire_link *l)
{
    do {
        l->last_id++;
    } while (l->last_id == 0 || find(l, l->last_id));
    return l->last_id;
}

static uint32_t wire_open_way(void *self, const struct ether_wish *wish, ether_receive_fn fn, void *ctx)
{
    struct wire_link *l = self;
    size_t name_len = wish->interface ? strlen(wish->interface) : 0;
    struct way *way = l->count < WIRE_WAYS_MAX && name_len < sizeof way->interface ? calloc(1, sizeof *way) : NULL;
    if (!way)
        return 0;
    *way = (struct way){.id = fresh_id(l), .wish = *wish, .fn = fn, .ctx = ctx};
    if (wish->interface)
        way->wish.interface = memcpy(way->interface, wish->interface, name_len);
    set_aside(way);
    l->all[l->count++] = way;
    uint32_t id = way->id;
    if (l->channel)
        send_wish(l, way);
    else
        want(l);
    return id;
}

static void wire_close_way(void *self, uint32_t id)
{
    struct wire_link *l = self;
    struct way *way = find(l, id);
    if (!way)
        return;
    for (size_t i = 0; i < l->count; i++)
        if (l->all[i] == way)
            l->all[i] = l->all[--l->count];
    free(way);
    channel_send(l->channel, TO_WIRE_CLOSE, &wire_close_record, &(struct wire_close){id});
    if (!is_needed(l))
        uv_timer_stop(&l->again);
}

static void wire_way_state(void *self, uint32_t id, struct ether_state *out)
{
    const struct way *way = find(self, id);
    *out = way ? way->state : (struct ether_state){.reason = "there is no such way"};
}

/* What can be known before it is handed on. */
static int fault_of(const struct wire_link *l, const struct ether_frame *f)
{
    const struct way *way = find(l, f->way);
    if (!way)
        return EINVAL;
    if (!l->channel || !way->state.open)
        return ENETDOWN;
    if (f->len > ETHER_BYTES_MAX || f->len > way->state.mtu + TAG_ALLOWANCE)
        return EMSGSIZE;
    return channel_queued_bytes(l->channel) > UNSENT_MAX_BYTES ? ENOBUFS : 0;
}

struct outgoing {
    struct wire_frame frames[WIRE_BATCH_FRAMES_MAX];
    struct ether_frame *of[WIRE_BATCH_FRAMES_MAX];
    size_t count, bytes;
};

static void hand_on(struct wire_link *l, struct outgoing *o)
{
    struct wire_frames m = {o->frames, o->count};
    if (o->count && !channel_send(l->channel, TO_WIRE_FRAMES, &wire_frames_record, &m))
        for (size_t i = 0; i < o->count; i++)
            o->of[i]->error = ENOBUFS;
    o->count = o->bytes = 0;
}

static void wire_send(void *self, struct ether_frame *batch, size_t count)
{
    struct wire_link *l = self;
    struct outgoing o;
    o.count = o.bytes = 0;
    struct mono now = clock_mono();
    for (size_t i = 0; i < count; i++) {
        struct ether_frame *f = &batch[i];
        f->at = now;
        f->error = fault_of(l, f);
        if (f->error)
            continue;
        if (o.count == WIRE_BATCH_FRAMES_MAX || o.bytes + f->len > WIRE_BATCH_BYTES_MAX)
            hand_on(l, &o);
        o.frames[o.count] = (struct wire_frame){
            .way = f->way, .vid = f->vid, .at = now, .data = {(uint8_t *)(uintptr_t)f->data, f->len}};
        o.of[o.count++] = f;
        o.bytes += f->len;
    }
    hand_on(l, &o);
}

static const struct ether_ops wire_ops = {
    .open = wire_open_way, .close = wire_close_way, .send = wire_send, .state = wire_way_state};

/* ---- networks to be joined ---- */

static bool send_join(void *ctx, uint16_t type, const struct record *record, const void *value)
{
    struct wire_link *l = ctx;
    return l->channel && channel_send(l->channel, type, record, value);
}

static void want_for_join(void *ctx)
{
    want(ctx);
}

struct wire_link *wire_link_create(uv_loop_t *loop, void (*fn)(void *ctx), void *ctx)
{
    static const struct wire_joins_hooks hooks = {.send = send_join, .want = want_for_join};
    struct wire_link *l = calloc(1, sizeof *l);
    struct wire_joins *joins = l ? wire_joins_create(&hooks, l) : NULL;
    if (!joins) {
        free(l);
        return NULL;
    }
    *l = (struct wire_link){.door = {&wire_ops, l}, .loop = loop, .want = fn, .ctx = ctx, .joins = joins};
    uv_timer_init(loop, &l->again);
    l->again.data = l;
    return l;
}

const struct ether *wire_link_door(const struct wire_link *l)
{
    return &l->door;
}

const struct wifi *wire_link_wifi(const struct wire_link *l)
{
    return wire_joins_door(l->joins);
}

static void on_timer_closed(uv_handle_t *h)
{
    free(h->data);
}

void wire_link_destroy(struct wire_link *l)
{
    if (!l)
        return;
    while (l->count)
        free(l->all[--l->count]);
    wire_joins_destroy(l->joins);
    channel_destroy(l->channel);
    l->channel = NULL;
    uv_close((uv_handle_t *)&l->again, on_timer_closed);
}
