#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "poller/base/log.h"
#include "poller/store/control.h"
#include "poller/store/desk_internal.h"

#define CLIENTS_MAX 32
#define MESSAGE_MAX_BYTES (256u << 10)
#define LISTEN_AGAIN_MS 10000

static void drop_client(struct client *c)
{
    struct desk *k = c->desk;
    struct client **place = &k->clients;
    while (*place != c)
        place = &(*place)->next;
    *place = c->next;
    k->client_count--;
    if (k->web == c)
        k->web = NULL;
    channel_destroy(c->channel);
    copying_client_gone(k->copying, c->number);
    free(c);
}

void desk_answer(struct desk *k, uint64_t client, uint16_t type, const struct record *r, const void *value)
{
    for (struct client *c = k->clients; c; c = c->next)
        if (c->number == client && !channel_send(c->channel, type, r, value))
            log_warnx("desk", "an answer does not fit the queue");
}

void desk_result(struct desk *k, uint64_t client, uint32_t request, bool ok, const char *text)
{
    struct sw_result m = {request, ok, (char *)(uintptr_t)text};
    desk_answer(k, client, SW_RESULT, &sw_result_record, &m);
}

/* --- fresh --- */

struct fresh {
    struct desk *desk;
    uint64_t client;
    uint32_t request;
};

static void after_fresh(void *ctx, bool ok)
{
    struct fresh *f = ctx;
    desk_result(f->desk, f->client, f->request, ok, ok ? "" : "not everything could be written");
    f->desk->working--;
    free(f);
}

static void take_fresh(struct desk *k, const struct client *c, const struct ws_fresh *m)
{
    struct fresh *f = calloc(1, sizeof *f);
    if (!f)
        fatalx("no memory for a request");
    *f = (struct fresh){k, c->number, m->request};
    k->working++;
    files_fresh(k->store->files, m->vantage, m->node, m->node ? m->object : NULL, after_fresh, f);
}

/* --- messages --- */

static bool take_session(struct desk *k, const struct client *c, const struct frame *frame,
                         struct arena *arena)
{
    struct ws_session m;
    if (!frame_unpack(frame, &ws_session_record, arena, &m))
        return false;
    if (frame->type == WS_SESSION)
        login_session(k, c, &m);
    else
        login_out(k, c, &m);
    return true;
}

static bool take_user(struct desk *k, const struct client *c, const struct frame *frame,
                      struct arena *arena)
{
    struct ws_user m;
    if (!frame_unpack(frame, &ws_user_record, arena, &m))
        return false;
    if (frame->type == WS_USER_SET)
        login_set_user(k, c, &m);
    else if (frame->type == WS_USER_REMOVE)
        login_remove_user(k, c, &m);
    else
        login_list_users(k, c, &m);
    if (m.password)
        explicit_bzero(m.password, strlen(m.password));
    return true;
}

static bool take_backup(struct desk *k, const struct client *c, const struct frame *frame,
                        struct arena *arena)
{
    struct ws_fresh m;
    if (!frame_unpack(frame, &ws_fresh_record, arena, &m))
        return false;
    if (frame->type == WS_FRESH)
        take_fresh(k, c, &m);
    else if (!c->trusted)
        desk_result(k, c->number, m.request, false, "backups are made from the command line only");
    else if (frame->type == WS_BACKUP_BEGIN)
        copying_begin(k->copying, c->number, m.request);
    else
        copying_end(k->copying, c->number, m.request);
    return true;
}

static bool take_login(struct desk *k, const struct client *c, const struct frame *frame,
                       struct arena *arena)
{
    struct ws_login m;
    if (!frame_unpack(frame, &ws_login_record, arena, &m))
        return false;
    login_take(k, c, &m);
    if (m.password)
        explicit_bzero(m.password, strlen(m.password));
    return true;
}

/* The web role has seen the token; the command line has none to show. */
static bool take_report(struct desk *k, const struct client *c, const struct frame *frame, struct arena *arena)
{
    struct ws_report m;
    if (c->trusted || !frame_unpack(frame, &ws_report_record, arena, &m))
        return false;
    vantages_take(k->store->vantages, c->number, &m);
    return true;
}

static bool take_message(struct desk *k, const struct client *c, const struct frame *frame,
                         struct arena *arena)
{
    switch (frame->type) {
    case WS_LOGIN:
        return take_login(k, c, frame, arena);
    case WS_SESSION:
    case WS_LOGOUT:
        return take_session(k, c, frame, arena);
    case WS_USER_SET:
    case WS_USER_REMOVE:
    case WS_USER_LIST:
        return take_user(k, c, frame, arena);
    case WS_FRESH:
    case WS_BACKUP_BEGIN:
    case WS_BACKUP_END:
        return take_backup(k, c, frame, arena);
    case WS_REPORT:
        return take_report(k, c, frame, arena);
    default:
        return false;
    }
}

static void on_message(void *ctx, struct channel *channel, const struct frame *frame)
{
    struct client *c = ctx;
    struct arena *arena = arena_create(MESSAGE_MAX_BYTES);
    (void)channel;
    if (frame->fd >= 0)
        close(frame->fd);
    if (!arena || !take_message(c->desk, c, frame, arena))
        log_warnx("desk", "a message of type %u cannot be read", frame->type);
    arena_destroy(arena);
}

static void on_closed(void *ctx, struct channel *channel)
{
    (void)channel;
    drop_client(ctx);
}

static struct client *add_client(struct desk *k, int fd, bool trusted)
{
    struct client *c = calloc(1, sizeof *c);
    if (!c)
        fatalx("no memory for a client");
    *c = (struct client){.next = k->clients, .desk = k, .number = ++k->last_number, .trusted = trusted};
    c->channel = channel_create(k->store->loop, fd, on_message, on_closed, c);
    if (!c->channel) {
        free(c);
        return NULL;
    }
    k->clients = c;
    k->client_count++;
    return c;
}

static void on_accept(void *ctx, int fd)
{
    struct desk *k = ctx;
    if (k->client_count < CLIENTS_MAX) {
        add_client(k, fd, true);
        return;
    }
    log_warnx("desk", "more than %d connections: refused", CLIENTS_MAX);
    close(fd);
}

void desk_peer(struct desk *k, int fd)
{
    if (k->web)
        drop_client(k->web);
    k->web = add_client(k, fd, false);
}

/* --- life --- */

static void on_listen_timer(uv_timer_t *timer);

static void listen_here(struct desk *k)
{
    struct buf path = {0};
    buf_printf(&path, "%s/control", k->store->state_folder);
    if (mkdir(buf_string(&path), 0750) != 0 && errno != EEXIST)
        log_warn("desk", "%s cannot be made", buf_string(&path));
    buf_text(&path, "/store");
    k->control = control_listen(k->store->loop, buf_string(&path), on_accept, k);
    if (!k->control) {
        log_warn("desk", "%s: the command line does not reach us until it can be made", buf_string(&path));
        uv_timer_start(&k->listen_timer, on_listen_timer, LISTEN_AGAIN_MS, 0);
    }
    buf_fini(&path);
}

static void on_listen_timer(uv_timer_t *timer)
{
    struct desk *k = timer->data;
    listen_here(k);
    if (k->control)
        log_info("desk", "the command line reaches us now");
}

struct reload {
    struct desk *desk;
    struct users *users;
    struct sessions *sessions;
};

static void run_reload(void *arg)
{
    struct reload *r = arg;
    r->users = users_load(r->desk->store->database);
    r->sessions = sessions_load(r->desk->store->database, clock_wall());
}

static void after_reload(void *arg)
{
    struct reload *r = arg;
    users_destroy(r->desk->users);
    sessions_destroy(r->desk->sessions);
    r->desk->users = r->users;
    r->desk->sessions = r->sessions;
    r->desk->working--;
    free(r);
}

void desk_reload(struct desk *k)
{
    struct reload *r = calloc(1, sizeof *r);
    if (!r)
        fatalx("no memory for users");
    r->desk = k;
    k->working++;
    lane_add(k->store->database_lane, run_reload, after_reload, r);
}

struct desk *desk_create(struct store *s)
{
    struct desk *k = calloc(1, sizeof *k);
    if (!k)
        fatalx("no memory for the desk");
    k->store = s;
    k->users = users_load(s->database);
    k->sessions = sessions_load(s->database, clock_wall());
    k->copying = copying_create(k);
    uv_timer_init(s->loop, &k->listen_timer);
    k->listen_timer.data = k;
    listen_here(k);
    return k;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void desk_destroy(struct desk *k)
{
    if (!k)
        return;
    control_close(k->control);
    while (k->clients)
        drop_client(k->clients);
    while (k->working)
        uv_run(k->store->loop, UV_RUN_ONCE);
    copying_destroy(k->copying);
    users_destroy(k->users);
    sessions_destroy(k->sessions);
    uv_close((uv_handle_t *)&k->listen_timer, on_timer_closed);
}
