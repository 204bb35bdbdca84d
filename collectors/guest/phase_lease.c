/* Takes the offered address: looks whether somebody has it, requests it, and holds it until the end. */
#include <string.h>
#include <sys/socket.h>

#include "collectors/guest/probe_internal.h"
#include "collectors/protocol/ipv4.h"

#define LOOKS 3                      /* as RFC 5227 section 2.1.1, closer together */
#define LOOK_NS MILLISECONDS(250)
#define REQUESTS 6
#define REQUEST_NS SECONDS(1)
#define HOST_NAME "hayloft-guest"

static bool same(const struct mac *a, const struct mac *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void look(struct probe *p)
{
    const struct addr nobody = {.family = AF_INET};
    post_arp(p, &nobody, &p->chosen.is.address);
    p->leasing.looks++;
    probe_wait(p, LOOK_NS);
}

static void request(struct probe *p)
{
    uint8_t frame[ETHER_BYTES_MAX];
    struct dhcp_question q = {.type = DHCP_REQUEST, .xid = p->offers.xid, .broadcast = true, .client = p->us.mac,
                              .address = p->chosen.is.address, .server = p->chosen.is.server, .host_name = HOST_NAME};
    if (!p->leasing.requests)
        p->begun = probe_now(p); /* looking is not waiting for the server */
    p->leasing.requests++;
    p->leasing.requested = true;
    post_frame(p, (int32_t)p->setting->vid, frame, host_frame_dhcp(&q, NULL, frame));
    probe_wait(p, REQUEST_NS);
}

static void give_up(struct probe *p)
{
    char server[ADDR_TEXT_MAX], vid[16];
    addr_text(&p->chosen.is.server, server);
    if (p->leasing.elsewhere)
        probe_step(p, GUEST_LEASE, VERDICT_FAILING,
                   p->leasing.elsewhere_vid == ETHER_UNTAGGED ? GUEST_STRIPPED : GUEST_OTHER_VLAN, 0,
                   "%s answers the request %s", server, heard_vid_text(p->leasing.elsewhere_vid, vid));
    else
        probe_step(p, GUEST_LEASE, VERDICT_FAILING, GUEST_SILENCE, 0,
                   "%s offers, and does not answer the request", server);
    probe_next(p);
}

static void tick(struct probe *p)
{
    if (p->leasing.looks < LOOKS)
        look(p);
    else if (p->leasing.requests < REQUESTS)
        request(p);
    else
        give_up(p);
}

static void begin(struct probe *p)
{
    p->subnet = (struct prefix){p->chosen.is.address, 0};
    ipv4_mask_length(&p->chosen.is.mask, &p->subnet.length);
    look(p);
}

/* Somebody speaks for the address. The server itself, or the gateway, may do so for any (proxy ARP). */
static void hear_holder(struct probe *p, const struct arp_packet *a)
{
    char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
    if (p->leasing.requests || !addr_equal(&a->sender, &p->chosen.is.address) || same(&a->sender_mac, &p->us.mac) ||
        same(&a->sender_mac, &p->chosen.is.mac))
        return;
    probe_step(p, GUEST_LEASE, VERDICT_FAILING, GUEST_IN_USE, 0, "%s, which was offered, is %s's already",
               addr_text(&a->sender, address), mac_text(&a->sender_mac, mac));
    probe_next(p);
}

static void take_lease(struct probe *p, const struct dhcp_answer *a)
{
    char address[ADDR_TEXT_MAX], span[CLOCK_TEXT_MAX];
    if (addr_is_set(&a->address))
        p->chosen.is.address = a->address;
    p->us.addr = p->chosen.is.address;
    probe_step(p, GUEST_LEASE, VERDICT_OK, GUEST_NONE, mono_since(probe_now(p), p->begun), "%s for %s",
               addr_text(&p->us.addr, address), span_text(SECONDS(a->lease_s), span));
    probe_next(p);
}

static void hear_refusal(struct probe *p, const struct dhcp_answer *a)
{
    char server[ADDR_TEXT_MAX], ours[ADDR_TEXT_MAX];
    addr_text(&a->server, server);
    if (addr_is_set(&a->server) && !addr_equal(&a->server, &p->chosen.is.server)) {
        probe_revise(p, GUEST_OFFER, VERDICT_FAILING, GUEST_STRANGE_SERVER, "%s refuses what %s offered", server,
                     addr_text(&p->chosen.is.server, ours));
        return; /* the one who offered will say for itself */
    }
    p->leasing.requested = false;
    probe_step(p, GUEST_LEASE, VERDICT_FAILING, GUEST_REFUSED, mono_since(probe_now(p), p->begun),
               "%s refuses what it offered%s%s", server, a->message[0] ? ": " : "", a->message);
    probe_next(p);
}

static void hear(struct probe *p, const struct heard_frame *h)
{
    struct dhcp_answer a;
    if (h && h->kind == HEARD_ARP && h->vid == p->setting->vid) {
        hear_holder(p, &h->arp);
        return;
    }
    if (!h || !p->leasing.requests || !offers_read(&p->offers, h, &a) || (a.type != DHCP_ACK && a.type != DHCP_NAK))
        return;
    if (h->vid != p->setting->vid) {
        p->leasing.elsewhere = true;
        p->leasing.elsewhere_vid = h->vid;
    } else if (a.type == DHCP_NAK) {
        hear_refusal(p, &a);
    } else {
        take_lease(p, &a);
    }
}

const struct phase phase_lease = {begin, tick, hear};
