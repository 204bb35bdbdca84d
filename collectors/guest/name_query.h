/* One name asked of a guest's resolvers, in turn, until one answers or all tries are used up. Which packets and when
 * is here; whoever sends and receives is not. */
#ifndef HAYLOFT_COLLECTORS_GUEST_NAME_QUERY_H
#define HAYLOFT_COLLECTORS_GUEST_NAME_QUERY_H

#include "collectors/protocol/dns_message.h"
#include "collectors/protocol/udp.h"

#define NAME_QUERY_TRIES 8
#define NAME_QUERY_RESOLVERS_MAX 4

struct name_query {
    const char *name;          /* the caller's */
    struct addr resolvers[NAME_QUERY_RESOLVERS_MAX];
    size_t resolver_count;
    uint16_t id, port;         /* not to be guessed by others */
    unsigned tries;            /* used */
    struct addr answered_by;   /* not set: nobody yet */
    struct dns_answer answer;
    uint8_t message[DNS_QUERY_MAX];
    size_t message_len;
};

/* False: no name that can be asked, or nobody to ask. */
bool name_query_begin(struct name_query *q, const char *name, const struct addr *resolvers, size_t count,
                      uint32_t random);
/* The next packet and whom it is for; false: all tries are used up. */
bool name_query_next(struct name_query *q, struct addr *to, struct udp_datagram *out);
/* True when it was an answer to this question, from one who was asked. */
bool name_query_take(struct name_query *q, const struct addr *from, const struct udp_datagram *d);
bool name_query_has_address(const struct name_query *q);

#endif
