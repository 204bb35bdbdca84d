/* ping: echoes spread evenly over the interval, and short runs of them when somebody needs to know soon.
 *
 * A check has bursts (see burst.h): the regular one, and beside it confirm, recover and ask rounds. All
 * bursts of all checks stand on one agenda; times are rounded up to a grid of slots, so that a thousand
 * nodes cost five wake-ups a second and not a thousand. What is due in a slot leaves in one batch.
 * Replies find their burst through the flight of their token (protocol/echo.h). */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "collectors/collector.h"
#include "collectors/ping/agenda.h"
#include "collectors/ping/burst.h"
#include "collectors/ping/neighbour.h"
#include "collectors/protocol/echo.h"
#include "poller/base/log.h"

#define SLOT_NS MILLISECONDS(200)     /* the grid of sending: fewer wake-ups, no smoother network */
#define FINE_SLOT_NS MILLISECONDS(50) /* of bursts with less than COARSE_GAP_NS between two echoes */
#define COARSE_GAP_NS SECONDS(2)
#define BATCH_ECHOES 64
#define RUN_ECHOES_MAX 128            /* then a pause, so that answers do not overrun our queue */
#define RUN_PAUSE_NS MILLISECONDS(5)
#define STALL_NS MILLISECONDS(200)
#define ARP_EVERY 3                   /* echoes of a confirmation: one ARP request beside every third */
#define RECOVER_ECHOES 5
#define ASK_ECHOES 3
#define ASK_GAP_NS MILLISECONDS(300)
#define ADDRESSES_MAX 8               /* of one node, the best first */
#define DETAIL_MAX 160

struct ping_options {
    int64_t count;
    int64_t timeout_ns;
    int64_t size;
    int64_t confirm_count;
    int64_t confirm_gap_ns;
};

static const struct ping_options standard = {10, SECONDS(1), 56, 7, SECONDS(1)};

static const struct field ping_fields[] = {
    {FIELD(struct ping_options, count, FIELD_INT), .standard = "10", .min = 1, .max = BURST_ECHOES_MAX,
     .help = "echoes per interval, evenly spread"},
    {.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct ping_options, timeout_ns),
     .standard = "1s", .min = MILLISECONDS(10), .max = SECONDS(30),
     .help = "an echo without an answer for so long is lost"},
    {FIELD(struct ping_options, size, FIELD_INT), .standard = "56", .min = ECHO_PAYLOAD_MIN,
     .max = ECHO_PAYLOAD_MAX, .help = "bytes of payload in an echo"},
    {.name = "confirm", .type = FIELD_INT, .offset = offsetof(struct ping_options, confirm_count),
     .standard = "7", .min = 2, .max = 60,
     .help = "echoes after a first loss; all lost means down. At 1 % random loss 7 in a row happen "
             "by chance once in 3 million years per node"},
    {.name = "confirm_gap", .type = FIELD_DURATION,
     .offset = offsetof(struct ping_options, confirm_gap_ns), .standard = "1s",
     .min = MILLISECONDS(50), .max = SECONDS(60), .help = "time between those echoes"},
};

static const struct record ping_record = {
    .name = "ping",
    .size = sizeof(struct ping_options),
    .fields = ping_fields,
    .field_count = sizeof ping_fields / sizeof ping_fields[0],
};

struct target;

/* A burst with its place in the collector. */
struct run {
    struct agenda_entry entry; /* first: the agenda's pointer is the run's */
    struct run *next;          /* of the same target */
    struct target *target;
    struct burst *burst;
    uint32_t index, serial;    /* how flights name it */
    uint32_t round;
    enum round_kind kind;
    unsigned wrong_source;
    const char *trouble;       /* reason word of the last ICMP error, or NULL */
    struct addr offender;
    int own_errno;
};

struct target {
    struct check_setting setting;
    struct ping_options options;
    struct run *runs;
    unsigned lost_in_row;
    struct mono silent_since;  /* when the first of those was sent */
    bool heard;                /* has answered since it was adopted */
    uint8_t preferred;         /* index of the address regular echoes go to */
};

struct outbox {
    struct packet packets[BATCH_ECHOES];
    uint32_t tokens[BATCH_ECHOES];
    size_t count;
    uint8_t messages[BATCH_ECHOES][ECHO_MESSAGE_MAX];
};

struct collector_instance {
    const struct env *env;
    struct echoes *echoes;
    struct neighbours *neighbours;
    struct agenda agenda;
    struct target **targets;   /* by check id */
    size_t target_capacity;
    struct run **runs;         /* by index; free ones NULL */
    size_t run_capacity, run_cursor;
    uint32_t serial;
    struct timer *timer;
    struct mono timer_at;
    bool busy, flush_wanted;   /* a hint of ours may come back as start and flush: not in mid-work */
    struct outbox out[2];      /* ICMP4, ICMP6 */
};

static enum packets_door door_of(uint8_t family)
{
    return family == AF_INET6 ? PACKETS_ICMP6 : PACKETS_ICMP4;
}

/* ---- ending a run ---- */

/* An answer to it would be late from now on. */
static void give_up_flight(struct collector_instance *c, const struct run *r, unsigned number)
{
    struct echo_flight *f = echoes_flight(c->echoes, r->burst->echoes[number].token);
    if (f && f->state == ECHO_WAITING)
        f->state = ECHO_LOST;
}

static void free_run(struct collector_instance *c, struct run *r)
{
    for (struct run **link = &r->target->runs; *link; link = &(*link)->next)
        if (*link == r) {
            *link = r->next;
            break;
        }
    agenda_remove(&c->agenda, &r->entry);
    c->runs[r->index] = NULL;
    free(r->burst);
    free(r);
}

static const char *reason_of(const struct run *r, enum outcome outcome)
{
    if (outcome == OUTCOME_SILENT)
        return r->trouble ? r->trouble : "timeout";
    if (outcome == OUTCOME_OWN_FAULT)
        return r->own_errno ? "send" : "overflow";
    if (outcome == OUTCOME_ANSWERED && !r->burst->answered)
        return "late";
    return "";
}

static void own_detail(const struct run *r, char out[DETAIL_MAX])
{
    char text[64];
    if (!r->own_errno)
        snprintf(out, DETAIL_MAX, "our receive queue overflowed");
    else
        snprintf(out, DETAIL_MAX, "cannot send: %s%s", strerror_r(r->own_errno, text, sizeof text),
                 r->own_errno == EPERM ? " (a local firewall drops our echoes)" : "");
}

static const char *detail_of(const struct run *r, enum outcome outcome, char out[DETAIL_MAX])
{
    const struct burst *b = r->burst;
    char by[ADDR_TEXT_MAX];
    if (outcome == OUTCOME_OWN_FAULT)
        own_detail(r, out);
    else if (r->trouble && outcome == OUTCOME_SILENT)
        snprintf(out, DETAIL_MAX, "%s, said by %s", r->trouble, addr_text(&r->offender, by));
    else if (b->late || b->duplicates || r->wrong_source)
        snprintf(out, DETAIL_MAX, "%u late, %u duplicate, %u from a wrong source", b->late,
                 b->duplicates, r->wrong_source);
    else
        return NULL;
    return out;
}

/* Silent to echoes, and yet it has answered on the own link since the silence began. */
static bool neighbour_answers(const struct collector_instance *c, const struct target *t, struct mono now)
{
    return t->lost_in_row && t->setting.address_count &&
           neighbours_answered(c->neighbours, &t->setting.addresses[t->preferred], t->silent_since, now);
}

#define PING_SOURCES 8

static void measure(const struct burst *b, struct measure out[PING_SOURCES])
{
    struct burst_summary s = burst_summarise(b);
    const struct measure filled[PING_SOURCES] = {
        {"rtt_min", s.min, UNIT_SECONDS},       {"rtt_q1", s.q1, UNIT_SECONDS},
        {"rtt_median", s.median, UNIT_SECONDS}, {"rtt_q3", s.q3, UNIT_SECONDS},
        {"rtt_max", s.max, UNIT_SECONDS},       {"jitter", s.jitter, UNIT_SECONDS},
        {"loss", s.loss, UNIT_RATIO},           {"sent", b->answered + b->lost, UNIT_NONE},
    };
    memcpy(out, filled, sizeof filled);
}

/* The run's one report; the run is gone afterwards. */
static void finish(struct collector_instance *c, struct run *r, enum outcome outcome)
{
    struct instant now = c->env->now(c->env->ctx);
    const struct burst *b = r->burst;
    char detail[DETAIL_MAX];
    struct measure measures[PING_SOURCES];
    struct object_measures object = {"ping", LAYOUT_PING, measures, PING_SOURCES, false, {0}};
    bool in_series = r->kind == ROUND_REGULAR && b->answered + b->lost > 0;
    if (in_series)
        measure(b, measures);
    struct report report = {
        .check = r->target->setting.check,
        .round = r->round,
        .kind = r->kind,
        .outcome = outcome,
        .reason = reason_of(r, outcome),
        .detail = detail_of(r, outcome, detail),
        .started = b->started,
        .ended = now.mono,
        .sent = b->answered + b->lost,
        .lost = b->lost,
        .objects = &object,
        .object_count = in_series ? 1 : 0,
        .resolved_by_neighbour =
            outcome == OUTCOME_SILENT && neighbour_answers(c, r->target, now.mono),
    };
    for (unsigned i = b->settled; i < b->sent; i++)
        give_up_flight(c, r, i);
    struct burst *burst = r->burst;
    r->burst = NULL;
    free_run(c, r);
    c->env->report(c->env->ctx, &report);
    free(burst);
}

/* ---- what an echo's fate means for its target ---- */

static void hint(struct collector_instance *c, const struct target *t, enum hint_kind kind)
{
    struct hint h = {.check = t->setting.check, .kind = kind, .at = c->env->now(c->env->ctx).mono};
    c->env->hint(c->env->ctx, &h);
}

/* True: the first loss after answers, of which somebody wants to know (hint) once the caller has done with
 * the run: who is told may cancel it. */
static bool echo_lost(struct collector_instance *c, struct run *r, unsigned number)
{
    struct target *t = r->target;
    unsigned lost_before = r->burst->lost;
    give_up_flight(c, r, number);
    burst_lose(r->burst, number);
    if (r->burst->lost == lost_before)
        return false; /* doubtful: our own fault, no loss */
    bool first = t->lost_in_row++ == 0;
    if (first)
        t->silent_since = r->burst->echoes[number].sent;
    return first && r->kind == ROUND_REGULAR;
}

static void echo_answered(struct collector_instance *c, struct target *t)
{
    bool after_silence = t->lost_in_row >= (unsigned)t->options.confirm_count || !t->heard;
    t->lost_in_row = 0;
    t->heard = true;
    if (after_silence)
        hint(c, t, HINT_FIRST_ANSWER);
}

/* ---- sending ---- */

static void own_failure(struct collector_instance *c, uint32_t token, int error)
{
    struct echo_flight *f = echoes_flight(c->echoes, token);
    struct run *r = f ? c->runs[f->owner] : NULL;
    if (!r || r->serial != f->serial)
        return;
    r->own_errno = error;
    give_up_flight(c, r, f->number);
    burst_ours(r->burst, f->number);
}

static void send_batch(struct collector_instance *c, struct outbox *out, enum packets_door door)
{
    if (!out->count)
        return;
    packets_send(c->env->packets, door, out->packets, out->count);
    for (size_t i = 0; i < out->count; i++) {
        struct echo_flight *f = echoes_flight(c->echoes, out->tokens[i]);
        struct run *r = f ? c->runs[f->owner] : NULL;
        if (out->packets[i].error) {
            own_failure(c, out->tokens[i], out->packets[i].error);
        } else if (r && r->serial == f->serial) {
            f->sent = out->packets[i].at;
            r->burst->echoes[f->number].sent = f->sent;
        }
    }
    out->count = 0;
}

static void send_all(struct collector_instance *c)
{
    send_batch(c, &c->out[0], PACKETS_ICMP4);
    send_batch(c, &c->out[1], PACKETS_ICMP6);
}

/* Regular echoes keep to one address; the others try all in turn. -1: no door for any. */
static int choose_address(const struct collector_instance *c, const struct run *r)
{
    const struct check_setting *s = &r->target->setting;
    size_t count = s->address_count < ADDRESSES_MAX ? s->address_count : ADDRESSES_MAX;
    size_t first = r->target->preferred;
    if (r->kind == ROUND_CONFIRM || r->kind == ROUND_ASK)
        first += r->burst->sent;
    for (size_t i = 0; i < count; i++) {
        size_t at = (first + i) % count;
        if (packets_available(c->env->packets, door_of(s->addresses[at].family)))
            return (int)at;
    }
    return -1;
}

static void cannot_send(struct collector_instance *c, struct run *r, struct mono now, int error)
{
    burst_sent(r->burst, now);
    r->own_errno = error;
    burst_ours(r->burst, r->burst->sent - 1);
}

static void send_next(struct collector_instance *c, struct run *r, struct mono now)
{
    int address = choose_address(c, r);
    if (address < 0) {
        cannot_send(c, r, now, EAFNOSUPPORT);
        return;
    }
    const struct addr *to = &r->target->setting.addresses[address];
    if (r->kind == ROUND_CONFIRM && r->burst->sent % ARP_EVERY == 0)
        neighbours_ask(c->neighbours, to);
    struct outbox *out = &c->out[to->family == AF_INET6];
    if (out->count == BATCH_ECHOES)
        send_batch(c, out, door_of(to->family));
    size_t payload = (size_t)r->target->options.size;
    uint8_t *message = out->messages[out->count];
    struct echo_flight *f = echoes_launch(c->echoes, to->family, message, payload);
    if (!f) {
        cannot_send(c, r, now, ENOMEM);
        return;
    }
    f->owner = r->index;
    f->serial = r->serial;
    f->number = (uint16_t)r->burst->sent;
    f->address = (uint8_t)address;
    out->tokens[out->count] = f->token;
    out->packets[out->count++] =
        (struct packet){.peer = *to, .data = message, .len = ICMP_HEADER_BYTES + payload};
    r->burst->echoes[r->burst->sent].token = f->token;
    burst_sent(r->burst, now);
}

/* ---- the agenda ---- */

static struct mono on_grid(struct mono t, int64_t slot_ns)
{
    if (t.ns == MONO_NEVER.ns)
        return t;
    return (struct mono){(t.ns + slot_ns - 1) / slot_ns * slot_ns};
}

static void put_on_agenda(struct collector_instance *c, struct run *r)
{
    int64_t slot_ns = r->burst->plan.gap_ns < COARSE_GAP_NS ? FINE_SLOT_NS : SLOT_NS;
    if (!agenda_put(&c->agenda, &r->entry, on_grid(burst_due(r->burst), slot_ns)))
        finish(c, r, OUTCOME_CANCELLED);
}

/* Ends the run or gives it its new place. */
static void settle(struct collector_instance *c, struct run *r, struct mono now)
{
    if (burst_done(r->burst, now))
        finish(c, r, burst_outcome(r->burst));
    else
        put_on_agenda(c, r);
}

/* Does what is due for one run and says how many echoes that were. */
static unsigned step(struct collector_instance *c, struct run *r, struct mono now)
{
    struct target *t = r->target;
    unsigned sent = 0;
    bool first_loss = false;
    for (int number; (number = burst_overdue(r->burst, now)) >= 0;)
        first_loss |= echo_lost(c, r, (unsigned)number);
    if (burst_send_due(r->burst, now) && !burst_done(r->burst, now)) {
        send_next(c, r, now);
        sent = 1;
    }
    settle(c, r, now);
    if (first_loss)
        hint(c, t, HINT_FIRST_LOSS);
    return sent;
}

static void on_timer(void *arg);

static void arm(struct collector_instance *c, struct mono earliest)
{
    struct agenda_entry *first = agenda_first(&c->agenda);
    struct mono when = first ? first->due : MONO_NEVER;
    if (mono_before(when, earliest))
        when = earliest;
    if (c->timer && c->timer_at.ns == when.ns)
        return;
    c->env->timer_stop(c->env->ctx, c->timer);
    c->timer = NULL;
    c->timer_at = when;
    if (first)
        c->timer = c->env->timer_start(c->env->ctx, when, on_timer, c);
}

static void work_once(struct collector_instance *c)
{
    struct mono now = c->env->now(c->env->ctx).mono;
    struct mono earliest = now;
    unsigned sent = 0;
    for (struct agenda_entry *e; (e = agenda_first(&c->agenda)) && !mono_before(now, e->due);) {
        sent += step(c, (struct run *)e, now);
        if (sent >= RUN_ECHOES_MAX) {
            earliest = mono_after(now, RUN_PAUSE_NS);
            break;
        }
    }
    send_all(c);
    arm(c, earliest);
}

static void work_off(struct collector_instance *c)
{
    c->flush_wanted = true;
    if (c->busy)
        return;
    c->busy = true;
    while (c->flush_wanted) {
        c->flush_wanted = false;
        work_once(c);
    }
    c->busy = false;
}

/* A timer that comes late means that we stood still: answers may wait in our queues, and must be read
 * before anything is called lost. */
static void on_timer(void *arg)
{
    struct collector_instance *c = arg;
    struct mono now = c->env->now(c->env->ctx).mono;
    c->timer = NULL;
    if (mono_since(now, c->timer_at) < STALL_NS) {
        work_off(c);
        return;
    }
    c->timer_at = mono_after(now, RUN_PAUSE_NS);
    c->timer = c->env->timer_start(c->env->ctx, c->timer_at, on_timer, c);
}

/* ---- receiving ---- */

static struct run *run_of(struct collector_instance *c, const struct echo_flight *f)
{
    struct run *r = f->owner < c->run_capacity ? c->runs[f->owner] : NULL;
    return r && r->serial == f->serial ? r : NULL;
}

static bool came_from_asked(const struct run *r, const struct echo_flight *f, const struct addr *peer)
{
    const struct check_setting *s = &r->target->setting;
    if (f->address >= s->address_count)
        return false;
    struct addr asked = s->addresses[f->address];
    if (!asked.scope || !peer->scope)
        return asked.family == peer->family && memcmp(asked.bytes, peer->bytes, sizeof asked.bytes) == 0;
    return addr_equal(&asked, peer);
}

static void take_answer(struct collector_instance *c, struct run *r, struct echo_flight *f,
                        struct mono at)
{
    struct target *t = r->target;
    f->state = ECHO_ANSWERED;
    if (!burst_waits(r->burst, f->number))
        return;
    burst_answer(r->burst, f->number, at);
    t->preferred = f->address;
    settle(c, r, at);
    echo_answered(c, t);
}

static void take_late(struct collector_instance *c, struct run *r, struct echo_flight *f,
                      struct mono now)
{
    f->state = ECHO_ANSWERED;
    r->burst->late++;
    if (r->burst->plan.until_answer)
        settle(c, r, now);
}

static void take_reply(struct collector_instance *c, const struct packet *p, uint8_t family)
{
    struct echo_flight *f;
    enum echo_match match = echoes_match(c->echoes, family, p->data, p->len, &f);
    struct run *r = match == ECHO_FOREIGN || match == ECHO_FORGED ? NULL : run_of(c, f);
    if (!r)
        return;
    if (!came_from_asked(r, f, &p->peer))
        r->wrong_source++;
    else if (match == ECHO_MATCH)
        take_answer(c, r, f, p->at);
    else if (match == ECHO_LATE)
        take_late(c, r, f, p->at);
    else
        r->burst->duplicates++;
}

static void take_error(struct collector_instance *c, const struct packet *p, uint8_t family)
{
    struct echo_flight *f = echoes_match_quote(c->echoes, family, p->data, p->len);
    struct run *r = f ? run_of(c, f) : NULL;
    if (!r || !came_from_asked(r, f, &p->peer))
        return;
    bool by_network = addr_is_set(&p->offender);
    if (by_network) {
        r->trouble = icmp_error_reason(family, p->icmp_type, p->icmp_code);
        r->offender = p->offender;
    }
    if (!burst_waits(r->burst, f->number))
        return;
    struct target *t = r->target;
    bool first_loss = by_network && echo_lost(c, r, f->number);
    if (!by_network) {
        give_up_flight(c, r, f->number);
        r->own_errno = p->error;
        burst_ours(r->burst, f->number);
    }
    settle(c, r, p->at);
    if (first_loss)
        hint(c, t, HINT_FIRST_LOSS);
}

static void doubt_all(struct collector_instance *c)
{
    for (size_t i = 0; i < c->run_capacity; i++)
        if (c->runs[i])
            burst_doubt(c->runs[i]->burst);
}

static void receive(struct collector_instance *c, const struct packet *batch, size_t count,
                    uint8_t family)
{
    c->busy = true;
    for (size_t i = 0; i < count; i++) {
        if (!batch[i].error)
            take_reply(c, &batch[i], family);
        else if (batch[i].peer.family)
            take_error(c, &batch[i], family);
        else
            doubt_all(c);
    }
    c->busy = false;
    if (c->flush_wanted)
        work_off(c);
    else
        arm(c, (struct mono){INT64_MIN});
}

static void on_icmp4(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET);
}

static void on_icmp6(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET6);
}

/* ---- the contract ---- */

static struct collector_instance *ping_create(const struct env *env)
{
    struct collector_instance *c = calloc(1, sizeof *c);
    struct hash_key key;
    if (!c)
        return NULL;
    if (getrandom(&key, sizeof key, 0) != sizeof key)
        goto fail;
    c->env = env;
    c->echoes = echoes_create(&key);
    c->neighbours = neighbours_create(env);
    if (!c->echoes || !c->neighbours)
        goto fail;
    packets_receive(env->packets, PACKETS_ICMP4, on_icmp4, c);
    packets_receive(env->packets, PACKETS_ICMP6, on_icmp6, c);
    return c;
fail:
    log_warn("ping", "cannot start, nothing will be pinged");
    neighbours_destroy(c->neighbours);
    echoes_destroy(c->echoes);
    free(c);
    return NULL;
}

static struct target *target_of(const struct collector_instance *c, uint32_t check)
{
    return check < c->target_capacity ? c->targets[check] : NULL;
}

/* Makes table[index] exist; new places are NULL. */
static bool reach(void ***table, size_t *capacity, size_t index)
{
    if (index < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity : 64;
    while (wanted <= index)
        wanted *= 2;
    void **grown = realloc(*table, wanted * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + *capacity, 0, (wanted - *capacity) * sizeof *grown);
    *table = grown;
    *capacity = wanted;
    return true;
}

static bool ping_adopt(struct collector_instance *c, const struct check_setting *s)
{
    if (!reach((void ***)&c->targets, &c->target_capacity, s->check))
        return false;
    struct target *t = c->targets[s->check];
    if (!t)
        t = c->targets[s->check] = calloc(1, sizeof *t);
    if (!t)
        return false;
    t->setting = *s;
    t->options = s->options ? *(const struct ping_options *)s->options : standard;
    if (t->preferred >= s->address_count)
        t->preferred = 0;
    return true;
}

static void cancel_runs(struct collector_instance *c, struct target *t)
{
    while (t->runs)
        finish(c, t->runs, OUTCOME_CANCELLED);
}

static void ping_drop(struct collector_instance *c, uint32_t check)
{
    struct target *t = target_of(c, check);
    if (!t)
        return;
    cancel_runs(c, t);
    c->targets[check] = NULL;
    free(t);
    arm(c, (struct mono){INT64_MIN});
}

static struct burst_plan plan_of(const struct target *t, enum round_kind kind)
{
    const struct ping_options *o = &t->options;
    switch (kind) {
    case ROUND_CONFIRM:
        return (struct burst_plan){(unsigned)o->confirm_count, o->confirm_gap_ns, o->timeout_ns, true};
    case ROUND_RECOVER:
        return (struct burst_plan){RECOVER_ECHOES, o->confirm_gap_ns, o->timeout_ns, false};
    case ROUND_ASK:
    case ROUND_TABLES: /* it has none: never asked */
    case ROUND_ALL_TABLES:
        return (struct burst_plan){ASK_ECHOES, ASK_GAP_NS, o->timeout_ns, true};
    case ROUND_REGULAR:
        break;
    }
    return (struct burst_plan){(unsigned)o->count, t->setting.interval_ns / o->count, o->timeout_ns,
                               false};
}

/* Searched from where the last one was found; the capacity when all are taken. */
static size_t free_index(struct collector_instance *c)
{
    for (size_t i = 0; i < c->run_capacity; i++) {
        size_t at = (c->run_cursor + i) % c->run_capacity;
        if (!c->runs[at]) {
            c->run_cursor = at + 1;
            return at;
        }
    }
    return c->run_capacity;
}

static struct run *open_run(struct collector_instance *c, struct target *t, enum round_kind kind,
                            struct mono now, struct mono deadline)
{
    size_t index = free_index(c);
    struct run *r = calloc(1, sizeof *r);
    struct burst_plan plan = plan_of(t, kind);
    if (!r || !reach((void ***)&c->runs, &c->run_capacity, index) ||
        !(r->burst = burst_create(&plan, now, deadline))) {
        free(r);
        return NULL;
    }
    r->index = (uint32_t)index;
    r->serial = ++c->serial;
    r->target = t;
    r->kind = kind;
    r->next = t->runs;
    t->runs = r;
    c->runs[index] = r;
    return r;
}

static void refuse(struct collector_instance *c, uint32_t check, uint32_t round, enum round_kind kind)
{
    struct instant now = c->env->now(c->env->ctx);
    struct report report = {.check = check,
                            .round = round,
                            .kind = kind,
                            .outcome = OUTCOME_OWN_FAULT,
                            .reason = "memory",
                            .started = now.mono,
                            .ended = now.mono};
    c->env->report(c->env->ctx, &report);
}

static void ping_start(struct collector_instance *c, uint32_t check, uint32_t round,
                       enum round_kind kind, struct mono deadline)
{
    struct target *t = target_of(c, check);
    struct mono now = c->env->now(c->env->ctx).mono;
    struct run *r = t ? open_run(c, t, kind, now, deadline) : NULL;
    if (!r) {
        refuse(c, check, round, kind);
        return;
    }
    r->round = round;
    if (!agenda_put(&c->agenda, &r->entry, now)) /* its first echo leaves with this flush */
        finish(c, r, OUTCOME_CANCELLED);
}

static void ping_cancel(struct collector_instance *c, uint32_t check, uint32_t round)
{
    struct target *t = target_of(c, check);
    for (struct run *r = t ? t->runs : NULL; r; r = r->next)
        if (r->round == round) {
            finish(c, r, OUTCOME_CANCELLED);
            break;
        }
    arm(c, (struct mono){INT64_MIN});
}

static void ping_destroy(struct collector_instance *c)
{
    if (!c)
        return;
    packets_receive(c->env->packets, PACKETS_ICMP4, NULL, c);
    packets_receive(c->env->packets, PACKETS_ICMP6, NULL, c);
    for (size_t i = 0; i < c->target_capacity; i++)
        ping_drop(c, (uint32_t)i);
    c->env->timer_stop(c->env->ctx, c->timer);
    agenda_fini(&c->agenda);
    neighbours_destroy(c->neighbours);
    echoes_destroy(c->echoes);
    free(c->targets);
    free(c->runs);
    free(c);
}

extern const struct collector ping_collector;
const struct collector ping_collector = {
    .name = "ping",
    .summary = "echoes: is it there, how far, how steady",
    .options = &ping_record,
    .interval_ns = SECONDS(60),
    .automatic = true,
    .create = ping_create,
    .adopt = ping_adopt,
    .drop = ping_drop,
    .start = ping_start,
    .flush = work_off,
    .cancel = ping_cancel,
    .destroy = ping_destroy,
};
