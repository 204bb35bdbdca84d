/* TCP of the hosts in the world of VLANs: greets, takes a question, sends a page in small pieces, and again what is not
 * acknowledged. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/sim_ether_internal.h"

#define AGAIN_NS MILLISECONDS(400)
#define TIMES_MAX 40
#define PIECE_BYTES 536
#define FIRST_SEQUENCE 7000u

static void send_segment(const struct ether_talk *t, uint8_t flags, uint32_t sequence, const char *payload, size_t len)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct tcp_segment s = {.from = t->near_port, .to = t->far_port, .sequence = sequence, .acknowledged = t->expected,
                            .flags = flags, .window = 8192, .payload = (const uint8_t *)payload, .payload_len = len};
    ether_reply(t->world, t->vid, frame, host_frame_tcp(&t->near, &t->far, &s, frame));
}

static void end_talk(struct ether_talk *t)
{
    const struct env *env = sim_env(t->world->sim);
    env->timer_stop(env->ctx, t->timer);
    *t = (struct ether_talk){0};
}

void ether_talks_end(struct sim_ether *w)
{
    for (size_t i = 0; i < TALKS; i++)
        if (w->inside->talks[i].open)
            end_talk(&w->inside->talks[i]);
}

/* All that is not acknowledged yet; the last piece ends the talk. */
static void send_rest(const struct ether_talk *t)
{
    size_t left = strlen(t->page);
    uint32_t sequence = t->acknowledged;
    for (const char *at = t->page; left;) {
        size_t piece = left < PIECE_BYTES ? left : PIECE_BYTES;
        left -= piece;
        send_segment(t, (uint8_t)(TCP_ACK | (left ? 0 : TCP_FIN)), sequence, at, piece);
        sequence += (uint32_t)piece;
        at += piece;
    }
}

static void send_again(void *arg);

static void wait_again(struct ether_talk *t)
{
    const struct env *env = sim_env(t->world->sim);
    env->timer_stop(env->ctx, t->timer);
    t->timer = env->timer_start(env->ctx, mono_after(sim_now(t->world->sim).mono, AGAIN_NS), send_again, t);
}

static void say(struct ether_talk *t)
{
    if (!t->greeted)
        send_segment(t, TCP_SYN | TCP_ACK, t->acknowledged - 1, NULL, 0);
    else if (t->asked && t->page && *t->page)
        send_rest(t);
    wait_again(t);
}

static void send_again(void *arg)
{
    struct ether_talk *t = arg;
    t->timer = NULL;
    if (++t->times > TIMES_MAX)
        end_talk(t);
    else
        say(t);
}

static struct ether_talk *talk_of(struct sim_ether *w, const struct host_end *near, const struct heard_frame *h)
{
    struct ether_talk *unused = NULL;
    for (size_t i = 0; i < TALKS; i++) {
        struct ether_talk *t = &w->inside->talks[i];
        if (t->open && t->vid == h->vid && t->far_port == h->tcp.from && t->near_port == h->tcp.to &&
            addr_equal(&t->near.addr, &near->addr))
            return t;
        unused = t->open ? unused : t;
    }
    return h->tcp.flags & TCP_SYN ? unused : NULL;
}

static void refuse(struct sim_ether *w, const struct host_end *near, const struct heard_frame *h)
{
    struct ether_talk t = {.world = w, .vid = h->vid, .near = *near, .far = {h->from, h->ip.from},
                           .near_port = h->tcp.to, .far_port = h->tcp.from,
                           .expected = h->tcp.sequence + tcp_extent(&h->tcp)};
    if (!(h->tcp.flags & TCP_RST))
        send_segment(&t, TCP_RST | TCP_ACK, 0, NULL, 0);
}

static void take_acknowledged(struct ether_talk *t, const struct tcp_segment *s)
{
    uint32_t more = s->acknowledged - t->acknowledged;
    size_t left = t->page ? strlen(t->page) : 0;
    t->greeted = true;
    if (more && more <= left + 1) {
        t->page += more < left ? more : left;
        t->acknowledged += more;
        t->times = 0;
    }
}

static void take_segment(struct ether_talk *t, const struct tcp_segment *s)
{
    if (s->flags & TCP_ACK)
        take_acknowledged(t, s);
    if (s->sequence == t->expected && s->payload_len) {
        t->expected += (uint32_t)s->payload_len;
        t->asked = true;
        send_segment(t, TCP_ACK, t->acknowledged, NULL, 0);
        say(t);
    } else if (s->payload_len) {
        send_segment(t, TCP_ACK, t->acknowledged, NULL, 0);
    }
}

void ether_talk_hear(struct sim_ether *w, const struct host_end *near, const struct heard_frame *h, bool open,
                     const char *page)
{
    struct ether_talk *t = open ? talk_of(w, near, h) : NULL;
    if (!t) {
        refuse(w, near, h);
    } else if (h->tcp.flags & (TCP_RST | TCP_FIN)) {
        end_talk(t);
    } else if (t->open && !(h->tcp.flags & TCP_SYN)) {
        take_segment(t, &h->tcp);
    } else if (!t->greeted) {
        struct timer *timer = t->timer;
        *t = (struct ether_talk){.open = true, .world = w, .vid = h->vid, .near = *near, .far = {h->from, h->ip.from},
                                 .near_port = h->tcp.to, .far_port = h->tcp.from, .acknowledged = FIRST_SEQUENCE + 1,
                                 .expected = h->tcp.sequence + 1, .page = page, .timer = timer};
        say(t);
    }
}
