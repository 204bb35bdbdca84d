/* Numbers as librrd reads them: decimal, always with a point, "U" for unknown. A store writes ten values
 * for every port and minute, so this is several times quicker than printf and keeps 15 digits. */
#ifndef HAYLOFT_GRAPHS_NUMBER_H
#define HAYLOFT_GRAPHS_NUMBER_H

#include <stdint.h>

#define NUMBER_TEXT_MAX 32

/* Writes value at out, which has room for NUMBER_TEXT_MAX characters; returns its end (a NUL). */
char *number_text(double value, char *out);
/* Writes the digits of value; returns their end, without a NUL. */
char *number_integer(uint64_t value, char *out);

#endif
