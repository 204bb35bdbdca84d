#include "collectors/snmp/known_row.h"

#define WORD_BYTES 8
#define INDEX_MOST 2 /* bytes; longer ones are left to the careful */
#define LEAST 16     /* bytes looked at before it is known where a cell ends, besides its index */
#define CELL_MOST (LEAST + INDEX_MOST + WORD_BYTES + 1) /* bytes of the largest cell that is taken */
#define LENGTH_SHIFT (__BYTE_ORDER == __LITTLE_ENDIAN ? 8 : 48) /* of a binding's length in its first word */
#define NARROW_CELLS (IF_NARROW_BITS | IF_BIT(IF_IN_ERRORS) | IF_BIT(IF_OUT_ERRORS) | IF_DISCARD_BITS)
#define APART __attribute__((noinline)) /* the loop that calls it needs all registers there are */

struct row_index row_index(uint32_t number)
{
    struct row_index index = {number & 0x7f, 1};
    for (unsigned shift = 8; number >>= 7; shift += 8, index.len++)
        index.word |= (uint64_t)((number & 0x7f) | 0x80) << shift;
    return index;
}

static inline uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static struct known_cell cell_of(unsigned column, unsigned index_len)
{
    const struct if_polled_cell *p = &if_polled_cells[column];
    unsigned name_len = p->name_len + index_len;
    struct known_cell c = {.until_value = (uint8_t)(IF_POLLED_NAME + name_len),
                           .tag = p->tag,
                           .bytes = p->bytes,
                           .column = (uint8_t)column};
    uint8_t second[WORD_BYTES];
    if (index_len > INDEX_MOST)
        return c;
    memcpy(second, p->name + name_len + 1 - WORD_BYTES, WORD_BYTES - 1);
    second[WORD_BYTES - 1] = p->tag;
    c.first = htobe64(IF_POLLED_FIRST | (uint64_t)c.until_value << 48 | (uint64_t)name_len << 32);
    c.second = word_at(second);
    return c;
}

void known_row_make(struct known_row *row, uint32_t columns, unsigned index_len)
{
    *row = (struct known_row){.columns = columns, .index_len = index_len};
    for (; columns; columns &= columns - 1)
        row->cells[row->count++] = cell_of((unsigned)__builtin_ctz(columns), index_len);
}

/* Eight bytes that end there, without those before the number's. */
static inline uint64_t last_bytes(const uint8_t *end, size_t len)
{
    static const uint64_t masks[] = {0,            0xff,           0xffff,           0xffffff,   UINT32_MAX,
                                     0xffffffffff, 0xffffffffffff, 0xffffffffffffff, UINT64_MAX, UINT64_MAX};
    return be64_at(end - WORD_BYTES) & masks[len];
}

static APART bool fits(const struct known_cell *c, const uint8_t *content, size_t len)
{
    return c->tag == BER_INTEGER ? len == 1 && *content < 0x80 : len == c->bytes + 1u && *content == 0;
}

/* Returns how many were taken. roomy: no cell, however large, goes beyond the end. */
static inline size_t take_cells(const struct known_cell *c, size_t count, uint64_t index, const size_t index_len,
                                const bool roomy, struct reader *bindings, uint64_t *values)
{
    const uint64_t index_bits = htobe64(index << 8);
    const uint8_t *p = bindings->at, *end = bindings->end;
    const struct known_cell *first = c, *last = c + count;
    for (; c < last && (roomy || (size_t)(end - p) >= LEAST + index_len); c++) {
        const uint8_t *value = p + c->until_value, *next = p + 2 + p[1];
        size_t len = value[1];
        if (word_at(p) != c->first + ((uint64_t)len << LENGTH_SHIFT) ||
            (word_at(value + 1 - WORD_BYTES) ^ index_bits) != c->second ||
            (index_len > 1 && p[WORD_BYTES] != IF_POLLED_NINTH))
            break;
        if ((!roomy && next > end) || (len - 1 >= c->bytes && !fits(c, value + 2, len)))
            break;
        values[c->column] = last_bytes(next, len);
        p = next;
    }
    bindings->at = p;
    return (size_t)(c - first);
}

/* Of the row's first so many cells. */
static uint32_t columns_before(const struct known_row *row, size_t cells)
{
    return cells == row->count ? row->columns : row->columns & (IF_BIT(row->cells[cells].column) - 1);
}

unsigned known_row_take(const struct known_row *row, unsigned from, struct row_index index, struct reader *bindings,
                        struct port_reading *r)
{
    const struct known_cell *c = row->cells + from;
    size_t count = row->count - from, taken = 0;
    bool roomy = rd_left(bindings) >= count * CELL_MOST;
    if (index.len == 1 && roomy)
        taken = take_cells(c, count, index.word, 1, true, bindings, r->value);
    else if (index.len == 1)
        taken = take_cells(c, count, index.word, 1, false, bindings, r->value);
    else if (index.len == 2)
        taken = take_cells(c, count, index.word, 2, false, bindings, r->value);
    uint32_t columns = row->columns; /* nearly always */
    if (taken < row->count)
        columns = columns_before(row, from + taken) & ~columns_before(row, from);
    r->have |= columns;
    r->narrow |= columns & NARROW_CELLS;
    return from + (unsigned)taken;
}

bool known_uptime_take(struct reader *bindings, uint32_t *ticks)
{
    static const uint8_t begin[] = {BER_SEQUENCE, 0, BER_OID, 8, 0x2b, 6, 1, 2}, end[] = {1, 1, 3, 0, BER_TIMETICKS};
    const uint8_t *p = bindings->at, *value = p + WORD_BYTES + sizeof end - 1;
    if (rd_left(bindings) < LEAST + 1 || (word_at(p) & ~((uint64_t)0xff << LENGTH_SHIFT)) != word_at(begin) ||
        memcmp(p + WORD_BYTES, end, sizeof end) != 0)
        return false;
    size_t len = value[1];
    const uint8_t *next = value + 2 + len;
    if (p + 2 + p[1] != next || next > bindings->end || len < 1 || len > 5 || (len == 5 && value[2]))
        return false;
    *ticks = (uint32_t)last_bytes(next, len);
    bindings->at = next;
    return true;
}
