#include "collectors/protocol/arp.h"

#include <string.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"

#define HARDWARE_ETHERNET 1
#define PROTOCOL_IPV4 0x0800

void arp_write(const struct arp_packet *p, uint8_t out[static ARP_PACKET_BYTES])
{
    struct writer w = writer_over(out, ARP_PACKET_BYTES);
    wr_u16(&w, HARDWARE_ETHERNET);
    wr_u16(&w, PROTOCOL_IPV4);
    wr_u8(&w, sizeof p->sender_mac.bytes);
    wr_u8(&w, 4);
    wr_u16(&w, (uint16_t)p->operation);
    wr_bytes(&w, p->sender_mac.bytes, sizeof p->sender_mac.bytes);
    wr_bytes(&w, p->sender.bytes, 4);
    wr_bytes(&w, p->target_mac.bytes, sizeof p->target_mac.bytes);
    wr_bytes(&w, p->target.bytes, 4);
}

static bool read_end(struct reader *r, struct mac *mac, struct addr *addr)
{
    const uint8_t *hardware, *protocol;
    if (!rd_bytes(r, &hardware, sizeof mac->bytes) || !rd_bytes(r, &protocol, 4))
        return false;
    memcpy(mac->bytes, hardware, sizeof mac->bytes);
    *addr = (struct addr){.family = AF_INET};
    memcpy(addr->bytes, protocol, 4);
    return true;
}

bool arp_read(const uint8_t *bytes, size_t len, struct arp_packet *out)
{
    struct reader r = reader_over(bytes, len);
    uint16_t hardware, protocol, operation;
    uint8_t hardware_len, protocol_len;
    if (!rd_u16(&r, &hardware) || !rd_u16(&r, &protocol) || !rd_u8(&r, &hardware_len) ||
        !rd_u8(&r, &protocol_len) || !rd_u16(&r, &operation))
        return false;
    if (hardware != HARDWARE_ETHERNET || protocol != PROTOCOL_IPV4 || hardware_len != 6 ||
        protocol_len != 4 || (operation != ARP_REQUEST && operation != ARP_REPLY))
        return false;
    out->operation = operation == ARP_REPLY ? ARP_REPLY : ARP_REQUEST;
    return read_end(&r, &out->sender_mac, &out->sender) && read_end(&r, &out->target_mac, &out->target);
}
