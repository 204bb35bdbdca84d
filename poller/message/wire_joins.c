#include "poller/message/wire_joins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct join {
    uint32_t id;
    char *interface, *ssid, *password;
    wifi_news_fn fn;
    void *ctx;
    struct wifi_state state;
};

struct wire_joins {
    struct wifi door;
    const struct wire_joins_hooks *hooks;
    void *ctx;
    struct join *all[WIRE_JOINS_MAX];
    size_t count;
    uint32_t last_id;
};

static struct join *find(const struct wire_joins *w, uint32_t id)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->id == id)
            return w->all[i];
    return NULL;
}

static bool send_wish(struct wire_joins *w, const struct join *j)
{
    struct wire_join m = {.join = j->id, .interface = j->interface, .ssid = j->ssid, .password = j->password};
    return w->hooks->send(w->ctx, TO_WIRE_JOIN, &wire_join_record, &m);
}

/* ---- who serves ---- */

void wire_joins_take(struct wire_joins *w, const struct wire_wifi *m)
{
    struct join *j = find(w, m->join);
    if (!j)
        return;
    j->state = (struct wifi_state){.stage = m->stage,
                                   .as_found = m->as_found,
                                   .bssid = m->bssid,
                                   .freq_mhz = m->freq_mhz,
                                   .scan_ns = m->scan_ns,
                                   .join_ns = m->join_ns};
    snprintf(j->state.heard, sizeof j->state.heard, "%s", m->heard ? m->heard : "");
    snprintf(j->state.detail, sizeof j->state.detail, "%s", m->detail ? m->detail : "");
    j->fn(j->ctx, j->id); /* it may leave */
}

void wire_joins_begin_anew(struct wire_joins *w)
{
    for (size_t i = 0; i < w->count; i++) {
        w->all[i]->state = (struct wifi_state){.stage = WIFI_SCANNING};
        send_wish(w, w->all[i]);
    }
}

void wire_joins_set_aside(struct wire_joins *w)
{
    uint32_t ids[WIRE_JOINS_MAX];
    size_t count = w->count;
    for (size_t i = 0; i < count; i++) {
        w->all[i]->state = (struct wifi_state){.stage = WIFI_SCANNING};
        ids[i] = w->all[i]->id;
    }
    for (size_t i = 0; i < count; i++) {
        struct join *j = find(w, ids[i]);
        if (j)
            j->fn(j->ctx, j->id);
    }
}

/* ---- the door ---- */

static void join_destroy(struct join *j)
{
    if (j && j->password)
        explicit_bzero(j->password, strlen(j->password));
    if (j) {
        free(j->interface);
        free(j->ssid);
        free(j->password);
    }
    free(j);
}

static struct join *join_create(const struct wifi_wish *wish, wifi_news_fn fn, void *ctx)
{
    struct join *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    *j = (struct join){.interface = strdup(wish->interface), .ssid = strdup(wish->ssid), .fn = fn, .ctx = ctx};
    if (wish->password)
        j->password = strdup(wish->password);
    if (j->interface && j->ssid && !j->password == !wish->password)
        return j;
    join_destroy(j);
    return NULL;
}

static uint32_t fresh_id(struct wire_joins *w)
{
    do {
        w->last_id++;
    } while (w->last_id == 0 || find(w, w->last_id));
    return w->last_id;
}

static uint32_t door_join(void *self, const struct wifi_wish *wish, wifi_news_fn fn, void *ctx)
{
    struct wire_joins *w = self;
    struct join *j = w->count < WIRE_JOINS_MAX && wish->interface && wish->ssid ? join_create(wish, fn, ctx) : NULL;
    if (!j)
        return 0;
    j->id = fresh_id(w);
    w->all[w->count++] = j;
    uint32_t id = j->id;
    if (!send_wish(w, j))
        w->hooks->want(w->ctx);
    return id;
}

static void door_leave(void *self, uint32_t id)
{
    struct wire_joins *w = self;
    for (size_t i = 0; i < w->count; i++)
        if (w->all[i]->id == id) {
            join_destroy(w->all[i]);
            w->all[i] = w->all[--w->count];
            w->hooks->send(w->ctx, TO_WIRE_LEAVE, &wire_leave_record, &(struct wire_leave){id});
            return;
        }
}

static void door_state(void *self, uint32_t id, struct wifi_state *out)
{
    const struct join *j = find(self, id);
    *out = j ? j->state : (struct wifi_state){.stage = WIFI_UNUSABLE, .detail = "there is no such join"};
}

static const struct wifi_ops ops = {.join = door_join, .leave = door_leave, .state = door_state};

struct wire_joins *wire_joins_create(const struct wire_joins_hooks *hooks, void *ctx)
{
    struct wire_joins *w = calloc(1, sizeof *w);
    if (w)
        *w = (struct wire_joins){.door = {&ops, w}, .hooks = hooks, .ctx = ctx};
    return w;
}

void wire_joins_destroy(struct wire_joins *w)
{
    while (w && w->count)
        join_destroy(w->all[--w->count]);
    free(w);
}

const struct wifi *wire_joins_door(const struct wire_joins *w)
{
    return &w->door;
}

size_t wire_joins_count(const struct wire_joins *w)
{
    return w->count;
}
