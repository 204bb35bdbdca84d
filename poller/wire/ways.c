#include "poller/wire/ways.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/log.h"
#include "poller/wire/admit.h"
#include "poller/wire/allow.h"
#include "poller/wire/budget.h"
#include "poller/wire/card.h"
#include "poller/wire/outgoing.h"

#define SETTLE_MS 50     /* changes of interfaces come in bursts */
#define TELL_LOSS_MS 1000
#define TRY_AGAIN_MS 5000
#define LOCALLY_MADE 2   /* bit of a MAC's first byte: nobody's by birth */

struct way {
    uint32_t id;
    struct ether_wish wish; /* its interface points to the name, or is NULL */
    char name[IF_NAMESIZE];
    const char *wrong;      /* the wish makes no sense; NULL: it does */
    struct card *card;      /* NULL: none is known */
    uint64_t card_dropped;  /* by the card before this way was on it */
    struct mono proved[ETHER_VIDS_MAX];
    struct budget budget;
    uint64_t dropped, refused;
    int refused_error;
    bool told_once;
    struct ether_state told;
};

/* Frames on their way to the engine. */
struct bundle {
    struct wire_frame frames[WIRE_BATCH_FRAMES_MAX];
    struct way *of[WIRE_BATCH_FRAMES_MAX];
    size_t count, used;
    uint8_t bytes[WIRE_BATCH_BYTES_MAX];
};

struct ways {
    uv_loop_t *loop;
    const struct ways_hooks *hooks;
    void *ctx;
    struct links *links;
    uv_timer_t later; /* the next look */
    struct way *all[WIRE_WAYS_MAX];
    size_t count;
    struct card *cards[WIRE_WAYS_MAX];
    size_t card_count;
    struct bundle bundle;
};

/* ---- what is told ---- */

static bool filtered(const struct way *way)
{
    const struct link_look *look = card_look(way->card);
    for (size_t i = 0; look->features.vlan_filter && i < way->wish.vid_count; i++)
        if (!vid_set_has(&look->kernel_vlans, way->wish.vids[i]))
            return true;
    return false;
}

static uint64_t lost(const struct way *way)
{
    return way->dropped + (way->card ? card_dropped(way->card) - way->card_dropped : 0);
}

/* Asked anew each time: what was joined may have been left. */
static bool own_is_free(const struct ways *w, const struct card *c)
{
    return !card_look(c)->own_used && w->hooks->joined(w->ctx, card_interface(c));
}

static void describe_card(const struct ways *w, const struct way *way, struct ether_state *out)
{
    const struct link_look *look = card_look(way->card);
    snprintf(out->interface, sizeof out->interface, "%s", card_interface(way->card));
    snprintf(out->reason, sizeof out->reason, "%s", card_reason(way->card));
    out->open = card_is_open(way->card);
    out->link = look->carrier;
    out->own = look->own;
    out->own_free = own_is_free(w, way->card);
    out->mtu = look->mtu;
    out->vlan_filter = filtered(way);
    out->vlan_offload = look->features.vlan_offload;
}

static struct ether_state describe(const struct ways *w, const struct way *way)
{
    struct ether_state s = {.dropped = lost(way), .refused = way->refused, .refused_error = way->refused_error};
    if (way->wrong)
        snprintf(s.reason, sizeof s.reason, "%s", way->wrong);
    else if (way->card)
        describe_card(w, way, &s);
    else if (way->wish.interface)
        snprintf(s.reason, sizeof s.reason, "%s: out of memory", way->name);
    else
        snprintf(s.reason, sizeof s.reason, "no way leads to the Internet, so say which interface it is");
    return s;
}

static struct wire_state message_of(const struct way *way, struct ether_state *s)
{
    return (struct wire_state){.way = way->id,
                               .open = s->open,
                               .reason = s->reason,
                               .interface = s->interface,
                               .link = s->link,
                               .own = s->own,
                               .own_free = s->own_free,
                               .mtu = s->mtu,
                               .vlan_filter = s->vlan_filter,
                               .vlan_offload = s->vlan_offload,
                               .dropped = s->dropped,
                               .refused = s->refused,
                               .refused_error = (uint32_t)s->refused_error};
}

static void tell(struct ways *w, struct way *way)
{
    struct ether_state now = describe(w, way);
    struct wire_state message = message_of(way, &now), before = message_of(way, &way->told);
    if (way->told_once && field_equal(&wire_state_record, &message, &before, NULL))
        return;
    way->told = now;
    way->told_once = true;
    w->hooks->state(w->ctx, &message);
}

/* ---- looking ---- */

static void on_later(uv_timer_t *timer);

/* Not later than in so many milliseconds. */
static void look_within(struct ways *w, uint64_t ms)
{
    if (!uv_is_active((uv_handle_t *)&w->later) || uv_timer_get_due_in(&w->later) > ms)
        uv_timer_start(&w->later, on_later, ms, 0);
}

static void wish_for(struct ways *w, struct card *c)
{
    const struct ether_wish *wishes[WIRE_WAYS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->card == c)
            wishes[count++] = &w->all[i]->wish;
    card_wish(c, wishes, count);
}

static void adjust(struct ways *w, struct card *c)
{
    struct link_look look = links_look(w->links, card_interface(c));
    card_adjust(c, &look);
    wish_for(w, c);
    if (!card_is_open(c))
        look_within(w, TRY_AGAIN_MS);
}

static void on_frame(void *ctx, struct card *c, const uint8_t *frame, size_t len, size_t all_len, struct mono at);

static void flush(struct ways *w);

static void on_read(void *ctx, struct card *c)
{
    struct ways *w = ctx;
    flush(w);
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->card == c && lost(w->all[i]) != w->all[i]->told.dropped)
            look_within(w, TELL_LOSS_MS);
}

static void on_broken(void *ctx, struct card *c)
{
    struct ways *w = ctx;
    flush(w);
    look_within(w, 0);
}

static const struct card_hooks card_hooks = {.frame = on_frame, .read = on_read, .broken = on_broken};

static struct card *card_of(struct ways *w, const char *interface)
{
    for (size_t i = 0; i < w->card_count; i++)
        if (strcmp(card_interface(w->cards[i]), interface) == 0)
            return w->cards[i];
    struct card *c = card_create(w->loop, interface, &card_hooks, w);
    if (c)
        w->cards[w->card_count++] = c; /* each is some way's, so there is room */
    return c;
}

static void drop_card_if_unused(struct ways *w, struct card *c)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->card == c)
            return;
    for (size_t i = 0; i < w->card_count; i++)
        if (w->cards[i] == c)
            w->cards[i] = w->cards[--w->card_count];
    card_destroy(c);
}

static void leave_card(struct ways *w, struct way *way)
{
    struct card *c = way->card;
    if (!c)
        return;
    way->dropped = lost(way);
    way->card = NULL;
    drop_card_if_unused(w, c);
}

/* On the interface it names, or on that of the default route as that is now. */
static void settle(struct ways *w, struct way *way)
{
    char standard[IF_NAMESIZE];
    const char *name = way->wish.interface ? way->name : links_default(w->links, standard);
    if (way->wrong || (way->card && strcmp(card_interface(way->card), name) == 0))
        return;
    leave_card(w, way);
    way->card = *name ? card_of(w, name) : NULL;
    if (way->card)
        way->card_dropped = card_dropped(way->card);
}

static void look_at_all(struct ways *w)
{
    for (size_t i = 0; i < w->count; i++)
        settle(w, w->all[i]);
    for (size_t i = 0; i < w->card_count; i++)
        adjust(w, w->cards[i]);
    for (size_t i = 0; i < w->count; i++)
        tell(w, w->all[i]);
}

static void on_later(uv_timer_t *timer)
{
    look_at_all(timer->data);
}

static void on_change(void *ctx)
{
    struct ways *w = ctx;
    if (w->count)
        look_within(w, SETTLE_MS);
}

void ways_look(struct ways *w)
{
    if (w->count)
        look_within(w, 0);
}

/* ---- frames in ---- */

static void flush(struct ways *w)
{
    struct bundle *b = &w->bundle;
    struct wire_frames batch = {b->frames, b->count};
    if (b->count && !w->hooks->frames(w->ctx, &batch))
        for (size_t i = 0; i < b->count; i++)
            b->of[i]->dropped++;
    b->count = b->used = 0;
}

/* The addresses, and what stands behind the outer tag. */
static void bundle_put(struct ways *w, struct way *way, const struct wire_frame *head, const struct peeled *f,
                       size_t len)
{
    struct bundle *b = &w->bundle;
    if (b->count == WIRE_BATCH_FRAMES_MAX || b->used + len > sizeof b->bytes)
        flush(w);
    uint8_t *at = b->bytes + b->used;
    memcpy(at, f->to.bytes, sizeof f->to.bytes);
    memcpy(at + sizeof f->to.bytes, f->from.bytes, sizeof f->from.bytes);
    memcpy(at + ETHER_ADDRESSES_BYTES, f->rest, len - ETHER_ADDRESSES_BYTES);
    b->frames[b->count] = *head;
    b->frames[b->count].way = way->id;
    b->frames[b->count].data = (struct bytes){at, len};
    b->of[b->count++] = way;
    b->used += len;
}

static void take_for(struct ways *w, struct way *way, struct wire_frame *head, const struct peeled *f)
{
    size_t len = ETHER_ADDRESSES_BYTES + f->rest_len;
    struct wire_frame mine = *head;
    switch (admit(&way->wish, &card_look(way->card)->own, f, head->at, way->proved)) {
    case ADMIT_NOT:
        return;
    case ADMIT_PROOF:
        mine.cut |= len > PROOF_BYTES;
        len = len < PROOF_BYTES ? len : PROOF_BYTES;
        break;
    case ADMIT_WHOLE:
        if (!budget_take(&way->budget, head->at)) {
            way->dropped++;
            return;
        }
    }
    bundle_put(w, way, &mine, f, len);
}

static void on_frame(void *ctx, struct card *c, const uint8_t *frame, size_t len, size_t all_len, struct mono at)
{
    struct ways *w = ctx;
    struct peeled f;
    if (!peel(frame, len, &f))
        return;
    struct wire_frame head = {.vid = f.vid, .double_tagged = f.double_tagged, .cut = len < all_len, .at = at};
    if (f.rest_len > ETHER_BYTES_MAX - ETHER_ADDRESSES_BYTES) {
        f.rest_len = ETHER_BYTES_MAX - ETHER_ADDRESSES_BYTES;
        head.cut = true;
    }
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->card == c)
            take_for(w, w->all[i], &head, &f);
}

/* ---- frames out ---- */

static int send_one(const struct ways *w, const struct way *way, const struct wire_frame *f)
{
    uint8_t bytes[OUTGOING_BYTES_MAX];
    if (!way->card || way->wrong)
        return ENETDOWN;
    int32_t vid = f->vid >= ETHER_UNTAGGED && f->vid <= ETHER_VID_LAST ? (int32_t)f->vid : ETHER_VID_LAST + 1;
    int error = allow(&way->wish, &card_look(way->card)->own, own_is_free(w, way->card), vid, f->data.data,
                      f->data.len);
    if (error)
        return error;
    return card_send(way->card, bytes, outgoing_write(vid, f->data.data, f->data.len, bytes));
}

static struct way *find(const struct ways *w, uint32_t id)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->id == id)
            return w->all[i];
    return NULL;
}

void ways_send(struct ways *w, const struct wire_frames *batch)
{
    for (size_t i = 0; i < batch->frames_count; i++) {
        struct way *way = find(w, batch->frames[i].way);
        int error = way ? send_one(w, way, &batch->frames[i]) : 0;
        if (!error)
            continue;
        way->refused++;
        way->refused_error = error;
    }
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->refused != w->all[i]->told.refused)
            tell(w, w->all[i]);
}

/* ---- opening ---- */

static bool name_makes_sense(const char *name)
{
    return !name || (*name && strlen(name) < IF_NAMESIZE && !strchr(name, '/'));
}

static bool macs_make_sense(const struct wire_open *m)
{
    for (size_t i = 0; i < m->macs_count; i++)
        if (mac_is_group(&m->macs[i]) || !(m->macs[i].bytes[0] & LOCALLY_MADE))
            return false;
    return m->macs_count <= ETHER_MACS_MAX;
}

static bool vids_make_sense(const struct wire_open *m)
{
    for (size_t i = 0; i < m->vids_count; i++)
        if (m->vids[i] > ETHER_VID_LAST)
            return false;
    return m->vids_count <= ETHER_VIDS_MAX;
}

static const char *what_is_wrong(const struct wire_open *m)
{
    if (!name_makes_sense(m->interface))
        return "that is no name of an interface";
    if (!macs_make_sense(m))
        return "an address to play with is not a made-up one, or there are too many";
    if (!vids_make_sense(m))
        return "a VLAN has no such number, or there are too many";
    return NULL;
}

static void take_wish(struct way *way, const struct wire_open *m)
{
    if (m->interface) {
        snprintf(way->name, sizeof way->name, "%s", m->interface);
        way->wish.interface = way->name;
    }
    for (size_t i = 0; i < m->macs_count; i++)
        way->wish.macs[way->wish.mac_count++] = m->macs[i];
    for (size_t i = 0; i < m->vids_count; i++)
        way->wish.vids[way->wish.vid_count++] = (uint16_t)m->vids[i];
    way->wish.own_mac = m->own_mac;
    way->wish.untagged = m->untagged;
}

static void tell_too_many(struct ways *w, uint32_t id)
{
    struct way none = {.id = id, .wrong = "too many ways are open"};
    tell(w, &none);
}

void ways_open(struct ways *w, const struct wire_open *m)
{
    ways_close(w, m->way);
    struct way *way = w->count < WIRE_WAYS_MAX ? calloc(1, sizeof *way) : NULL;
    if (!way) {
        tell_too_many(w, m->way);
        return;
    }
    way->id = m->way;
    way->wrong = what_is_wrong(m);
    if (!way->wrong)
        take_wish(way, m);
    w->all[w->count++] = way;
    settle(w, way);
    if (way->card)
        adjust(w, way->card);
    tell(w, way);
}

static void close_at(struct ways *w, size_t place)
{
    struct way *way = w->all[place];
    struct card *c = way->card;
    w->all[place] = w->all[--w->count];
    if (c) {
        drop_card_if_unused(w, c);
        for (size_t i = 0; i < w->card_count; i++)
            if (w->cards[i] == c)
                wish_for(w, c);
    }
    free(way);
}

void ways_close(struct ways *w, uint32_t id)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->id == id) {
            close_at(w, i);
            return;
        }
}

void ways_close_all(struct ways *w)
{
    while (w->count)
        close_at(w, w->count - 1);
    uv_timer_stop(&w->later);
}

size_t ways_count(const struct ways *w)
{
    return w->count;
}

struct ways *ways_create(uv_loop_t *loop, const struct ways_hooks *hooks, void *ctx)
{
    struct ways *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->loop = loop;
    w->hooks = hooks;
    w->ctx = ctx;
    w->links = links_create(loop, on_change, w);
    if (!w->links) {
        free(w);
        return NULL;
    }
    uv_timer_init(loop, &w->later);
    w->later.data = w;
    return w;
}

static void on_timer_closed(uv_handle_t *h)
{
    free(h->data);
}

void ways_destroy(struct ways *w)
{
    if (!w)
        return;
    ways_close_all(w);
    links_destroy(w->links);
    uv_close((uv_handle_t *)&w->later, on_timer_closed);
}
