/* Who looks and who commands: the web role over its channel, the command line over the listening socket
 * <state>/control/engine. Both speak web_engine; whoever subscribes gets everything once, then changes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "poller/base/log.h"
#include "poller/engine/shell.h"
#include "poller/engine/view.h"
#include "poller/message/pieces.h"

#define CLIENTS_MAX 64
#define REQUESTS_MAX 256     /* commands under way; older ones are forgotten */
#define STATUS_EVERY_S 10    /* to subscribers, for the counters in it */
#define LISTEN_AGAIN_S 10    /* while the disk takes no socket */
#define DETAIL_MAX_BYTES 60000
#define HEARD_MAX 1024       /* of the kernel's neighbours that are asked whose an address is */

struct client {
    struct client *next;
    struct shell_control *control;
    struct channel *channel;
    bool subscribed;
};

/* A command's number among all clients, and whose it is. */
struct asked {
    uint32_t ours, theirs;
    struct client *client;
};

struct shell_control {
    struct shell *shell;
    struct client *clients;
    size_t client_count;
    struct asked asked[REQUESTS_MAX];
    uint32_t last_request;
    uv_poll_t listener;
    int fd; /* listening; -1: not */
    char path[sizeof ((struct sockaddr_un *)0)->sun_path];
    struct timer status_timer, listen_timer;
};

static void send_status(struct shell_control *c, struct client *only);

static void on_status_timer(void *arg)
{
    struct shell_control *c = arg;
    bool watched = false;
    for (struct client *k = c->clients; k; k = k->next)
        watched = watched || k->subscribed;
    if (!watched)
        return;
    send_status(c, NULL);
    shell_timer_set(c->shell, &c->status_timer, mono_after(clock_mono(), SECONDS(STATUS_EVERY_S)));
}

static void on_listen_timer(void *arg)
{
    struct shell_control *c = arg;
    if (shell_control_listen(c, c->shell->running->config.state_dir))
        log_info("control", "the command line reaches us now");
}

struct shell_control *shell_control_create(struct shell *s)
{
    struct shell_control *c = calloc(1, sizeof *c);
    if (!c)
        fatal("no memory for control");
    c->shell = s;
    c->fd = -1;
    c->status_timer = (struct timer){.ring = on_status_timer, .arg = c};
    c->listen_timer = (struct timer){.ring = on_listen_timer, .arg = c};
    return c;
}

static void tell_watched(struct shell_control *c)
{
    bool watched = false;
    for (struct client *k = c->clients; k; k = k->next)
        watched = watched || k->subscribed;
    shell_step(c->shell, &(struct input){.kind = INPUT_WATCHERS, .watched = watched});
}

static void broadcast(struct shell_control *c, struct client *only, uint16_t type,
                      const struct record *record, const void *value)
{
    for (struct client *k = c->clients; k; k = k->next)
        if (only ? k == only : k->subscribed)
            channel_send(k->channel, type, record, value);
}

static void send_status(struct shell_control *c, struct client *only)
{
    struct ew_status st;
    struct arena *a = arena_create(0);
    if (!a)
        return;
    view_status(c->shell->engine, a, &st);
    shell_store_describe(c->shell->store, &st);
    st.seen_left_out = shell_seen_left_out(c->shell->seen);
    st.slow_rounds = c->shell->slow_rounds;
    st.snmp_requests = c->shell->runner.snmp_requests;
    st.echoes_sent = packets_kernel_counts(c->shell->packets).sent;
    broadcast(c, only, EW_STATUS, &ew_status_record, &st);
    arena_destroy(a);
}

static void send_node(struct shell_control *c, const char *name)
{
    struct ew_node n;
    struct arena *a = arena_create(0);
    if (a && view_node_named(c->shell->engine, name, a, &n))
        broadcast(c, NULL, EW_NODE, &ew_node_record, &n);
    arena_destroy(a);
}

static void send_links(struct shell_control *c, struct client *only)
{
    for (size_t i = 0; i < view_link_count(c->shell->engine); i++) {
        struct ew_link l;
        view_link(c->shell->engine, i, &l);
        broadcast(c, only, EW_LINK, &ew_link_record, &l);
    }
}

static void send_network_at(struct shell_control *c, struct client *only, size_t i)
{
    struct ew_network n;
    struct arena *a = arena_create(0);
    if (!a)
        return;
    view_network(c->shell->engine, i, a, &n);
    broadcast(c, only, EW_NETWORK, &ew_network_record, &n);
    arena_destroy(a);
}

static void send_networks(struct shell_control *c, struct client *only)
{
    for (size_t i = 0; i < view_network_count(c->shell->engine); i++)
        send_network_at(c, only, i);
}

static void send_network(struct shell_control *c, const char *name)
{
    size_t i;
    if (view_network_find(c->shell->engine, name, &i))
        send_network_at(c, NULL, i);
}

static void send_vantage(struct shell_control *c, const char *name)
{
    struct ew_vantage v;
    struct arena *a = arena_create(0);
    if (a && view_vantage_named(c->shell->engine, name, a, &v))
        broadcast(c, NULL, EW_VANTAGE, &ew_vantage_record, &v);
    arena_destroy(a);
}

static void send_vantages(struct shell_control *c, struct client *k)
{
    for (size_t i = 0; i < view_vantage_count(c->shell->engine); i++) {
        struct ew_vantage v;
        struct arena *a = arena_create(0);
        if (!a)
            return;
        view_vantage(c->shell->engine, i, a, &v);
        channel_send(k->channel, EW_VANTAGE, &ew_vantage_record, &v);
        arena_destroy(a);
    }
}

static void send_seen(struct shell_control *c, struct client *k)
{
    for (size_t i = 0; i < shell_seen_count(c->shell->seen); i++) {
        struct ew_seen row = shell_seen_at(c->shell->seen, i);
        channel_send(k->channel, EW_SEEN, &ew_seen_record, &row);
    }
}

void shell_control_seen(struct shell_control *c, enum engine_to_web type, const struct ew_seen *row)
{
    broadcast(c, NULL, (uint16_t)type, &ew_seen_record, row);
}

static void send_snapshot(struct shell_control *c, struct client *k)
{
    send_status(c, k);
    for (size_t i = 0; i < view_node_count(c->shell->engine); i++) {
        struct ew_node n;
        struct arena *a = arena_create(0);
        if (!a)
            return;
        view_node(c->shell->engine, i, a, &n);
        channel_send(k->channel, EW_NODE, &ew_node_record, &n);
        arena_destroy(a);
    }
    send_links(c, k);
    send_networks(c, k);
    send_seen(c, k);
    send_vantages(c, k);
    channel_send(k->channel, EW_SNAPSHOT_END, NULL, NULL);
}

static void subscribe(struct shell_control *c, struct client *k)
{
    k->subscribed = true;
    tell_watched(c);
    send_snapshot(c, k);
    shell_timer_set(c->shell, &c->status_timer, mono_after(clock_mono(), SECONDS(STATUS_EVERY_S)));
}

static size_t packed_bytes(const struct ew_detail *d)
{
    struct buf b = {0};
    field_pack(&ew_detail_record, d, NULL, &b);
    size_t len = b.len;
    buf_fini(&b);
    return len;
}

static void send_detail(struct shell_control *c, struct client *k, const struct we_name *who)
{
    struct ew_detail d;
    struct arena *a = arena_create(0);
    if (!a)
        return;
    view_detail(c->shell->engine, who->name ? who->name : "", a, &d);
    d.request = who->request;
    while (packed_bytes(&d) > DETAIL_MAX_BYTES && (d.series_count || d.ports_count)) {
        if (d.series_count)
            d.series_count /= 2; /* a message has an end; the pages read series from their files */
        else
            d.ports_count /= 2;
    }
    channel_send(k->channel, EW_DETAIL, &ew_detail_record, &d);
    arena_destroy(a);
}

static void send_tables(struct shell_control *c, struct client *k, const struct we_name *who)
{
    const struct netinfo *net = c->shell->env.netinfo;
    struct netinfo_heard *heard = net ? calloc(HEARD_MAX, sizeof *heard) : NULL;
    size_t heard_count = heard ? net->ops->neighbours(net->self, heard, HEARD_MAX) : 0;
    struct ew_tables tables;
    struct ew_piece piece;
    struct buf packed = {0};
    struct arena *a = arena_create(0);
    if (a)
        view_tables(c->shell->engine, who->name ? who->name : "", heard,
                    heard_count < HEARD_MAX ? heard_count : HEARD_MAX, a, &tables);
    free(heard);
    if (!a)
        return;
    field_pack(&ew_tables_record, &tables, NULL, &packed);
    for (uint32_t at = 0; !packed.failed && pieces_cut(&packed, who->request, at, &piece); at += PIECE_BYTES)
        channel_send(k->channel, EW_TABLES, &ew_piece_record, &piece);
    buf_fini(&packed);
    arena_destroy(a);
}

static uint32_t remember(struct shell_control *c, struct client *k, uint32_t theirs)
{
    uint32_t ours = ++c->last_request ? c->last_request : ++c->last_request;
    c->asked[ours % REQUESTS_MAX] = (struct asked){ours, theirs, k};
    return ours;
}

static void answer(struct shell_control *c, const struct ew_result *r)
{
    struct asked *a = &c->asked[r->request % REQUESTS_MAX];
    if (a->ours != r->request || !a->client)
        return;
    struct ew_result theirs = *r;
    theirs.request = a->theirs;
    channel_send(a->client->channel, EW_RESULT, &ew_result_record, &theirs);
    a->client = NULL;
}

static void step_by_name(struct shell_control *c, struct client *k, enum input_kind kind,
                         struct we_name *who)
{
    who->request = remember(c, k, who->request);
    shell_step(c->shell, &(struct input){.kind = kind, .name = who});
}

static void reload(struct shell_control *c, struct client *k, const struct we_name *who)
{
    uint32_t ours = remember(c, k, who->request);
    if (!role_reload(c->shell->role, ours))
        answer(c, &(struct ew_result){ours, false, (char *)(uintptr_t) "the parent does not listen"});
}

static void take_named(struct shell_control *c, struct client *k, uint16_t type,
                       struct we_name *who)
{
    switch (type) {
    case WE_DETAIL:
        send_detail(c, k, who);
        break;
    case WE_TABLES:
        send_tables(c, k, who);
        break;
    case WE_PROBE:
        step_by_name(c, k, INPUT_PROBE, who);
        break;
    case WE_SEND_TEST:
        step_by_name(c, k, INPUT_SEND_TEST, who);
        break;
    case WE_RELOAD:
        reload(c, k, who);
        break;
    default:
        break;
    }
}

static void on_message(void *ctx, struct channel *channel, const struct frame *frame)
{
    struct client *k = ctx;
    struct shell_control *c = k->control;
    struct arena *a = arena_create(0);
    struct we_ack ack;
    struct we_name who;
    if (!a)
        return;
    if (frame->type == WE_SUBSCRIBE) {
        subscribe(c, k);
    } else if (frame->type == WE_ACK && frame_unpack(frame, &we_ack_record, a, &ack)) {
        ack.request = remember(c, k, ack.request);
        shell_step(c->shell, &(struct input){.kind = INPUT_ACK, .ack = &ack});
    } else if (frame->type != WE_ACK && frame_unpack(frame, &we_name_record, a, &who)) {
        take_named(c, k, frame->type, &who);
    }
    arena_destroy(a);
}

static void drop_client(struct shell_control *c, struct client *gone)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++)
        if (c->asked[i].client == gone)
            c->asked[i].client = NULL;
    for (struct client **k = &c->clients; *k; k = &(*k)->next)
        if (*k == gone) {
            *k = gone->next;
            break;
        }
    c->client_count--;
    channel_destroy(gone->channel);
    free(gone);
}

static void on_closed(void *ctx, struct channel *channel)
{
    struct client *k = ctx;
    struct shell_control *c = k->control;
    drop_client(c, k);
    tell_watched(c);
}

void shell_control_connect(struct shell_control *c, int fd)
{
    struct client *k = c->client_count < CLIENTS_MAX ? calloc(1, sizeof *k) : NULL;
    if (!k) {
        close(fd);
        return;
    }
    k->control = c;
    k->channel = channel_create(c->shell->loop, fd, on_message, on_closed, k);
    if (!k->channel) {
        free(k);
        return;
    }
    k->next = c->clients;
    c->clients = k;
    c->client_count++;
}

static void on_knock(uv_poll_t *poll, int status, int events)
{
    struct shell_control *c = poll->data;
    int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        shell_control_connect(c, fd);
}

static bool listen_at(struct shell_control *c, const char *state_dir)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char folder[sizeof at.sun_path];
    int n = snprintf(folder, sizeof folder, "%s/control", state_dir);
    int m = snprintf(at.sun_path, sizeof at.sun_path, "%s/control/engine", state_dir);
    if (c->fd >= 0 || n < 0 || m < 0 || (size_t)m >= sizeof at.sun_path)
        return c->fd >= 0;
    /* once fenced we may not make folders: then it is the parent's, or there is none */
    if (access(folder, F_OK) < 0 && mkdir(folder, 0750) < 0 && errno != EEXIST)
        return false;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink(at.sun_path); /* of an earlier engine; the state folder's lock is held */
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        chmod(at.sun_path, 0660) < 0 || listen(fd, 16) < 0 ||
        uv_poll_init(c->shell->loop, &c->listener, fd) < 0) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    c->fd = fd;
    c->listener.data = c;
    uv_poll_start(&c->listener, UV_READABLE, on_knock);
    return true;
}

bool shell_control_listen(struct shell_control *c, const char *state_dir)
{
    if (listen_at(c, state_dir))
        return true;
    int error = errno;
    shell_timer_set(c->shell, &c->listen_timer, mono_after(clock_mono(), SECONDS(LISTEN_AGAIN_S)));
    errno = error;
    return false;
}

void shell_control_perform(struct shell_control *c, const struct output *o)
{
    struct ew_name name = {(char *)(uintptr_t)o->name};
    struct asked *a;
    switch (o->kind) {
    case OUTPUT_SHOW_STATUS:
        send_status(c, NULL);
        send_links(c, NULL);
        send_networks(c, NULL);
        break;
    case OUTPUT_SHOW_NODE:
        send_node(c, o->name);
        break;
    case OUTPUT_NODE_GONE:
        broadcast(c, NULL, EW_NODE_GONE, &ew_name_record, &name);
        break;
    case OUTPUT_SHOW_NETWORK:
        send_network(c, o->name);
        break;
    case OUTPUT_NETWORK_GONE:
        broadcast(c, NULL, EW_NETWORK_GONE, &ew_name_record, &name);
        break;
    case OUTPUT_SHOW_INCIDENT:
        broadcast(c, NULL, EW_INCIDENT, &ew_name_record, &name);
        break;
    case OUTPUT_SHOW_VANTAGE:
        send_vantage(c, o->name);
        break;
    case OUTPUT_RESULT:
        answer(c, &o->result);
        break;
    case OUTPUT_PROBE_STEP:
        a = &c->asked[o->step.request % REQUESTS_MAX];
        if (a->ours == o->step.request && a->client) {
            struct ew_probe_step step = o->step;
            step.request = a->theirs;
            channel_send(a->client->channel, EW_PROBE_STEP, &ew_probe_step_record, &step);
        }
        break;
    default:
        break;
    }
}

void shell_control_reloaded(struct shell_control *c, const struct pa_reloaded *r)
{
    answer(c, &(struct ew_result){r->request, r->ok, r->text});
}

void shell_control_destroy(struct shell_control *c)
{
    if (!c)
        return;
    while (c->clients)
        drop_client(c, c->clients);
    if (c->fd >= 0) {
        uv_close((uv_handle_t *)&c->listener, NULL);
        close(c->fd);
    }
}
