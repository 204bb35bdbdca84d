/* Aligned columns for people: as wide as the terminal, colour only where one looks, and nothing that came
 * from the network may move the cursor or turn the text around. */
#ifndef HAYLOFT_COMMAND_TABLE_H
#define HAYLOFT_COMMAND_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "poller/base/buf.h"

enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_POOR, COLOUR_BAD, COLOUR_FAINT };

struct table;

/* titles: ends with NULL. The column `shrink` gives way first when the terminal is narrow. */
struct table *table_create(const char *const *titles, size_t shrink); /* NULL: memory ended */
void table_destroy(struct table *t);
void table_row(struct table *t);
void table_cell(struct table *t, enum colour colour, const char *text); /* NULL: "-" */
void table_print(const struct table *t, FILE *out);

/* The text with whatever a terminal could obey replaced. */
void terminal_put(struct buf *out, const char *text);
/* Cells the text takes on a terminal. */
size_t terminal_width_of(const char *text);
size_t terminal_width(void);             /* of stdout; 100 when it is none, so that logs stay readable */
bool terminal_is_colourful(FILE *out);   /* a terminal, TERM not dumb, NO_COLOR not set */
const char *colour_begin(enum colour c, FILE *out); /* "" where there is no colour */
const char *colour_end(enum colour c, FILE *out);
enum colour colour_of_state(const char *word);      /* states and verdicts */

#endif
