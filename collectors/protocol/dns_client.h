/* One question to one DNS server through the UDP door, asked twice before it counts as silent. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_DNS_CLIENT_H
#define HAYLOFT_COLLECTORS_PROTOCOL_DNS_CLIENT_H

#include "collectors/collector.h"
#include "collectors/protocol/dns_message.h"

struct dns_client; /* one per collector instance */
struct dns_asking; /* one question */

struct dns_result {
    bool answered;
    const char *reason;              /* "", "timeout", "refused", "no-such-name", "server-failure", "name" */
    int64_t took_ns;
    const struct dns_answer *answer; /* when something came back; until the callback returns */
    int own_error;                   /* not 0: nothing could be sent, our own fault */
};

typedef void (*dns_result_fn)(void *arg, const struct dns_result *r);

struct dns_client *dns_client_create(const struct env *env); /* NULL: no memory */
void dns_client_destroy(struct dns_client *c);               /* NULL is fine; open questions are forgotten */

/* Answered exactly once, never from inside this call. NULL: no memory. */
struct dns_asking *dns_client_ask(struct dns_client *c, const struct addr *server, const char *name,
                                  enum dns_type type, int64_t timeout_ns, dns_result_fn fn, void *arg);
void dns_client_forget(struct dns_client *c, struct dns_asking *q); /* NULL is fine */

#endif
