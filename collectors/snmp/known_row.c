#include "collectors/snmp/known_row.h"

#define WORD_BYTES 8
#define NAME_MOST (2 * WORD_BYTES - IF_POLLED_NAME)
#define LEAST 16        /* bytes looked at before it is known where a cell ends, besides its index */
#define LENGTH_SHIFT 48 /* of a binding's length in its first word */
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

/* A name too long for the second word has no first one, and so is never met. */
static struct known_cell cell_of(unsigned column, unsigned index_len)
{
    const struct if_polled_cell *p = &if_polled_cells[column];
    unsigned name_len = p->name_len + index_len;
    struct known_cell c = {.second = word_at(p->name + IF_POLLED_NAME),
                           .mask = htobe64(UINT64_MAX << 8 * (NAME_MOST - p->name_len)),
                           .until_value = (uint8_t)(IF_POLLED_NAME + name_len),
                           .tag = p->tag,
                           .bytes = p->bytes,
                           .column = (uint8_t)column};
    if (name_len <= NAME_MOST)
        c.first = htobe64(IF_POLLED_FIRST | (uint64_t)name_len << 32);
    return c;
}

void known_row_of(struct known_row *row, uint32_t columns, unsigned index_len)
{
    if (row->columns == columns && row->index_len == index_len)
        return;
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

static inline unsigned index_before(const uint8_t *value, size_t len)
{
    return len == 1 ? value[-1] : (unsigned)(value[-2] << 8 | value[-1]);
}

/* Returns how many were taken. */
static inline size_t take_cells(const struct known_cell *c, size_t count, unsigned index, const size_t index_len,
                                struct reader *bindings, uint64_t *values)
{
    const uint64_t length_bits = htobe64(UINT64_C(0xff) << LENGTH_SHIFT);
    const uint8_t *p = bindings->at, *end = bindings->end;
    const struct known_cell *first = c, *last = c + count;
    for (; c < last && (size_t)(end - p) >= LEAST + index_len; c++) {
        if ((word_at(p) & ~length_bits) != c->first || (word_at(p + WORD_BYTES) & c->mask) != c->second)
            break;
        const uint8_t *value = p + c->until_value, *next = p + 2 + p[1];
        size_t len = value[1];
        if (index_before(value, index_len) != index || value[0] != c->tag || value + 2 + len != next || next > end ||
            (len - 1 >= c->bytes && !fits(c, value + 2, len)))
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
    if (index.len == 1)
        taken = take_cells(c, count, (unsigned)index.word, 1, bindings, r->value);
    else if (index.len == 2)
        taken = take_cells(c, count, (unsigned)index.word, 2, bindings, r->value);
    uint32_t columns = columns_before(row, from + taken) & ~columns_before(row, from);
    r->have |= columns;
    r->narrow |= columns & NARROW_CELLS;
    return from + (unsigned)taken;
}

bool known_uptime_take(struct reader *bindings, uint32_t *ticks)
{
    static const uint8_t begin[] = {BER_SEQUENCE, 0, BER_OID, 8, 0x2b, 6, 1, 2}, end[] = {1, 1, 3, 0, BER_TIMETICKS};
    const uint64_t length_bits = htobe64(UINT64_C(0xff) << LENGTH_SHIFT);
    const uint8_t *p = bindings->at, *value = p + WORD_BYTES + sizeof end - 1;
    if (rd_left(bindings) < LEAST + 1 || (word_at(p) & ~length_bits) != word_at(begin) ||
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
