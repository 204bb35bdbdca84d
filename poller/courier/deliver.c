/* A generation of receivers is built aside and swapped in whole. A delivery that runs holds on to the
 * generation it began with: a reload never changes a message half way.
 *
 * Order among messages is store's business; it hands out the next of an incident when the last one's
 * fate is known. Here only the number at once is bounded. */
#include "poller/courier/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"
#include "poller/base/log.h"
#include "poller/courier/receiver.h"

#define RUNNING_MAX 32             /* messages on their way at once */
#define BUSY_RETRY_NS SECONDS(2)
#define SETTINGS_MAX_BYTES (4u << 20)

struct generation {
    unsigned users; /* running deliveries, and one for being current */
    struct arena *arena;
    struct config config;
    struct receiver *receivers;
    size_t count;
    char *base_url;
};

struct running {
    struct delivery delivery; /* first: the drivers know only this */
    struct running *next;
    struct deliveries *owner;
    struct generation *generation;
    struct document *document;
    char *key, *receiver;
};

struct deliveries {
    uv_loop_t *loop;
    struct transfers *transfers;
    outcome_fn fn;
    void *ctx;
    struct generation *current, *next;
    struct running *first;
    size_t count;
    const char *ca_file;
};

/* One line for each kind of receiver. */
static const struct receiver_driver *const drivers[] = {
    [RECEIVER_MAIL] = &mail_driver,
    [RECEIVER_WEBHOOK] = &webhook_driver,
    [RECEIVER_EXEC] = &exec_driver,
    [RECEIVER_TEMPLATE] = &webhook_driver,
};

static void release(struct generation *g)
{
    if (!g || --g->users > 0)
        return;
    for (size_t i = 0; i < g->count; i++)
        g->receivers[i].driver->release(g->receivers[i].ready);
    arena_destroy(g->arena);
    free(g->receivers);
    free(g->base_url);
    free(g);
}

/* Pages can be linked to when a name for them is configured; a loopback address helps nobody who reads
 * the message elsewhere. */
static char *base_url(const struct config_web *web)
{
    struct buf b = {0};
    const char *port = web->listen ? strrchr(web->listen, ':') : NULL;
    if (!web->enabled || web->hosts_count == 0)
        return NULL;
    buf_printf(&b, "%s://%s", web->certificate ? "https" : "http", web->hosts[0]);
    if (port && !strchr(web->hosts[0], ':'))
        buf_text(&b, port);
    return buf_detach(&b);
}

static bool prepare_receiver(struct generation *g, const struct config_receiver *s, char **error)
{
    struct receiver *r = &g->receivers[g->count++];
    char *why = NULL;
    r->setting = s;
    r->driver = drivers[s->kind];
    if (r->driver->prepare(s, &r->ready, &why))
        return true;
    struct buf b = {0};
    buf_printf(&b, "receiver %s: %s", s->name, why ? why : "out of memory");
    *error = buf_detach(&b);
    free(why);
    return false;
}

static struct generation *make_generation(const struct config *c, char **error)
{
    struct generation *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->users = 1;
    g->arena = arena_create(SETTINGS_MAX_BYTES);
    g->receivers = calloc(c->receivers_count + 1, sizeof *g->receivers);
    bool ok = g->arena && g->receivers && field_copy(&config_record, c, NULL, g->arena, &g->config);
    for (size_t i = 0; ok && i < g->config.receivers_count; i++)
        ok = prepare_receiver(g, &g->config.receivers[i], error);
    if (ok) {
        g->base_url = base_url(&g->config.web);
        return g;
    }
    release(g);
    return NULL;
}

bool deliveries_prepare(struct deliveries *d, const struct config *c, char **error)
{
    release(d->next);
    d->next = make_generation(c, error);
    return d->next != NULL;
}

void deliveries_adopt(struct deliveries *d)
{
    release(d->current);
    d->current = d->next;
    d->next = NULL;
}

void deliveries_forget(struct deliveries *d)
{
    release(d->next);
    d->next = NULL;
}

bool deliveries_run_programs(const struct deliveries *d)
{
    for (size_t i = 0; d->current && i < d->current->count; i++)
        if (d->current->receivers[i].driver == &exec_driver)
            return true;
    return false;
}

static const struct receiver *find_receiver(const struct generation *g, const char *name)
{
    for (size_t i = 0; g && name && i < g->count; i++)
        if (strcmp(g->receivers[i].setting->name, name) == 0)
            return &g->receivers[i];
    return NULL;
}

static void answer(struct deliveries *d, const char *key, const char *receiver,
                   enum delivery_outcome outcome, int64_t retry_after_ns, const char *error)
{
    struct cs_outcome o = {.key = (char *)(uintptr_t)key, .receiver = (char *)(uintptr_t)receiver,
                           .outcome = outcome, .retry_after_ns = retry_after_ns,
                           .error = error && *error ? (char *)(uintptr_t)error : NULL};
    if (outcome == DELIVERY_SENT)
        log_info("deliver", "%s: sent %s%s%s", receiver, key, o.error ? "; " : "",
                 o.error ? o.error : "");
    else
        log_warnx("deliver", "%s: %s; %s", receiver, o.error ? o.error : "not sent",
                  outcome == DELIVERY_RETRY ? "will be tried again" : "refused for good");
    d->fn(d->ctx, &o);
}

static void forget_running(struct running *r)
{
    struct running **at = &r->owner->first;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->owner->count--;
    document_destroy(r->document);
    release(r->generation);
    free(r->key);
    free(r->receiver);
    free(r);
}

static void on_done(struct delivery *delivery, enum delivery_outcome outcome, int64_t retry_after_ns,
                    const char *error)
{
    struct running *r = (struct running *)delivery;
    answer(r->owner, r->key, r->receiver, outcome, retry_after_ns, error);
    forget_running(r);
}

static struct running *make_running(struct deliveries *d, const struct receiver *receiver,
                                    const struct sc_deliver *m)
{
    struct running *r = calloc(1, sizeof *r);
    struct house house = {d->current->config.title, d->current->base_url};
    if (!r)
        return NULL;
    r->owner = d;
    r->key = strdup(m->key);
    r->receiver = strdup(m->receiver);
    r->document = document_read(m, &house, clock_wall());
    r->generation = d->current;
    r->generation->users++;
    r->delivery = (struct delivery){.receiver = receiver, .document = r->document, .loop = d->loop,
                                    .transfers = d->transfers, .ca_file = d->ca_file, .done = on_done};
    r->next = d->first;
    d->first = r;
    d->count++;
    return r;
}

void deliveries_take(struct deliveries *d, const struct sc_deliver *m)
{
    const struct receiver *receiver = find_receiver(d->current, m->receiver);
    if (!m->key || !m->receiver)
        return;
    if (!d->current || d->count >= RUNNING_MAX) {
        answer(d, m->key, m->receiver, DELIVERY_RETRY, BUSY_RETRY_NS, "courier is busy");
        return;
    }
    if (!receiver) {
        answer(d, m->key, m->receiver, DELIVERY_REFUSED, 0, "there is no such receiver any more");
        return;
    }
    struct running *r = make_running(d, receiver, m);
    if (r && r->key && r->receiver && r->document) {
        r->delivery.receiver->driver->start(&r->delivery);
        return;
    }
    bool unreadable = r && r->key && r->receiver;
    if (r)
        forget_running(r);
    answer(d, m->key, m->receiver, unreadable ? DELIVERY_REFUSED : DELIVERY_RETRY, 0,
           unreadable ? "the message's document cannot be read" : "out of memory");
}

size_t deliveries_running(const struct deliveries *d)
{
    return d->count;
}

void deliveries_trust(struct deliveries *d, const char *ca_file)
{
    d->ca_file = ca_file;
}

struct deliveries *deliveries_create(uv_loop_t *loop, struct transfers *transfers, outcome_fn fn,
                                     void *ctx)
{
    struct deliveries *d = calloc(1, sizeof *d);
    if (d)
        *d = (struct deliveries){.loop = loop, .transfers = transfers, .fn = fn, .ctx = ctx};
    return d;
}

void deliveries_destroy(struct deliveries *d)
{
    if (!d)
        return;
    while (d->first) {
        d->first->delivery.receiver->driver->cancel(&d->first->delivery);
        forget_running(d->first);
    }
    release(d->next);
    release(d->current);
    free(d);
}
