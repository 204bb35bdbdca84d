/* ARP for IPv4 over Ethernet (RFC 826), without the Ethernet header. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_ARP_H
#define HAYLOFT_COLLECTORS_PROTOCOL_ARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/addr.h"

#define ARP_PACKET_BYTES 28

enum arp_operation { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_packet {
    enum arp_operation operation;
    struct mac sender_mac, target_mac;
    struct addr sender, target; /* IPv4 */
};

void arp_write(const struct arp_packet *p, uint8_t out[static ARP_PACKET_BYTES]);
/* False for anything but a request or reply of IPv4 over Ethernet; padding behind it is ignored. */
bool arp_read(const uint8_t *bytes, size_t len, struct arp_packet *out);

#endif
