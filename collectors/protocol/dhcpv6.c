#include "collectors/protocol/dhcpv6.h"

#include <string.h>
#include <sys/socket.h>

#include "poller/base/cursor.h"

#define DUID_LINK_LAYER 3
#define DUID_BYTES 10
#define HARDWARE_ETHERNET 1
#define TRANSACTION_MASK 0xffffffu
#define ADDRESSES_HEAD_BYTES 12 /* of OPTION_IA_NA: its id and two times */
#define NESTED_MAX 2            /* an address stands within OPTION_IA_NA, its status within that */

enum { OPTION_CLIENT_ID = 1, OPTION_SERVER_ID = 2, OPTION_ADDRESSES = 3, OPTION_ADDRESS = 5, OPTION_WANTED = 6,
       OPTION_ELAPSED = 8, OPTION_STATUS = 13, OPTION_RESOLVERS = 23 };

static bool write_client(struct writer *w, const struct mac *client)
{
    return wr_u16(w, OPTION_CLIENT_ID) && wr_u16(w, DUID_BYTES) && wr_u16(w, DUID_LINK_LAYER) &&
           wr_u16(w, HARDWARE_ETHERNET) && wr_bytes(w, client->bytes, sizeof client->bytes);
}

/* The last four bytes of a MAC tell its interfaces apart well enough. */
static bool write_addresses(struct writer *w, const struct mac *client)
{
    return wr_u16(w, OPTION_ADDRESSES) && wr_u16(w, ADDRESSES_HEAD_BYTES) && wr_bytes(w, client->bytes + 2, 4) &&
           wr_u32(w, 0) && wr_u32(w, 0);
}

size_t dhcpv6_write(const struct dhcpv6_question *q, uint8_t out[static DHCPV6_QUESTION_MAX])
{
    struct writer w = writer_over(out, DHCPV6_QUESTION_MAX);
    bool ok = wr_u32(&w, (uint32_t)q->type << 24 | (q->transaction & TRANSACTION_MASK)) &&
              write_client(&w, &q->client) && wr_u16(&w, OPTION_ELAPSED) && wr_u16(&w, 2) &&
              wr_u16(&w, q->elapsed_hundredths) && wr_u16(&w, OPTION_WANTED) && wr_u16(&w, 2) &&
              wr_u16(&w, OPTION_RESOLVERS);
    if (ok && q->type == DHCPV6_SOLICIT)
        ok = write_addresses(&w, &q->client);
    return ok ? wr_len(&w) : 0;
}

static bool read_addr(struct reader *r, struct addr *out)
{
    const uint8_t *bytes;
    if (!rd_bytes(r, &bytes, 16))
        return false;
    *out = (struct addr){.family = AF_INET6};
    memcpy(out->bytes, bytes, 16);
    return true;
}

static void read_client(struct reader r, struct dhcpv6_answer *out)
{
    uint16_t type, hardware;
    const uint8_t *mac;
    if (rd_left(&r) == DUID_BYTES && rd_u16(&r, &type) && type == DUID_LINK_LAYER && rd_u16(&r, &hardware) &&
        hardware == HARDWARE_ETHERNET && rd_bytes(&r, &mac, sizeof out->client.bytes))
        memcpy(out->client.bytes, mac, sizeof out->client.bytes);
}

static bool read_options(struct reader r, struct dhcpv6_answer *out, unsigned depth);

static bool read_option(uint16_t code, struct reader r, struct dhcpv6_answer *out, unsigned depth)
{
    struct addr first = {0};
    if (code == OPTION_CLIENT_ID)
        read_client(r, out);
    else if (code == OPTION_SERVER_ID)
        out->has_server = rd_left(&r) > 2;
    else if (code == OPTION_STATUS)
        return rd_u16(&r, &out->status);
    else if (code == OPTION_ADDRESSES)
        return rd_skip(&r, ADDRESSES_HEAD_BYTES) && read_options(r, out, depth + 1);
    else if (code == OPTION_ADDRESS && !addr_is_set(&out->address))
        return read_addr(&r, &first) && rd_skip(&r, 8) && (out->address = first, read_options(r, out, depth + 1));
    else if (code == OPTION_RESOLVERS)
        while (out->resolver_count < DHCPV6_RESOLVERS_MAX && read_addr(&r, &out->resolvers[out->resolver_count]))
            out->resolver_count++;
    return true;
}

static bool read_options(struct reader r, struct dhcpv6_answer *out, unsigned depth)
{
    while (rd_left(&r) && depth <= NESTED_MAX) {
        uint16_t code, len;
        const uint8_t *bytes;
        if (!rd_u16(&r, &code) || !rd_u16(&r, &len) || !rd_bytes(&r, &bytes, len) ||
            !read_option(code, reader_over(bytes, len), out, depth))
            return false;
    }
    return true;
}

bool dhcpv6_read(const uint8_t *message, size_t len, struct dhcpv6_answer *out)
{
    struct reader r = reader_over(message, len);
    uint32_t head;
    *out = (struct dhcpv6_answer){0};
    if (!rd_u32(&r, &head))
        return false;
    out->type = (enum dhcpv6_type)(head >> 24);
    out->transaction = head & TRANSACTION_MASK;
    return (out->type == DHCPV6_ADVERTISE || out->type == DHCPV6_REPLY) && read_options(r, out, 0);
}
