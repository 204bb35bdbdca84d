/* One short talk over TCP by hand: connect, one question, its answer up to a bound, and away. For one who
 * plays another machine in whole frames, so that our own kernel has no part in it.
 *
 *     opened -> CONNECTING -SYN,ACK-> ASKING -all acknowledged-> READING -FIN-> CLOSED
 *                    |                   |                          | bound
 *                 REFUSED              RESET                       FULL
 *
 * Values and times in, segments out: take what came, call due when next says so, then send each segment that
 * tcp_dialogue_next gives. Data out of order is dropped; the other side sends it again. Whoever waits no
 * longer calls tcp_dialogue_stop. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_TCP_DIALOGUE_H
#define HAYLOFT_COLLECTORS_PROTOCOL_TCP_DIALOGUE_H

#include "collectors/protocol/tcp_segment.h"
#include "poller/base/clock.h"

#define TCP_DIALOGUE_MSS 536 /* small, so that a path that drops full frames shows in its own check only */

enum tcp_dialogue_state { TCP_CONNECTING, TCP_ASKING, TCP_READING,
                          TCP_CLOSED, TCP_FULL, TCP_REFUSED, TCP_BROKEN, TCP_STOPPED };

struct tcp_dialogue {
    enum tcp_dialogue_state state;
    bool connected;               /* it ever was */
    uint16_t from, to;            /* ports */
    uint32_t unacknowledged;      /* first sequence number the other side has not confirmed */
    uint32_t expected;            /* next one of theirs */
    const char *question;         /* the caller's, lives as long; NULL: only connect, and away */
    size_t question_len;
    struct mono next;             /* when due must be called; MONO_NEVER: when something comes */
    unsigned sent_again;          /* times in a row without an answer */
    uint8_t pending;              /* what is to go out; see the source */
    uint8_t *answer;              /* the caller's; more than fits is not waited for */
    size_t answer_room, answer_len;
};

struct tcp_dialogue_plan {
    uint16_t from, to;            /* ports */
    uint32_t sequence;            /* our first: not to be guessed by others */
    const char *question;         /* NULL: only connect, and away */
    size_t question_len;
    uint8_t *answer;
    size_t answer_room;
};

void tcp_dialogue_open(struct tcp_dialogue *d, const struct tcp_dialogue_plan *plan, struct mono now);
bool tcp_dialogue_is_over(const struct tcp_dialogue *d);
/* A segment from the other side's address to ours; of other ports it is not ours and nothing happens. */
void tcp_dialogue_take(struct tcp_dialogue *d, const struct tcp_segment *s, struct mono now);
void tcp_dialogue_due(struct tcp_dialogue *d, struct mono now);
/* Leaves at once, and tells the other side where there is one. */
void tcp_dialogue_stop(struct tcp_dialogue *d);
/* The next segment to be sent; false: none for now. Its payload points into the question. */
bool tcp_dialogue_next(struct tcp_dialogue *d, struct tcp_segment *out);

#endif
