/* From cells to readings: which rows there are, what their figures are in real units, what they are
 * called, and which device this is. Pure.
 *
 * A reading whose value cannot be told (nothing there, a sentinel, `when` says no) has the value NaN and
 * stays in the list, so that a series keeps its shape; who shows it leaves it out. */
#ifndef HAYLOFT_COLLECTORS_SNMP_FIGURE_H
#define HAYLOFT_COLLECTORS_SNMP_FIGURE_H

#include "collectors/snmp/catalogue.h"
#include "collectors/snmp/cell.h"
#include "collectors/snmp/port.h"
#include "poller/base/arena.h"

#define FIGURE_BOOKS_MAX 16   /* a family and its standard profiles */
#define FIGURE_LABEL_MAX 128

/* The profiles of one device and where their columns stand in its cells. */
struct figure_book {
    const struct book *book;
    uint16_t *columns; /* the book's column number -> the table's */
};

struct figure_set {
    struct figure_book *books;
    size_t count;
};

/* Makes the columns of a book known to the table. False: full or no memory. */
bool figure_add_book(struct figure_set *f, const struct book *b, struct cell_table *t);
void figure_fini(struct figure_set *f);

struct figures {
    struct reading *items; /* in the arena */
    size_t count, capacity;
};

/* All readings of all books. ports: for {port} in labels, may be NULL. False: no memory. */
bool figure_read(const struct figure_set *f, const struct cell_table *t, const struct port_table *ports,
                 struct arena *arena, struct figures *out);
/* Model, version or serial: of the first book that knows it; NULL: nobody does. */
const char *figure_inscription(const struct figure_set *f, const struct cell_table *t,
                               enum inscription_kind kind, const char *const texts[IF_SCALAR_COUNT],
                               struct arena *arena);

#endif
