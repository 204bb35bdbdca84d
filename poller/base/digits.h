/* Whole numbers as decimal digits, for whoever writes hundreds of them at a time: printf takes ten times as long. */
#ifndef HAYLOFT_BASE_DIGITS_H
#define HAYLOFT_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#define DIGITS_ROOM 24 /* bytes; at most 20 of them are digits, but whole words are written */

/* Returns how many digits there are; what stands behind them is of no meaning. */
size_t digits_put(uint64_t number, char out[static DIGITS_ROOM]);

#endif
