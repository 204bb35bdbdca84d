/* Who made a network card, by the table of Debian's ieee-data (oui.txt) where that is installed. */
#ifndef HAYLOFT_DOCUMENT_MAKER_H
#define HAYLOFT_DOCUMENT_MAKER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "poller/base/addr.h"

#define MAKER_MAX 128

struct makers;

/* Opens the table and leaves it unread; NULL when there is none. */
struct makers *makers_open(void);
struct makers *makers_over(FILE *table); /* takes the table over; NULL: no memory, or no table */
void makers_close(struct makers *m);     /* NULL is fine */

/* The maker of a card, "" when unknown; lives until makers_close. The first question reads the table (some
 * 5 MB). m may be NULL. A card's own choice of address (the "locally administered" bit) names no maker. */
const char *makers_find(struct makers *m, const struct mac *mac);
bool mac_is_made_up(const struct mac *mac);

/* "AA-BB-CC   (hex)\t\tMaker": the first three bytes and the maker. */
bool maker_line(const char *line, uint8_t prefix[static 3], char maker[static MAKER_MAX]);

#endif
