#include "collectors/protocol/neighbour_message.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"
#include "collectors/protocol/router_advert.h"

enum { SOLICIT = 135, ADVERT = 136 };
enum { OPTION_SOURCE = 1, OPTION_TARGET = 2 };

#define FLAG_SOLICITED 0x40000000u
#define FLAG_OVERRIDE 0x20000000u

void neighbour_write(const struct addr *from, const struct addr *to, const struct neighbour_message *m,
                     uint8_t out[static NEIGHBOUR_MESSAGE_BYTES])
{
    struct writer w = writer_over(out, NEIGHBOUR_MESSAGE_BYTES);
    wr_u8(&w, m->advert ? ADVERT : SOLICIT);
    wr_u8(&w, 0);
    wr_u16(&w, 0);
    wr_u32(&w, m->advert ? FLAG_SOLICITED | FLAG_OVERRIDE : 0);
    wr_bytes(&w, m->target.bytes, 16);
    wr_u8(&w, m->advert ? OPTION_TARGET : OPTION_SOURCE);
    wr_u8(&w, 1); /* unit of 8 bytes */
    wr_bytes(&w, m->mac.bytes, sizeof m->mac.bytes);
    uint16_t sum = checksum_transport(from, to, IP_ICMP6, out, NEIGHBOUR_MESSAGE_BYTES);
    memcpy(out + 2, &sum, sizeof sum);
}

static bool read_options(struct reader r, uint8_t wanted, struct mac *mac)
{
    uint8_t type, units;
    const uint8_t *bytes;
    while (rd_left(&r)) {
        if (!rd_u8(&r, &type) || !rd_u8(&r, &units) || !units || !rd_bytes(&r, &bytes, units * 8u - 2u))
            return false;
        if (type == wanted)
            memcpy(mac->bytes, bytes, sizeof mac->bytes);
    }
    return true;
}

bool neighbour_read(const struct ip_packet *p, struct neighbour_message *out)
{
    struct reader r = reader_over(p->payload, p->payload_len);
    uint8_t type, code;
    const uint8_t *target;
    *out = (struct neighbour_message){0};
    if (p->protocol != IP_ICMP6 || p->fragment || p->hops != ND_HOPS || !rd_u8(&r, &type) || !rd_u8(&r, &code) ||
        code || (type != SOLICIT && type != ADVERT) || !rd_skip(&r, 6) || !rd_bytes(&r, &target, 16) ||
        checksum_transport(&p->from, &p->to, IP_ICMP6, p->payload, p->payload_len) != 0)
        return false;
    out->advert = type == ADVERT;
    out->target = (struct addr){.family = AF_INET6};
    memcpy(out->target.bytes, target, 16);
    return read_options(r, out->advert ? OPTION_TARGET : OPTION_SOURCE, &out->mac);
}
