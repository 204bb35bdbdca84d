/* The cells of a port as they stand in a datagram, byte for byte. Which name comes next is known, so it is compared
 * as two words, and of the value only the number is read. Whatever looks otherwise is left to those who read
 * bindings one by one (snmp_binding_take): nothing is refused here.
 *
 *   30 LL 06 NN 2b 06 01 02 | 01 1f 01 01 01 CC II TT | VL value     CC the column, II the index, one byte or two
 *   the first word            the second                             LL follows from VL, the value's length
 *
 * The second word ends with the value's tag, so that shorter names have bytes in both, and the longest leave out one.
 * Ports of many devices have the same columns: what is known of a row is worked out when it changes. */
#ifndef HAYLOFT_COLLECTORS_SNMP_KNOWN_ROW_H
#define HAYLOFT_COLLECTORS_SNMP_KNOWN_ROW_H

#include "collectors/snmp/port.h"

/* The index of a port, encoded. */
struct row_index {
    uint64_t word; /* its bytes, the last one lowest */
    unsigned len;
};

struct known_cell {
    uint64_t first, second;       /* in the order of memory: without the value's length, without the index */
    uint8_t until_value;          /* bytes */
    uint8_t tag, bytes;           /* see if_polled_cell */
    uint8_t column;               /* enum if_polled */
};

struct known_row {
    uint32_t columns;
    unsigned index_len;
    unsigned count;
    struct known_cell cells[IF_POLLED_COUNT]; /* in the order they are asked in */
};

struct row_index row_index(uint32_t number);
void known_row_make(struct known_row *row, uint32_t columns, unsigned index_len);
static inline void known_row_of(struct known_row *row, uint32_t columns, unsigned index_len) /* zeroed, or of another */
{
    if (row->columns != columns || row->index_len != index_len)
        known_row_make(row, columns, index_len);
}

/* Takes cells into r from the one numbered `from` on, as far as each is the port's and holds a number its column may
 * hold. Returns the number of the first that must be looked at; row->count: none. */
unsigned known_row_take(const struct known_row *row, unsigned from, struct row_index index, struct reader *bindings,
                        struct port_reading *r);
/* Takes sysUpTime, which stands before the rows. */
bool known_uptime_take(struct reader *bindings, uint32_t *ticks);

#endif
