/* The part of BER that SNMP uses (X.690, RFC 3417 section 8), read in place and written from the back.
 *
 * Reading never copies and never allocates: texts and OIDs point into the datagram. A length must be
 * definite, at most three bytes long, and end inside what encloses it. Writing goes from the last byte to
 * the first, so that a length is known when its header is written. */
#ifndef HAYLOFT_COLLECTORS_PROTOCOL_SNMP_BER_H
#define HAYLOFT_COLLECTORS_PROTOCOL_SNMP_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/base/cursor.h"

enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_NULL = 0x05,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
    BER_IPADDRESS = 0x40,
    BER_COUNTER32 = 0x41,
    BER_GAUGE32 = 0x42,
    BER_TIMETICKS = 0x43,
    BER_OPAQUE = 0x44,
    BER_COUNTER64 = 0x46,
    BER_NO_SUCH_OBJECT = 0x80,
    BER_NO_SUCH_INSTANCE = 0x81,
    BER_END_OF_MIB_VIEW = 0x82
};

/* Takes one tag, length and content; *content is inside r, and r moves past it. */
static inline bool ber_take(struct reader *r, uint8_t *tag, struct reader *content)
{
    size_t len;
    uint8_t first;
    if (!rd_u8(r, tag) || (*tag & 0x1f) == 0x1f || !rd_u8(r, &first))
        return false;
    len = first;
    if (first & 0x80) {
        unsigned bytes = first & 0x7f;
        if (bytes < 1 || bytes > 3 || rd_left(r) < bytes)
            return false;
        for (len = 0; bytes; bytes--)
            len = len << 8 | *r->at++;
    }
    *content = reader_over(r->at, len);
    return rd_skip(r, len);
}

/* The same, and the tag must be this one. */
static inline bool ber_expect(struct reader *r, uint8_t want, struct reader *content)
{
    uint8_t tag;
    return ber_take(r, &tag, content) && tag == want;
}

/* A whole INTEGER, tag and all; false when it does not fit 32 bits. */
bool ber_take_i32(struct reader *r, int32_t *out);
/* The content of an INTEGER: two's complement, at most eight bytes. */
bool ber_signed(struct reader content, int64_t *out);
/* The content of a counter, gauge or ticks: at most `bytes` bytes and a leading zero. Some agents send
 * Counter32 without that zero when the top bit is set; the value is the same. */
static inline bool ber_unsigned(struct reader content, unsigned bytes, uint64_t *out)
{
    size_t len = rd_left(&content);
    if (len < 1 || len > bytes + 1u || (len == bytes + 1u && content.at[0]))
        return false;
    uint64_t v = 0;
    for (const uint8_t *p = content.at; p < content.end; p++)
        v = v << 8 | *p;
    *out = v;
    return true;
}

/* Writes towards the front of a buffer. failed says that the buffer was too small. */
struct ber_builder {
    uint8_t *start, *at, *end;
    bool failed;
};

struct ber_builder ber_builder_over(void *bytes, size_t capacity);
size_t ber_builder_len(const struct ber_builder *b);
void ber_put(struct ber_builder *b, const void *bytes, size_t len);
/* Closes what was written since `end` (a former b->at): puts length and tag before it. */
void ber_put_header(struct ber_builder *b, uint8_t tag, const uint8_t *end);
void ber_put_tlv(struct ber_builder *b, uint8_t tag, const void *bytes, size_t len);
void ber_put_integer(struct ber_builder *b, int64_t value);
void ber_put_unsigned(struct ber_builder *b, uint8_t tag, uint64_t value);

#endif
