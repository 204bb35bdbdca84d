/* Where ticks stand and what they say: values in steps of 1, 2 or 5 times a power of ten, times at round
 * local hours, days and months. */
#ifndef HAYLOFT_GRAPHS_AXIS_H
#define HAYLOFT_GRAPHS_AXIS_H

#include <stddef.h>

#include "poller/base/clock.h"

#define AXIS_TEXT_MAX 24
#define AXIS_TICKS_MAX 24

/* The distance of value ticks so that at most wanted of them lie in range (> 0). */
double axis_step(double range, int wanted);

/* AXIS_PLAIN counts with k, M and G; AXIS_NUMBER is written out, for values whose unit stands elsewhere. */
enum axis_unit { AXIS_SECONDS, AXIS_BIT_PER_S, AXIS_RATIO, AXIS_PLAIN, AXIS_NUMBER };

/* By the word of a value's unit (value_unit_words); AXIS_NUMBER for those that are not scaled. */
enum axis_unit axis_unit_of(const char *word);

/* "1.5 ms", "940 Mbit/s", "3 %". Returns out. */
char *axis_value_text(double value, enum axis_unit unit, char out[static AXIS_TEXT_MAX]);

struct axis_tick {
    struct wall at;
    char text[AXIS_TEXT_MAX];
};

/* Ticks within [from, to], at most wanted (<= AXIS_TICKS_MAX). Returns how many. */
size_t axis_times(struct wall from, struct wall to, size_t wanted, struct axis_tick out[static AXIS_TICKS_MAX]);

#endif
