/* One TCP connection made to see whether it can be made, and how long it takes. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_DIAL_H
#define HAYLOFT_COLLECTORS_PROTOCOL_DIAL_H

#include "collectors/collector.h"

struct dial;

struct dial_answer {
    bool connected;
    int64_t took_ns;
    const char *reason; /* "", "timeout", "refused", "unreachable", "reset", "error" */
    int own_error;      /* not 0: could not even try, our own fault */
};

typedef void (*dial_fn)(void *arg, const struct dial_answer *a);

/* Answered exactly once, never from inside this call; the connection is closed before. NULL: no memory. */
struct dial *dial_start(const struct env *env, const struct addr *to, uint16_t port,
                        int64_t timeout_ns, dial_fn fn, void *arg);
void dial_forget(struct dial *d); /* NULL is fine; no answer afterwards */

#endif
