#include "collectors/snmp/known_cell.h"

#define WORD_BYTES 8
#define INDEX_MOST 2  /* bytes of an index that fits the second word behind the longest name: up to 16,383 */
#define NULL_BYTES 2
#define LENGTH_SHIFT 48 /* of a binding's length in its first word */
#define VALUE_LEAST 3 /* bytes of a number: tag, length, one; with its name they are two words and one byte at least */
#define NARROW_CELLS (IF_NARROW_BITS | IF_BIT(IF_IN_ERRORS) | IF_BIT(IF_OUT_ERRORS) | IF_DISCARD_BITS)

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

/* The two words a cell of this row begins with, in the order of memory, but for the column. Names of ifXTable are longer
 * by one byte than those of ifTable. */
struct row_words {
    uint64_t first;       /* the binding's length is 0 in it */
    uint64_t index, mask; /* of the second: the index; all of the name */
    unsigned until_value; /* bytes */
};

#define TABLES 2

static inline unsigned table_of(const struct if_polled_cell *c)
{
    return c->name_len - IF_POLLED_NAME_SHORTEST;
}

static inline void words_of(struct row_index index, struct row_words words[static TABLES])
{
    for (unsigned table = 0; table < TABLES; table++) {
        unsigned name_len = IF_POLLED_NAME_SHORTEST + table + index.len;
        unsigned behind = 8 * (WORD_BYTES + IF_POLLED_NAME - name_len);
        words[table] = (struct row_words){.first = htobe64(IF_POLLED_FIRST | (uint64_t)name_len << 32),
                                          .index = htobe64(index.word << behind),
                                          .mask = htobe64(UINT64_MAX << behind),
                                          .until_value = IF_POLLED_NAME + name_len};
    }
}

static inline uint64_t second_word(const struct if_polled_cell *c)
{
    return word_at(c->name + IF_POLLED_NAME);
}

/* The number of `len` bytes that ends there; of nine bytes the first is to be zero. */
static inline bool last_number(const uint8_t *end, unsigned len, uint64_t *out)
{
    static const uint64_t masks[] = {0,           0xff,           0xffff,           0xffffff,  UINT32_MAX,
                                     0xffffffffff, 0xffffffffffff, 0xffffffffffffff, UINT64_MAX, UINT64_MAX};
    *out = be64_at(end - WORD_BYTES) & masks[len];
    return len <= WORD_BYTES || end[-(int)WORD_BYTES - 1] == 0;
}

/* Moves *at behind the cell if it is this one with a number as nearly all have it. */
static inline bool take_cell(const struct if_polled_cell *c, const struct row_words *w, const uint8_t **at,
                             const uint8_t *end, uint64_t *value)
{
    const uint64_t length_bits = htobe64(UINT64_C(0xff) << LENGTH_SHIFT);
    const uint8_t *p = *at;
    if ((size_t)(end - p) < w->until_value + VALUE_LEAST || (word_at(p) & ~length_bits) != w->first ||
        (word_at(p + WORD_BYTES) & w->mask) != (second_word(c) | w->index))
        return false;
    unsigned len = p[w->until_value + 1];
    const uint8_t *next = p + w->until_value + 2 + len;
    if (p[w->until_value] != c->tag || len - 1 >= c->bytes_most || p[1] != w->until_value + len || next > end ||
        !last_number(next, len, value) || *value > c->most)
        return false;
    *at = next;
    return true;
}

uint32_t known_cells_take(uint32_t columns, struct row_index index, struct reader *bindings, struct port_reading *r)
{
    struct row_words words[TABLES];
    const uint8_t *at = bindings->at;
    uint32_t left = columns;
    if (!columns || index.len > INDEX_MOST)
        return columns;
    words_of(index, words);
    for (; left; left &= left - 1) {
        unsigned column = (unsigned)__builtin_ctz(left);
        const struct if_polled_cell *c = &if_polled_cells[column];
        if (!take_cell(c, &words[table_of(c)], &at, bindings->end, &r->value[column]))
            break;
    }
    bindings->at = at;
    r->have |= columns & ~left;
    r->narrow |= columns & ~left & NARROW_CELLS;
    return left;
}

static inline uint8_t *put_cell(uint8_t *end, const struct if_polled_cell *c, const struct row_words *w)
{
    uint8_t *p = end - w->until_value - NULL_BYTES;
    uint64_t first = w->first | htobe64((uint64_t)w->until_value << LENGTH_SHIFT);
    uint64_t second = second_word(c) | w->index;
    memcpy(p, &first, sizeof first);
    memcpy(p + WORD_BYTES, &second, sizeof second);
    memcpy(end - NULL_BYTES, (uint8_t[NULL_BYTES]){BER_NULL, 0}, NULL_BYTES);
    return p;
}

bool known_cells_put(struct ber_builder *b, uint32_t columns, struct row_index index)
{
    struct row_words words[TABLES];
    size_t room = b->failed ? 0 : (size_t)(b->at - b->start);
    if (index.len > INDEX_MOST || room < IF_POLLED_COUNT * (2 * WORD_BYTES + NULL_BYTES))
        return false;
    words_of(index, words);
    while (columns) {
        unsigned column = 31 - (unsigned)__builtin_clz(columns);
        const struct if_polled_cell *c = &if_polled_cells[column];
        b->at = put_cell(b->at, c, &words[table_of(c)]);
        columns &= ~IF_BIT(column);
    }
    return true;
}
