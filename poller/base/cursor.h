/* Bounded reading and writing of bytes in network order. Each call says whether it fitted; a cursor
 * knows its end and never moves past it. */
#ifndef HAYLOFT_BASE_CURSOR_H
#define HAYLOFT_BASE_CURSOR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
    const uint8_t *at, *end;
};

static inline struct reader reader_over(const void *bytes, size_t len)
{
    return (struct reader){bytes, (const uint8_t *)bytes + len};
}

static inline size_t rd_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static inline bool rd_skip(struct reader *r, size_t len)
{
    if (rd_left(r) < len)
        return false;
    r->at += len;
    return true;
}

/* *out points into the reader's bytes. */
static inline bool rd_bytes(struct reader *r, const uint8_t **out, size_t len)
{
    *out = r->at;
    return rd_skip(r, len);
}

static inline bool rd_u8(struct reader *r, uint8_t *out)
{
    if (rd_left(r) < 1)
        return false;
    *out = *r->at++;
    return true;
}

static inline bool rd_u16(struct reader *r, uint16_t *out)
{
    if (rd_left(r) < 2)
        return false;
    *out = (uint16_t)(r->at[0] << 8 | r->at[1]);
    r->at += 2;
    return true;
}

static inline bool rd_u32(struct reader *r, uint32_t *out)
{
    if (rd_left(r) < 4)
        return false;
    *out = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 | r->at[3];
    r->at += 4;
    return true;
}

static inline bool rd_u64(struct reader *r, uint64_t *out)
{
    uint32_t high, low;
    if (rd_left(r) < 8 || !rd_u32(r, &high) || !rd_u32(r, &low))
        return false;
    *out = (uint64_t)high << 32 | low;
    return true;
}

/* Eight bytes in network order, wherever they are. */
static inline uint64_t be64_at(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return be64toh(v);
}

struct writer {
    uint8_t *start, *at, *end;
};

static inline struct writer writer_over(void *bytes, size_t capacity)
{
    return (struct writer){bytes, bytes, (uint8_t *)bytes + capacity};
}

static inline size_t wr_len(const struct writer *w)
{
    return (size_t)(w->at - w->start);
}

static inline bool wr_bytes(struct writer *w, const void *bytes, size_t len)
{
    if ((size_t)(w->end - w->at) < len)
        return false;
    if (len)
        memcpy(w->at, bytes, len);
    w->at += len;
    return true;
}

static inline bool wr_u8(struct writer *w, uint8_t v)
{
    return wr_bytes(w, &v, 1);
}

static inline bool wr_u16(struct writer *w, uint16_t v)
{
    uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    return wr_bytes(w, b, sizeof b);
}

static inline bool wr_u32(struct writer *w, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    return wr_bytes(w, b, sizeof b);
}

static inline bool wr_u64(struct writer *w, uint64_t v)
{
    return wr_u32(w, (uint32_t)(v >> 32)) && wr_u32(w, (uint32_t)v);
}

#endif
