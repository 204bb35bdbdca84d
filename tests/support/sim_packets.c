#include "tests/support/sim_packets.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "poller/base/arena.h"

#define HOSTS_MAX 2048
#define NAMES_MAX 8
#define FETCH_NS MILLISECONDS(10)
#define WORK_NS MILLISECONDS(20)
#define EPOCH_NS (INT64_C(1800000000) * NS_PER_S)
#define SYN_AGAIN_NS SECONDS(1) /* then after two more, four more (RFC 6298) */
#define SYNS_MAX 4

struct timer {
    struct timer *next;
    struct mono when;
    uint64_t order;
    timer_fn fn;
    void *arg;
};

/* A packet on its way to us. */
struct arrival {
    struct arrival *next;
    struct mono when;
    enum packets_door door;
    struct packet packet;
    uint8_t data[];
};

struct stream {
    struct stream *next;
    stream_fn fn;
    void *ctx;
    struct timer *event;
    struct sim *sim;
    int error;
};

struct receiver {
    packets_receive_fn fn;
    void *ctx;
};

struct memory {
    char *node, *key, *value;
};

struct fetching {
    struct sim *sim;
    fetch_fn fn;
    consult_fn consult;
    ups_fn ups;
    void *arg;
};

struct resolving {
    struct sim *sim;
    resolved_fn fn;
    void *arg;
    struct addr addr;
};


struct sim {
    struct env env;
    struct packets packets;
    struct netinfo netinfo;
    struct sim_place place;
    struct mono now;
    uint64_t random, order;
    struct timer *timers;
    struct arrival *arrivals;
    struct receiver receivers[PACKETS_DOORS][PACKETS_RECEIVERS_MAX];
    bool closed[PACKETS_DOORS];
    int send_errno[PACKETS_DOORS];
    bool never_segment;
    sim_before_fn before;
    void *before_ctx;
    struct {
        sim_answer_fn fn;
        void *ctx;
    } answers[PACKETS_DOORS];
    struct sim_host *hosts[HOSTS_MAX];
    size_t host_count;
    struct {
        char *name;
        struct addr addr;
    } names[NAMES_MAX];
    size_t name_count;
    struct memory *memories;
    size_t memory_count;
    struct stream *streams;
    struct working *works;
    const struct fetch_answer *fetch_answer;
    struct fetch_request fetched;
    const struct consult_answer *consult_answer;
    struct consult_request consulted;
    size_t consults;
    const struct ups_answer *ups_answer;
    struct ups_request ups_asked;
    struct arena *arena;
    struct report *reports;
    size_t report_count, report_capacity;
    unsigned hints[3], wakeups;
    void (*on_hint)(void *ctx, const struct hint *h);
    void *on_hint_ctx;
    sim_targets_fn targets;
    void *targets_ctx;
    size_t sent[PACKETS_DOORS];
};

double sim_random(struct sim *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (double)(s->random >> 11) / (double)(UINT64_C(1) << 53);
}

struct instant sim_now(const struct sim *s)
{
    return (struct instant){s->now, {EPOCH_NS + s->now.ns}};
}

/* ---- time ---- */

static struct timer *timer_at(struct sim *s, struct mono when, timer_fn fn, void *arg)
{
    struct timer *t = calloc(1, sizeof *t);
    *t = (struct timer){NULL, when, s->order++, fn, arg};
    struct timer **link = &s->timers;
    while (*link && !mono_before(when, (*link)->when))
        link = &(*link)->next;
    t->next = *link;
    *link = t;
    return t;
}

static struct timer *env_timer_start(void *ctx, struct mono when, timer_fn fn, void *arg)
{
    return timer_at(ctx, when, fn, arg);
}

static void env_timer_stop(void *ctx, struct timer *t)
{
    struct sim *s = ctx;
    for (struct timer **link = &s->timers; t && *link; link = &(*link)->next)
        if (*link == t) {
            *link = t->next;
            free(t);
            return;
        }
}

static void run_timer(struct sim *s)
{
    struct timer *t = s->timers;
    s->timers = t->next;
    if (mono_before(s->now, t->when))
        s->now = t->when;
    timer_fn fn = t->fn;
    void *arg = t->arg;
    free(t);
    s->wakeups++;
    fn(arg);
}

static void deliver_to_all(struct sim *s, enum packets_door door, const struct packet *p)
{
    for (size_t i = 0; i < PACKETS_RECEIVERS_MAX; i++) {
        struct receiver r = s->receivers[door][i];
        if (r.fn)
            r.fn(r.ctx, p, 1);
    }
}

static void run_arrival(struct sim *s)
{
    struct arrival *a = s->arrivals;
    s->arrivals = a->next;
    if (mono_before(s->now, a->when))
        s->now = a->when;
    a->packet.at = a->when; /* the kernel's stamp, however late we read it */
    deliver_to_all(s, a->door, &a->packet);
    free(a);
}

void sim_run(struct sim *s, int64_t span_ns)
{
    struct mono end = mono_after(s->now, span_ns);
    for (;;) {
        struct mono timer = s->timers ? s->timers->when : MONO_NEVER;
        struct mono arrival = s->arrivals ? s->arrivals->when : MONO_NEVER;
        if (mono_before(end, timer) && mono_before(end, arrival))
            break;
        /* an event loop runs overdue timers before it looks at sockets */
        if (!mono_before(arrival, timer) || (s->timers && !mono_before(s->now, timer)))
            run_timer(s);
        else
            run_arrival(s);
    }
    s->now = end;
}

void sim_stall(struct sim *s, int64_t span_ns)
{
    s->now = mono_after(s->now, span_ns);
}

unsigned sim_timer_wakeups(const struct sim *s)
{
    return s->wakeups;
}

/* ---- packets ---- */

void sim_deliver(struct sim *s, enum packets_door door, const struct packet *p, int64_t delay_ns)
{
    struct arrival *a = calloc(1, sizeof *a + p->len);
    a->when = mono_after(s->now, delay_ns);
    a->door = door;
    a->packet = *p;
    if (p->len)
        memcpy(a->data, p->data, p->len);
    a->packet.data = a->data;
    struct arrival **link = &s->arrivals;
    while (*link && !mono_before(a->when, (*link)->when))
        link = &(*link)->next;
    a->next = *link;
    *link = a;
}

struct sim_host *sim_host(struct sim *s, const char *address)
{
    struct addr addr;
    bool ok = addr_parse(address, &addr);
    assert(ok && s->host_count < HOSTS_MAX);
    (void)ok;
    for (size_t i = 0; i < s->host_count; i++)
        if (addr_equal(&s->hosts[i]->addr, &addr))
            return s->hosts[i];
    struct sim_host *h = calloc(1, sizeof *h);
    h->addr = addr;
    h->rtt_ns = MILLISECONDS(1);
    return s->hosts[s->host_count++] = h;
}

static struct sim_host *host_at(const struct sim *s, const struct addr *addr)
{
    for (size_t i = 0; i < s->host_count; i++)
        if (addr_equal(&s->hosts[i]->addr, addr))
            return s->hosts[i];
    return NULL;
}

/* The host a packet is for, as it is now. */
static struct sim_host *reach_host(struct sim *s, const struct addr *addr)
{
    struct sim_host *h = host_at(s, addr);
    if (h && s->before)
        s->before(s->before_ctx, s, h);
    return h;
}

void sim_before(struct sim *s, sim_before_fn fn, void *ctx)
{
    s->before = fn;
    s->before_ctx = ctx;
}

static int64_t delay_of(struct sim *s, const struct sim_host *h)
{
    int64_t late_ns = h->late > 0 && sim_random(s) < h->late ? h->late_ns : 0;
    return h->rtt_ns + late_ns + (int64_t)(sim_random(s) * (double)h->jitter_ns);
}

static void refuse_echo(struct sim *s, enum packets_door door, const struct sim_host *h,
                        const struct packet *asked)
{
    struct packet error = *asked;
    error.error = EHOSTUNREACH;
    error.icmp_type = h->icmp_type;
    error.icmp_code = h->icmp_code;
    error.offender = h->offender;
    if (h->quote_bytes && h->quote_bytes < error.len)
        error.len = h->quote_bytes;
    sim_deliver(s, door, &error, h->rtt_ns);
}

static void answer_echo(struct sim *s, enum packets_door door, const struct sim_host *h,
                        const struct packet *asked)
{
    uint8_t reply[2048];
    assert(asked->len <= sizeof reply);
    memcpy(reply, asked->data, asked->len);
    reply[0] = door == PACKETS_ICMP6 ? 129 : 0;
    reply[4] = 0x80; /* identifiers are the kernel's */
    struct packet p = {.peer = addr_is_set(&h->answers_from) ? h->answers_from : h->addr,
                       .data = reply,
                       .len = asked->len};
    sim_deliver(s, door, &p, delay_of(s, h));
    if (sim_random(s) < h->duplicate)
        sim_deliver(s, door, &p, delay_of(s, h) + MILLISECONDS(1));
}

static void send_echo(struct sim *s, enum packets_door door, struct packet *p)
{
    struct sim_host *h = reach_host(s, &p->peer);
    p->error = h ? h->send_errno : 0;
    if (!h || p->error)
        return;
    h->asked++;
    if (h->icmp_error)
        refuse_echo(s, door, h, p);
    else if (!h->silent && sim_random(s) >= h->loss)
        answer_echo(s, door, h, p);
}

/* A packet with a segment size arrives in pieces. */
static void send_pieces(struct sim *s, enum packets_door door, struct packet *p)
{
    struct sim_host *h = reach_host(s, &p->peer);
    p->error = h ? h->send_errno : 0;
    if (!s->answers[door].fn || p->error)
        return;
    size_t most = p->segment ? p->segment : p->len;
    p->unsegmented = p->segment && s->never_segment;
    for (size_t done = 0; done < p->len; done += most) {
        struct packet piece = *p;
        piece.data = p->data + done;
        piece.len = p->len - done < most ? p->len - done : most;
        s->answers[door].fn(s->answers[door].ctx, s, &piece);
    }
}

static void door_send(void *self, enum packets_door door, struct packet *batch, size_t count)
{
    struct sim *s = self;
    for (size_t i = 0; i < count; i++) {
        batch[i].at = s->now;
        batch[i].error = s->closed[door] ? EAFNOSUPPORT : s->send_errno[door];
        if (batch[i].error)
            continue;
        s->sent[door]++;
        if (door == PACKETS_ICMP4 || door == PACKETS_ICMP6)
            send_echo(s, door, &batch[i]);
        else
            send_pieces(s, door, &batch[i]);
    }
}

static bool door_available(void *self, enum packets_door door)
{
    return !((struct sim *)self)->closed[door];
}

static void door_receive(void *self, enum packets_door door, packets_receive_fn fn, void *ctx)
{
    struct sim *s = self;
    struct receiver *free_one = NULL;
    for (size_t i = 0; i < PACKETS_RECEIVERS_MAX; i++) {
        struct receiver *r = &s->receivers[door][i];
        if (r->fn && r->ctx == ctx) {
            r->fn = fn;
            return;
        }
        if (!r->fn && !free_one)
            free_one = r;
    }
    assert(free_one || !fn);
    if (fn)
        *free_one = (struct receiver){fn, ctx};
}

void sim_close_door(struct sim *s, enum packets_door door)
{
    s->closed[door] = true;
}

void sim_fail_door(struct sim *s, enum packets_door door, int send_errno)
{
    s->send_errno[door] = send_errno;
}

void sim_never_segment(struct sim *s)
{
    s->never_segment = true;
}

void sim_overflow(struct sim *s, enum packets_door door)
{
    struct packet p = {.error = ENOBUFS, .at = s->now};
    deliver_to_all(s, door, &p);
}

void sim_on(struct sim *s, enum packets_door door, sim_answer_fn fn, void *ctx)
{
    s->answers[door].fn = fn;
    s->answers[door].ctx = ctx;
}

size_t sim_sent(const struct sim *s, enum packets_door door)
{
    return s->sent[door];
}

/* ---- TCP ---- */

static void stream_event(void *arg)
{
    struct stream *t = arg;
    t->event = NULL;
    t->fn(t->ctx, t, t->error ? STREAM_ERROR : STREAM_CONNECTED, NULL, 0, t->error);
}

static bool is_open(const struct sim_host *h, uint16_t port)
{
    for (size_t i = 0; i < SIM_PORTS_MAX; i++)
        if (h->open_ports[i] == port)
            return true;
    return false;
}

/* How long until a SYN is not lost; negative: none of them. */
static int64_t syn_delay(struct sim *s, const struct sim_host *h)
{
    int64_t delay_ns = 0, again_ns = SYN_AGAIN_NS;
    for (unsigned i = 0; i < SYNS_MAX; i++, delay_ns += again_ns, again_ns *= 2)
        if (h->loss <= 0 || sim_random(s) >= h->loss)
            return delay_ns;
    return -1;
}

static struct stream *door_connect(void *self, const struct addr *to, uint16_t port, stream_fn fn,
                                   void *ctx)
{
    struct sim *s = self;
    struct sim_host *h = reach_host(s, to);
    if (h && h->send_errno) {
        errno = h->send_errno;
        return NULL;
    }
    struct stream *t = calloc(1, sizeof *t);
    *t = (struct stream){.next = s->streams, .fn = fn, .ctx = ctx, .sim = s};
    s->streams = t;
    int64_t delay_ns = h && !h->silent ? syn_delay(s, h) : -1;
    if (delay_ns < 0)
        return t;
    h->asked++;
    t->error = is_open(h, port) ? 0 : ECONNREFUSED;
    t->event = timer_at(s, mono_after(s->now, delay_ns + h->rtt_ns), stream_event, t);
    return t;
}

static bool door_write(void *self, struct stream *t, const void *data, size_t len)
{
    return true;
}

static void door_close(void *self, struct stream *t)
{
    struct sim *s = self;
    env_timer_stop(s, t->event);
    for (struct stream **link = &s->streams; *link; link = &(*link)->next)
        if (*link == t) {
            *link = t->next;
            free(t);
            return;
        }
}

static const struct packets_ops door_ops = {door_available, door_send,  door_receive,
                                            door_connect,   door_write, door_close};

/* ---- our own place ---- */

static bool place_default_route(void *self, uint8_t family, struct netinfo_path *out)
{
    struct sim *s = self;
    *out = s->place.default_route[family == AF_INET6];
    return out->ifindex != 0;
}

static bool place_path(void *self, const struct addr *to, struct netinfo_path *out)
{
    struct sim *s = self;
    *out = (struct netinfo_path){.ifindex = 2, .source = s->place.own};
    if (prefix_contains(&s->place.on_link, to))
        return true;
    *out = s->place.default_route[to->family == AF_INET6];
    return out->ifindex != 0;
}

static bool place_link(void *self, uint32_t ifindex, struct netinfo_link *out)
{
    *out = ((struct sim *)self)->place.link;
    return true;
}

static bool place_neighbour(void *self, uint32_t ifindex, const struct addr *addr,
                            struct netinfo_neighbour *out)
{
    struct sim *s = self;
    if (s->place.look)
        return s->place.look(s->place.look_ctx, addr, out);
    *out = s->place.entry;
    return addr_equal(addr, &s->place.neighbour);
}

static const struct netinfo_ops place_ops = {place_default_route, place_path, place_link,
                                             place_neighbour};

struct sim_place *sim_place(struct sim *s)
{
    return &s->place;
}

/* ---- reports ---- */

static char *copied(struct sim *s, const char *text)
{
    return text ? arena_text(s->arena, text, strlen(text)) : NULL;
}

static struct fact *copied_facts(struct sim *s, const struct report *r)
{
    struct fact *facts = arena_take(s->arena, (r->fact_count + 1) * sizeof *facts);
    for (size_t i = 0; i < r->fact_count; i++)
        facts[i] = (struct fact){copied(s, r->facts[i].name), copied(s, r->facts[i].subject),
                                 copied(s, r->facts[i].value)};
    return facts;
}

static struct object_measures *copied_objects(struct sim *s, const struct report *r)
{
    struct object_measures *objects = arena_take(s->arena, (r->object_count + 1) * sizeof *objects);
    for (size_t i = 0; i < r->object_count; i++) {
        objects[i] = r->objects[i];
        objects[i].object = copied(s, r->objects[i].object);
        objects[i].measures = arena_copy(s->arena, r->objects[i].measures,
                                         r->objects[i].measure_count * sizeof(struct measure));
        for (size_t k = 0; k < r->objects[i].measure_count; k++)
            objects[i].measures[k].source = copied(s, r->objects[i].measures[k].source);
    }
    return objects;
}

static const struct wiring *copied_wiring(struct sim *s, const struct wiring *w)
{
    struct wiring *copy = w ? arena_take(s->arena, sizeof *copy) : NULL;
    if (!copy || !field_copy(&wiring_record, w, NULL, s->arena, copy))
        return NULL;
    memcpy(copy->at, w->at, sizeof copy->at);
    return copy;
}

static struct reading *copied_readings(struct sim *s, const struct report *r)
{
    struct reading *readings = arena_take(s->arena, (r->reading_count + 1) * sizeof *readings);
    for (size_t i = 0; i < r->reading_count; i++) {
        struct reading *to = &readings[i];
        *to = r->readings[i];
        const char **texts[] = {&to->meaning, &to->class_, &to->label,  &to->index, &to->oid,
                                &to->unit,    &to->state,  &to->object, &to->source, &to->mac};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            *texts[k] = copied(s, *texts[k]);
    }
    return readings;
}

static const struct guest_result *copied_guest(struct sim *s, const struct guest_result *g)
{
    struct guest_result *copy = g ? arena_take(s->arena, sizeof *copy) : NULL;
    return copy && field_copy(&guest_result_record, g, NULL, s->arena, copy) ? copy : NULL;
}

static void env_report(void *ctx, const struct report *r)
{
    struct sim *s = ctx;
    if (s->report_count == s->report_capacity) {
        s->report_capacity = s->report_capacity ? s->report_capacity * 2 : 64;
        s->reports = realloc(s->reports, s->report_capacity * sizeof *s->reports);
    }
    struct report *kept = &s->reports[s->report_count++];
    *kept = *r;
    kept->reason = copied(s, r->reason);
    kept->detail = copied(s, r->detail);
    kept->facts = copied_facts(s, r);
    kept->objects = copied_objects(s, r);
    kept->readings = copied_readings(s, r);
    kept->wiring = copied_wiring(s, r->wiring);
    kept->guest = copied_guest(s, r->guest);
}

static void env_hint(void *ctx, const struct hint *h)
{
    struct sim *s = ctx;
    s->hints[h->kind]++;
    if (s->on_hint)
        s->on_hint(s->on_hint_ctx, h);
}

size_t sim_reports(const struct sim *s)
{
    return s->report_count;
}

const struct report *sim_report(const struct sim *s, size_t i)
{
    return i < s->report_count ? &s->reports[i] : NULL;
}

const struct report *sim_last_report(const struct sim *s)
{
    return s->report_count ? &s->reports[s->report_count - 1] : NULL;
}

const char *sim_fact(const struct report *r, const char *name, const char *subject)
{
    for (size_t i = 0; i < r->fact_count; i++)
        if (strcmp(r->facts[i].name, name) == 0 && strcmp(r->facts[i].subject, subject) == 0)
            return r->facts[i].value;
    return NULL;
}

double sim_measure(const struct report *r, const char *source)
{
    for (size_t i = 0; r->object_count && i < r->objects[0].measure_count; i++)
        if (strcmp(r->objects[0].measures[i].source, source) == 0)
            return r->objects[0].measures[i].value;
    return NAN;
}

void sim_on_hint(struct sim *s, void (*fn)(void *ctx, const struct hint *h), void *ctx)
{
    s->on_hint = fn;
    s->on_hint_ctx = ctx;
}

unsigned sim_hints(const struct sim *s, enum hint_kind kind)
{
    return s->hints[kind];
}

/* ---- names, pages, memory ---- */

void sim_name(struct sim *s, const char *name, const char *address)
{
    assert(s->name_count < NAMES_MAX);
    s->names[s->name_count].name = copied(s, name);
    addr_parse(address, &s->names[s->name_count++].addr);
}

static void resolved(void *arg)
{
    struct resolving *r = arg;
    if (addr_is_set(&r->addr))
        r->fn(r->arg, &r->addr, 1, NULL);
    else
        r->fn(r->arg, NULL, 0, "no such name");
    free(r);
}

static void env_resolve(void *ctx, const char *name, resolved_fn fn, void *arg)
{
    struct sim *s = ctx;
    struct resolving *r = calloc(1, sizeof *r);
    *r = (struct resolving){.sim = s, .fn = fn, .arg = arg};
    for (size_t i = 0; i < s->name_count; i++)
        if (strcmp(s->names[i].name, name) == 0)
            r->addr = s->names[i].addr;
    timer_at(s, mono_after(s->now, MILLISECONDS(5)), resolved, r);
}

void sim_fetch(struct sim *s, const struct fetch_answer *answer)
{
    s->fetch_answer = answer;
}

const struct fetch_request *sim_fetched(const struct sim *s)
{
    return s->fetched.url ? &s->fetched : NULL;
}

static void fetched(void *arg)
{
    static const struct fetch_answer timeout = {.error = "timeout"};
    struct fetching *f = arg;
    f->fn(f->arg, f->sim->fetch_answer ? f->sim->fetch_answer : &timeout);
    free(f);
}

static void env_fetch(void *ctx, const struct fetch_request *r, fetch_fn fn, void *arg)
{
    struct sim *s = ctx;
    struct fetching *f = calloc(1, sizeof *f);
    *f = (struct fetching){.sim = s, .fn = fn, .arg = arg};
    s->fetched.url = copied(s, r->url);
    timer_at(s, mono_after(s->now, FETCH_NS), fetched, f);
}

void sim_consult(struct sim *s, const struct consult_answer *answer)
{
    s->consult_answer = answer;
}

const struct consult_request *sim_consulted(const struct sim *s)
{
    return s->consults ? &s->consulted : NULL;
}

size_t sim_consults(const struct sim *s)
{
    return s->consults;
}

static void consulted(void *arg)
{
    static const struct consult_answer silence = {.end = CONSULTATION_SILENT, .reason = "timeout"};
    struct fetching *f = arg;
    f->consult(f->arg, f->sim->consult_answer ? f->sim->consult_answer : &silence);
    free(f);
}

static void env_consult(void *ctx, const struct consult_request *r, consult_fn fn, void *arg)
{
    struct sim *s = ctx;
    struct fetching *f = calloc(1, sizeof *f);
    *f = (struct fetching){.sim = s, .consult = fn, .arg = arg};
    s->consults++;
    s->consulted = (struct consult_request){.url = copied(s, r->url),
                                            .user = r->user ? copied(s, r->user) : NULL,
                                            .pin = r->pin ? copied(s, r->pin) : NULL,
                                            .profile = r->profile};
    timer_at(s, mono_after(s->now, FETCH_NS), consulted, f);
}

void sim_ups(struct sim *s, const struct ups_answer *answer)
{
    s->ups_answer = answer;
}

const struct ups_request *sim_ups_asked(const struct sim *s)
{
    return s->ups_asked.host ? &s->ups_asked : NULL;
}

static void told_ups(void *arg)
{
    static const struct ups_answer silence = {.error = "timeout"};
    struct fetching *f = arg;
    f->ups(f->arg, f->sim->ups_answer ? f->sim->ups_answer : &silence);
    free(f);
}

static void env_ask_ups(void *ctx, const struct ups_request *r, ups_fn fn, void *arg)
{
    struct sim *s = ctx;
    struct fetching *f = calloc(1, sizeof *f);
    *f = (struct fetching){.sim = s, .ups = fn, .arg = arg};
    s->ups_asked = (struct ups_request){copied(s, r->host), copied(s, r->ups), r->port, r->timeout_ns};
    timer_at(s, mono_after(s->now, FETCH_NS), told_ups, f);
}

static struct memory *memory_of(const struct sim *s, const char *node, const char *key)
{
    for (size_t i = 0; i < s->memory_count; i++)
        if (strcmp(s->memories[i].node, node) == 0 && strcmp(s->memories[i].key, key) == 0)
            return &s->memories[i];
    return NULL;
}

static const char *env_recall(void *ctx, const char *node, const char *key)
{
    const struct memory *m = memory_of(ctx, node, key);
    return m ? m->value : NULL;
}

static void env_remember(void *ctx, const char *node, const char *key, const char *value)
{
    struct sim *s = ctx;
    struct memory *m = memory_of(s, node, key);
    if (!m) {
        s->memories = reallocarray(s->memories, s->memory_count + 1, sizeof *s->memories);
        m = &s->memories[s->memory_count++];
        *m = (struct memory){copied(s, node), copied(s, key), NULL};
    }
    m->value = copied(s, value);
}

struct working {
    struct working *next;
    struct sim *sim;
    work_fn run, done;
    void *arg;
};

static void end_work(struct working *w, bool run)
{
    struct working **link = &w->sim->works;
    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    if (run)
        w->run(w->arg);
    w->done(w->arg);
    free(w);
}

static void worked(void *arg)
{
    end_work(arg, true);
}

/* A thread that takes this long; what runs in it is run when it is over. */
static void env_work(void *ctx, work_fn run, work_fn done, void *arg)
{
    struct sim *s = ctx;
    struct working *w = calloc(1, sizeof *w);
    *w = (struct working){s->works, s, run, done, arg};
    s->works = w;
    timer_at(s, mono_after(s->now, WORK_NS), worked, w);
}

static struct instant env_now(void *ctx)
{
    return sim_now(ctx);
}

struct sim *sim_create(uint64_t seed)
{
    struct sim *s = calloc(1, sizeof *s);
    s->random = seed * 2 + 1;
    s->now.ns = SECONDS(1000);
    const char *segment = getenv("HAYLOFT_UDP_SEGMENT");
    s->never_segment = segment && strcmp(segment, "off") == 0;
    s->arena = arena_create(0);
    s->packets = (struct packets){&door_ops, s};
    s->netinfo = (struct netinfo){&place_ops, s};
    s->env = (struct env){.ctx = s,
                          .now = env_now,
                          .packets = &s->packets,
                          .timer_start = env_timer_start,
                          .timer_stop = env_timer_stop,
                          .report = env_report,
                          .hint = env_hint,
                          .fetch = env_fetch,
                          .consult = env_consult,
                          .ask_ups = env_ask_ups,
                          .resolve = env_resolve,
                          .recall = env_recall,
                          .remember = env_remember,
                          .work = env_work,
                          .netinfo = &s->netinfo};
    return s;
}

static size_t env_guest_targets(void *ctx, const char *network, struct guest_target *out, size_t max)
{
    struct sim *s = ctx;
    return s->targets(s->targets_ctx, network, out, max);
}

void sim_set_ether(struct sim *s, const struct ether *door, sim_targets_fn targets, void *ctx)
{
    s->env.ether = door;
    s->env.guest_targets = targets ? env_guest_targets : NULL;
    s->targets = targets;
    s->targets_ctx = ctx;
}

void sim_set_wifi(struct sim *s, const struct wifi *door)
{
    s->env.wifi = door;
}

void sim_profiles(struct sim *s, const struct profile_set *set)
{
    s->env.profiles = set;
}

const struct env *sim_env(struct sim *s)
{
    return &s->env;
}

void sim_destroy(struct sim *s)
{
    while (s->works)
        end_work(s->works, false);
    while (s->timers)
        env_timer_stop(s, s->timers);
    while (s->arrivals) {
        struct arrival *a = s->arrivals;
        s->arrivals = a->next;
        free(a);
    }
    while (s->streams)
        door_close(s, s->streams);
    for (size_t i = 0; i < s->host_count; i++)
        free(s->hosts[i]);
    free(s->reports);
    free(s->memories);
    arena_destroy(s->arena);
    free(s);
}
