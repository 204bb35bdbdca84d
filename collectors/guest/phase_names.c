/* Does the resolver that was offered give an address for a name? */
#include <string.h>

#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/ipv4.h"

/* Names of one's own place may lead to private addresses (RFC 6762, RFC 8375, and what routers call theirs). */
static bool is_public(const char *name)
{
    static const char *const own[] = {".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".test"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (len >= strlen(own[i]) && strcasecmp(name + len - strlen(own[i]), own[i]) == 0)
            return false;
    return strchr(name, '.') != NULL;
}

static void conclude(struct probe *p)
{
    const struct name_query *q = &p->names;
    char address[ADDR_TEXT_MAX], by[ADDR_TEXT_MAX];
    addr_text(addr_is_set(&q->answered_by) ? &q->answered_by : &q->resolvers[0], by);
    if (name_query_has_address(q)) {
        p->resolved = q->answer;
        p->name_is_private = is_public(q->name) && ipv4_is_private(&q->answer.addresses[0]);
        probe_step(p, GUEST_DNS, VERDICT_OK, GUEST_NONE, mono_since(probe_now(p), p->begun), "%s is %s, says %s",
                   q->name, addr_text(&q->answer.addresses[0], address), by);
    } else if (addr_is_set(&q->answered_by)) {
        probe_step(p, GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED, mono_since(probe_now(p), p->begun),
                   "%s gives no address for %s (code %u)", by, q->name, q->answer.rcode);
    } else {
        probe_step(p, GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED, 0, "%s does not answer", by);
    }
    probe_next(p);
}

static void tick(struct probe *p)
{
    if (!names_ask(p))
        conclude(p);
}

static void begin(struct probe *p)
{
    if (name_query_begin(&p->names, names_default(p), p->chosen.resolvers, p->chosen.resolver_count, probe_random(p))) {
        tick(p);
        return;
    }
    probe_step(p, GUEST_DNS, VERDICT_FAILING, GUEST_DNS_FAILED, 0,
               p->chosen.resolver_count ? "that is no name to be asked for" : "the offer names no resolver");
    probe_next(p);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    if (h && names_hear(p, h))
        conclude(p);
}

const struct phase phase_names = {begin, tick, hear};
