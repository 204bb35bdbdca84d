/* The packets of a question for a name, for whichever phase asks one. */
#include "collectors/guest/probe_internal.h"

#define NAME_STANDARD "example.com"
#define TRY_NS SECONDS(1)
#define NEIGHBOUR_NS MILLISECONDS(300) /* while the resolver's own MAC is being asked for */

const char *names_default(const struct probe *p)
{
    return p->setting->dns_name ? p->setting->dns_name : NAME_STANDARD;
}

bool names_ask(struct probe *p)
{
    struct addr to;
    struct udp_datagram d;
    if (!name_query_next(&p->names, &to, &d))
        return false;
    probe_wait(p, post_udp(p, &to, &d) ? TRY_NS : NEIGHBOUR_NS);
    return true;
}

/* A resolver's error is its own: others may know. */
bool names_hear(struct probe *p, const struct heard_frame *h)
{
    struct name_query *q = &p->names;
    if (h->kind != HEARD_UDP || h->vid != p->setting->vid || !name_query_take(q, &h->ip.from, &h->udp))
        return false;
    if (name_query_has_address(q) || q->resolver_count == 1 || q->tries >= 2 * q->resolver_count)
        return true;
    probe_wait(p, 0);
    return false;
}
