#include "collectors/protocol/snmp_client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "collectors/protocol/snmp_secure.h"

#define SLOT_BITS 16
#define SLOTS_MAX (1u << SLOT_BITS)
#define BATCH 64
#define SHEET_BYTES 352 /* nearly every request fits; nobody asks malloc for each */
#define SHEETS_MOST 1024 /* that are kept */
#define TOGETHER_BYTES (BATCH * SNMP_WRITE_MOST) /* of requests of a batch; only what is used of it costs memory */
#define TIMER_GAP_NS MILLISECONDS(20) /* timeouts are gathered: one wake-up serves many */
#define BLAME_SCAN_MAX 1024           /* beyond it a stranger's garbage is not searched a culprit for */
#define SECURED_ROUNDS_MAX 4          /* discovery, another engine, its clock, and once more */
#define MESSAGE_BITS 15               /* of a message id, above the slot */
#define NOT_SENT SIZE_MAX
#define CACHE_LINE_BYTES 64
#define LOT 32                        /* answers that are looked at before the first of them is taken */
#define AHEAD 2

struct sheet {
    struct sheet *next;
};

struct snmp_client {
    const struct env *env;
    struct snmp_request **slots; /* by the low bits of the request id; NULL: free */
    uint32_t *free_slots;
    size_t capacity, free_count, in_flight;
    uint32_t turn;               /* high bits of the next id */
    struct snmp_request **queue; /* to be sent, in order; NULL: cancelled */
    size_t queue_count, queue_capacity;
    bool flushing;
    uint8_t together[TOGETHER_BYTES];
    size_t together_len;
    struct sheet *sheets;
    unsigned sheet_count;
    struct timer *timer;
    struct mono timer_at;
    struct snmp_scratch scratch; /* to seal and open in; none before the first agent of version 3 */
    struct snmp_client_counts counts;
};

struct snmp_client *snmp_client_create(const struct env *env)
{
    struct snmp_client *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->env = env;
    c->timer_at = MONO_NEVER;
    /* Ids that cannot be guessed keep a blind forger out; without random bytes they only are not that. */
    if (getrandom(&c->turn, sizeof c->turn, GRND_NONBLOCK) < 0)
        c->turn = 1;
    return c;
}

void snmp_client_destroy(struct snmp_client *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->capacity; i++)
        if (c->slots[i]) {
            free(c->slots[i]->bytes);
            free(c->slots[i]->sealed);
        }
    for (struct sheet *s = c->sheets, *next; s; s = next) {
        next = s->next;
        free(s);
    }
    free(c->scratch.bytes);
    if (c->timer)
        c->env->timer_stop(c->env->ctx, c->timer);
    free(c->slots);
    free(c->free_slots);
    free(c->queue);
    free(c);
}

const struct snmp_client_counts *snmp_client_counts(const struct snmp_client *c)
{
    return &c->counts;
}

static bool grow_slots(struct snmp_client *c)
{
    size_t capacity = c->capacity ? c->capacity * 2 : 16;
    if (capacity > SLOTS_MAX)
        return false;
    void *slots = realloc(c->slots, capacity * sizeof *c->slots);
    if (slots)
        c->slots = slots;
    void *spare = realloc(c->free_slots, capacity * sizeof *c->free_slots);
    if (spare)
        c->free_slots = spare;
    if (!slots || !spare)
        return false;
    for (size_t i = capacity; i-- > c->capacity;) {
        c->slots[i] = NULL;
        c->free_slots[c->free_count++] = (uint32_t)i;
    }
    c->capacity = capacity;
    return true;
}

static bool queue_push(struct snmp_client *c, struct snmp_request *r)
{
    if (c->queue_count == c->queue_capacity) {
        size_t capacity = c->queue_capacity ? c->queue_capacity * 2 : 16;
        void *queue = realloc(c->queue, capacity * sizeof *c->queue);
        if (!queue)
            return false;
        c->queue = queue;
        c->queue_capacity = capacity;
    }
    c->queue[c->queue_count++] = r;
    r->queued = true;
    return true;
}

static uint8_t *take_sheet(struct snmp_client *c, size_t len)
{
    struct sheet *s = c->sheets;
    if (len > SHEET_BYTES || !s)
        return malloc(len > SHEET_BYTES ? len : SHEET_BYTES);
    c->sheets = s->next;
    c->sheet_count--;
    return (uint8_t *)s;
}

static void give_sheet_back(struct snmp_client *c, uint8_t *bytes, size_t len)
{
    struct sheet *s = (struct sheet *)bytes;
    if (!bytes || len > SHEET_BYTES || c->sheet_count >= SHEETS_MOST) {
        free(bytes);
        return;
    }
    s->next = c->sheets;
    c->sheets = s;
    c->sheet_count++;
}

static bool keep_bytes(struct snmp_client *c, struct snmp_request *r, const struct snmp_written *w)
{
    r->bytes = take_sheet(c, w->len);
    if (!r->bytes)
        return false;
    memcpy(r->bytes, w->bytes, w->len);
    r->len = (uint32_t)w->len;
    r->id_offset = (uint32_t)w->id_offset;
    r->out = r->bytes;
    r->out_len = r->len;
    return true;
}

static void drop_bytes(struct snmp_client *c, struct snmp_request *r)
{
    give_sheet_back(c, r->bytes, r->len);
    r->bytes = NULL;
}

static uint32_t next_id(struct snmp_client *c, uint32_t slot)
{
    c->turn = c->turn * 1664525u + 1013904223u; /* full period: a slot's id comes back late */
    return SNMP_REQUEST_ID_FIRST | ((c->turn >> 18) << SLOT_BITS) | slot;
}

static void begin_secured(struct snmp_client *c, struct snmp_request *r)
{
    c->turn = c->turn * 1664525u + 1013904223u;
    r->message = (uint16_t)(c->turn >> (32 - MESSAGE_BITS));
    r->messages = r->step_first = 0;
    r->rounds = 0;
    r->waits_for_keys = r->keys_tried = r->discovers = r->examines = false;
}

bool snmp_client_ask(struct snmp_client *c, struct snmp_request *r, const struct snmp_written *w)
{
    if (!c->free_count && !grow_slots(c))
        return false;
    if ((!r->write && !keep_bytes(c, r, w)) || !queue_push(c, r)) {
        drop_bytes(c, r);
        return false;
    }
    uint32_t slot = c->free_slots[--c->free_count];
    c->slots[slot] = r;
    r->id = next_id(c, slot);
    if (r->bytes)
        snmp_patch_request_id(r->bytes + r->id_offset, r->id);
    r->tries = 0;
    r->deadline = MONO_NEVER;
    if (r->agent->secure)
        begin_secured(c, r);
    c->in_flight++;
    r->agent->in_flight++;
    return true;
}

/* Out of flight: its callbacks may ask with it again. */
static void retire(struct snmp_client *c, struct snmp_request *r)
{
    uint32_t slot = r->id & (SLOTS_MAX - 1);
    c->slots[slot] = NULL;
    c->free_slots[c->free_count++] = slot;
    c->in_flight--;
    r->agent->in_flight--;
    r->id = 0;
    drop_bytes(c, r);
    free(r->sealed);
    r->sealed = NULL;
    for (size_t i = 0; r->queued && i < c->queue_count; i++)
        if (c->queue[i] == r)
            c->queue[i] = NULL;
    r->queued = false;
    if (!c->in_flight && c->timer) {
        c->env->timer_stop(c->env->ctx, c->timer);
        c->timer = NULL;
        c->timer_at = MONO_NEVER;
    }
}

void snmp_client_cancel(struct snmp_client *c, struct snmp_request *r)
{
    if (r->id)
        retire(c, r);
}

static void lose(struct snmp_client *c, struct snmp_request *r, enum snmp_loss loss, int error)
{
    snmp_agent_lost(r->agent);
    if (loss == SNMP_LOSS_SILENT)
        snmp_agent_silent(r->agent);
    if (r->agent->secure && loss == SNMP_LOSS_SILENT)
        snmp_secure_gave_up(r->agent->secure, true);
    retire(c, r);
    r->lost(r, loss, error);
}

static void on_timer(void *arg);

static void arm(struct snmp_client *c, struct mono deadline)
{
    if (!mono_before(deadline, c->timer_at))
        return;
    if (c->timer)
        c->env->timer_stop(c->env->ctx, c->timer);
    c->timer_at = deadline;
    c->timer = c->env->timer_start(c->env->ctx, deadline, on_timer, c);
}

/* The try's clock starts when the packet has left. */
static void note_sent(struct snmp_client *c, struct snmp_request *r, const struct packet *p)
{
    r->sent = p->at;
    if (r->tries++ == 0)
        r->first_sent = p->at;
    else
        r->agent->counts.resent++;
    r->agent->counts.sent++;
    r->deadline = mono_after(p->at, snmp_agent_wait_ns(r->agent));
    arm(c, r->deadline);
}

static struct packet packet_of(const struct snmp_request *r)
{
    return (struct packet){
        .peer = r->agent->addr, .port = r->agent->port, .data = r->out, .len = r->out_len};
}

/* To where requests stand together. */
static bool write_late(struct snmp_client *c, struct snmp_request *r)
{
    struct snmp_written w;
    uint8_t *at = c->together + c->together_len;
    if (TOGETHER_BYTES - c->together_len < SNMP_WRITE_MOST || !r->write(r, at, SNMP_WRITE_MOST, &w) ||
        w.len > SNMP_WRITE_MOST)
        return false;
    memmove(at, w.bytes, w.len);
    snmp_patch_request_id(at + w.id_offset, r->id);
    c->together_len += w.len;
    r->out = at;
    r->out_len = w.len;
    return true;
}

/* Several requests of one length for one agent (the parts of a table) become one packet that the kernel
 * cuts (UDP_SEGMENT): most of what sending costs is paid once. */
static bool join(struct snmp_client *c, struct packet *p, const struct snmp_request *first,
                 const struct snmp_request *r)
{
    bool begun = p->segment != 0;
    size_t len = r->out_len, need = begun ? len : 2 * len;
    if (r->agent != first->agent || r->agent->unsegmented || len != first->out_len)
        return false;
    if (p->data + p->len == r->out) {
        p->segment = (uint16_t)len;
        p->len += len;
        return true;
    }
    if (c->together_len + need > TOGETHER_BYTES)
        return false;
    if (!begun) {
        p->data = memcpy(c->together + c->together_len, first->out, len);
        p->segment = (uint16_t)len;
        c->together_len += len;
    }
    memcpy(c->together + c->together_len, r->out, len);
    c->together_len += len;
    p->len += len;
    return true;
}

static uint32_t message_id(const struct snmp_request *r, unsigned message)
{
    uint32_t high = (r->message + message) & ((1u << MESSAGE_BITS) - 1);
    return high << SLOT_BITS | (r->id & (SLOTS_MAX - 1));
}

/* Made when it leaves: it carries the engine's time, and a salt that was never used before. */
static bool seal(struct snmp_client *c, struct snmp_request *r)
{
    struct snmp_sealed sealed;
    struct snmp_question q = {message_id(r, r->messages), r->id, r->bytes, r->len, r->examines};
    size_t capacity = r->len + SNMP_USM_OVERHEAD_MAX;
    if (!r->sealed && !(r->sealed = malloc(capacity)))
        return false;
    if (!snmp_secure_seal(r->agent->secure, &q, c->env->now(c->env->ctx).mono, &c->scratch, r->sealed,
                          capacity, &sealed))
        return false;
    if (r->discovers != sealed.discovery)
        r->step_first = r->messages; /* somebody else's question found the engine meanwhile */
    r->messages++;
    r->discovers = sealed.discovery;
    r->engines = sealed.engines;
    r->out = sealed.bytes;
    r->out_len = sealed.len;
    return true;
}

static bool make_ready(struct snmp_client *c, struct snmp_request *r)
{
    if (r->agent->secure)
        return seal(c, r);
    return !r->write || write_late(c, r);
}

static void send_batch(struct snmp_client *c, struct snmp_request **requests, size_t count)
{
    struct packet packets[BATCH];
    uint32_t ids[BATCH];
    size_t packet_at[BATCH], used = 0, first = 0;
    c->together_len = 0;
    for (size_t i = 0; i < count; i++) {
        ids[i] = requests[i]->id;
        packet_at[i] = NOT_SENT;
        if (!make_ready(c, requests[i]))
            continue;
        if (!used || !join(c, &packets[used - 1], requests[first], requests[i])) {
            packets[used++] = packet_of(requests[i]);
            first = i;
        }
        packet_at[i] = used - 1;
    }
    packets_send(c->env->packets, PACKETS_UDP, packets, used);
    for (size_t i = 0; i < count; i++) {
        /* A fate told here may cancel requests further down: look the id up again. */
        const struct packet *p = &packets[packet_at[i] == NOT_SENT ? 0 : packet_at[i]];
        struct snmp_request *r = c->slots[ids[i] & (SLOTS_MAX - 1)];
        if (!r || r->id != ids[i])
            continue;
        r->agent->unsegmented |= p->unsegmented;
        if (packet_at[i] == NOT_SENT)
            lose(c, r, SNMP_LOSS_OWN, 0);
        else if (p->error)
            lose(c, r, SNMP_LOSS_OWN, p->error);
        else
            note_sent(c, r, p);
    }
}

static void queue_again(struct snmp_client *c, struct snmp_request *r)
{
    if (!r->queued && !queue_push(c, r))
        lose(c, r, SNMP_LOSS_OWN, ENOMEM);
}

static void on_keys(void *ctx, struct snmp_secure *secure)
{
    struct snmp_client *c = ctx;
    for (size_t i = 0; i < c->capacity; i++) {
        struct snmp_request *r = c->slots[i];
        if (!r || r->agent->secure != secure || !r->waits_for_keys)
            continue;
        r->waits_for_keys = false;
        queue_again(c, r);
    }
    snmp_client_flush(c);
}

/* True: it leaves when there are keys for this engine. When there never will be, sealing fails. */
static bool waits_for_keys(struct snmp_client *c, struct snmp_request *r)
{
    if (snmp_secure_next(r->agent->secure) != SNMP_SECURE_DERIVE || r->keys_tried)
        return false;
    r->keys_tried = r->waits_for_keys = true;
    r->deadline = MONO_NEVER;
    if (snmp_secure_derive(r->agent->secure, c->env, on_keys, c))
        return true;
    r->waits_for_keys = false;
    return false;
}

void snmp_client_flush(struct snmp_client *c)
{
    struct snmp_request *batch[BATCH];
    size_t at = 0, count;
    if (c->flushing)
        return; /* called from a fate told below: the outer loop sends it */
    c->flushing = true;
    do {
        for (count = 0; count < BATCH && at < c->queue_count; at++) {
            struct snmp_request *r = c->queue[at];
            if (!r)
                continue;
            r->queued = false;
            if (!r->agent->secure || !waits_for_keys(c, r))
                batch[count++] = r;
        }
        if (count)
            send_batch(c, batch, count);
    } while (count);
    c->queue_count = 0;
    c->flushing = false;
}

/* One more message, of another kind. */
static void examine(struct snmp_request *r)
{
    if (r->examines || !snmp_secure_suspects_cipher(r->agent->secure))
        return;
    r->examines = true;
    r->step_first = r->messages;
    r->tries = r->agent->tries - 1;
}

static void expire(struct snmp_client *c, struct snmp_request *r)
{
    r->deadline = MONO_NEVER;
    if (r->tries >= r->agent->tries && r->agent->secure)
        examine(r);
    if (r->tries >= r->agent->tries || !queue_push(c, r))
        lose(c, r, SNMP_LOSS_SILENT, 0);
    else
        snmp_agent_lost(r->agent);
}

static void on_timer(void *arg)
{
    struct snmp_client *c = arg;
    struct mono now = c->env->now(c->env->ctx).mono, next = MONO_NEVER;
    c->timer = NULL; /* its callback frees it */
    c->timer_at = MONO_NEVER;
    for (size_t i = 0; i < c->capacity; i++) {
        struct snmp_request *r = c->slots[i];
        if (r && !mono_before(now, r->deadline))
            expire(c, r);
    }
    snmp_client_flush(c);
    for (size_t i = 0; i < c->capacity; i++)
        if (c->slots[i])
            next = mono_earlier(next, c->slots[i]->deadline);
    if (next.ns != MONO_NEVER.ns) {
        struct mono soonest = mono_after(now, TIMER_GAP_NS);
        arm(c, mono_before(next, soonest) ? soonest : next);
    }
}

/* The request in flight to this peer; for packets that carry no readable id. */
static struct snmp_request *find_by_peer(struct snmp_client *c, const struct packet *p)
{
    size_t end = c->capacity < BLAME_SCAN_MAX ? c->capacity : BLAME_SCAN_MAX;
    for (size_t i = 0; i < end; i++) {
        struct snmp_request *r = c->slots[i];
        if (r && snmp_agent_is_at(r->agent, &p->peer, p->port))
            return r;
    }
    return NULL;
}

static void take_error(struct snmp_client *c, const struct packet *p)
{
    struct snmp_request *r = find_by_peer(c, p);
    if (r)
        lose(c, r, p->error == ECONNREFUSED ? SNMP_LOSS_REFUSED : SNMP_LOSS_UNREACHABLE, p->error);
}

/* With several tries: the last one, when that can have been answered by now; else the agent needs longer for
 * an answer than we wait, and is at work since the first. */
static struct mono work_began(const struct snmp_request *r, struct mono at)
{
    int64_t rtt_ns = r->agent->rtt_ns;
    bool last = r->tries == 1 || (rtt_ns && mono_since(at, r->sent) >= rtt_ns / 2);
    return last ? r->sent : r->first_sent;
}

static void take_answer(struct snmp_client *c, struct snmp_request *r, const struct snmp_message *m,
                        struct mono at)
{
    /* With one try the answer is that try's; with more it may be any's, and says nothing of the time. */
    int64_t rtt_ns = r->tries == 1 ? mono_since(at, r->sent) : -1;
    snmp_agent_worked(r->agent, work_began(r, at), at);
    if (!r->answered(r, &m->pdu, at)) {
        r->agent->counts.wrong_answer++;
        return;
    }
    snmp_agent_answered(r->agent, rtt_ns);
    retire(c, r);
    r->over(r);
}

/* From the beginning with what was learned of the engine, unless that goes in circles. */
static void ask_again(struct snmp_client *c, struct snmp_request *r)
{
    if (++r->rounds > SECURED_ROUNDS_MAX) {
        snmp_secure_gave_up(r->agent->secure, false);
        lose(c, r, SNMP_LOSS_DENIED, 0);
        return;
    }
    r->tries = 0;
    r->step_first = r->messages;
    r->keys_tried = r->examines = false;
    r->deadline = MONO_NEVER;
    queue_again(c, r);
}

static void take_opened(struct snmp_client *c, struct snmp_request *r, const struct snmp_arrival *a)
{
    struct snmp_message m = {.version = SNMP_V3};
    switch (snmp_secure_open(r->agent->secure, a, &c->scratch, &m.pdu)) {
    case SNMP_OPENED_ANSWER:
        if (m.pdu.kind == SNMP_RESPONSE && (uint32_t)m.pdu.request_id == r->id)
            take_answer(c, r, &m, a->at);
        else
            r->agent->counts.wrong_answer++;
        break;
    case SNMP_OPENED_AGAIN:
        snmp_agent_worked(r->agent, r->sent, a->at);
        ask_again(c, r);
        break;
    case SNMP_OPENED_REFUSAL:
        lose(c, r, SNMP_LOSS_DENIED, 0);
        break;
    case SNMP_OPENED_NOTHING:
        r->agent->counts.wrong_answer += !a->stale;
        break;
    }
}

static void take_secured(struct snmp_client *c, const struct packet *p, const struct snmp_secured *m)
{
    uint32_t slot = m->message_id & (SLOTS_MAX - 1);
    struct snmp_request *r = slot < c->capacity ? c->slots[slot] : NULL;
    unsigned message = r ? ((m->message_id >> SLOT_BITS) - r->message) & ((1u << MESSAGE_BITS) - 1) : 0;
    if (!r || !r->agent->secure || message >= r->messages)
        c->counts.unknown++;
    else if (!snmp_agent_is_at(r->agent, &p->peer, p->port))
        c->counts.wrong_source++;
    else
        take_opened(c, r,
                    &(struct snmp_arrival){.m = m,
                                           .bytes = p->data,
                                           .len = p->len,
                                           .stale = message < r->step_first,
                                           .discovery = r->discovers && message >= r->step_first,
                                           .engines = r->engines,
                                           .examined = r->examines && message >= r->step_first,
                                           .at = p->at});
}

/* Neither version 1 nor 2c. */
static void take_otherwise(struct snmp_client *c, const struct packet *p)
{
    struct snmp_secured m;
    if (snmp_secured_read(p->data, p->len, &m) == SNMP_SECURED_GOOD) {
        take_secured(c, p, &m);
        return;
    }
    struct snmp_request *r = find_by_peer(c, p);
    c->counts.malformed += r != NULL; /* else it is of another kind on the same socket */
    if (r)
        r->agent->counts.malformed++;
}

static struct snmp_request *request_at(const struct snmp_client *c, const struct snmp_message *m)
{
    uint32_t slot = (uint32_t)m->pdu.request_id & (SLOTS_MAX - 1);
    return slot < c->capacity ? c->slots[slot] : NULL;
}

static void take_message(struct snmp_client *c, const struct packet *p, const struct snmp_message *m)
{
    struct snmp_request *r = request_at(c, m);
    if (m->pdu.kind != SNMP_RESPONSE || !r || r->id != (uint32_t)m->pdu.request_id)
        c->counts.unknown++;
    else if (!snmp_agent_is_at(r->agent, &p->peer, p->port))
        c->counts.wrong_source++;
    else if (!snmp_agent_speaks(r->agent, m))
        r->agent->counts.wrong_answer++;
    else
        take_answer(c, r, m, p->at);
}

static void fetch(const void *what, size_t bytes)
{
    for (const char *at = what, *end = at + bytes; at < end; at += CACHE_LINE_BYTES)
        __builtin_prefetch(at, 1);
}

static void fetch_needed(const struct snmp_request *r)
{
    fetch(r->agent, sizeof *r->agent);
    if (r->near_bytes)
        fetch(r->near, r->near_bytes);
}

/* Of thousands of devices hardly anything is in the cache when their answers come, and to wait for each thing when it
 * is touched takes as long as all the rest: so the questions of all answers are looked for first, then what an answer
 * needs while those before it are taken. */
static void take_lot(struct snmp_client *c, const struct packet *batch, size_t count)
{
    struct snmp_message messages[LOT];
    bool fine[LOT + AHEAD] = {false};
    const struct snmp_request *r;
    for (size_t i = 0; i < count; i++) {
        fine[i] = !batch[i].error && snmp_message_read(batch[i].data, batch[i].len, &messages[i]);
        if (fine[i] && (r = request_at(c, &messages[i])))
            fetch(r, sizeof *r);
    }
    for (size_t i = 0; i < count; i++) {
        if (fine[i + AHEAD] && (r = request_at(c, &messages[i + AHEAD])))
            fetch_needed(r);
        if (batch[i].error)
            take_error(c, &batch[i]);
        else if (c->in_flight && fine[i])
            take_message(c, &batch[i], &messages[i]);
        else if (c->in_flight)
            take_otherwise(c, &batch[i]);
    }
}

void snmp_client_receive(void *ctx, const struct packet *batch, size_t count)
{
    struct snmp_client *c = ctx;
    for (size_t done = 0, some; done < count && c->in_flight; done += some) {
        some = count - done < LOT ? count - done : LOT;
        take_lot(c, batch + done, some);
    }
    snmp_client_flush(c);
}
