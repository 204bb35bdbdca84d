#include "collectors/protocol/snmp_ber.h"

bool ber_signed(struct reader content, int64_t *out)
{
    size_t len = rd_left(&content);
    if (len < 1 || len > 8)
        return false;
    uint64_t v = content.at[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < len; i++)
        v = v << 8 | content.at[i];
    *out = (int64_t)v;
    return true;
}

bool ber_take_i32(struct reader *r, int32_t *out)
{
    struct reader content;
    int64_t v;
    if (!ber_expect(r, BER_INTEGER, &content) || !ber_signed(content, &v) || v < INT32_MIN ||
        v > INT32_MAX)
        return false;
    *out = (int32_t)v;
    return true;
}

struct ber_builder ber_builder_over(void *bytes, size_t capacity)
{
    uint8_t *start = bytes;
    return (struct ber_builder){start, start + capacity, start + capacity, false};
}

size_t ber_builder_len(const struct ber_builder *b)
{
    return (size_t)(b->end - b->at);
}

void ber_put(struct ber_builder *b, const void *bytes, size_t len)
{
    if ((size_t)(b->at - b->start) < len) {
        b->failed = true;
        return;
    }
    b->at -= len;
    if (len)
        memcpy(b->at, bytes, len);
}

static void put_byte(struct ber_builder *b, uint8_t byte)
{
    ber_put(b, &byte, 1);
}

void ber_put_header(struct ber_builder *b, uint8_t tag, const uint8_t *end)
{
    size_t len = (size_t)(end - b->at);
    put_byte(b, (uint8_t)len);
    if (len > 0xff)
        put_byte(b, (uint8_t)(len >> 8));
    if (len > 0x7f)
        put_byte(b, len > 0xff ? 0x82 : 0x81);
    put_byte(b, tag);
    b->failed |= len > 0xffff;
}

void ber_put_tlv(struct ber_builder *b, uint8_t tag, const void *bytes, size_t len)
{
    const uint8_t *end = b->at;
    ber_put(b, bytes, len);
    ber_put_header(b, tag, end);
}

void ber_put_integer(struct ber_builder *b, int64_t value)
{
    const uint8_t *end = b->at;
    int64_t rest = value;
    uint8_t byte;
    do {
        byte = (uint8_t)rest;
        put_byte(b, byte);
        rest >>= 8;
    } while ((rest != 0 && rest != -1) || ((byte ^ rest) & 0x80)); /* the top bit is the sign */
    ber_put_header(b, BER_INTEGER, end);
}

void ber_put_unsigned(struct ber_builder *b, uint8_t tag, uint64_t value)
{
    const uint8_t *end = b->at;
    bool top = true;
    for (bool more = true; more; value >>= 8, more = value != 0) {
        top = value & 0x80;
        put_byte(b, (uint8_t)value);
    }
    if (top)
        put_byte(b, 0);
    ber_put_header(b, tag, end);
}
