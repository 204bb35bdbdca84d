/* arp: is an address of the own link held by one device only.
 *
 * A round asks "who has it?" and counts the different Ethernet addresses that answer: two at once are a
 * conflict. Two that each see the question now and then show as an address that changes back and forth
 * over the rounds. Where there is nothing to ask (another link, IPv6, no ARP socket) a round ends as
 * cancelled: it says nothing either way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/arp.h"
#include "collectors/protocol/questions.h"
#include "poller/base/log.h"

#define TELLERS_MAX 4        /* different answers kept of one round */
#define CHANGES_HEARD 3      /* there, back, and there again: not a device that was replaced */
#define CHANGES_FORGOTTEN_ROUNDS 12

struct arp_options {
    int64_t listen_ns;
};

static const struct field arp_fields[] = {
    {.name = "listen", .type = FIELD_DURATION, .offset = offsetof(struct arp_options, listen_ns),
     .standard = "1s", .min = MILLISECONDS(100), .max = SECONDS(30),
     .help = "how long answers are waited for"},
};
static const struct record arp_record = RECORD(arp_options, arp_fields);

struct teller_list {
    struct mac macs[TELLERS_MAX];
    size_t count;
};

/* What one address's rounds have heard; found by the check. */
struct history {
    struct history *next;
    uint32_t check;
    struct mac last, before;
    unsigned changes, quiet_rounds;
};

struct listening {
    struct question *question;
    struct timer *timer;
    struct addr addr;
    struct teller_list tellers;
};

struct collector_instance {
    struct questions questions; /* first: a question's owner is the instance */
    struct history *histories;
};

static struct history *history_of(struct collector_instance *c, uint32_t check)
{
    struct history *h = c->histories;
    while (h && h->check != check)
        h = h->next;
    if (h || !(h = calloc(1, sizeof *h)))
        return h;
    h->check = check;
    h->next = c->histories;
    c->histories = h;
    return h;
}

static bool same(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void note_teller(struct teller_list *l, const struct mac *mac)
{
    for (size_t i = 0; i < l->count; i++)
        if (same(&l->macs[i], mac))
            return;
    if (l->count < TELLERS_MAX)
        l->macs[l->count++] = *mac;
}

/* True when the address goes back and forth between two devices. */
static bool flaps(struct history *h, const struct mac *now)
{
    if (!mac_is_set(&h->last)) {
        h->last = *now;
        return false;
    }
    if (same(&h->last, now)) {
        if (++h->quiet_rounds >= CHANGES_FORGOTTEN_ROUNDS)
            h->changes = 0;
        return h->changes >= CHANGES_HEARD;
    }
    bool back = same(&h->before, now);
    h->changes = back || !h->changes ? h->changes + 1 : 1;
    h->quiet_rounds = 0;
    h->before = h->last;
    h->last = *now;
    return h->changes >= CHANGES_HEARD;
}

static void end(struct question *q, enum outcome outcome, const char *reason, const struct mac *a,
                const struct mac *b)
{
    char value[2 * MAC_TEXT_MAX + 2] = "", one[MAC_TEXT_MAX], two[MAC_TEXT_MAX], subject[ADDR_TEXT_MAX];
    struct fact fact = {"arp.conflict", addr_text(&q->node->setting.addresses[0], subject), value};
    if (a && b)
        snprintf(value, sizeof value, "%s %s", mac_text(a, one), mac_text(b, two));
    struct question_answer answer = {.outcome = outcome, .reason = reason, .facts = &fact,
                                     .fact_count = outcome == OUTCOME_WRONG};
    answer.detail = answer.fact_count ? value : NULL;
    question_end(q, &answer);
}

static void conclude(struct question *q, const struct teller_list *l)
{
    struct collector_instance *c = (struct collector_instance *)q->owner;
    struct history *h = l->count == 1 ? history_of(c, q->node->setting.check) : NULL;
    if (l->count > 1)
        end(q, OUTCOME_WRONG, "conflict", &l->macs[0], &l->macs[1]);
    else if (h && flaps(h, &l->macs[0]))
        end(q, OUTCOME_WRONG, "flapping", &h->last, &h->before);
    else
        end(q, l->count ? OUTCOME_ANSWERED : OUTCOME_CANCELLED, "", NULL, NULL);
}

static void on_heard(void *arg)
{
    struct listening *w = arg;
    struct question *q = w->question;
    struct teller_list tellers = w->tellers;
    q->handle = NULL;
    free(w);
    conclude(q, &tellers);
}

/* Sends the question; false when this address is not for us to ask. */
static bool send_request(const struct env *env, const struct addr *addr)
{
    const struct netinfo *net = env->netinfo;
    struct netinfo_path path;
    struct netinfo_link link;
    uint8_t bytes[ARP_PACKET_BYTES];
    if (addr->family != AF_INET || !net || !packets_available(env->packets, PACKETS_ARP) ||
        !net->ops->path(net->self, addr, &path) || addr_is_set(&path.gateway) ||
        !net->ops->link(net->self, path.ifindex, &link) || link.loopback || !mac_is_set(&link.mac))
        return false;
    arp_write(&(struct arp_packet){.operation = ARP_REQUEST, .sender_mac = link.mac,
                                   .sender = path.source, .target = *addr}, bytes);
    struct packet packet = {.ifindex = path.ifindex, .data = bytes, .len = sizeof bytes};
    packets_send(env->packets, PACKETS_ARP, &packet, 1);
    return !packet.error;
}

static void ask(struct question *q)
{
    const struct env *env = q->owner->env;
    struct listening *w = calloc(1, sizeof *w);
    if (!w) {
        question_fail_soon(q);
        return;
    }
    bool sent = q->node->setting.address_count && send_request(env, &q->node->setting.addresses[0]);
    w->question = q;
    w->addr = sent ? q->node->setting.addresses[0] : (struct addr){0};
    const struct arp_options *o = q->node->setting.options;
    w->timer = env->timer_start(env->ctx, mono_after(q->started, sent ? o->listen_ns : 0), on_heard, w);
    q->handle = w;
}

static void forget(struct question *q)
{
    struct listening *w = q->handle;
    if (!w)
        return;
    q->owner->env->timer_stop(q->owner->env->ctx, w->timer);
    free(w);
}

static void receive(void *ctx, const struct packet *batch, size_t count)
{
    struct collector_instance *c = ctx;
    struct arp_packet p;
    for (size_t i = 0; i < count; i++) {
        if (batch[i].error || !arp_read(batch[i].data, batch[i].len, &p) || p.operation != ARP_REPLY)
            continue;
        for (struct question *q = c->questions.open; q; q = q->next) {
            struct listening *w = q->handle;
            if (w && addr_equal(&w->addr, &p.sender))
                note_teller(&w->tellers, &p.sender_mac);
        }
    }
}

static const struct question_ops arp_ops = {ask, forget};

static struct collector_instance *arp_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->questions = (struct questions){.env = env, .ops = &arp_ops};
    packets_receive(env->packets, PACKETS_ARP, receive, c);
    return c;
}

static bool arp_adopt(struct collector_instance *c, const struct check_setting *s)
{
    return s->options && questions_adopt(&c->questions, s);
}

static void arp_drop(struct collector_instance *c, uint32_t check)
{
    questions_drop(&c->questions, check);
    for (struct history **link = &c->histories; *link; link = &(*link)->next)
        if ((*link)->check == check) {
            struct history *h = *link;
            *link = h->next;
            free(h);
            return;
        }
}

static void arp_start(struct collector_instance *c, uint32_t check, uint32_t round,
                      enum round_kind kind, struct mono deadline)
{
    questions_start(&c->questions, check, round, kind, deadline);
}

static void arp_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    questions_cancel(&c->questions, check, round);
}

static void arp_destroy(struct collector_instance *c)
{
    if (!c)
        return;
    packets_receive(c->questions.env->packets, PACKETS_ARP, NULL, c);
    questions_fini(&c->questions);
    while (c->histories)
        arp_drop(c, c->histories->check);
    free(c);
}

extern const struct collector arp_collector;
const struct collector arp_collector = {
    .name = "arp",
    .summary = "an address of the own link is held by one device only",
    .options = &arp_record,
    .interval_ns = SECONDS(300),
    .automatic = true,
    .create = arp_create,
    .adopt = arp_adopt,
    .drop = arp_drop,
    .start = arp_start,
    .cancel = arp_cancel,
    .destroy = arp_destroy,
};
