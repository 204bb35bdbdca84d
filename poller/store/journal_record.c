#include "poller/store/journal_record.h"

#include <string.h>

#include "poller/base/cursor.h"
#include "poller/store/crc32c.h"

static const char head_mark[4] = {'H', 'L', 'J', '1'};

void journal_head_pack(uint8_t out[static JOURNAL_HEAD_BYTES], uint64_t number, uint32_t salt)
{
    struct writer w = writer_over(out, JOURNAL_HEAD_BYTES);
    wr_bytes(&w, head_mark, sizeof head_mark);
    wr_u32(&w, salt);
    wr_u64(&w, number);
}

bool journal_head_unpack(const uint8_t *bytes, size_t len, uint64_t *number, uint32_t *salt)
{
    struct reader r = reader_over(bytes, len);
    const uint8_t *mark;
    return rd_bytes(&r, &mark, sizeof head_mark) && memcmp(mark, head_mark, sizeof head_mark) == 0 &&
           rd_u32(&r, salt) && rd_u64(&r, number);
}

void journal_record_head(uint8_t out[static JOURNAL_RECORD_HEAD_BYTES], uint8_t type,
                         const void *payload, size_t len, uint32_t *sum)
{
    struct writer w = writer_over(out, JOURNAL_RECORD_HEAD_BYTES);
    wr_u32(&w, 0);
    wr_u32(&w, (uint32_t)len);
    wr_u8(&w, type);
    *sum = crc32c(crc32c(*sum, out + 4, JOURNAL_RECORD_HEAD_BYTES - 4), payload, len);
    w = writer_over(out, 4);
    wr_u32(&w, *sum);
}

static bool all_zero(const uint8_t *p, size_t len)
{
    for (; len; len--, p++)
        if (*p)
            return false;
    return true;
}

static bool end_here(struct journal_walk *w)
{
    size_t left = w->len - w->at;
    size_t looked_at = left < JOURNAL_RECORD_HEAD_BYTES ? left : JOURNAL_RECORD_HEAD_BYTES;
    w->torn = !all_zero(w->bytes + w->at, looked_at);
    return false;
}

bool journal_walk_next(struct journal_walk *w, struct journal_record *out)
{
    struct reader r = reader_over(w->bytes + w->at, w->len - w->at);
    uint32_t sum, len;
    uint8_t type;
    const uint8_t *payload;
    if (!rd_u32(&r, &sum) || !rd_u32(&r, &len) || !rd_u8(&r, &type) || type == 0 ||
        len > JOURNAL_PAYLOAD_MAX || !rd_bytes(&r, &payload, len))
        return end_here(w);
    uint32_t expected = crc32c(w->sum, w->bytes + w->at + 4, JOURNAL_RECORD_HEAD_BYTES - 4 + len);
    if (sum != expected)
        return end_here(w);
    *out = (struct journal_record){type, payload, len};
    w->sum = sum;
    w->at += JOURNAL_RECORD_HEAD_BYTES + len;
    return true;
}
