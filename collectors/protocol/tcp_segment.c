#include "collectors/protocol/tcp_segment.h"

#include <string.h>

#include "collectors/protocol/checksum.h"

enum { OPTION_END = 0, OPTION_NOTHING = 1, OPTION_MSS = 2 };

static void read_options(struct reader r, struct tcp_segment *out)
{
    uint8_t kind, len;
    const uint8_t *value;
    while (rd_u8(&r, &kind) && kind != OPTION_END) {
        if (kind == OPTION_NOTHING)
            continue;
        if (!rd_u8(&r, &len) || len < 2 || !rd_bytes(&r, &value, len - 2u))
            return;
        if (kind == OPTION_MSS && len == 4)
            out->mss = (uint16_t)(value[0] << 8 | value[1]);
    }
}

bool tcp_read(const struct ip_packet *p, struct tcp_segment *out)
{
    struct reader r = reader_over(p->payload, p->payload_len);
    uint8_t offset;
    const uint8_t *options;
    *out = (struct tcp_segment){0};
    if (p->protocol != IP_TCP || p->fragment || !rd_u16(&r, &out->from) || !rd_u16(&r, &out->to) ||
        !rd_u32(&r, &out->sequence) || !rd_u32(&r, &out->acknowledged) || !rd_u8(&r, &offset) ||
        !rd_u8(&r, &out->flags) || !rd_u16(&r, &out->window) || !rd_skip(&r, 4))
        return false;
    size_t header = (offset >> 4) * 4u;
    if (header < TCP_HEADER_BYTES || !rd_bytes(&r, &options, header - TCP_HEADER_BYTES))
        return false;
    read_options(reader_over(options, header - TCP_HEADER_BYTES), out);
    out->bad_sum = checksum_transport(&p->from, &p->to, IP_TCP, p->payload, p->payload_len) != 0;
    out->payload = r.at;
    out->payload_len = rd_left(&r);
    return true;
}

bool tcp_write(struct writer *w, const struct addr *from, const struct addr *to, const struct tcp_segment *s)
{
    uint8_t *start = w->at;
    bool with_size = s->flags & TCP_SYN && s->mss;
    uint8_t header = with_size ? TCP_SYN_BYTES : TCP_HEADER_BYTES;
    if (!wr_u16(w, s->from) || !wr_u16(w, s->to) || !wr_u32(w, s->sequence) || !wr_u32(w, s->acknowledged) ||
        !wr_u8(w, (uint8_t)(header / 4 << 4)) || !wr_u8(w, s->flags) || !wr_u16(w, s->window) || !wr_u32(w, 0))
        return false;
    if (with_size && (!wr_u8(w, OPTION_MSS) || !wr_u8(w, 4) || !wr_u16(w, s->mss)))
        return false;
    if (!wr_bytes(w, s->payload, s->payload_len))
        return false;
    uint16_t sum = checksum_transport(from, to, IP_TCP, start, (size_t)(w->at - start));
    memcpy(start + 16, &sum, sizeof sum);
    return true;
}

uint32_t tcp_extent(const struct tcp_segment *s)
{
    return (uint32_t)s->payload_len + !!(s->flags & TCP_SYN) + !!(s->flags & TCP_FIN);
}
