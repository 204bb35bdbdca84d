#include "collectors/protocol/udp.h"

#include <string.h>
#include <sys/socket.h>

#include "collectors/protocol/checksum.h"

bool udp_read(const struct ip_packet *p, struct udp_datagram *out)
{
    struct reader r = reader_over(p->payload, p->payload_len);
    uint16_t len, sum;
    *out = (struct udp_datagram){0};
    if (p->protocol != IP_UDP || p->fragment || !rd_u16(&r, &out->from) || !rd_u16(&r, &out->to) ||
        !rd_u16(&r, &len) || !rd_u16(&r, &sum) || len < UDP_HEADER_BYTES || len > p->payload_len)
        return false;
    out->payload = r.at;
    out->payload_len = len - UDP_HEADER_BYTES;
    out->bad_sum = (sum || p->from.family == AF_INET6) &&
                   checksum_transport(&p->from, &p->to, IP_UDP, p->payload, len) != 0;
    return true;
}

bool udp_write(struct writer *w, const struct addr *from, const struct addr *to, const struct udp_datagram *d)
{
    uint8_t *start = w->at;
    size_t len = UDP_HEADER_BYTES + d->payload_len;
    if (len > UINT16_MAX || !wr_u16(w, d->from) || !wr_u16(w, d->to) || !wr_u16(w, (uint16_t)len) || !wr_u16(w, 0) ||
        !wr_bytes(w, d->payload, d->payload_len))
        return false;
    uint16_t sum = checksum_transport(from, to, IP_UDP, start, len);
    sum = sum ? sum : 0xffff; /* 0 would say that there is none */
    memcpy(start + 6, &sum, sizeof sum);
    return true;
}
