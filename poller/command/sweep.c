/* The sweep sends in slots: what is due leaves in batches, and after every batch what has come is read,
 * so our queue never holds more than a batch of answers. Between slots it sleeps; the kernel stamps
 * arrivals, so a round-trip time does not depend on when we look. */
#include "poller/command/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "collectors/protocol/echo.h"
#include "poller/base/packets_kernel.h"

#define BATCH 64
#define SLOT_NS MILLISECONDS(10)
#define WAITING_MAX 65536u /* echoes in the air */
#define BUCKET_BITS 4
#define PROGRESS_EVERY_NS MILLISECONDS(500)

struct sweep {
    const struct sweep_plan *plan;
    struct sweep_target *targets;
    size_t target_count;
    struct sweep_result *out;
    uv_loop_t loop;
    struct packets_kernel *kernel;
    const struct packets *packets;
    struct echoes *echoes;
    uint64_t total, launched, waiting;
    struct mono started;
    struct packet batch[BATCH];
    uint32_t tokens[BATCH];
    uint8_t messages[BATCH][ECHO_MESSAGE_MAX];
};

static unsigned bucket_of(uint64_t ns)
{
    if (ns < 1u << BUCKET_BITS)
        return (unsigned)ns;
    unsigned octave = 63u - (unsigned)__builtin_clzll(ns);
    unsigned shift = octave - BUCKET_BITS;
    unsigned bucket = (shift + 1) * (1u << BUCKET_BITS) + (unsigned)(ns >> shift & 15);
    return bucket < SWEEP_BUCKETS ? bucket : SWEEP_BUCKETS - 1;
}

static int64_t bucket_start_ns(unsigned bucket)
{
    if (bucket < 1u << BUCKET_BITS)
        return bucket;
    unsigned shift = bucket / (1u << BUCKET_BITS) - 1;
    return (int64_t)(16 + bucket % 16) << shift;
}

int64_t sweep_quantile_ns(const struct sweep_result *r, double part)
{
    uint64_t wanted = (uint64_t)(part * (double)r->answered), seen = 0;
    for (unsigned i = 0; i < SWEEP_BUCKETS; i++) {
        seen += r->buckets[i];
        if (seen > wanted || (seen && seen == r->answered))
            return (bucket_start_ns(i) + bucket_start_ns(i + 1)) / 2;
    }
    return 0;
}

static void count_answer(struct sweep *s, struct sweep_target *t, int64_t rtt)
{
    uint32_t ns = rtt < 0 ? 0 : rtt > UINT32_MAX ? UINT32_MAX : (uint32_t)rtt;
    if (!t->answered || ns < t->rtt_min_ns)
        t->rtt_min_ns = ns;
    if (ns > t->rtt_max_ns)
        t->rtt_max_ns = ns;
    t->rtt_sum_ns += ns;
    t->answered++;
    s->out->answered++;
    s->out->buckets[bucket_of(ns)]++;
}

static bool same_host(const struct addr *a, const struct addr *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == AF_INET ? 4 : 16) == 0;
}

static void take_reply(struct sweep *s, const struct packet *p, uint8_t family)
{
    struct echo_flight *f;
    enum echo_match match = echoes_match(s->echoes, family, p->data, p->len, &f);
    if (match == ECHO_FOREIGN || match == ECHO_FORGED) {
        s->out->forged += match == ECHO_FORGED;
        return;
    }
    struct sweep_target *t = &s->targets[f->owner];
    if (!same_host(&t->addr, &p->peer)) {
        s->out->wrong_source++;
    } else if (match == ECHO_MATCH) {
        f->state = ECHO_ANSWERED;
        s->waiting--;
        count_answer(s, t, mono_since(p->at, f->sent));
    } else {
        s->out->late += match == ECHO_LATE;
        s->out->duplicates += match == ECHO_DUPLICATE;
    }
}

static void give_up(struct sweep *s, struct echo_flight *f)
{
    f->state = ECHO_LOST;
    s->waiting--;
}

static void take_error(struct sweep *s, const struct packet *p, uint8_t family)
{
    struct echo_flight *f = echoes_match_quote(s->echoes, family, p->data, p->len);
    if (!f || f->state != ECHO_WAITING || !same_host(&s->targets[f->owner].addr, &p->peer))
        return;
    s->out->refused++;
    give_up(s, f);
}

static void receive(struct sweep *s, const struct packet *batch, size_t count, uint8_t family)
{
    for (size_t i = 0; i < count; i++)
        if (!batch[i].error)
            take_reply(s, &batch[i], family);
        else if (batch[i].peer.family)
            take_error(s, &batch[i], family);
}

static void on_icmp4(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET);
}

static void on_icmp6(void *ctx, const struct packet *batch, size_t count)
{
    receive(ctx, batch, count, AF_INET6);
}

static void give_up_overdue(struct sweep *s, struct mono now)
{
    struct echo_flight *f;
    while ((f = echoes_oldest_waiting(s->echoes)) &&
           mono_since(now, f->sent) >= s->plan->timeout_ns)
        give_up(s, f);
}

/* Sends what stands in the batch through one door and books what became of each. */
static void send_run(struct sweep *s, size_t count, uint8_t family)
{
    packets_send(s->packets, family == AF_INET6 ? PACKETS_ICMP6 : PACKETS_ICMP4, s->batch, count);
    for (size_t i = 0; i < count; i++) {
        struct echo_flight *f = echoes_flight(s->echoes, s->tokens[i]);
        f->sent = s->batch[i].at;
        s->targets[f->owner].sent++;
        if (!s->batch[i].error)
            continue;
        s->out->ours++;
        s->out->own_error = strerror(s->batch[i].error);
        give_up(s, f);
    }
}

/* Launches up to limit echoes of one family; 0 when there is no memory for more flights. */
static size_t send_batch(struct sweep *s, size_t limit)
{
    size_t count = 0;
    uint8_t family = s->targets[s->launched % s->target_count].addr.family;
    while (count < limit) {
        uint32_t at = (uint32_t)(s->launched % s->target_count);
        if (s->targets[at].addr.family != family)
            break;
        struct echo_flight *f =
            echoes_launch(s->echoes, family, s->messages[count], s->plan->payload_len);
        if (!f)
            break;
        f->owner = at;
        s->tokens[count] = f->token;
        s->batch[count] = (struct packet){.peer = s->targets[at].addr,
                                          .data = s->messages[count],
                                          .len = ICMP_HEADER_BYTES + s->plan->payload_len};
        count++;
        s->launched++;
    }
    s->waiting += count;
    s->out->sent += count;
    send_run(s, count, family);
    return count;
}

static void drain(struct sweep *s)
{
    packets_kernel_drain(s->kernel, PACKETS_ICMP4);
    packets_kernel_drain(s->kernel, PACKETS_ICMP6);
}

/* How many echoes may leave now: by the rate, the ceiling in the air, and what is left. */
static uint64_t allowance(const struct sweep *s, struct mono now)
{
    uint64_t goal = s->total;
    if (s->plan->rate) {
        int64_t ahead = mono_since(now, s->started) + SLOT_NS;
        uint64_t by_rate = (uint64_t)((double)ahead * s->plan->rate / (double)NS_PER_S);
        goal = by_rate < goal ? by_rate : goal;
    }
    uint64_t left = goal > s->launched ? goal - s->launched : 0;
    uint64_t room = WAITING_MAX - s->waiting;
    return left < room ? left : room;
}

static void show_progress(const struct sweep *s, struct mono now, struct mono *next)
{
    if (!s->plan->progress || mono_before(now, *next))
        return;
    *next = mono_after(now, PROGRESS_EVERY_NS);
    fprintf(stderr, "\r%llu of %llu asked, %llu answered ", (unsigned long long)s->launched,
            (unsigned long long)s->total, (unsigned long long)s->out->answered);
}

static void sleep_slot(void)
{
    struct timespec slot = {0, SLOT_NS};
    nanosleep(&slot, NULL);
}

static void sweep_all(struct sweep *s)
{
    struct mono next_progress = mono_after(s->started, SECONDS(2));
    while (s->launched < s->total || s->waiting) {
        struct mono now = clock_mono();
        uint64_t allowed = allowance(s, now);
        while (allowed) {
            size_t sent = send_batch(s, allowed < BATCH ? (size_t)allowed : BATCH);
            allowed -= sent;
            if (!sent)
                break;
            if (allowed || !s->plan->rate)
                drain(s);
        }
        if (s->launched < s->total || s->waiting)
            sleep_slot();
        drain(s);
        give_up_overdue(s, clock_mono());
        show_progress(s, now, &next_progress);
    }
    s->out->took_ns = mono_since(clock_mono(), s->started);
    if (s->plan->progress && mono_before(next_progress, clock_mono()))
        fputc('\n', stderr);
}

static bool open_doors(struct sweep *s)
{
    bool wanted[2] = {false, false};
    for (size_t i = 0; i < s->target_count; i++)
        wanted[s->targets[i].addr.family == AF_INET6] = true;
    for (int six = 0; six < 2; six++)
        if (wanted[six] && !packets_kernel_open(s->kernel, six ? PACKETS_ICMP6 : PACKETS_ICMP4)) {
            fprintf(stderr, "hayloft bench: no ICMP socket for IPv%d: %s (needs CAP_NET_RAW or "
                            "net.ipv4.ping_group_range)\n", six ? 6 : 4, strerror(errno));
            return false;
        }
    return true;
}

bool sweep_run(const struct sweep_plan *plan, struct sweep_target *targets, size_t target_count,
               struct sweep_result *out)
{
    struct hash_key key;
    bool done = false;
    struct sweep *s = calloc(1, sizeof *s);
    *out = (struct sweep_result){0};
    if (!s || getrandom(&key, sizeof key, 0) != sizeof key || uv_loop_init(&s->loop) != 0) {
        fprintf(stderr, "hayloft bench: cannot start: %s\n", strerror(errno));
        free(s);
        return false;
    }
    s->plan = plan;
    s->targets = targets;
    s->target_count = target_count;
    s->total = (uint64_t)target_count * plan->count;
    s->out = out;
    s->echoes = echoes_create(&key);
    s->kernel = packets_kernel_create(&s->loop);
    if (s->echoes && s->kernel && open_doors(s)) {
        s->packets = packets_kernel_door(s->kernel);
        packets_receive(s->packets, PACKETS_ICMP4, on_icmp4, s);
        packets_receive(s->packets, PACKETS_ICMP6, on_icmp6, s);
        s->started = clock_mono();
        sweep_all(s);
        done = true;
    }
    packets_kernel_destroy(s->kernel);
    uv_run(&s->loop, UV_RUN_DEFAULT); /* lets the closed handles go */
    uv_loop_close(&s->loop);
    echoes_destroy(s->echoes);
    free(s);
    return done;
}
