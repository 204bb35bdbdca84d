/* The cells of a port as they stand in a datagram, byte for byte. Which name comes next is known, so it is compared
 * as two words, and of the value only the number is read. Whatever looks otherwise is left to those who read bindings
 * one by one (snmp_binding_take): nothing is refused here.
 *
 *   30 LL 06 NN 2b 06 01 02 | 01 1f 01 01 01 CC II TT | LL value     CC the column, II the index, one byte or two
 *   the first word            the second
 */
#ifndef HAYLOFT_COLLECTORS_SNMP_KNOWN_CELL_H
#define HAYLOFT_COLLECTORS_SNMP_KNOWN_CELL_H

#include "collectors/snmp/port.h"

/* The index of a port, encoded. */
struct row_index {
    uint64_t word;  /* its bytes, the last one lowest */
    unsigned len;
};

struct row_index row_index(uint32_t number);

/* Takes from the bindings the cells of these columns, in their order, into r, as far as each is the port's and holds a
 * number its column may hold. Returns the columns that are left: 0, or from the first one that must be looked at. */
uint32_t known_cells_take(uint32_t columns, struct row_index index, struct reader *bindings, struct port_reading *r);
/* Puts the names of these cells with NULL, the last column first, as snmp_writer_cell does. False: they are too
 * long for that, or there is little room; nothing is put then. */
bool known_cells_put(struct ber_builder *b, uint32_t columns, struct row_index index);

#endif
