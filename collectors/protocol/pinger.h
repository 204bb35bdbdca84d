/* A few echoes to one address, asked for and answered once: what checks that are not `ping` need to know
 * whether something is there. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_PINGER_H
#define HAYLOFT_COLLECTORS_PROTOCOL_PINGER_H

#include "collectors/collector.h"

struct pinger;  /* one per collector instance */
struct pinging; /* one question */

struct ping_answer {
    bool answered;
    int64_t rtt_ns;     /* of the first answer */
    const char *reason; /* "" when answered; "timeout", "unreachable", ... */
    int own_error;      /* not 0: nothing could be sent, our own fault */
};

typedef void (*ping_answer_fn)(void *arg, const struct ping_answer *a);

struct pinger *pinger_create(const struct env *env); /* NULL: no memory */
void pinger_destroy(struct pinger *p);               /* NULL is fine; open questions are forgotten */

/* Sends count (1-8) echoes a gap apart; answered exactly once, never from inside this call: at the first
 * answer, or a timeout after the last echo. NULL: no memory. */
struct pinging *pinger_ask(struct pinger *p, const struct addr *to, unsigned count, int64_t gap_ns,
                           int64_t timeout_ns, ping_answer_fn fn, void *arg);
void pinger_forget(struct pinger *p, struct pinging *q); /* NULL is fine; no answer afterwards */

#endif
