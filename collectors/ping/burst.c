#include "collectors/ping/burst.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct burst *burst_create(const struct burst_plan *plan, struct mono now, struct mono deadline)
{
    assert(plan->count >= 1 && plan->count <= BURST_ECHOES_MAX);
    struct burst *b = calloc(1, sizeof *b + plan->count * sizeof b->echoes[0]);
    if (!b)
        return NULL;
    b->plan = *plan;
    b->started = now;
    b->deadline = deadline;
    return b;
}

static bool is_waiting(const struct burst_echo *e)
{
    return e->state == BURST_WAITING || e->state == BURST_DOUBTFUL;
}

/* In step with the start; after a pause of ours not all at once, but half a gap apart. */
static struct mono next_send(const struct burst *b)
{
    if (b->sent >= b->plan.count)
        return MONO_NEVER;
    struct mono next = mono_after(b->started, b->sent * b->plan.gap_ns);
    if (!b->sent)
        return next;
    struct mono soonest = mono_after(b->echoes[b->sent - 1].sent, b->plan.gap_ns / 2);
    return mono_before(next, soonest) ? soonest : next;
}

static void settle(struct burst *b)
{
    while (b->settled < b->sent && !is_waiting(&b->echoes[b->settled]))
        b->settled++;
}

struct mono burst_due(const struct burst *b)
{
    struct mono due = mono_earlier(next_send(b), b->deadline);
    if (b->settled < b->sent)
        due = mono_earlier(due, mono_after(b->echoes[b->settled].sent, b->plan.timeout_ns));
    return due;
}

bool burst_send_due(const struct burst *b, struct mono now)
{
    return b->sent < b->plan.count && !mono_before(now, next_send(b));
}

void burst_sent(struct burst *b, struct mono at)
{
    b->echoes[b->sent].sent = at;
    b->echoes[b->sent++].state = BURST_WAITING;
}

void burst_ours(struct burst *b, unsigned number)
{
    b->echoes[number].state = BURST_OURS;
    b->ours++;
    settle(b);
}

bool burst_waits(const struct burst *b, unsigned number)
{
    return number < b->sent && is_waiting(&b->echoes[number]);
}

int64_t burst_answer(struct burst *b, unsigned number, struct mono at)
{
    struct burst_echo *e = &b->echoes[number];
    int64_t rtt = mono_since(at, e->sent);
    e->rtt_ns = rtt > 0 ? rtt : 0;
    e->state = BURST_ANSWERED;
    b->answered++;
    settle(b);
    return e->rtt_ns;
}

void burst_lose(struct burst *b, unsigned number)
{
    struct burst_echo *e = &b->echoes[number];
    if (e->state == BURST_DOUBTFUL) {
        burst_ours(b, number);
        return;
    }
    e->state = BURST_LOST;
    b->lost++;
    settle(b);
}

void burst_doubt(struct burst *b)
{
    for (unsigned i = b->settled; i < b->sent; i++)
        if (b->echoes[i].state == BURST_WAITING)
            b->echoes[i].state = BURST_DOUBTFUL;
}

int burst_overdue(const struct burst *b, struct mono now)
{
    if (b->settled >= b->sent)
        return -1;
    struct mono over = mono_after(b->echoes[b->settled].sent, b->plan.timeout_ns);
    return mono_before(now, over) ? -1 : (int)b->settled;
}

bool burst_done(const struct burst *b, struct mono now)
{
    if (!mono_before(now, b->deadline))
        return true;
    if (b->plan.until_answer && (b->answered || b->late))
        return true;
    return b->sent == b->plan.count && b->settled == b->sent;
}

enum outcome burst_outcome(const struct burst *b)
{
    if (b->answered || (b->plan.until_answer && b->late))
        return OUTCOME_ANSWERED;
    if (b->ours)
        return OUTCOME_OWN_FAULT; /* too little was truly asked to accuse anybody */
    return b->lost ? OUTCOME_SILENT : OUTCOME_CANCELLED;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Linear between the two nearest ranks. */
static double quantile(const int64_t *sorted, unsigned count, double part)
{
    double place = part * (count - 1);
    unsigned below = (unsigned)place;
    unsigned above = below + 1 < count ? below + 1 : below;
    double span = (double)(sorted[above] - sorted[below]);
    return ((double)sorted[below] + (place - below) * span) / (double)NS_PER_S;
}

struct burst_summary burst_summarise(const struct burst *b)
{
    struct burst_summary s = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    int64_t rtts[BURST_ECHOES_MAX];
    unsigned count = 0;
    double change = 0;
    for (unsigned i = 0; i < b->sent; i++) {
        if (b->echoes[i].state != BURST_ANSWERED)
            continue;
        if (count)
            change += fabs((double)(b->echoes[i].rtt_ns - rtts[count - 1]));
        rtts[count++] = b->echoes[i].rtt_ns;
    }
    if (b->answered + b->lost)
        s.loss = (double)b->lost / (b->answered + b->lost);
    if (!count)
        return s;
    if (count > 1)
        s.jitter = change / (count - 1) / (double)NS_PER_S;
    qsort(rtts, count, sizeof rtts[0], by_size);
    s.min = quantile(rtts, count, 0);
    s.q1 = quantile(rtts, count, 0.25);
    s.median = quantile(rtts, count, 0.5);
    s.q3 = quantile(rtts, count, 0.75);
    s.max = quantile(rtts, count, 1);
    return s;
}
