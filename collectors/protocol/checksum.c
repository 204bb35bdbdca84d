#include "collectors/protocol/checksum.h"

#include <string.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"

/* All but the last piece of a sum have an even length. */
static uint64_t add(uint64_t sum, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (; len >= 8; p += 8, len -= 8) {
        uint32_t a, b;
        memcpy(&a, p, 4);
        memcpy(&b, p + 4, 4);
        sum += (uint64_t)a + b;
    }
    for (; len >= 2; p += 2, len -= 2) {
        uint16_t v;
        memcpy(&v, p, 2);
        sum += v;
    }
    if (len) {
        uint8_t last[2] = {*p, 0};
        uint16_t v;
        memcpy(&v, last, 2);
        sum += v;
    }
    return sum;
}

static uint16_t folded(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t checksum_internet(const void *bytes, size_t len)
{
    return folded(add(0, bytes, len));
}

uint16_t checksum_transport(const struct addr *from, const struct addr *to, uint8_t protocol, const void *bytes,
                            size_t len)
{
    size_t each = from->family == AF_INET6 ? 16 : 4;
    uint8_t end[8];
    struct writer w = writer_over(end, sizeof end);
    wr_u32(&w, (uint32_t)len);
    wr_u32(&w, protocol); /* of IPv4 both are shorter, and the sum the same */
    return folded(add(add(add(add(0, from->bytes, each), to->bytes, each), end, sizeof end), bytes, len));
}
