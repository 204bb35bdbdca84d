#include "collectors/protocol/pinger.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "collectors/protocol/echo.h"

#define PAYLOAD_BYTES 56
#define ECHOES_MAX 8

struct pinging {
    struct pinger *owner;
    struct pinging *next;
    struct addr to;
    uint32_t serial;
    unsigned left, sent, failed;
    uint32_t tokens[ECHOES_MAX];
    int64_t gap_ns, timeout_ns;
    struct timer *timer;
    struct ping_answer answer;
    ping_answer_fn fn;
    void *arg;
};

struct pinger {
    const struct env *env;
    struct echoes *echoes;
    struct pinging *asked;
    uint32_t serial;
};

static void unlink_question(struct pinging *q)
{
    for (struct pinging **link = &q->owner->asked; *link; link = &(*link)->next)
        if (*link == q) {
            *link = q->next;
            return;
        }
}

void pinger_forget(struct pinger *p, struct pinging *q)
{
    if (!q)
        return;
    p->env->timer_stop(p->env->ctx, q->timer);
    unlink_question(q);
    for (unsigned i = 0; i < q->sent; i++) {
        struct echo_flight *f = echoes_flight(p->echoes, q->tokens[i]);
        if (f && f->serial == q->serial)
            f->state = ECHO_LOST;
    }
    free(q);
}

static void conclude(struct pinging *q)
{
    struct ping_answer answer = q->answer;
    ping_answer_fn fn = q->fn;
    void *arg = q->arg;
    if (q->failed < q->sent)
        answer.own_error = 0; /* something was truly asked */
    pinger_forget(q->owner, q);
    fn(arg, &answer);
}

static void send_echo(struct pinging *q)
{
    struct pinger *p = q->owner;
    uint8_t message[ICMP_HEADER_BYTES + PAYLOAD_BYTES];
    struct echo_flight *f = echoes_launch(p->echoes, q->to.family, message, PAYLOAD_BYTES);
    q->tokens[q->sent++] = f ? f->token : 0;
    struct packet packet = {.peer = q->to, .data = message, .len = sizeof message, .error = ENOMEM};
    if (f)
        packets_send(p->env->packets, q->to.family == AF_INET6 ? PACKETS_ICMP6 : PACKETS_ICMP4, &packet, 1);
    if (packet.error) {
        q->failed++;
        q->answer.own_error = packet.error;
    }
    if (!f)
        return;
    f->state = packet.error ? ECHO_LOST : ECHO_WAITING;
    f->sent = packet.at;
    f->serial = q->serial;
}

static void on_time(void *arg)
{
    struct pinging *q = arg;
    const struct env *env = q->owner->env;
    q->timer = NULL;
    if (!q->left) {
        conclude(q);
        return;
    }
    q->left--;
    send_echo(q);
    struct mono next = mono_after(env->now(env->ctx).mono, q->left ? q->gap_ns : q->timeout_ns);
    q->timer = env->timer_start(env->ctx, next, on_time, q);
}

struct pinging *pinger_ask(struct pinger *p, const struct addr *to, unsigned count, int64_t gap_ns,
                           int64_t timeout_ns, ping_answer_fn fn, void *arg)
{
    assert(count >= 1 && count <= ECHOES_MAX);
    struct pinging *q = calloc(1, sizeof *q);
    if (!q)
        return NULL;
    *q = (struct pinging){.owner = p, .next = p->asked, .to = *to, .serial = ++p->serial,
                          .left = count, .gap_ns = gap_ns, .timeout_ns = timeout_ns,
                          .answer = {.reason = "timeout"}, .fn = fn, .arg = arg};
    p->asked = q;
    on_time(q);
    return q;
}

static struct pinging *question_of(const struct pinger *p, const struct echo_flight *f,
                                   const struct addr *peer)
{
    for (struct pinging *q = p->asked; q; q = q->next)
        if (q->serial == f->serial)
            return memcmp(q->to.bytes, peer->bytes, sizeof peer->bytes) == 0 ? q : NULL;
    return NULL;
}

static void receive(struct pinger *p, const struct packet *batch, size_t count, uint8_t family)
{
    for (size_t i = 0; i < count; i++) {
        const struct packet *in = &batch[i];
        struct echo_flight *f = NULL;
        if (in->error)
            f = echoes_match_quote(p->echoes, family, in->data, in->len);
        else if (echoes_match(p->echoes, family, in->data, in->len, &f) != ECHO_MATCH)
            continue;
        struct pinging *q = f ? question_of(p, f, &in->peer) : NULL;
        if (q && in->error && addr_is_set(&in->offender)) {
            q->answer.reason = icmp_error_reason(family, in->icmp_type, in->icmp_code);
        } else if (q && !in->error) {
            int64_t rtt = mono_since(in->at, f->sent);
            f->state = ECHO_ANSWERED;
            q->answer = (struct ping_answer){true, rtt > 0 ? rtt : 0, "", 0};
            conclude(q);
        }
    }
}

static void on_icmp4(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET);
}

static void on_icmp6(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET6);
}

struct pinger *pinger_create(const struct env *env)
{
    struct hash_key key;
    struct pinger *p = calloc(1, sizeof *p);
    if (!p || getrandom(&key, sizeof key, 0) != sizeof key || !(p->echoes = echoes_create(&key))) {
        free(p);
        return NULL;
    }
    p->env = env;
    packets_receive(env->packets, PACKETS_ICMP4, on_icmp4, p);
    packets_receive(env->packets, PACKETS_ICMP6, on_icmp6, p);
    return p;
}

void pinger_destroy(struct pinger *p)
{
    if (!p)
        return;
    while (p->asked)
        pinger_forget(p, p->asked);
    packets_receive(p->env->packets, PACKETS_ICMP4, NULL, p);
    packets_receive(p->env->packets, PACKETS_ICMP6, NULL, p);
    echoes_destroy(p->echoes);
    free(p);
}
