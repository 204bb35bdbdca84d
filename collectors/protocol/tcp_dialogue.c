#include "collectors/protocol/tcp_dialogue.h"

#include <string.h>

#define FIRST_WAIT_NS MILLISECONDS(500) /* before something is sent again, then twice as long */
#define DOUBLINGS_MAX 1
#define WINDOW_BYTES (2 * TCP_DIALOGUE_MSS) /* a card that joins segments makes no frame longer than one that fits */

enum pending { PENDING_SYN = 1, PENDING_QUESTION = 2, PENDING_ACK = 4, PENDING_FIN = 8, PENDING_RST = 16 };

static void wait_for_answer(struct tcp_dialogue *d, struct mono now)
{
    unsigned doublings = d->sent_again < DOUBLINGS_MAX ? d->sent_again : DOUBLINGS_MAX;
    d->next = mono_after(now, FIRST_WAIT_NS << doublings);
}

static void end(struct tcp_dialogue *d, enum tcp_dialogue_state state, uint8_t pending)
{
    d->state = state;
    d->pending = pending;
    d->next = MONO_NEVER;
}

void tcp_dialogue_open(struct tcp_dialogue *d, const struct tcp_dialogue_plan *plan, struct mono now)
{
    *d = (struct tcp_dialogue){.from = plan->from, .to = plan->to, .unacknowledged = plan->sequence,
                               .question = plan->question, .question_len = plan->question_len,
                               .pending = PENDING_SYN, .answer = plan->answer, .answer_room = plan->answer_room};
    wait_for_answer(d, now);
}

bool tcp_dialogue_is_over(const struct tcp_dialogue *d)
{
    return d->state >= TCP_CLOSED;
}

void tcp_dialogue_due(struct tcp_dialogue *d, struct mono now)
{
    if (tcp_dialogue_is_over(d) || mono_before(now, d->next))
        return;
    d->sent_again++;
    if (d->state == TCP_READING) {
        d->next = MONO_NEVER; /* theirs to send again */
        return;
    }
    d->pending |= d->state == TCP_CONNECTING ? PENDING_SYN : PENDING_QUESTION;
    wait_for_answer(d, now);
}

static void take_first(struct tcp_dialogue *d, const struct tcp_segment *s, struct mono now)
{
    bool ours = s->flags & TCP_ACK && s->acknowledged == d->unacknowledged + 1;
    if (!ours)
        return;
    if (s->flags & TCP_RST) {
        end(d, TCP_REFUSED, 0);
        return;
    }
    if (!(s->flags & TCP_SYN))
        return;
    d->connected = true;
    d->unacknowledged++;
    d->expected = s->sequence + 1;
    if (!d->question) {
        end(d, TCP_CLOSED, PENDING_RST);
        return;
    }
    d->state = TCP_ASKING;
    d->pending = PENDING_QUESTION;
    d->sent_again = 0;
    wait_for_answer(d, now);
}

/* What they confirmed of the question; only all of it at once matters. */
static void take_acknowledged(struct tcp_dialogue *d, const struct tcp_segment *s)
{
    if (d->state != TCP_ASKING || !(s->flags & TCP_ACK) ||
        s->acknowledged != d->unacknowledged + (uint32_t)d->question_len)
        return;
    d->state = TCP_READING;
    d->unacknowledged = s->acknowledged;
    d->pending &= (uint8_t)~PENDING_QUESTION;
    d->next = MONO_NEVER;
}

static void take_data(struct tcp_dialogue *d, const struct tcp_segment *s)
{
    size_t room = d->answer_room - d->answer_len;
    size_t kept = s->payload_len < room ? s->payload_len : room;
    if (kept)
        memcpy(d->answer + d->answer_len, s->payload, kept);
    d->answer_len += kept;
    d->expected += tcp_extent(s);
    if (s->flags & TCP_FIN)
        end(d, TCP_CLOSED, PENDING_FIN);
    else if (d->answer_len == d->answer_room)
        end(d, TCP_FULL, PENDING_RST);
}

void tcp_dialogue_take(struct tcp_dialogue *d, const struct tcp_segment *s, struct mono now)
{
    if (tcp_dialogue_is_over(d) || s->from != d->to || s->to != d->from)
        return;
    if (d->state == TCP_CONNECTING) {
        take_first(d, s, now);
        return;
    }
    bool in_order = s->sequence == d->expected;
    if (s->flags & TCP_RST) {
        if (in_order) /* anything else may be a stranger's guess */
            end(d, TCP_BROKEN, 0);
        return;
    }
    take_acknowledged(d, s);
    if (tcp_extent(s))
        d->pending |= PENDING_ACK; /* also of what came twice, or too early */
    if (in_order && !(s->flags & TCP_SYN) && tcp_extent(s))
        take_data(d, s);
}

void tcp_dialogue_stop(struct tcp_dialogue *d)
{
    if (!tcp_dialogue_is_over(d))
        end(d, TCP_STOPPED, d->connected ? PENDING_RST : 0);
}

static struct tcp_segment segment(const struct tcp_dialogue *d, uint8_t flags)
{
    return (struct tcp_segment){.from = d->from, .to = d->to, .sequence = d->unacknowledged,
                                .acknowledged = d->expected, .flags = flags | TCP_ACK, .window = WINDOW_BYTES};
}

static struct tcp_segment first_segment(const struct tcp_dialogue *d)
{
    struct tcp_segment s = segment(d, TCP_SYN);
    s.flags = TCP_SYN;
    s.acknowledged = 0;
    s.mss = TCP_DIALOGUE_MSS;
    return s;
}

static struct tcp_segment question_segment(const struct tcp_dialogue *d)
{
    struct tcp_segment s = segment(d, TCP_PSH);
    s.payload = (const uint8_t *)d->question;
    s.payload_len = d->question_len;
    return s;
}

/* One segment says all that is pending, since each of the later kinds acknowledges too. */
bool tcp_dialogue_next(struct tcp_dialogue *d, struct tcp_segment *out)
{
    uint8_t pending = d->pending;
    d->pending = 0;
    if (pending & PENDING_SYN)
        *out = first_segment(d);
    else if (pending & PENDING_QUESTION)
        *out = question_segment(d);
    else if (pending & (PENDING_ACK | PENDING_FIN | PENDING_RST))
        *out = segment(d, pending & PENDING_FIN ? TCP_FIN : pending & PENDING_RST ? TCP_RST : 0);
    return pending != 0;
}
