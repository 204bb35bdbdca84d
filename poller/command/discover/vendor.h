/* Who made a network card, by the table of Debian's ieee-data where that is installed. */
#ifndef HAYLOFT_DISCOVER_VENDOR_H
#define HAYLOFT_DISCOVER_VENDOR_H

#include "poller/command/discover/found.h"

/* Fills in the vendors of all with a MAC; does nothing without the table. */
void vendor_find(struct household *h);

/* "AA-BB-CC   (hex)\t\tMaker": the first three bytes and the maker. */
bool vendor_line(const char *line, uint8_t prefix[static 3], char maker[static FOUND_TEXT_MAX]);

#endif
