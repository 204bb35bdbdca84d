#include "collectors/protocol/ethernet.h"

#include <string.h>
#include <sys/socket.h>

const struct mac ethernet_broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static bool read_mac(struct reader *r, struct mac *out)
{
    const uint8_t *bytes;
    if (!rd_bytes(r, &bytes, sizeof out->bytes))
        return false;
    memcpy(out->bytes, bytes, sizeof out->bytes);
    return true;
}

bool ethernet_read(const uint8_t *frame, size_t len, struct ethernet_frame *out)
{
    struct reader r = reader_over(frame, len);
    *out = (struct ethernet_frame){0};
    if (!read_mac(&r, &out->to) || !read_mac(&r, &out->from) || !rd_u16(&r, &out->type))
        return false;
    out->payload = r.at;
    out->payload_len = rd_left(&r);
    return out->type >= ETHERNET_TYPE_MIN;
}

bool ethernet_write(struct writer *w, const struct mac *to, const struct mac *from, uint16_t type)
{
    return wr_bytes(w, to->bytes, sizeof to->bytes) && wr_bytes(w, from->bytes, sizeof from->bytes) &&
           wr_u16(w, type);
}

bool ethernet_is_group(const struct mac *m)
{
    return m->bytes[0] & 1;
}

struct mac ethernet_group6(const struct addr *group)
{
    const uint8_t *low = group->bytes + 12;
    return (struct mac){{0x33, 0x33, low[0], low[1], low[2], low[3]}};
}

struct addr ethernet_link_local(const struct mac *m)
{
    const uint8_t *b = m->bytes;
    return (struct addr){.family = AF_INET6,
                         .bytes = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, b[0] ^ 2, b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]}};
}
