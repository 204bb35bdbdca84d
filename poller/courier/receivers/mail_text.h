/* A mail as bytes (RFC 5322, 2045, 2047): pure, from values that may hold anything. */
#ifndef HAYLOFT_COURIER_RECEIVERS_MAIL_TEXT_H
#define HAYLOFT_COURIER_RECEIVERS_MAIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "poller/base/buf.h"
#include "poller/base/clock.h"

struct mail {
    const char *from;               /* "hayloft <watch@example.org>" or the bare address */
    const char *const *to;
    size_t to_count;
    const char *subject, *text;     /* UTF-8, any bytes */
    const char *key;                /* the same for each try of a message: makes the Message-ID */
    const char *kind;               /* opened, resolved, ...: for filters */
    const char *thread;             /* NULL or what ties messages of one incident together */
    struct wall date;               /* when it was written, not when it leaves; ns 0: not known, and left
                                       to the server (RFC 6409 8.2) */
};

void mail_text(const struct mail *m, struct buf *out);

/* The part between < and >, or the whole; false unless it looks like local@domain of printable ASCII
 * without blanks. */
bool mail_address(const char *written, char *out, size_t size);

#endif
