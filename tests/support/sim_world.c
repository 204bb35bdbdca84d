#include "tests/support/sim_world.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/cursor.h"
#include "poller/engine/network_plan.h"
#include "poller/engine/sample_rows.h"

#define NODES_MAX 2048
#define CHECKS_MAX 8192
#define ECHOES 10
#define ECHO_TIMEOUT_S 1.0
#define RTT_S 0.002
#define START_WALL_S 1767225600.0 /* 2026-01-01 */
#define BEGIN_S 1000.0 /* of the monotonic clock, when the world begins */
#define MACHINE_AGE_S 36000
#define BURSTS_APART_S 10.0 /* two that touch would be one longer than the longest */
#define CONFIRM_ECHOES_SIM 7
#define SILENCE_TOLD_AFTER_S 8.0 /* by then the confirming burst has lost its seven echoes too */

struct span {
    double from, to;
};

struct world_fact_row {
    char kind[16], name[32], subject[32], value[64];
    double from;
};

struct world_reading_row {
    char kind[16];
    struct world_reading r;
    double from, to;
};

struct world_load {
    char kind[16];
    double from, to, seconds;
};

struct world_fault {
    char kind[16], reason[24];
    double from, to;
    enum outcome outcome;
};

struct world_node {
    char name[64], site[32], port[32];
    struct addr address; /* not set: none */
    uint32_t parent; /* UINT32_MAX: none */
    bool unplugged, internet, network;
    struct span *down;
    size_t down_count;
    struct span burst; /* the present or next one */
    struct world_fact_row facts[16];
    size_t fact_count;
    struct world_reading_row readings[16];
    size_t reading_count;
    struct world_fault faults[8];
    size_t fault_count;
    struct world_load loads[4];
    size_t load_count;
    char checks[8][2][16];
    size_t check_count;
    unsigned starts[ROUND_ALL_TABLES + 1];
    struct world_tables_span {
        const struct wiring *wiring;
        double from, to;
    } tables[6];
    size_t tables_count;
    unsigned lost_in_row; /* of the regular rounds' echoes */
    double silent_from;
};

#define SLOTS 4 /* rounds of a check at a time: regular, burst, ask, tables */

struct world_check_row {
    struct world_node *node;
    char kind[16];
    uint32_t running[SLOTS]; /* round numbers the engine waits for */
    int64_t vid;             /* of a network's */
    struct told_guest *told; /* by the probe under way */
};

enum event_kind { EVENT_REPORT, EVENT_HINT };

struct event {
    double at, began;
    enum event_kind kind;
    uint32_t check, round;
    enum round_kind round_kind;
    uint32_t sent, lost;
    enum outcome outcome;
    char reason[24];
    enum hint_kind hint;
};

struct world {
    struct engine *engine;
    struct outputs out;
    uint64_t random;
    double now, wall_offset;
    double loss, bursts_per_day, burst_max_s;
    double none_lost; /* probability that a round of echoes is clean */
    struct world_node *nodes;
    size_t node_count;
    struct world_check_row *checks;
    struct event *heap;
    size_t heap_count, heap_capacity;
    struct config_link links[64];
    char link_names[64][3][64];
    size_t link_count;
    bool has_internet;
    char gateway[64];
    bool has_lan;
    struct sim_guests guests;
    struct world_probe probe;
    int64_t hold_ns, interval_ns, last_step_ns;
    struct arena *config_arena, *old_arena;
    struct config config;
    struct config_receiver receiver;
    enum severity least;           /* of the receiver */
    int64_t remind_ns;
    struct config_report report;   /* at NULL: none */
    struct config_vantage vantage; /* name NULL: none */
    char *called;                  /* by its upstream; NULL: there is none */
    bool always;
    void (*on_commit)(void *ctx, const struct es_commit *c);
    void *on_commit_ctx;
    struct keeper *keeper;
    uint64_t rounds;
    struct wall built, newest; /* newest: sample stored */
    bool has_samples;
    struct sample_rows *rows;  /* on their way to store */
    double *taken, *stamps;    /* of samples, in order; stamps of those that are stored */
    size_t taken_count, stored_count, samples_room;
};

static double draw(struct world *w) /* [0, 1) */
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (double)(w->random >> 11) * 0x1p-53;
}

struct world *world_create(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    w->random = seed * 2654435761u + 88172645463325252u;
    w->nodes = calloc(NODES_MAX, sizeof *w->nodes);
    w->checks = calloc(CHECKS_MAX, sizeof *w->checks);
    w->keeper = keeper_create();
    w->rows = sample_rows_create(SIZE_MAX);
    w->none_lost = 1;
    w->hold_ns = SECONDS(30);
    w->interval_ns = MINUTES(1);
    w->now = BEGIN_S;
    return w;
}

static void free_engine(struct world *w)
{
    for (size_t i = 0; i < CHECKS_MAX; i++)
        free(w->checks[i].told);
    engine_destroy(w->engine);
    outputs_fini(&w->out);
    w->heap_count = 0;
    memset(w->checks, 0, CHECKS_MAX * sizeof *w->checks);
}

void world_destroy(struct world *w)
{
    free_engine(w);
    arena_destroy(w->config_arena);
    arena_destroy(w->old_arena);
    keeper_destroy(w->keeper);
    for (size_t i = 0; i < w->node_count; i++)
        free(w->nodes[i].down);
    free(w->nodes);
    free(w->checks);
    free(w->heap);
    sample_rows_destroy(w->rows);
    free(w->taken);
    free(w->stamps);
    free(w);
}

static struct instant instant_of(const struct world *w)
{
    return (struct instant){{(int64_t)llround(w->now * 1e9)},
                            {(int64_t)llround((w->now + START_WALL_S + w->wall_offset) * 1e9)}};
}

double world_now(const struct world *w)
{
    return w->now - BEGIN_S;
}

static struct world_node *node(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->node_count; i++)
        if (strcmp(w->nodes[i].name, name) == 0)
            return &w->nodes[i];
    fprintf(stderr, "no simulated node %s\n", name);
    abort();
}

void world_node(struct world *w, const char *name, const char *parent, const char *site)
{
    assert(w->node_count < NODES_MAX);
    struct world_node *n = &w->nodes[w->node_count];
    snprintf(n->name, sizeof n->name, "%s", name);
    snprintf(n->site, sizeof n->site, "%s", site ? site : "");
    n->parent = parent ? (uint32_t)(node(w, parent) - w->nodes) : UINT32_MAX;
    n->burst = (struct span){INFINITY, INFINITY};
    w->node_count++;
    world_check(w, name, "ping", "");
}

void world_address(struct world *w, const char *name, const char *address)
{
    bool is_one = addr_parse(address, &node(w, name)->address);
    assert(is_one);
}

void world_isolate(struct world *w, const char *network, char **from, size_t count)
{
    for (size_t i = 0; i < w->guests.network_count; i++)
        if (strcmp(w->guests.networks[i].name, network) == 0) {
            w->guests.networks[i].isolated_from = from;
            w->guests.networks[i].isolated_from_count = count;
        }
}

void world_planned_port(struct world *w, const char *name, const char *port)
{
    snprintf(node(w, name)->port, sizeof node(w, name)->port, "%s", port);
}

void world_check(struct world *w, const char *name, const char *kind, const char *label)
{
    struct world_node *n = node(w, name);
    assert(n->check_count < 8);
    snprintf(n->checks[n->check_count][0], 16, "%s", kind);
    snprintf(n->checks[n->check_count][1], 16, "%s", label);
    n->check_count++;
}

void world_interval(struct world *w, double seconds)
{
    w->interval_ns = (int64_t)(seconds * 1e9);
}

double world_last_step(const struct world *w)
{
    return (double)w->last_step_ns / 1e9;
}

void world_unpinged(struct world *w, const char *name)
{
    struct world_node *n = node(w, name);
    assert(n->check_count == 1);
    n->check_count = 0;
}

void world_bridge(struct world *w, const char *name, const char *near, const char *far)
{
    char(*names)[64] = w->link_names[w->link_count++];
    snprintf(names[0], 64, "%s", name);
    snprintf(names[1], 64, "%s", near);
    snprintf(names[2], 64, "%s", far);
}

void world_internet(struct world *w, const char *gateway)
{
    w->has_internet = true;
    snprintf(w->gateway, sizeof w->gateway, "%s", gateway);
    world_node(w, "internet", gateway, NULL);
    node(w, "internet")->internet = true;
}

static void add_network_node(struct world *w, const char *name)
{
    struct world_node *n = &w->nodes[w->node_count++];
    snprintf(n->name, sizeof n->name, "%s", name);
    n->parent = UINT32_MAX;
    n->burst = (struct span){INFINITY, INFINITY};
    n->network = true;
}

void world_network(struct world *w, const char *name, int64_t *vlans, size_t count, double every_s)
{
    sim_guests_add(&w->guests, name, vlans, count, every_s);
    add_network_node(w, name);
}

void world_lan(struct world *w)
{
    w->has_lan = true;
    add_network_node(w, CONFIG_LAN_NAME);
}

void world_guest(struct world *w, const char *network, const char *kind, int64_t vid, double from, double to,
                 sim_tell_fn tell)
{
    sim_guests_tell(&w->guests, network, kind, vid, from + BEGIN_S, to + BEGIN_S, tell);
}

void world_guest_chances(struct world *w, double bad, double lossy)
{
    w->guests.bad = bad;
    w->guests.lossy = lossy;
}

void world_hold(struct world *w, double seconds)
{
    w->hold_ns = (int64_t)(seconds * 1e9);
}

void world_receiver(struct world *w, enum severity least, double remind_s)
{
    w->least = least;
    w->remind_ns = (int64_t)llround(remind_s * 1e9);
}

void world_report(struct world *w, const char *at)
{
    static char *to[] = {(char *)"me"};
    w->report = (struct config_report){(char *)"morning", (char *)(uintptr_t)at, to, 1};
}

void world_unplug(struct world *w, const char *name)
{
    node(w, name)->unplugged = true;
}

void world_down_alone(struct world *w, const char *name, double from, double to)
{
    struct world_node *n = node(w, name);
    n->down = reallocarray(n->down, n->down_count + 1, sizeof *n->down);
    n->down[n->down_count++] = (struct span){from + BEGIN_S, to + BEGIN_S};
}

void world_down(struct world *w, const char *name, double from, double to)
{
    uint32_t top = (uint32_t)(node(w, name) - w->nodes);
    for (uint32_t i = 0; i < w->node_count; i++) {
        uint32_t at = i;
        while (at != UINT32_MAX && at != top)
            at = w->nodes[at].parent;
        if (at == top)
            world_down_alone(w, w->nodes[i].name, from, to);
    }
}

void world_fail(struct world *w, const char *name, const char *kind, double from, double to,
                enum outcome outcome, const char *reason)
{
    struct world_node *n = node(w, name);
    assert(n->fault_count < 8);
    struct world_fault *f = &n->faults[n->fault_count++];
    *f = (struct world_fault){.from = from + BEGIN_S, .to = to + BEGIN_S, .outcome = outcome};
    snprintf(f->kind, sizeof f->kind, "%s", kind);
    snprintf(f->reason, sizeof f->reason, "%s", reason);
}

void world_fact(struct world *w, const char *name, const char *kind, double from, const char *fact,
                const char *subject, const char *value)
{
    struct world_node *n = node(w, name);
    assert(n->fact_count < 16);
    struct world_fact_row *f = &n->facts[n->fact_count++];
    f->from = from + BEGIN_S;
    snprintf(f->kind, sizeof f->kind, "%s", kind);
    snprintf(f->name, sizeof f->name, "%s", fact);
    snprintf(f->subject, sizeof f->subject, "%s", subject);
    snprintf(f->value, sizeof f->value, "%s", value);
}

void world_reading(struct world *w, const char *name, const char *kind, double from, double to,
                   struct world_reading r)
{
    struct world_node *n = node(w, name);
    assert(n->reading_count < 16);
    struct world_reading_row *row = &n->readings[n->reading_count++];
    *row = (struct world_reading_row){.r = r, .from = from + BEGIN_S, .to = to + BEGIN_S};
    snprintf(row->kind, sizeof row->kind, "%s", kind);
}

void world_busy(struct world *w, const char *name, const char *kind, double from, double to,
                double seconds)
{
    struct world_node *n = node(w, name);
    assert(n->load_count < 4);
    struct world_load *l = &n->loads[n->load_count++];
    *l = (struct world_load){.from = from + BEGIN_S, .to = to + BEGIN_S, .seconds = seconds};
    snprintf(l->kind, sizeof l->kind, "%s", kind);
}

void world_tables(struct world *w, const char *name, double from, double to, const struct wiring *what)
{
    struct world_node *n = node(w, name);
    if (n->tables_count < sizeof n->tables / sizeof n->tables[0])
        n->tables[n->tables_count++] = (struct world_tables_span){what, from + BEGIN_S, to + BEGIN_S};
}

const struct engine *world_engine(const struct world *w)
{
    return w->engine;
}

void world_loss(struct world *w, double probability)
{
    w->loss = probability;
    w->none_lost = pow(1 - probability, ECHOES);
}

static void next_burst(struct world *w, struct world_node *n, double after)
{
    double gap = -log(1 - draw(w)) * 86400 / w->bursts_per_day;
    n->burst.from = after + BURSTS_APART_S + gap;
    n->burst.to = n->burst.from + draw(w) * w->burst_max_s;
}

void world_bursts(struct world *w, double per_day, double max_s)
{
    w->bursts_per_day = per_day;
    w->burst_max_s = max_s;
    for (size_t i = 0; i < w->node_count; i++)
        next_burst(w, &w->nodes[i], w->now);
}

void world_step_clock(struct world *w, double seconds)
{
    w->wall_offset += seconds;
}

void world_set_clock(struct world *w, double ahead_s)
{
    w->wall_offset = ahead_s;
}

void world_starve(struct world *w, double seconds)
{
    w->now += seconds;
}

static struct wall true_wall(double at)
{
    return (struct wall){(int64_t)llround((at + BEGIN_S + START_WALL_S) * 1e9)};
}

void world_built(struct world *w, double at)
{
    w->built = true_wall(at);
}

void world_newest(struct world *w, double at)
{
    w->newest = true_wall(at);
}

void world_samples(struct world *w)
{
    w->has_samples = true;
}

struct wall world_wall(double at_s)
{
    return true_wall(at_s);
}

void world_on_commit(struct world *w, void (*fn)(void *ctx, const struct es_commit *c), void *ctx)
{
    w->on_commit = fn;
    w->on_commit_ctx = ctx;
}

void world_vantage(struct world *w, const char *name, const char *site, const char *node)
{
    w->vantage = (struct config_vantage){.name = (char *)(uintptr_t)name, .site = (char *)(uintptr_t)site,
                                         .node = *node ? (char *)(uintptr_t)node : NULL};
}

void world_upstream(struct world *w, const char *name, bool always)
{
    w->called = (char *)(uintptr_t)name;
    w->always = always;
}

/* the configuration */

static char *text(struct arena *a, const char *from)
{
    return *from ? arena_text(a, from, strlen(from)) : NULL;
}

static void make_node(struct world *w, struct config_node *c, const struct world_node *n)
{
    struct arena *a = w->config_arena;
    *c = (struct config_node){.name = text(a, n->name), .class = CLASS_NETWORK,
                              .site = text(a, n->site), .port = text(a, n->port)};
    if (addr_is_set(&n->address)) {
        c->addresses = arena_copy(a, &n->address, sizeof n->address);
        c->addresses_count = 1;
    }
    if (n->parent != UINT32_MAX) {
        c->parents = arena_take(a, sizeof(char *));
        c->parents[0] = text(a, w->nodes[n->parent].name);
        c->parents_count = 1;
    }
    c->checks = arena_take(a, n->check_count * sizeof *c->checks);
    for (size_t i = 0; i < n->check_count; i++)
        c->checks[c->checks_count++] = (struct config_check){
            .kind = {.kind = text(a, n->checks[i][0])},
            .label = arena_text(a, n->checks[i][1], strlen(n->checks[i][1])),
            .interval_ns = w->interval_ns};
}

static void make_config(struct world *w)
{
    arena_destroy(w->old_arena);
    w->old_arena = w->config_arena;
    w->config_arena = arena_create(0);
    struct arena *a = w->config_arena;
    struct config c = {.generation = 1, .title = text(a, "Sim"), .language = text(a, "en"),
                       .notify = {.hold_ns = w->hold_ns, .settle_ns = SECONDS(20)},
                       .nodes = arena_take(a, (w->node_count + 1) * sizeof *c.nodes),
                       .receivers = &w->receiver, .receivers_count = 1, .links = w->links};
    w->receiver = (struct config_receiver){.name = text(a, "me"), .least = w->least,
                                            .remind_ns = w->remind_ns, .always = w->always};
    c.vantages = w->vantage.name ? &w->vantage : NULL;
    c.vantages_count = w->vantage.name != NULL;
    c.vantage = w->called;
    c.upstream = (struct config_upstream){.url = w->called ? text(a, "https://house") : NULL, .every_ns = MINUTES(1)};
    for (size_t i = 0; i < w->node_count; i++)
        if (!w->nodes[i].unplugged && !w->nodes[i].internet && !w->nodes[i].network)
            make_node(w, &c.nodes[c.nodes_count++], &w->nodes[i]);
    for (size_t i = 0; i < w->link_count; i++) {
        char **ends = arena_take(a, 2 * sizeof(char *));
        ends[0] = w->link_names[i][1];
        ends[1] = w->link_names[i][2];
        w->links[c.links_count++] = (struct config_link){w->link_names[i][0], LINK_BRIDGE, ends, 2};
    }
    if (w->has_internet)
        c.internet = (struct config_internet){.enabled = true, .gateway = w->gateway,
                                              .interval_ns = MINUTES(1)};
    c.networks = w->guests.networks;
    c.networks_count = w->guests.network_count;
    c.lan.rogue = w->has_lan;
    c.reports = w->report.at ? &w->report : NULL;
    c.reports_count = w->report.at != NULL;
    w->config = c;
}

/* the event queue */

static void push(struct world *w, const struct event *e)
{
    if (w->heap_count + 1 >= w->heap_capacity) {
        w->heap_capacity = w->heap_capacity ? w->heap_capacity * 2 : 256;
        w->heap = reallocarray(w->heap, w->heap_capacity, sizeof *w->heap);
    }
    size_t i = ++w->heap_count;
    for (; i > 1 && e->at < w->heap[i / 2].at; i /= 2)
        w->heap[i] = w->heap[i / 2];
    w->heap[i] = *e;
}

static struct event pop(struct world *w)
{
    struct event first = w->heap[1], last = w->heap[w->heap_count--];
    size_t i = 1;
    for (size_t child; (child = i * 2) <= w->heap_count; i = child) {
        if (child < w->heap_count && w->heap[child + 1].at < w->heap[child].at)
            child++;
        if (last.at <= w->heap[child].at)
            break;
        w->heap[i] = w->heap[child];
    }
    w->heap[i] = last;
    return first;
}

/* the network */

static bool is_down(const struct world_node *n, double at)
{
    for (size_t i = 0; i < n->down_count; i++)
        if (at >= n->down[i].from && at < n->down[i].to)
            return true;
    return false;
}

static bool is_lost(struct world *w, struct world_node *n, double at)
{
    if (is_down(n, at) || (at >= n->burst.from && at < n->burst.to))
        return true;
    return w->loss > 0 && draw(w) < w->loss;
}

static bool is_quiet(const struct world_node *n, double from, double to)
{
    if (n->burst.from < to && n->burst.to > from)
        return false;
    for (size_t i = 0; i < n->down_count; i++)
        if (n->down[i].from < to && n->down[i].to > from)
            return false;
    return true;
}

static void pass_bursts(struct world *w, struct world_node *n)
{
    while (n->burst.to < w->now - 120)
        next_burst(w, n, n->burst.to);
}

static void hint(struct world *w, uint32_t check, enum hint_kind kind, double at)
{
    push(w, &(struct event){.at = at, .kind = EVENT_HINT, .check = check, .hint = kind});
}

static void echo_regular(struct world *w, struct world_node *n, struct event *e)
{
    double gap = 60.0 / ECHOES;
    e->sent = ECHOES;
    e->at = w->now + (ECHOES - 1) * gap + RTT_S;
    e->outcome = OUTCOME_ANSWERED;
    if (n->lost_in_row == 0 && is_quiet(n, w->now, w->now + 60) && draw(w) < w->none_lost)
        return;
    for (unsigned k = 0; k < ECHOES; k++) {
        double at = w->now + k * gap;
        if (is_lost(w, n, at)) {
            e->lost++;
            if (n->lost_in_row++ == 0)
                n->silent_from = at;
            /* a burst may have been answered since the last one: again a first loss, or ignored */
            hint(w, e->check, HINT_FIRST_LOSS, at + ECHO_TIMEOUT_S);
        } else {
            if (n->lost_in_row && at - n->silent_from > SILENCE_TOLD_AFTER_S)
                hint(w, e->check, HINT_FIRST_ANSWER, at + RTT_S);
            n->lost_in_row = 0;
        }
    }
    if (e->lost == e->sent)
        e->outcome = OUTCOME_SILENT;
    e->at += n->lost_in_row ? ECHO_TIMEOUT_S : 0;
}

static void echo_burst(struct world *w, struct world_node *n, struct event *e, unsigned count,
                       double gap, bool stop_at_answer)
{
    double last = w->now;
    for (unsigned k = 0; k < count; k++) {
        last = w->now + k * gap;
        e->sent++;
        if (!is_lost(w, n, last)) {
            e->outcome = OUTCOME_ANSWERED;
            e->at = last + RTT_S;
            if (stop_at_answer)
                return;
        } else {
            e->lost++;
        }
    }
    if (e->lost == e->sent)
        e->outcome = OUTCOME_SILENT;
    e->at = last + (e->lost ? ECHO_TIMEOUT_S : RTT_S);
}

static void answer_ping(struct world *w, struct world_node *n, struct event *e)
{
    pass_bursts(w, n);
    switch (e->round_kind) {
    case ROUND_REGULAR:
        echo_regular(w, n, e);
        break;
    case ROUND_CONFIRM:
        echo_burst(w, n, e, CONFIRM_ECHOES_SIM, 1, true);
        break;
    case ROUND_RECOVER:
        echo_burst(w, n, e, 5, 1, false);
        break;
    case ROUND_ASK:
    case ROUND_TABLES: /* a ping has none */
    case ROUND_ALL_TABLES:
        echo_burst(w, n, e, 3, 0.3, true);
        break;
    }
    if (e->outcome == OUTCOME_SILENT)
        snprintf(e->reason, sizeof e->reason, "timeout");
}

static void answer_other(struct world *w, struct world_node *n, const char *kind, struct event *e)
{
    e->at = w->now + 0.05;
    e->outcome = OUTCOME_ANSWERED;
    if (is_down(n, w->now)) {
        e->at = w->now + 2;
        e->outcome = OUTCOME_SILENT;
        snprintf(e->reason, sizeof e->reason, n->internet ? "gateway" : "timeout");
    }
    for (size_t i = 0; i < n->fault_count; i++) {
        const struct world_fault *f = &n->faults[i];
        if (strcmp(f->kind, kind) == 0 && w->now >= f->from && w->now < f->to) {
            e->outcome = f->outcome;
            snprintf(e->reason, sizeof e->reason, "%s", f->reason);
        }
    }
}

static struct world_fault *own_fault_of(struct world *w, struct world_node *n)
{
    for (size_t i = 0; i < n->fault_count; i++)
        if (strcmp(n->faults[i].kind, "ping") == 0 && w->now >= n->faults[i].from &&
            w->now < n->faults[i].to)
            return &n->faults[i];
    return NULL;
}

/* A probe of a kind of check that cannot be had says only that. */
static void answer_probe(struct world *w, struct world_node *n, struct world_check_row *c, struct event *e)
{
    const double draws[2] = {draw(w), draw(w)};
    struct told_guest *told = calloc(1, sizeof *told);
    for (size_t k = 0; k < SLOTS; k++)
        assert(!c->running[k]); /* a collector plays one guest at a time */
    free(c->told);
    c->told = told;
    answer_other(w, n, c->kind, e);
    if (e->outcome == OUTCOME_OWN_FAULT) {
        c->told->result.steps_count = 0;
        return;
    }
    e->at = w->now + sim_guests_probe(&w->guests, n->name, c->kind, c->vid, w->now, draws, told);
    e->outcome = sim_guest_outcome(&told->result);
}

static bool is_for_tables(enum round_kind kind)
{
    return kind == ROUND_TABLES || kind == ROUND_ALL_TABLES;
}

static void start_round(struct world *w, const struct output *o)
{
    struct world_check_row *c = &w->checks[o->round.check];
    struct world_node *n = c->node;
    struct event e = {.kind = EVENT_REPORT, .check = o->round.check, .round = o->round.round,
                      .round_kind = o->round.kind};
    e.began = w->now;
    w->rounds++;
    n->starts[e.round_kind]++;
    struct world_fault *f = n->fault_count ? own_fault_of(w, n) : NULL;
    if (n->network)
        answer_probe(w, n, c, &e);
    else if (strcmp(c->kind, "ping") != 0)
        answer_other(w, n, c->kind, &e);
    else if (f) {
        e.at = w->now + 0.01;
        e.outcome = f->outcome;
        snprintf(e.reason, sizeof e.reason, "%s", f->reason);
    } else
        answer_ping(w, n, &e);
    size_t slot = is_for_tables(e.round_kind)     ? 3
                  : e.round_kind == ROUND_REGULAR ? 0
                  : e.round_kind == ROUND_ASK     ? 2
                                                  : 1;
    c->running[slot] = e.round;
    push(w, &e);
}

/* what the engine puts out */

static void adopt_check(struct world *w, const struct output *o)
{
    assert(o->adopt.check < CHECKS_MAX);
    struct world_check_row *c = &w->checks[o->adopt.check];
    c->node = node(w, o->adopt.name);
    const char *kind = o->adopt.check_config ? o->adopt.check_config->kind.kind : "internet";
    snprintf(c->kind, sizeof c->kind, "%s", kind);
    if (c->node->network)
        c->vid = network_vid(o->adopt.check_config->label);
    c->node->lost_in_row = 0;
}

static void take_sample(struct world *w, const struct object *o)
{
    if (w->taken_count == w->samples_room) {
        w->samples_room = w->samples_room ? w->samples_room * 2 : 1024;
        w->taken = reallocarray(w->taken, w->samples_room, sizeof *w->taken);
        w->stamps = reallocarray(w->stamps, w->samples_room, sizeof *w->stamps);
    }
    w->taken[w->taken_count++] = (double)o->at.ns * 1e-9 - BEGIN_S;
    w->last_step_ns = o->step_ns;
    sample_rows_add(w->rows, o);
}

/* Rows are of one value, and leave in the order they came. */
static void store_samples(struct world *w)
{
    bool settled;
    struct instant now = engine_now(w->engine, &settled);
    struct buf out = {0};
    while (settled && sample_rows_take(w->rows, now, &(struct sample_slice){0}, &out)) {
        struct reader r = reader_over(out.data, out.len);
        uint32_t object;
        uint64_t stamp, value;
        uint16_t count;
        while (rd_u32(&r, &object) && rd_u64(&r, &stamp) && rd_u16(&r, &count) && rd_u64(&r, &value)) {
            w->stamps[w->stored_count++] = world_true(w, (struct wall){(int64_t)stamp});
            if ((int64_t)stamp > w->newest.ns)
                w->newest.ns = (int64_t)stamp;
        }
        buf_clear(&out);
    }
    buf_fini(&out);
}

static void note_step(struct world *w, const struct ew_probe_step *s)
{
    struct world_probe *p = &w->probe;
    assert(p->step_count < WORLD_STEPS_MAX);
    snprintf(p->steps[p->step_count].step, sizeof p->steps[0].step, "%s", s->step);
    snprintf(p->steps[p->step_count].detail, sizeof p->steps[0].detail, "%s", s->detail ? s->detail : "");
    snprintf(p->steps[p->step_count].vlan, sizeof p->steps[0].vlan, "%s", s->vlan ? s->vlan : "-");
    p->steps[p->step_count++].verdict = s->verdict;
}

static void perform(struct world *w)
{
    for (size_t i = 0; i < w->out.count; i++) {
        const struct output *o = &w->out.items[i];
        switch (o->kind) {
        case OUTPUT_ADOPT:
            adopt_check(w, o);
            break;
        case OUTPUT_START:
            start_round(w, o);
            break;
        case OUTPUT_CANCEL:
            for (size_t k = 0; k < SLOTS; k++)
                if (w->checks[o->round.check].running[k] == o->round.round)
                    w->checks[o->round.check].running[k] = 0;
            break;
        case OUTPUT_COMMIT:
            keeper_commit(w->keeper, world_now(w), &o->commit);
            if (w->on_commit)
                w->on_commit(w->on_commit_ctx, &o->commit);
            break;
        case OUTPUT_KEEP:
            keeper_keep(w->keeper, o->keep.key, o->keep.value);
            break;
        case OUTPUT_SAMPLE:
            take_sample(w, o->sample);
            break;
        case OUTPUT_PROBE_STEP:
            note_step(w, &o->step);
            break;
        case OUTPUT_RESULT:
            w->probe.answered = true;
            w->probe.ok = o->result.ok;
            w->probe.answered_s = world_now(w);
            snprintf(w->probe.text, sizeof w->probe.text, "%s", o->result.text);
            break;
        default:
            break;
        }
    }
    outputs_clear(&w->out);
    store_samples(w);
}

void world_take(struct world *w, const struct input *in)
{
    engine_take(w->engine, instant_of(w), in, &w->out);
    perform(w);
}

const struct world_probe *world_probe(struct world *w, const char *name)
{
    struct we_name who = {.request = 7, .name = (char *)(uintptr_t)name};
    w->probe = (struct world_probe){.answered = false};
    world_take(w, &(struct input){.kind = INPUT_PROBE, .name = &who});
    return &w->probe;
}

static void create_engine(struct world *w)
{
    struct engine_setup setup = {.origin = "here", .seed = (uint64_t)(draw(w) * 1e15),
                                 .machine_age_ns = (int64_t)((MACHINE_AGE_S + w->now) * 1e9),
                                 .boot = "this-boot", .built = w->built};
    w->engine = engine_create(&setup, instant_of(w));
    make_config(w);
    world_take(w, &(struct input){.kind = INPUT_CONFIG, .config = &w->config});
}

void world_begin(struct world *w)
{
    create_engine(w);
    struct se_restored nothing = {.last = true, .newest = w->newest, .written = w->newest};
    world_take(w, &(struct input){.kind = INPUT_RESTORED, .restored = &nothing});
}

void world_reload(struct world *w)
{
    make_config(w);
    world_take(w, &(struct input){.kind = INPUT_CONFIG, .config = &w->config});
}

void world_restart(struct world *w)
{
    free_engine(w);
    create_engine(w);
    struct se_restored r = keeper_restore(w->keeper);
    r.newest = w->newest;
    r.written = w->newest.ns > r.written.ns ? w->newest : r.written;
    world_take(w, &(struct input){.kind = INPUT_RESTORED, .restored = &r});
}

static bool is_awaited(struct world_check_row *c, const struct event *e)
{
    for (size_t k = 0; k < SLOTS; k++)
        if (c->running[k] == e->round) {
            c->running[k] = 0;
            return true;
        }
    return false;
}

/* A later row of the same fact replaces an earlier one. */
static void tell_fact(struct fact *facts, size_t *count, const struct world_fact_row *f)
{
    size_t i = 0;
    while (i < *count && (strcmp(facts[i].name, f->name) || strcmp(facts[i].subject, f->subject)))
        i++;
    facts[i] = (struct fact){f->name, f->subject, f->value};
    *count += i == *count;
}

static size_t tell_readings(struct world *w, const struct world_check_row *c, struct reading out[static 16])
{
    size_t count = 0;
    for (size_t i = 0; i < c->node->reading_count; i++) {
        const struct world_reading_row *row = &c->node->readings[i];
        if (strcmp(row->kind, c->kind) != 0 || w->now < row->from || w->now >= row->to)
            continue;
        const struct world_reading *r = &row->r;
        out[count++] = (struct reading){.meaning = r->meaning, .class_ = r->class_, .label = r->label, .index = "1",
                                        .unit = r->unit, .value = r->value + r->noise * (2 * draw(w) - 1),
                                        .state = r->state, .level = r->level, .limits = r->limits};
    }
    return count;
}

static int64_t busy_of(const struct world *w, const struct world_check_row *c)
{
    for (size_t i = 0; i < c->node->load_count; i++) {
        const struct world_load *l = &c->node->loads[i];
        if (strcmp(l->kind, c->kind) == 0 && w->now >= l->from && w->now < l->to)
            return (int64_t)(l->seconds * 1e9);
    }
    return 0;
}

static const struct wiring *tables_now(const struct world *w, const struct world_node *n)
{
    for (size_t i = n->tables_count; i-- > 0;)
        if (w->now >= n->tables[i].from && w->now < n->tables[i].to)
            return n->tables[i].wiring;
    return NULL;
}

static void deliver_tables(struct world *w, const struct event *e, struct world_node *n)
{
    struct mono now = instant_of(w).mono;
    const struct wiring *wiring = tables_now(w, n);
    bool read = wiring && e->outcome == OUTCOME_ANSWERED;
    struct wiring told = wiring ? *wiring : (struct wiring){0};
    for (int i = 0; i < WIRING_LISTS; i++)
        if (told.at[i].ns)
            told.at[i] = now;
    struct report r = {.check = e->check, .round = e->round, .kind = e->round_kind, .started = now, .ended = now,
                       .outcome = read ? OUTCOME_ANSWERED : OUTCOME_SILENT, .reason = read ? "" : "timeout",
                       .wiring = read ? &told : NULL};
    world_take(w, &(struct input){.kind = INPUT_REPORT, .report = &r});
}

static void deliver_report(struct world *w, const struct event *e)
{
    struct world_check_row *c = &w->checks[e->check];
    struct instant now = instant_of(w);
    if (!is_awaited(c, e))
        return;
    if (is_for_tables(e->round_kind)) {
        deliver_tables(w, e, c->node);
        return;
    }
    struct report r = {.check = e->check, .round = e->round, .kind = e->round_kind,
                       .outcome = e->outcome, .reason = e->reason, .sent = e->sent,
                       .lost = e->lost, .started = now.mono, .ended = now.mono};
    if (c->node->network) {
        r.started.ns = (int64_t)llround(e->began * 1e9);
        r.guest = c->told->result.steps_count ? &c->told->result : NULL;
    }
    if (e->outcome == OUTCOME_ANSWERED)
        r.busy_ns = busy_of(w, c);
    struct fact facts[16];
    for (size_t i = 0; i < c->node->fact_count && e->outcome == OUTCOME_ANSWERED; i++) {
        const struct world_fact_row *f = &c->node->facts[i];
        if (strcmp(f->kind, c->kind) == 0 && w->now >= f->from)
            tell_fact(facts, &r.fact_count, f);
    }
    r.facts = facts;
    struct reading readings[16];
    if (c->node->reading_count && e->outcome == OUTCOME_ANSWERED && e->round_kind == ROUND_REGULAR) {
        r.readings = readings;
        r.reading_count = tell_readings(w, c, readings);
        r.has_readings = true;
    }
    struct measure value = {"rtt_median", RTT_S, UNIT_SECONDS};
    struct object_measures object = {"ping", LAYOUT_PING, &value, 1, false, {0}};
    if (w->has_samples && e->round_kind == ROUND_REGULAR && e->outcome == OUTCOME_ANSWERED &&
        strcmp(c->kind, "ping") == 0) {
        r.objects = &object;
        r.object_count = 1;
    }
    world_take(w, &(struct input){.kind = INPUT_REPORT, .report = &r});
}

static void deliver(struct world *w, const struct event *e)
{
    if (e->kind == EVENT_REPORT) {
        deliver_report(w, e);
        return;
    }
    struct hint h = {.check = e->check, .kind = e->hint, .at = instant_of(w).mono};
    if (w->checks[e->check].node)
        world_take(w, &(struct input){.kind = INPUT_HINT, .hint = &h});
}

void world_run(struct world *w, double until_s)
{
    until_s += BEGIN_S;
    for (;;) {
        struct mono due = engine_due(w->engine);
        double tick = due.ns == MONO_NEVER.ns ? INFINITY : (double)due.ns * 1e-9;
        double event = w->heap_count ? w->heap[1].at : INFINITY;
        double next = tick < event ? tick : event;
        if (next > until_s)
            break;
        w->now = next > w->now ? next : w->now;
        if (event <= tick) {
            struct event e = pop(w);
            deliver(w, &e);
        } else {
            struct instant now = instant_of(w);
            if (mono_before(now.mono, due)) /* by less than seconds in a double can tell */
                now.mono = due;
            engine_take(w->engine, now, &(struct input){.kind = INPUT_TICK}, &w->out);
            perform(w);
        }
    }
    w->now = until_s;
}

const struct keeper *world_keeper(const struct world *w)
{
    return w->keeper;
}

size_t world_incident_count(const struct world *w)
{
    return keeper_incident_count(w->keeper);
}

const struct kept_incident *world_incident(const struct world *w, size_t i)
{
    return keeper_incident(w->keeper, i);
}

enum node_state world_state(const struct world *w, const char *name)
{
    return keeper_state(w->keeper, node(w, name)->name);
}

const char *world_behind(const struct world *w, const char *name)
{
    return keeper_behind(w->keeper, node(w, name)->name);
}

unsigned world_messages(const struct world *w, enum message_kind kind)
{
    return keeper_messages(w->keeper, kind);
}

const char *world_last_text(const struct world *w)
{
    return keeper_last_text(w->keeper);
}

enum message_kind world_last_message(const struct world *w)
{
    return keeper_last_message(w->keeper);
}

unsigned world_starts(const struct world *w, const char *name, enum round_kind kind)
{
    return node(w, name)->starts[kind];
}

unsigned world_events(const struct world *w, const char *kind)
{
    return keeper_events(w->keeper, kind);
}

uint64_t world_rounds(const struct world *w)
{
    return w->rounds;
}

double world_true(const struct world *w, struct wall stamp)
{
    return (double)(stamp.ns - (int64_t)START_WALL_S * NS_PER_S) * 1e-9 - BEGIN_S;
}

size_t world_sample_count(const struct world *w)
{
    return w->stored_count;
}

size_t world_samples_taken(const struct world *w)
{
    return w->taken_count;
}

struct world_sample world_sample(const struct world *w, size_t i)
{
    assert(i < w->stored_count);
    return (struct world_sample){w->taken[i], w->stamps[i]};
}

const struct outbox_entry *world_outbox(const struct world *w, size_t i)
{
    return keeper_outbox(w->keeper, i);
}

struct wall world_since(const struct world *w, const char *name)
{
    return keeper_since(w->keeper, node(w, name)->name);
}
