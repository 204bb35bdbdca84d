#include "collectors/protocol/checksum.h"

#include <string.h>

uint16_t checksum_internet(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t sum = 0;
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
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}
