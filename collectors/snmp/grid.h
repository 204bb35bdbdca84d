/* A table of an agent while it is read: rows by their index, a few columns, whatever they hold. */
#ifndef HAYLOFT_COLLECTORS_SNMP_GRID_H
#define HAYLOFT_COLLECTORS_SNMP_GRID_H

#include "collectors/protocol/snmp_pdu.h"
#include "poller/base/arena.h"

#define GRID_COLUMNS_MAX 10
#define GRID_TEXT_MAX 1024 /* octets of a value that are kept: port lists of large switches are long */

enum grid_kind { GRID_ABSENT, GRID_NUMBER, GRID_OCTETS };

struct grid_cell {
    enum grid_kind kind;
    uint64_t number;
    const uint8_t *octets;
    size_t len;
};

struct grid_row {
    struct snmp_oid_view index;
    struct grid_cell cells[GRID_COLUMNS_MAX];
};

struct grid {
    struct arena *arena; /* the caller's */
    struct grid_row *rows;
    size_t count, capacity, rows_max;
    size_t left_out;
    bool rising; /* so far every row came after the one before it: a later one is new */
    size_t cursors[GRID_COLUMNS_MAX]; /* columns come in the same order: the next row is tried first */
};

void grid_init(struct grid *g, struct arena *arena, size_t rows_max);
void grid_fini(struct grid *g);
/* False: no memory. A row over the ceiling is counted and left out. */
bool grid_put(struct grid *g, unsigned column, struct snmp_oid_view index, const struct snmp_value *v);
const struct grid_row *grid_find(const struct grid *g, struct snmp_oid_view index); /* NULL: none */
/* The number in a cell, or otherwise. */
uint64_t grid_number(const struct grid_row *r, unsigned column, uint64_t otherwise);

#endif
