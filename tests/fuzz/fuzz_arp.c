/* ARP packets: what is read and written again is the same packet. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/protocol/arp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arp_packet p;
    uint8_t again[ARP_PACKET_BYTES];
    if (!arp_read(data, size, &p))
        return 0;
    arp_write(&p, again);
    if (memcmp(again, data, sizeof again) != 0)
        abort();
    return 0;
}
