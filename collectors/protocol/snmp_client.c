#include "collectors/protocol/snmp_client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define SLOT_BITS 16
#define SLOTS_MAX (1u << SLOT_BITS)
#define BATCH 64
#define TOGETHER_BYTES 8192           /* of requests that leave as one call, cut apart by the kernel */
#define TIMER_GAP_NS MILLISECONDS(20) /* timeouts are gathered: one wake-up serves many */
#define BLAME_SCAN_MAX 1024           /* beyond it a stranger's garbage is not searched a culprit for */

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
    struct timer *timer;
    struct mono timer_at;
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
        if (c->slots[i])
            free(c->slots[i]->bytes);
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

static uint32_t next_id(struct snmp_client *c, uint32_t slot)
{
    c->turn = c->turn * 1664525u + 1013904223u; /* full period: a slot's id comes back late */
    return SNMP_REQUEST_ID_FIRST | ((c->turn >> 18) << SLOT_BITS) | slot;
}

bool snmp_client_ask(struct snmp_client *c, struct snmp_request *r, const struct snmp_written *w)
{
    if (!c->free_count && !grow_slots(c))
        return false;
    r->bytes = malloc(w->len);
    if (!r->bytes || !queue_push(c, r)) {
        free(r->bytes);
        r->bytes = NULL;
        return false;
    }
    memcpy(r->bytes, w->bytes, w->len);
    r->len = w->len;
    r->id_offset = w->id_offset;
    uint32_t slot = c->free_slots[--c->free_count];
    c->slots[slot] = r;
    r->id = next_id(c, slot);
    snmp_patch_request_id(r->bytes + r->id_offset, r->id);
    r->tries = 0;
    r->deadline = MONO_NEVER;
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
    free(r->bytes);
    r->bytes = NULL;
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
        .peer = r->agent->addr, .port = r->agent->port, .data = r->bytes, .len = r->len};
}

/* Several requests of one length for one agent (the parts of a table) become one packet that the kernel
 * cuts (UDP_SEGMENT): most of what sending costs is paid once. */
static bool join(struct snmp_client *c, struct packet *p, const struct snmp_request *first,
                 const struct snmp_request *r)
{
    bool begun = p->segment != 0;
    size_t need = r->len + (begun ? 0 : first->len);
    if (r->agent != first->agent || r->len != first->len || c->together_len + need > TOGETHER_BYTES)
        return false;
    if (!begun) {
        p->data = memcpy(c->together + c->together_len, first->bytes, first->len);
        p->segment = (uint16_t)first->len;
        c->together_len += first->len;
    }
    memcpy(c->together + c->together_len, r->bytes, r->len);
    c->together_len += r->len;
    p->len += r->len;
    return true;
}

static void send_batch(struct snmp_client *c, struct snmp_request **requests, size_t count)
{
    struct packet packets[BATCH];
    uint32_t ids[BATCH];
    size_t packet_at[BATCH], used = 0, first = 0;
    c->together_len = 0;
    for (size_t i = 0; i < count; i++) {
        ids[i] = requests[i]->id;
        if (!i || !join(c, &packets[used - 1], requests[first], requests[i])) {
            packets[used++] = packet_of(requests[i]);
            first = i;
        }
        packet_at[i] = used - 1;
    }
    packets_send(c->env->packets, PACKETS_UDP, packets, used);
    for (size_t i = 0; i < count; i++) {
        /* A fate told here may cancel requests further down: look the id up again. */
        const struct packet *p = &packets[packet_at[i]];
        struct snmp_request *r = c->slots[ids[i] & (SLOTS_MAX - 1)];
        if (!r || r->id != ids[i])
            continue;
        if (p->error)
            lose(c, r, SNMP_LOSS_OWN, p->error);
        else
            note_sent(c, r, p);
    }
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
            batch[count++] = r;
        }
        if (count)
            send_batch(c, batch, count);
    } while (count);
    c->queue_count = 0;
    c->flushing = false;
}

static void expire(struct snmp_client *c, struct snmp_request *r)
{
    r->deadline = MONO_NEVER;
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
        if (r && r->agent->port == p->port && addr_equal(&r->agent->addr, &p->peer))
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

static void take_answer(struct snmp_client *c, struct snmp_request *r, const struct snmp_message *m,
                        struct mono at)
{
    /* With one try the answer is that try's; with more it may be any's, and says nothing of the time. */
    int64_t rtt_ns = r->tries == 1 ? mono_since(at, r->sent) : -1;
    if (!r->answered(r, &m->pdu, at)) {
        r->agent->counts.wrong_answer++;
        return;
    }
    snmp_agent_answered(r->agent, rtt_ns);
    retire(c, r);
    r->over(r);
}

static void take_packet(struct snmp_client *c, const struct packet *p)
{
    struct snmp_message m;
    struct snmp_request *r;
    if (!snmp_message_read(p->data, p->len, &m)) {
        r = find_by_peer(c, p);
        c->counts.malformed += r != NULL; /* else it is of another kind on the same socket */
        if (r)
            r->agent->counts.malformed++;
        return;
    }
    uint32_t slot = (uint32_t)m.pdu.request_id & (SLOTS_MAX - 1);
    r = slot < c->capacity ? c->slots[slot] : NULL;
    if (m.pdu.kind != SNMP_RESPONSE || !r || r->id != (uint32_t)m.pdu.request_id)
        c->counts.unknown++;
    else if (p->port != r->agent->port || !addr_equal(&p->peer, &r->agent->addr))
        c->counts.wrong_source++;
    else if (!snmp_agent_speaks(r->agent, &p->peer, p->port, &m))
        r->agent->counts.wrong_answer++;
    else
        take_answer(c, r, &m, p->at);
}

void snmp_client_receive(void *ctx, const struct packet *batch, size_t count)
{
    struct snmp_client *c = ctx;
    for (size_t i = 0; i < count; i++) {
        if (batch[i].error)
            take_error(c, &batch[i]);
        else if (c->in_flight)
            take_packet(c, &batch[i]);
    }
    snmp_client_flush(c);
}
