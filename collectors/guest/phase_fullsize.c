/* Short and full echoes of the gateway in turn: see fullness.h. */
#include "collectors/guest/probe_internal.h"

#include "collectors/protocol/icmp.h"
#include "collectors/protocol/ipv4.h"

#define SHORT_BYTES 84     /* of IP, as ping's */
#define FULL_BYTES 1500
#define PAIR_NS MILLISECONDS(150)
#define PATIENCE_NS SECONDS(1) /* after the last one */

static size_t full_bytes(const struct probe *p)
{
    return p->way.mtu && p->way.mtu < FULL_BYTES ? p->way.mtu : FULL_BYTES;
}

static void send_pair(struct probe *p)
{
    struct fullness *f = &p->fullness;
    uint32_t token;
    bool sent = post_echo(p, &p->gateway.addr, SHORT_BYTES, &token);
    sent = post_echo(p, &p->gateway.addr, full_bytes(p), &token) && sent;
    f->pairs += sent;
    probe_wait(p, f->pairs % FULLNESS_ROUND ? PAIR_NS : PATIENCE_NS);
}

static void conclude(struct probe *p, enum fullness_judgement judgement)
{
    static const struct {
        enum verdict verdict;
        enum guest_reason reason;
        const char *text;
    } says[] = {
        [FULLNESS_FINE] = {VERDICT_OK, GUEST_NONE, "come through"},
        [FULLNESS_LOSSY] = {VERDICT_DEGRADED, GUEST_LOSSY, "come through, and much is lost"},
        [FULLNESS_GIANTS_DROPPED] = {VERDICT_FAILING, GUEST_GIANTS_DROPPED, "are dropped, short ones are not"},
        [FULLNESS_SILENT] = {VERDICT_UNKNOWN, GUEST_SILENCE, "cannot be tried: the gateway answers ARP, not ping"},
        [FULLNESS_UNTOLD] = {VERDICT_UNKNOWN, GUEST_LOSSY, "cannot be told from loss"},
    };
    const struct fullness *f = &p->fullness;
    probe_step(p, GUEST_FULLSIZE, says[judgement].verdict, says[judgement].reason, p->full_rtt_ns,
               "frames of %zu bytes %s (%u of %u; short ones %u)", full_bytes(p), says[judgement].text, f->full_back,
               f->pairs, f->short_back);
    probe_next(p);
}

static void tick(struct probe *p)
{
    unsigned pairs = p->fullness.pairs;
    enum fullness_judgement j = pairs && pairs % FULLNESS_ROUND == 0 ? fullness_judge(&p->fullness) : FULLNESS_MORE;
    if (j == FULLNESS_MORE)
        send_pair(p);
    else
        conclude(p, j);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    uint32_t token;
    if (!h || !duties_echo(p, h, &token) || !addr_equal(&h->ip.from, &p->gateway.addr))
        return;
    if (h->ip.payload_len <= SHORT_BYTES - IPV4_HEADER_BYTES) {
        p->fullness.short_back++;
        return;
    }
    int64_t rtt = mono_since(h->at, echoes_flight(p->plan.echoes, token)->sent);
    p->full_rtt_ns = p->full_rtt_ns && p->full_rtt_ns < rtt ? p->full_rtt_ns : rtt;
    p->fullness.full_back++;
}

const struct phase phase_fullsize = {tick, tick, hear};
