#include "collectors/guest/name_query.h"

#include <string.h>

#define PORT_DNS 53
#define PORT_FIRST 32768 /* and 16384 above it: the ones nobody serves on */
#define PORT_COUNT 16384

bool name_query_begin(struct name_query *q, const char *name, const struct addr *resolvers, size_t count,
                      uint32_t random)
{
    *q = (struct name_query){.name = name, .id = (uint16_t)random,
                             .port = (uint16_t)(PORT_FIRST + (random >> 16) % PORT_COUNT)};
    for (size_t i = 0; i < count && q->resolver_count < NAME_QUERY_RESOLVERS_MAX; i++)
        q->resolvers[q->resolver_count++] = resolvers[i];
    q->message_len = dns_query_write(q->message, q->id, name, DNS_A);
    return q->message_len && q->resolver_count;
}

bool name_query_next(struct name_query *q, struct addr *to, struct udp_datagram *out)
{
    if (q->tries == NAME_QUERY_TRIES)
        return false;
    *to = q->resolvers[q->tries++ % q->resolver_count];
    *out = (struct udp_datagram){.from = q->port, .to = PORT_DNS, .payload = q->message, .payload_len = q->message_len};
    return true;
}

static bool was_asked(const struct name_query *q, const struct addr *who)
{
    for (size_t i = 0; i < q->resolver_count; i++)
        if (addr_equal(&q->resolvers[i], who))
            return true;
    return false;
}

bool name_query_take(struct name_query *q, const struct addr *from, const struct udp_datagram *d)
{
    struct dns_answer a;
    if (!q->message_len || d->from != PORT_DNS || d->to != q->port || !was_asked(q, from) ||
        !dns_answer_read(d->payload, d->payload_len, &a) || a.id != q->id || a.type != DNS_A ||
        !dns_name_equal(a.name, q->name))
        return false;
    q->answer = a;
    q->answered_by = *from;
    return true;
}

bool name_query_has_address(const struct name_query *q)
{
    return addr_is_set(&q->answered_by) && q->answer.rcode == DNS_OK && q->answer.address_count;
}
