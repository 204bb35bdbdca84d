#include "collectors/protocol/dns_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define DNS_PORT 53
#define TRIES 2

struct dns_asking {
    struct dns_client *owner;
    struct dns_asking *next;
    struct addr server;
    char name[DNS_NAME_MAX];
    uint16_t id;
    enum dns_type type;
    unsigned tries;
    bool refused;
    int own_error;
    int64_t timeout_ns; /* of each try */
    struct mono started;
    struct timer *timer;
    dns_result_fn fn;
    void *arg;
};

struct dns_client {
    const struct env *env;
    struct dns_asking *asked;
};

void dns_client_forget(struct dns_client *c, struct dns_asking *q)
{
    if (!q)
        return;
    c->env->timer_stop(c->env->ctx, q->timer);
    for (struct dns_asking **link = &c->asked; *link; link = &(*link)->next)
        if (*link == q) {
            *link = q->next;
            break;
        }
    free(q);
}

static void conclude(struct dns_asking *q, struct dns_result result)
{
    dns_result_fn fn = q->fn;
    void *arg = q->arg;
    const struct env *env = q->owner->env;
    result.took_ns = mono_since(env->now(env->ctx).mono, q->started);
    dns_client_forget(q->owner, q);
    fn(arg, &result);
}

static void send_query(struct dns_asking *q)
{
    uint8_t query[DNS_QUERY_MAX];
    size_t len = dns_query_write(query, q->id, q->name, (uint16_t)q->type);
    struct packet packet = {.peer = q->server, .port = DNS_PORT, .data = query, .len = len};
    packets_send(q->owner->env->packets, PACKETS_UDP, &packet, 1);
    q->own_error = packet.error;
}

static void on_time(void *arg)
{
    struct dns_asking *q = arg;
    const struct env *env = q->owner->env;
    q->timer = NULL;
    if (q->tries++ == TRIES) {
        conclude(q, (struct dns_result){.reason = q->refused ? "refused" : "timeout",
                                        .own_error = q->own_error});
        return;
    }
    send_query(q);
    q->timer = env->timer_start(env->ctx, mono_after(env->now(env->ctx).mono, q->timeout_ns), on_time, q);
}

static void on_bad_name(void *arg)
{
    struct dns_asking *q = arg;
    q->timer = NULL;
    conclude(q, (struct dns_result){.reason = "name"});
}

struct dns_asking *dns_client_ask(struct dns_client *c, const struct addr *server, const char *name,
                                  enum dns_type type, int64_t timeout_ns, dns_result_fn fn, void *arg)
{
    uint8_t trial[DNS_QUERY_MAX];
    struct dns_asking *q = calloc(1, sizeof *q);
    if (!q)
        return NULL;
    *q = (struct dns_asking){.owner = c, .next = c->asked, .server = *server, .type = type,
                             .timeout_ns = timeout_ns / TRIES, .started = c->env->now(c->env->ctx).mono,
                             .fn = fn, .arg = arg};
    c->asked = q;
    bool sendable = dns_query_write(trial, 0, name, (uint16_t)type) != 0;
    if (!sendable || getrandom(&q->id, sizeof q->id, 0) != sizeof q->id) {
        q->timer = c->env->timer_start(c->env->ctx, q->started, on_bad_name, q);
        return q;
    }
    memcpy(q->name, name, strlen(name) + 1);
    on_time(q);
    return q;
}

static const char *reason_of(const struct dns_answer *a)
{
    switch (a->rcode) {
    case DNS_OK:
        return a->record_count || a->truncated ? "" : "no-such-name";
    case DNS_NO_SUCH_NAME:
        return "no-such-name";
    case DNS_REFUSED:
        return "refused";
    default:
        return "server-failure";
    }
}

static struct dns_asking *question_of(const struct dns_client *c, const struct packet *p)
{
    for (struct dns_asking *q = c->asked; q; q = q->next)
        if (p->port == DNS_PORT && p->peer.family == q->server.family &&
            memcmp(p->peer.bytes, q->server.bytes, sizeof p->peer.bytes) == 0)
            return q;
    return NULL;
}

/* Of several questions to one server the one this answers. */
static struct dns_asking *answered_question(const struct dns_client *c, const struct packet *p,
                                            const struct dns_answer *a)
{
    for (struct dns_asking *q = c->asked; q; q = q->next)
        if (p->port == DNS_PORT && memcmp(p->peer.bytes, q->server.bytes, sizeof p->peer.bytes) == 0 &&
            a->id == q->id && a->type == q->type && dns_name_equal(a->name, q->name))
            return q;
    return NULL;
}

static void receive(void *ctx, const struct packet *batch, size_t count)
{
    struct dns_client *c = ctx;
    struct dns_answer answer;
    for (size_t i = 0; i < count && c->asked; i++) {
        struct dns_asking *q = question_of(c, &batch[i]);
        if (!q)
            continue;
        if (batch[i].error) {
            q->refused = batch[i].error == ECONNREFUSED;
            continue;
        }
        if (!dns_answer_read(batch[i].data, batch[i].len, &answer))
            continue;
        q = answered_question(c, &batch[i], &answer);
        const char *reason = reason_of(&answer);
        if (q)
            conclude(q, (struct dns_result){.answered = !*reason, .reason = reason, .answer = &answer});
    }
}

struct dns_client *dns_client_create(const struct env *env)
{
    struct dns_client *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->env = env;
    packets_receive(env->packets, PACKETS_UDP, receive, c);
    return c;
}

void dns_client_destroy(struct dns_client *c)
{
    if (!c)
        return;
    while (c->asked)
        dns_client_forget(c, c->asked);
    packets_receive(c->env->packets, PACKETS_UDP, NULL, c);
    free(c);
}
