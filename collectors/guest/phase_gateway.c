/* Is the gateway there? By ARP: a gateway that answers no echo is none the worse. */
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"

#define TRIES 8
#define TRY_NS MILLISECONDS(500)

/* Without an address of ours it is the question of one who wants none (RFC 5227: an ARP probe). */
static void tick(struct probe *p)
{
    const struct addr nobody = {.family = AF_INET};
    char gateway[ADDR_TEXT_MAX];
    if (mono_since(probe_now(p), p->begun) >= TRIES * TRY_NS) {
        probe_step(p, GUEST_GATEWAY, VERDICT_FAILING, GUEST_SILENCE, 0, "%s does not answer ARP",
                   addr_text(&p->gateway.addr, gateway));
        probe_next(p);
        return;
    }
    post_arp(p, addr_is_set(&p->us.addr) ? &p->us.addr : &nobody, &p->gateway.addr);
    probe_wait(p, TRY_NS);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    char gateway[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    if (!h || h->kind != HEARD_ARP || h->vid != p->setting->vid || h->arp.operation != ARP_REPLY ||
        !addr_equal(&h->arp.sender, &p->gateway.addr))
        return;
    p->gateway.mac = h->arp.sender_mac;
    p->plan.seat->gateway = p->gateway.addr;
    probe_step(p, GUEST_GATEWAY, VERDICT_OK, GUEST_NONE, mono_since(probe_now(p), p->begun), "%s is at %s",
               addr_text(&p->gateway.addr, gateway), mac_text(&p->gateway.mac, mac));
    probe_next(p);
}

const struct phase phase_gateway = {tick, tick, hear};
